-- Milliseconds since the Unix epoch by the server's clock; a test may say another time.
local function server_time(told)
  if told ~= 0 then return told end
  local time = redis.call('TIME')
  return time[1] * 1000 + (time[2] - time[2] % 1000) / 1000
end
