-- Ask the questions of the file QUESTIONS in turn (a line each: method, path, body, parted by tabs); print figures.
-- Where a question holds the number NEW, each time it is asked it holds another one, as long as that.
local asked, turn, number = {}, 0, 0
local new = os.getenv("NEW")
local first, form = tonumber(new), new and string.format("%%.%df", #new - 2)

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
  if not new then return asked[turn] end
  number = number + 1
  return (asked[turn]:gsub(new, string.format(form, first + number / 10 ^ (#new - 2)), 1))
end

function done(summary, latency)
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("figures %d %d %d", summary.requests, errors.status, broken))
  for hundredth = 1, 1000 do io.write(" " .. latency:percentile(hundredth / 10)) end
  io.write("\n")
end
