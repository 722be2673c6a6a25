-- ARGV: numbers, payment, token of the call, limits, window names
local told, high, low, lifetime, most_payments, most_windows = unpacked('<I8I8I8I8I8I8', ARGV[1])
local name, token, limits = ARGV[2], ARGV[3], ARGV[4]
local many = #ARGV - 4
local now = server_time(told)
local found = call('HMGET', book, 'm', name, unpack(ARGV, 5))
local seen, payments, windows, reserved, due, keep = read_meta(found[1])
if not seen then return UNREADABLE end
if seen > now then now = seen end

if found[2] then
  -- The same call again, because its answer was lost; or another payment under an id that is taken.
  if sub(found[2], 2, 9) == token then return GRANTED end
  if sub(found[2], 1, 1) ~= 'r' or unpacked('<I8', found[2], 34) >= now then return UNKNOWN end
end

local full = payments >= most_payments
if reserved < now or due + 1000 < now or (full and due <= now) then
  payments, windows, reserved, due = sweep(now, payments, windows, reserved, due, keep, full)
  if found[2] then return AGAIN end
  found = call('HMGET', book, 'm', name, unpack(ARGV, 5))
end

-- Each window as it is now: sum and count; number, amount and count of its newest bucket; when its oldest leaves.
local rolls, fresh = 0, 0
local counted, numbers, moments, older = {}, {}, {}, {}
for i = 1, many do
  local length = unpacked('<I8', ARGV[i + 4], 34)
  local width = length + 63
  width = (width - width % 64) / 64
  local number = (now - now % width) / width
  local moment = (number + 1) * width + length
  if moment > rolls then rolls = moment end
  numbers[i], moments[i] = number, moment
  local text = found[i + 2]
  if text then
    local window = { unpacked('<I8I8I8I8I8I8I8I8', text) }
    if window[8] <= now then
      local final = (window[4] + 1) * width + length
      if final <= now then
        window, older[i] = { 0, 0, 0, window[4], 0, 0, 0, moment }, ''
      else
        local rest = call('HGET', book, 'o' .. sub(ARGV[i + 4], 2)) or ''
        local at = 1
        while at < #rest do
          local old, old_high, old_low, n = unpacked('<I8I8I8I8', rest, at)
          local leaves = (old + 1) * width + length
          if leaves > now then
            final = leaves
            break
          end
          window[1], window[2] = plus(window[1], window[2], -old_high, -old_low)
          window[3], at = window[3] - n, at + 32
        end
        window[8], older[i] = final, sub(rest, at)
      end
    end
    counted[i] = window
  else
    fresh = fresh + 1
    counted[i] = { 0, 0, 0, number, 0, 0, 0, moment }
  end
end

for at = 1, #limits, 24 do
  local i, by_count, most_high, most = unpacked('<I4I4I8I8', limits, at)
  local window = counted[i]
  local total_high, total = plus(window[1], window[2], high, low)
  local refused
  if by_count == 1 then
    refused = window[3] >= most_high * UNIT + most
  else
    refused = total_high > most_high or (total_high == most_high and total > most)
  end
  if refused then
    if reserved < now then return AGAIN end
    return { REFUSED, (at - 1) / 24, window[1], window[2] }
  end
  if total_high >= BEYOND then return OVERFLOW end
end

if windows + fresh > most_windows then
  if due > now then return FULL end
  sweep(now, payments, windows, reserved, due, keep, true)
  return AGAIN
end
if payments >= most_payments then
  -- A settled payment stays counted when its entry makes room for another.
  local first = call('ZRANGEBYSCORE', queue, SETTLED, SETTLED + OPEN - 1, 'LIMIT', 0, 1)
  local name = first[1]
  if not name then return FULL end
  call('HDEL', book, name, 'j' .. sub(name, 2))
  call('ZREM', queue, name)
  call('ZREM', index, name)
  payments = payments - 1
end

local ends = now + lifetime
local set, queued, places = { 'HSET', book, 'm', '', name, '' }, { 'ZADD', queue, ends, name }, {}
local sets, ats = 7, 5
for i = 1, many do
  local name, number, window = ARGV[i + 4], numbers[i], counted[i]
  local opened = window[4] ~= number
  if opened then
    if window[7] > 0 then
      local rest = older[i] or call('HGET', book, 'o' .. sub(name, 2)) or ''
      older[i] = rest .. pack('<I8I8I8I8', window[4], window[5], window[6], window[7])
    end
    window[4], window[5], window[6], window[7] = number, 0, 0, 0
  end
  if opened or not found[i + 2] then
    queued[ats], queued[ats + 1] = WINDOWS + moments[i], name
    ats = ats + 2
    if moments[i] < due then due = moments[i] end
  end
  local sum_high, sum = plus(window[1], window[2], high, low)
  local last_high, last = plus(window[5], window[6], high, low)
  set[sets], set[sets + 1] = name, pack('<I8I8I8I8I8I8I8I8', sum_high, sum, window[3] + 1,
    number, last_high, last, window[7] + 1, window[8])
  sets = sets + 2
  if older[i] then
    set[sets], set[sets + 1] = 'o' .. sub(name, 2), older[i]
    sets = sets + 2
  end
  places[i] = name .. pack('<I8', number)
end

local final = ends
if rolls > final then final = rolls end
if final < due then due = final end
if ends < reserved then reserved = ends end
local extended = final > keep
if extended then
  -- Half as long again and an hour, so that it is not done for every payment.
  local rest = final - now
  keep = final + (rest - rest % 2) / 2 + 3600000
end
set[4] = write_meta(now, payments + 1, windows + fresh, reserved, due, keep)
set[6] = 'r' .. token .. pack('<I8I8I8I8I8I8', high, low, now, ends, final, 0) .. table.concat(places)
call(unpack(set))
call(unpack(queued))
if extended then
  call('ZADD', index, 0, '')
  call('PEXPIRE', book, keep - now)
  call('PEXPIRE', queue, keep - now)
  call('PEXPIRE', index, keep - now)
end
return GRANTED
