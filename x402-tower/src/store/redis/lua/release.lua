-- ARGV: payment, the states that may be released
local name, allowed = ARGV[1], ARGV[2]
local found = call('HMGET', book, 'm', name)
local seen, payments, windows, reserved, due, keep = read_meta(found[1])
if not seen then return UNREADABLE end
local record = found[2]
if not record then return UNKNOWN end
if not string.find(allowed, sub(record, 1, 1), 1, true) then return { REFUSED } end
take_out(record)
windows = windows - write_windows()
forget(name)
call('HSET', book, 'm', write_meta(seen, payments - 1, windows, reserved, due, keep))
return GRANTED
