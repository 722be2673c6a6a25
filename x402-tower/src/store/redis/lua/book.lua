-- What every step of a ledger begins with.
--
-- KEYS[1] is a hash, the book:
--   'm'              the state of the whole ledger, see read_meta
--   'p' .. id        a payment: its state (r reserved, s sent, u unknown, d settled), the token of the call that reserved
--                    it, what is counted, when it was reserved, its end, when it has rolled out, until when it can be
--                    settled; then 49 bytes for each place: the name of a window and the number of its bucket
--   'w' .. window    a window: sum, count; number, amount and count of its newest bucket; when its oldest leaves
--   'o' .. window    its older buckets, ascending: number, amount, count
--   'j' .. id        what left, as JSON
-- KEYS[2] is a sorted set, the queue: what ends when, in bands of 2^44 milliseconds. Reservations that were made together
-- are one member, all names after another, which says when to look at them; all others are members by their names.
-- KEYS[3] is a sorted set, the index: the payments that were told what left, by id, and a first empty one.
--
-- A window's name is 32 bytes of digest and its length in milliseconds.
--
-- The numbers of a script are doubles, so an amount is two of them: how many times 2^40, and the rest. Sums are exact up
-- to 2^93.
local UNIT, BEYOND = 1099511627776, 16777216
-- Later than every moment.
local NEVER = 9007199254740991
local OPEN, SETTLED, WINDOWS = 17592186044416, 2 * 17592186044416, 3 * 17592186044416
local GRANTED, REFUSED, OVERFLOW, AGAIN, FULL, UNKNOWN, UNREADABLE = 0, 1, 2, 3, 4, 5, 6
-- With this before it no small hash is kept as a list that has to be searched.
local MARK = 'x402-tower ledger, v1   '

local book, queue, index = KEYS[1], KEYS[2], KEYS[3]
local call, pack, unpacked, sub = redis.call, struct.pack, struct.unpack, string.sub

-- The latest time seen, payments, windows; before when no reservation ends, and nothing else; how long the keys live.
local function read_meta(text)
  if not text then return 0, 0, 0, NEVER, NEVER, 0 end
  if sub(text, 1, 24) ~= MARK then return nil end
  return unpacked('<dddddd', text, 25)
end

local function write_meta(now, payments, windows, reserved, due, keep)
  return MARK .. pack('<dddddd', now, payments, windows, reserved, due, keep)
end

-- The sum of two amounts, of which the second may be negative.
local function plus(high, low, by_high, by_low)
  high, low = high + by_high, low + by_low
  if low >= UNIT then return high + 1, low - UNIT end
  if low < 0 then return high - 1, low + UNIT end
  return high, low
end
