-- POST /range/ with other bounds each time (MODE=fresh) or always the same (MODE=same).
local fresh = os.getenv("MODE") == "fresh"
local n = 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
math.randomseed(os.time())

request = function()
  n = n + 1
  local low = 5.0
  if fresh then low = 4.9 + math.random(0, 99999999) / 1e9 end
  local body = string.format(
    '{"species":"setosa","lower":{"sepal_length":%.9f,"sepal_width":3.0},"upper":{"sepal_length":5.1}}',
    low)
  return wrk.format(nil, nil, nil, body)
end
