  -- Reservations that have ended: up to 256 at once, so that nobody waits for everybody's.
  local swept = 0
  if reserved < now then
    local names = call('ZRANGEBYSCORE', queue, 0, now - 1, 'LIMIT', 0, 256)
    for _, name in ipairs(names) do
      local record = call('HGET', book, name)
      if record then
        take_out(record)
        swept = swept + 1
      end
      forget(name)
    end
    windows = windows - write_windows()
    local first = call('ZRANGEBYSCORE', queue, 0, OPEN - 1, 'WITHSCORES', 'LIMIT', 0, 1)
    reserved = first[2] and tonumber(first[2]) or NEVER
  end
  -- What has rolled out of every window is only in the way, so it waits until there is a second's worth of it.
  if due + 1000 < now or (full and due <= now) then
    due = NEVER
    for _, band in ipairs({ OPEN, SETTLED }) do
      for _, name in ipairs(call('ZRANGEBYSCORE', queue, band, band + now, 'LIMIT', 0, 64)) do
        forget(name)
        swept = swept + 1
      end
      local first = call('ZRANGEBYSCORE', queue, band, band + OPEN - 1, 'WITHSCORES', 'LIMIT', 0, 1)
      if first[2] then due = math.min(due, first[2] - band) end
    end
    for _, name in ipairs(call('ZRANGEBYSCORE', queue, WINDOWS, WINDOWS + now, 'LIMIT', 0, 64)) do
      call('HDEL', book, name, 'o' .. sub(name, 2))
      call('ZREM', queue, name)
      windows = windows - 1
    end
    local first = call('ZRANGEBYSCORE', queue, WINDOWS, WINDOWS + OPEN, 'WITHSCORES', 'LIMIT', 0, 1)
    if first[2] then due = math.min(due, first[2] - WINDOWS) end
  end
  payments = payments - swept
  call('HSET', book, 'm', write_meta(now, payments, windows, reserved, due, keep))
  return payments, windows, reserved, due
