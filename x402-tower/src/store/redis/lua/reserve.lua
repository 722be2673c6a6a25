-- Some reservations, one after the other, in one step.
--
-- ARGV: numbers; the names of windows; the names of payments; a wish for each payment; groups of wishes that follow each
-- other and fall under the same limits. A wish is how its record begins: r, the token of the call, the amount. A group:
-- how many wishes, how many windows, lifetime, sum of the amounts; which windows; then for each limit its window, whether
-- it counts payments, and how much fits.
-- Answers GRANTED where all were, else for each GRANTED or why not; for one that is refused also by which limit, and what
-- that has counted.
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
-- buckets, where they had to be read; the number of the bucket that is now, and when that leaves; whether it was there.
local HIGH, LOW, COUNT, WAS_HIGH, WAS_LOW, WAS_COUNT = 1, 2, 3, 4, 5, 6
local LAST, LAST_HIGH, LAST_LOW, LAST_COUNT, LEAVES, OLDER, NUMBER, MOMENT, FOUND = 7, 8, 9, 10, 11, 12, 13, 14, 15
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
    state[i] = { high, low, count, high, low, count, last, last_high, last_low, n, leaves, older, number, moment, true }
  else
    state[i] = { 0, 0, 0, 0, 0, 0, number, 0, 0, 0, moment, false, number, moment, false }
  end
end

local set, queued, sets, queueds = { 'HSET', book, 'm', '' }, { 'ZADD', queue }, 4, 2
local answers, ending, final, cursor = nil, {}, 0, 0

-- Counts in windows what was granted.
local function count(its, high, low, n)
  for i = 1, #its do
    local window = its[i]
    local sum_high, sum = window[HIGH] + high, window[LOW] + low
    if sum >= UNIT then sum_high, sum = sum_high + 1, sum - UNIT end
    if window[COUNT] == 0 and not window[FOUND] then windows = windows + 1 end
    window[HIGH], window[LOW], window[COUNT] = sum_high, sum, window[COUNT] + n
  end
  payments = payments + n
end

-- The first limit under which some payments do not fit any more, if any does not; or OVERFLOW.
local function refusing(limits, high, low, n)
  for l = 1, #limits, 4 do
    local window, most_high = limits[l], limits[l + 2]
    local total_high, total = window[HIGH] + high, window[LOW] + low
    if total >= UNIT then total_high, total = total_high + 1, total - UNIT end
    local refused
    if limits[l + 1] == 1 then
      refused = window[COUNT] + n > most_high * UNIT + limits[l + 3]
    else
      refused = total_high > most_high or (total_high == most_high and total > limits[l + 3])
    end
    if refused then return { REFUSED, (l - 1) / 4, window[HIGH], window[LOW] } end
    if total_high >= BEYOND then return OVERFLOW end
  end
end

-- Makes room for one more payment, or says why there is none.
local function no_room(its)
  local more = windows
  for i = 1, #its do
    if not its[i][FOUND] and its[i][COUNT] == 0 then more = more + 1 end
  end
  if more > most_windows then return due <= now and AGAIN or FULL end
  if payments < most_payments then return nil end
  -- A settled payment stays counted when its entry makes room for another.
  local first = call('ZRANGEBYSCORE', queue, SETTLED, SETTLED + OPEN - 1, 'LIMIT', 0, 1)[1]
  if not first then return due <= now and AGAIN or FULL end
  call('HDEL', book, first, 'j' .. sub(first, 2))
  call('ZREM', queue, first)
  call('ZREM', index, first)
  payments = payments - 1
end

for g = 2 + many + 2 * wishes, #ARGV do
  local text = ARGV[g]
  local n, places, lifetime, high, low = unpacked('<I4I4I8I8I8', text)
  local ends = now + lifetime
  local its, limits, notes, rolls = {}, {}, '', ends
  for p = 1, places do
    local w = unpacked('<I4', text, 29 + p * 4)
    local window = state[w]
    its[p], notes = window, notes .. ARGV[w + 1] .. pack('<d', window[NUMBER])
    if window[MOMENT] > rolls then rolls = window[MOMENT] end
  end
  for at = 33 + places * 4, #text, 24 do
    local w, by_count, most_high, most = unpacked('<I4I4I8I8', text, at)
    local l = #limits
    limits[l + 1], limits[l + 2], limits[l + 3], limits[l + 4] = state[w], by_count, most_high, most
  end
  notes = pack('<I8I8I8I8', now, ends, rolls, 0) .. notes

  local names, granted = '', 0
  local all = not full and not refusing(limits, high, low, n)
  for i = cursor + 1, cursor + n do
    if found[1 + many + i] then all = false end
  end
  if all then
    count(its, high, low, n)
    for i = cursor + 1, cursor + n do
      set[sets + 1], set[sets + 2] = ARGV[1 + many + i], ARGV[1 + many + wishes + i] .. notes
      sets = sets + 2
    end
    names, granted = table.concat(ARGV, '', 2 + many + cursor, 1 + many + cursor + n), n
  else
    answers = answers or {}
    for i = cursor + 1, cursor + n do
      local name, known, wish = ARGV[1 + many + i], found[1 + many + i], ARGV[1 + many + wishes + i]
      local answer
      if known then
        -- The same call again, because its answer was lost; or another payment under an id that is taken.
        answer = UNKNOWN
        if sub(known, 2, 9) == sub(wish, 2, 9) then
          answer = GRANTED
        elseif sub(known, 1, 1) == 'r' and unpacked('<I8', known, 34) < now then
          answer = AGAIN
        end
      else
        local its_high, its_low = unpacked('<I8I8', wish, 10)
        answer = refusing(limits, its_high, its_low, 1)
        -- What has ended and is not cleared away yet may be what is in the way.
        if answer and answer ~= OVERFLOW and reserved < now then answer = AGAIN end
        if not answer and full then answer = no_room(its) end
        if not answer then
          count(its, its_high, its_low, 1)
          set[sets + 1], set[sets + 2] = name, wish .. notes
          sets = sets + 2
          names, granted = names .. name, granted + 1
        end
      end
      answers[i] = answer or GRANTED
    end
  end
  cursor = cursor + n
  if granted > 0 then
    ending[ends] = (ending[ends] or '') .. names
    if rolls < due then due = rolls end
    if rolls > final then final = rolls end
    if ends < reserved then reserved = ends end
  end
end
if answers then
  for i = 1, wishes do answers[i] = answers[i] or GRANTED end
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
    if opened or not window[FOUND] then
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
return answers or GRANTED
