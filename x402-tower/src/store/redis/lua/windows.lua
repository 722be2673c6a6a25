-- Windows as they are changed by payments that are on the books already.
local changed = {}

local function window_of(name)
  local window = changed[name]
  if window == nil then
    local found = call('HMGET', book, name, 'o' .. sub(name, 2))
    window = false
    if found[1] then
      local sum_high, sum, count, last, high, low, n, leaves = unpacked('<dddddddd', found[1])
      window = {
        sum_high = sum_high, sum = sum, count = count,
        last = last, high = high, low = low, n = n,
        leaves = leaves, older = found[2] or '',
      }
    end
    changed[name] = window
  end
  return window
end

-- Adds to a bucket, or takes from it; one that has left is left alone.
local function add_to(name, number, by_high, by_low, by_count)
  local window = window_of(name)
  if not window then return end
  if window.last == number then
    window.high, window.low = plus(window.high, window.low, by_high, by_low)
    window.n = window.n + by_count
  else
    local first, final, at = 0, #window.older / 32 - 1, nil
    while first <= final do
      local middle = first + final
      middle = (middle - middle % 2) / 2
      local found = unpacked('<d', window.older, middle * 32 + 1)
      if found == number then
        at = middle * 32
        break
      end
      if found < number then first = middle + 1 else final = middle - 1 end
    end
    if not at then return end
    local _, high, low, n = unpacked('<dddd', window.older, at + 1)
    high, low = plus(high, low, by_high, by_low)
    window.older = sub(window.older, 1, at)
      .. pack('<dddd', number, high, low, n + by_count)
      .. sub(window.older, at + 33)
    window.rewritten = true
  end
  window.sum_high, window.sum = plus(window.sum_high, window.sum, by_high, by_low)
  window.count = window.count + by_count
end

-- Adds to every window that counts a payment.
local function add_to_places(record, by_high, by_low, by_count)
  for at = 58, #record, 49 do
    add_to(sub(record, at, at + 40), unpacked('<d', record, at + 41), by_high, by_low, by_count)
  end
end

-- Takes a payment out of every window that counts it.
local function take_out(record)
  local high, low = unpacked('<I8I8', record, 10)
  add_to_places(record, -high, -low, -1)
end

-- Writes what was changed, and answers how many windows count nothing any more and are gone.
local function write_windows()
  local gone = 0
  for name, window in pairs(changed) do
    if window then
      local older = 'o' .. sub(name, 2)
      if window.count == 0 then
        call('HDEL', book, name, older)
        call('ZREM', queue, name)
        gone = gone + 1
      else
        local text = pack('<dddddddd', window.sum_high, window.sum, window.count,
          window.last, window.high, window.low, window.n, window.leaves)
        call('HSET', book, name, text)
        if window.rewritten then call('HSET', book, older, window.older) end
      end
    end
  end
  changed = {}
  return gone
end

-- Takes a payment off the books.
local function forget(name)
  call('HDEL', book, name, 'j' .. sub(name, 2))
  call('ZREM', queue, name)
  call('ZREM', index, name)
end
