-- KEYS: a claim or a signed payment. ARGV: time. Answers all that is kept, if it has not ended.
local held = redis.call('GET', KEYS[1])
if held and struct.unpack('<I8', held) >= server_time(struct.unpack('<I8', ARGV[1])) then return held end
return false
