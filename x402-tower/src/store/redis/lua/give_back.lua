-- KEYS: the claim. ARGV: holder
if redis.call('GETRANGE', KEYS[1], 16, 31) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
