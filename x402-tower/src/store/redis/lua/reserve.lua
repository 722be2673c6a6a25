-- Some reservations, one after the other, in one step.
--
-- ARGV: numbers; the names of windows; the names of payments; a wish for each payment; groups of limits.
-- A wish: the token of the call, amount, lifetime, its group. A group: how many windows and which; then for each limit its
-- window, whether it counts payments, and how much fits.
-- Answers for each GRANTED or why not; for one that is refused also by which limit, and what that has counted.
local told, many, wishes, most_payments, most_windows = unpacked('<I8I8I8I8I8', ARGV[1])
local now = server_time(told)
local found = call('HMGET', book, 'm', unpack(ARGV, 2, 1 + many + wishes))
local seen, payments, windows, reserved, due, keep = read_meta(found[1])
if not seen then return UNREADABLE end
if seen > now then now = seen end

local fresh = 0
for i = 2, 1 + many do
  if not found[i] then fresh = fresh + 1 end
end
local full = windows + fresh > most_windows or payments + wishes > most_payments
if reserved < now or due + 1000 < now or (full and due <= now) then
  payments, windows, reserved, due = sweep(now, payments, windows, reserved, due, keep, full)
  found = call('HMGET', book, 'm', unpack(ARGV, 2, 1 + many + wishes))
end

-- Each window as it is now: what it counts; what it counted before; its newest bucket; when its oldest leaves; its older
-- buckets, where they had to be read; the number of the bucket that is now, and when that leaves.
local HIGH, LOW, COUNT, WAS_HIGH, WAS_LOW, WAS_COUNT = 1, 2, 3, 4, 5, 6
local LAST, LAST_HIGH, LAST_LOW, LAST_COUNT, LEAVES, OLDER, NUMBER, MOMENT = 7, 8, 9, 10, 11, 12, 13, 14
local state = {}
for i = 1, many do
  local length = unpacked('<I8', ARGV[i + 1], 34)
  local width = length + 63
  width = (width - width % 64) / 64
  local number = (now - now % width) / width
  local moment = (number + 1) * width + length
  local text = found[i + 1]
  if text then
    local high, low, count, last, last_high, last_low, n, leaves = unpacked('<dddddddd', text)
    local older = false
    if leaves <= now then
      leaves = (last + 1) * width + length
      if leaves <= now then
        high, low, count, last_high, last_low, n, leaves, older = 0, 0, 0, 0, 0, 0, moment, ''
      else
        older = call('HGET', book, 'o' .. sub(ARGV[i + 1], 2)) or ''
        local at = 1
        while at < #older do
          local old, old_high, old_low, old_n = unpacked('<dddd', older, at)
          local its = (old + 1) * width + length
          if its > now then
            leaves = its
            break
          end
          high, low = plus(high, low, -old_high, -old_low)
          count, at = count - old_n, at + 32
        end
        older = sub(older, at)
      end
    end
    state[i] = { high, low, count, high, low, count, last, last_high, last_low, n, leaves, older, number, moment }
  else
    state[i] = { 0, 0, 0, 0, 0, 0, number, 0, 0, 0, moment, false, number, moment }
  end
end

local set, queued, sets, queueds = { 'HSET', book, 'm', '' }, { 'ZADD', queue }, 4, 2
local answers, groups, taken, ending, final = {}, {}, {}, {}, 0
for i = 1, wishes do
  local name, known, wish = ARGV[1 + many + i], found[1 + many + i], ARGV[1 + many + wishes + i]
  local high, low, lifetime, g = unpacked('<I8I8I8I4', wish, 9)
  local answer = GRANTED
  local group = groups[g]
  if not group then
    -- Its windows; its limits one after the other; what its payments note of where they are counted, and until when.
    local text = ARGV[1 + many + 2 * wishes + g]
    local places = unpacked('<I4', text)
    local its, limits, notes, rolls = {}, {}, {}, 0
    for p = 1, places do
      local w = unpacked('<I4', text, 1 + p * 4)
      local window = state[w]
      its[p], notes[p] = w, ARGV[w + 1] .. pack('<d', window[NUMBER])
      if window[MOMENT] > rolls then rolls = window[MOMENT] end
    end
    for at = 5 + places * 4, #text, 24 do
      local w, by_count, most_high, most = unpacked('<I4I4I8I8', text, at)
      local l = #limits
      limits[l + 1], limits[l + 2], limits[l + 3], limits[l + 4] = state[w], by_count, most_high, most
    end
    group = { its, limits, table.concat(notes), rolls }
    groups[g] = group
  end
  local limits = group[2]

  if taken[name] then
    answer = UNKNOWN
  elseif known then
    -- The same call again, because its answer was lost; or another payment under an id that is taken.
    if sub(known, 2, 9) ~= sub(wish, 1, 8) then
      local ended = sub(known, 1, 1) == 'r' and unpacked('<I8', known, 34) < now
      answer = ended and AGAIN or UNKNOWN
    end
  else
    for l = 1, #limits, 4 do
      local window, most_high = limits[l], limits[l + 2]
      local total_high, total = window[HIGH] + high, window[LOW] + low
      if total >= UNIT then total_high, total = total_high + 1, total - UNIT end
      local refused
      if limits[l + 1] == 1 then
        refused = window[COUNT] >= most_high * UNIT + limits[l + 3]
      else
        refused = total_high > most_high or (total_high == most_high and total > limits[l + 3])
      end
      if refused then
        answer = reserved < now and AGAIN or { REFUSED, (l - 1) / 4, window[HIGH], window[LOW] }
        break
      end
      if total_high >= BEYOND then
        answer = OVERFLOW
        break
      end
    end
    if full and answer == GRANTED then
      local more = windows
      for _, w in ipairs(group[1]) do
        if not found[w + 1] and state[w][COUNT] == 0 then more = more + 1 end
      end
      if more > most_windows then
        answer = due <= now and AGAIN or FULL
      elseif payments >= most_payments then
        -- A settled payment stays counted when its entry makes room for another.
        local first = call('ZRANGEBYSCORE', queue, SETTLED, SETTLED + OPEN - 1, 'LIMIT', 0, 1)[1]
        if first then
          call('HDEL', book, first, 'j' .. sub(first, 2))
          call('ZREM', queue, first)
          call('ZREM', index, first)
          payments = payments - 1
        else
          answer = due <= now and AGAIN or FULL
        end
      end
    end
    if answer == GRANTED then
      for _, w in ipairs(group[1]) do
        local window = state[w]
        if window[COUNT] == 0 and not found[w + 1] then windows = windows + 1 end
        local sum_high, sum = window[HIGH] + high, window[LOW] + low
        if sum >= UNIT then sum_high, sum = sum_high + 1, sum - UNIT end
        window[HIGH], window[LOW], window[COUNT] = sum_high, sum, window[COUNT] + 1
      end
      local ends = now + lifetime
      local rolls = group[4]
      if ends > rolls then rolls = ends end
      if rolls < due then due = rolls end
      if rolls > final then final = rolls end
      if ends < reserved then reserved = ends end
      ending[ends] = ending[ends] and ending[ends] .. name or name
      set[sets + 1] = name
      set[sets + 2] = 'r' .. sub(wish, 1, 24) .. pack('<I8I8I8I8', now, ends, rolls, 0) .. group[3]
      sets = sets + 2
      payments = payments + 1
      taken[name] = true
    end
  end
  answers[i] = answer
end
-- None was granted that had not been before.
if final == 0 then return answers end

for ends, names in pairs(ending) do
  queued[queueds + 1], queued[queueds + 2] = string.format('%d', ends), names
  queueds = queueds + 2
end

for i = 1, many do
  local window = state[i]
  local count = window[COUNT] - window[WAS_COUNT]
  if count > 0 then
    local name, number, older = ARGV[i + 1], window[NUMBER], window[OLDER]
    local last_high, last_low, n = window[LAST_HIGH], window[LAST_LOW], window[LAST_COUNT]
    local opened = window[LAST] ~= number
    if opened then
      if n > 0 then
        older = older or call('HGET', book, 'o' .. sub(name, 2)) or ''
        older = older .. pack('<dddd', window[LAST], last_high, last_low, n)
      end
      last_high, last_low, n = 0, 0, 0
    end
    if opened or not found[i + 1] then
      local moment = window[MOMENT]
      queued[queueds + 1], queued[queueds + 2] = WINDOWS + moment, name
      queueds = queueds + 2
      if moment < due then due = moment end
    end
    local by_high, by_low = plus(window[HIGH], window[LOW], -window[WAS_HIGH], -window[WAS_LOW])
    last_high, last_low = plus(last_high, last_low, by_high, by_low)
    set[sets + 1] = name
    set[sets + 2] = pack('<dddddddd', window[HIGH], window[LOW], window[COUNT],
      number, last_high, last_low, n + count, window[LEAVES])
    sets = sets + 2
    if older then
      set[sets + 1], set[sets + 2] = 'o' .. sub(name, 2), older
      sets = sets + 2
    end
  end
end
local extended = final > keep
if extended then
  -- Half as long again and an hour, so that it is not done for every payment.
  local rest = final - now
  keep = final + (rest - rest % 2) / 2 + 3600000
end
set[4] = write_meta(now, payments, windows, reserved, due, keep)
call(unpack(set))
call(unpack(queued))
if extended then
  call('ZADD', index, 0, '')
  call('PEXPIRE', book, keep - now)
  call('PEXPIRE', queue, keep - now)
  call('PEXPIRE', index, keep - now)
end
return answers
