-- ARGV: time, window
local now = server_time(unpacked('<I8', ARGV[1]))
local name = ARGV[2]
local seen, payments, windows, reserved, due, keep = read_meta(call('HGET', book, 'm'))
if not seen then return UNREADABLE end
if seen > now then now = seen end
if reserved < now then
  payments, windows, reserved, due = sweep(now, payments, windows, reserved, due, keep, false)
  if reserved < now then return AGAIN end
end
local text = call('HGET', book, name)
if not text then return { GRANTED, 0, 0, 0 } end
local length = unpacked('<I8', name, 34)
local width = length + 63
width = (width - width % 64) / 64
local high, low, count, last, _, _, _, leaves = unpacked('<dddddddd', text)
if (last + 1) * width + length <= now then return { GRANTED, 0, 0, 0 } end
if leaves <= now then
  local rest = call('HGET', book, 'o' .. sub(name, 2)) or ''
  for at = 1, #rest, 32 do
    local old, old_high, old_low, n = unpacked('<dddd', rest, at)
    if (old + 1) * width + length > now then break end
    high, low = plus(high, low, -old_high, -old_low)
    count = count - n
  end
end
return { GRANTED, high, low, count }
