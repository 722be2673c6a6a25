-- KEYS: the signed payment. ARGV: time, the revision that is expected
local head = redis.call('GETRANGE', KEYS[1], 0, 15)
if string.sub(head, 9) ~= ARGV[2] then return 0 end
if struct.unpack('<I8', head) < server_time(struct.unpack('<I8', ARGV[1])) then return 0 end
return redis.call('DEL', KEYS[1])
