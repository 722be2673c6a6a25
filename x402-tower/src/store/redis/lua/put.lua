-- KEYS: the signed payment. ARGV: numbers, the revision that is expected or nothing, the new one, the bytes
-- It is kept as its end, its revision and the bytes.
local told, by_caller, lifetime = struct.unpack('<I8I8I8', ARGV[1])
local now = server_time(told)
local head = redis.call('GETRANGE', KEYS[1], 0, 15)
local there = ''
if #head == 16 and struct.unpack('<I8', head) >= now then there = string.sub(head, 9, 16) end
-- The same call again, because its answer was lost.
if there == ARGV[3] then return 1 end
if there ~= ARGV[2] then
  if there == '' then return 0 end
  return redis.call('GET', KEYS[1])
end
local ends = now + lifetime
if by_caller > ends then ends = by_caller end
redis.call('SET', KEYS[1], struct.pack('<I8', ends) .. ARGV[3] .. ARGV[4], 'PX', ends - now + 60000)
return 1
