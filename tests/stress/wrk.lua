-- Ask the questions of the file QUESTIONS in turn (a line each: method, path, body, parted by tabs); print figures.
local asked, turn = {}, 0

function init(arguments)
  wrk.headers["Accept-Encoding"] = "gzip"
  for line in io.lines(os.getenv("QUESTIONS")) do
    local method, path, body = line:match("^(%S+)\t(%S+)\t(.*)$")
    local headers = {["Content-Type"] = body ~= "" and "application/json" or nil}
    for name, value in pairs(wrk.headers) do headers[name] = value end
    asked[#asked + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
  end
end

function request()
  turn = turn % #asked + 1
  return asked[turn]
end

function done(summary, latency)
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("figures %d %d %d", summary.requests, errors.status, broken))
  for hundredth = 1, 1000 do io.write(" " .. latency:percentile(hundredth / 10)) end
  io.write("\n")
end
