-- How far the file has come, and how full it is.
CREATE TABLE state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    store BLOB NOT NULL,
    generation INTEGER NOT NULL DEFAULT 0,
    now INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL DEFAULT 0,
    next_window INTEGER NOT NULL DEFAULT 1,
    windows INTEGER NOT NULL DEFAULT 0,
    payments INTEGER NOT NULL DEFAULT 0,
    claims INTEGER NOT NULL DEFAULT 0,
    signed INTEGER NOT NULL DEFAULT 0,
    signed_bytes INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What one limit key has counted in one window: the sum of its buckets from first_bucket on. An amount is dollars and
-- micros together; neither is carried over to the other.
CREATE TABLE windows (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL,
    window_ms INTEGER NOT NULL,
    first_bucket INTEGER NOT NULL,
    dollars INTEGER NOT NULL CHECK (dollars >= 0),
    micros INTEGER NOT NULL CHECK (micros >= 0),
    count INTEGER NOT NULL CHECK (count >= 0),
    empties_at INTEGER NOT NULL,
    UNIQUE (key, window_ms)
) STRICT;
CREATE INDEX windows_by_end ON windows (empties_at);

-- At most 66 for a window.
CREATE TABLE buckets (
    window INTEGER NOT NULL,
    number INTEGER NOT NULL,
    dollars INTEGER NOT NULL CHECK (dollars >= 0),
    micros INTEGER NOT NULL CHECK (micros >= 0),
    count INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (window, number)
) STRICT, WITHOUT ROWID;

-- state: 0 reserved, 1 sent, 2 unknown, 3 settled. places: pairs of a window's id and a bucket's number, 8 bytes each,
-- big-endian. ends_at: when a reservation expires; for all others the same as counted_until.
CREATE TABLE payments (
    id BLOB PRIMARY KEY,
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
    dollars INTEGER NOT NULL CHECK (dollars >= 0),
    micros INTEGER NOT NULL CHECK (micros >= 0),
    reserved_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    counted_until INTEGER NOT NULL,
    places BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX payments_by_end ON payments (ends_at);
CREATE INDEX settled_payments_by_end ON payments (ends_at) WHERE state = 3;

-- What left, as JSON.
CREATE TABLE sent (
    payment BLOB NOT NULL UNIQUE,
    valid_before INTEGER NOT NULL,
    details TEXT NOT NULL
) STRICT;

CREATE TABLE claims (
    key BLOB PRIMARY KEY,
    holder BLOB NOT NULL,
    ends_at INTEGER NOT NULL,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX claims_by_end ON claims (ends_at);

CREATE TABLE signed (
    key BLOB NOT NULL UNIQUE,
    revision INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    value BLOB NOT NULL
) STRICT;
CREATE INDEX signed_by_end ON signed (ends_at);
