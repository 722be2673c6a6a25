-- ARGV: whether only open ones, before which moment at most, how many; after which payment
-- Looks at 256 payments at most; answers the last of these, or nothing where there are no more, and what was asked for.
local open_only, before, most = unpacked('<I8I8I8', ARGV[1])
local names = call('ZRANGEBYLEX', index, ARGV[2], '+', 'LIMIT', 0, 256)
if not names[1] then return { '' } end
local records = call('HMGET', book, unpack(names))
local wanted, last = {}, names[#names]
for i, name in ipairs(names) do
  local record = records[i]
  if record then
    local state, valid_before = sub(record, 1, 1), unpacked('<I8', record, 50)
    if (open_only == 0 or state == 's' or state == 'u') and (before == 0 or valid_before < before - 1) then
      wanted[#wanted + 1] = i
      if #wanted == most then last = name break end
    end
  end
end
if #names < 256 and last == names[#names] then last = '' end
local answer = { last }
for _, i in ipairs(wanted) do
  answer[#answer + 1] = names[i]
  answer[#answer + 1] = records[i]
  answer[#answer + 1] = call('HGET', book, 'j' .. sub(names[i], 2))
end
return answer
