//! Numbers on their way to a script and back.

use redis::Value;

use crate::clock::UnixMillis;
use crate::store::StoreError;

/// The latest moment that a script can tell from its neighbours: its numbers are doubles.
pub(super) const LATEST: u64 = 9_007_199_254_740_991;

/// Longest time that is told to a script, in milliseconds: 139 years.
pub(super) const LONGEST: u64 = 1 << 42;

/// Numbers as a script unpacks them; a moment that is later than the latest is that.
pub(super) fn packed<const N: usize>(numbers: [u64; N]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(N.saturating_mul(8));
    for number in numbers {
        bytes.extend_from_slice(&number.min(LATEST).to_le_bytes());
    }
    bytes
}

/// An amount as a script counts it: how many times 2^40, and the rest.
pub(super) fn amount(micros: u64) -> [u64; 2] {
    amounts(micros.into())
}

/// The same of a sum.
pub(super) fn amounts(micros: u128) -> [u64; 2] {
    let low = micros & ((1 << 40) - 1);
    [micros >> 40, low].map(|part| u64::try_from(part).unwrap_or(u64::MAX))
}

/// The amount that a script counted.
pub(super) fn whole(high: u64, low: u64) -> u128 {
    (u128::from(high) << 40).saturating_add(u128::from(low))
}

/// The sum that a script answered.
pub(super) fn sum(high: &Value, low: &Value) -> Result<u128, StoreError> {
    Ok(whole(number(high)?, number(low)?))
}

/// How long from `now` to `then`, as it is told to a script.
pub(super) fn lifetime(now: UnixMillis, then: UnixMillis) -> u64 {
    let millis = then.as_millis().saturating_sub(now.as_millis());
    millis.min(LONGEST)
}

/// A whole number that a script answered.
pub(super) fn number(value: &Value) -> Result<u64, StoreError> {
    match value {
        Value::Int(number) => u64::try_from(*number).map_err(|_| StoreError::Unreadable),
        _ => Err(StoreError::Unreadable),
    }
}

/// Bytes that a script answered.
pub(super) fn bytes(value: Value) -> Result<Vec<u8>, StoreError> {
    match value {
        Value::BulkString(bytes) => Ok(bytes),
        _ => Err(StoreError::Unreadable),
    }
}

/// The eight bytes at the start of `bytes` as a number, and what follows them.
pub(super) fn leading(bytes: &[u8]) -> Result<(u64, &[u8]), StoreError> {
    let (number, rest) = bytes.split_first_chunk().ok_or(StoreError::Unreadable)?;
    Ok((u64::from_le_bytes(*number), rest))
}
