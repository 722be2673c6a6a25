-- KEYS: the claim. ARGV: numbers; token of the call, holder and value
-- A claim is kept as its end, that token, the holder and the value.
local told, by_caller, lifetime = struct.unpack('<I8I8I8', ARGV[1])
local now = server_time(told)
local ends = now + lifetime
if by_caller > ends then ends = by_caller end
local wish = struct.pack('<I8', ends) .. ARGV[2]
-- The key outlives the claim: what decides is the end in it, to the millisecond.
local remain = ends - now + 60000
local held = redis.call('SET', KEYS[1], wish, 'NX', 'GET', 'PX', remain)
if not held then return 1 end
if struct.unpack('<I8', held) < now then
  redis.call('SET', KEYS[1], wish, 'PX', remain)
  return 1
end
-- The same call again, because its answer was lost.
if string.sub(held, 9, 16) == string.sub(ARGV[2], 1, 8) then return 1 end
return held
