  -- Reservations that have ended: some hundreds at once, so that nobody waits for everybody's.
  local swept = 0
  if reserved < now then
    local members = call('ZRANGEBYSCORE', queue, 0, now - 1, 'LIMIT', 0, 256)
    local looked = 0
    for _, names in ipairs(members) do
      if looked >= 256 then break end
      for at = 1, #names, 17 do
        local name = sub(names, at, at + 16)
        local record = call('HGET', book, name)
        -- What was sent or settled in time is a member of its own.
        if record and sub(record, 1, 1) == 'r' and unpacked('<I8', record, 34) < now then
          take_out(record)
          call('HDEL', book, name)
          swept = swept + 1
        end
        looked = looked + 1
      end
      call('ZREM', queue, names)
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
