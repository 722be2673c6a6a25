-- KEYS: claims. ARGV: time; for each its end by the caller's clock, its lifetime; token of the call, holder and value.
-- A claim is kept as its end, that token, the holder and the value.
-- Answers 1 for each that was taken, and else what is there; 0 for what is no claim.
local now = server_time(struct.unpack('<I8', ARGV[1]))
local answers = {}
for i, key in ipairs(KEYS) do
  local arg = ARGV[i + 1]
  local by_caller, lifetime = struct.unpack('<I8I8', arg)
  local ends = now + lifetime
  if by_caller > ends then ends = by_caller end
  local wish = struct.pack('<I8', ends) .. string.sub(arg, 17)
  -- The key outlives the claim: what decides is the end in it, to the millisecond.
  local remain = string.format('%d', ends - now + 60000)
  local held = redis.pcall('SET', key, wish, 'NX', 'GET', 'PX', remain)
  local answer = 1
  if type(held) == 'table' then
    -- Before the first claim is written nothing is done; later the others must be told what they have got.
    if string.sub(held.err, 1, 9) ~= 'WRONGTYPE' then return held end
    answer = 0
  elseif held then
    if #held < 32 then
      answer = 0
    elseif struct.unpack('<I8', held) < now then
      redis.call('SET', key, wish, 'PX', remain)
    elseif string.sub(held, 9, 16) ~= string.sub(arg, 17, 24) then
      -- Not the same call again, whose answer was lost.
      answer = held
    end
  end
  answers[i] = answer
end
return answers
