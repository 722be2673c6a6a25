-- ARGV: numbers, payment, what left as JSON or nothing
local told, valid_before = unpacked('<I8I8', ARGV[1])
local name, left = ARGV[2], ARGV[3]
local found = call('HMGET', book, 'm', name)
local seen = read_meta(found[1])
if not seen then return UNREADABLE end
local record = found[2]
if not record then return UNKNOWN end
if sub(record, 1, 1) ~= 'r' then return GRANTED end
local now = server_time(told)
if seen > now then now = seen end
local ends, rolls = unpacked('<I8I8', record, 34)
if ends < now then return UNKNOWN end
record = 's' .. sub(record, 2, 33) .. pack('<I8I8I8', rolls, rolls, valid_before) .. sub(record, 58)
if left == '' then
  call('HSET', book, name, record)
else
  call('HSET', book, name, record, 'j' .. sub(name, 2), left)
  call('ZADD', index, 0, name)
end
call('ZADD', queue, OPEN + rolls, name)
return GRANTED
