-- ARGV: whether a receipt named an amount and which, payment, the states that may be settled
local named, to_high, to = unpacked('<I8I8I8', ARGV[1])
local name = ARGV[2]
local record = call('HGET', book, name)
if not record or not string.find(ARGV[3], sub(record, 1, 1), 1, true) then return UNKNOWN end
local settled = sub(record, 1, 1) == 'd'
local high, low = unpacked('<I8I8', record, 10)
local raised = to_high > high or (to_high == high and to > low)
-- A second receipt may only raise what is counted.
if named == 1 and (raised or not settled) then
  add_to_places(record, to_high - high, to - low, 0)
  write_windows()
  high, low = to_high, to
elseif settled then
  return GRANTED
end
local rolls = sub(record, 42, 49)
call('HSET', book, name, 'd' .. sub(record, 2, 9) .. pack('<I8I8', high, low) .. sub(record, 26, 33) .. rolls .. sub(record, 42))
call('ZADD', queue, SETTLED + unpacked('<I8', rolls), name)
return GRANTED
