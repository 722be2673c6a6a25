-- ARGV: payment
local name = ARGV[1]
local record = call('HGET', book, name)
if not record then return UNKNOWN end
local state = sub(record, 1, 1)
if state == 'd' or state == 'u' then return GRANTED end
local rolls = sub(record, 42, 49)
call('HSET', book, name, 'u' .. sub(record, 2, 33) .. rolls .. sub(record, 42))
call('ZADD', queue, OPEN + unpacked('<I8', rolls), name)
return GRANTED
