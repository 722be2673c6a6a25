//! Signed payments on the server: a key each.

use redis::Value;

use super::numbers::{bytes, leading, lifetime, packed};
use super::{Shared, script};
use crate::clock::UnixMillis;
use crate::store::{Kept, MAX_KEPT_BYTES, Put, RequestKey, StoreError};

impl Shared {
    pub(super) async fn load(&self, key: RequestKey) -> Result<Option<Kept>, StoreError> {
        let key = self.keys.signed(key);
        let time = packed([self.told()?]);
        match self.link.run(&script::READ, &[key], &[time]).await? {
            Value::Nil => Ok(None),
            there => Ok(Some(kept(&bytes(there)?)?)),
        }
    }

    /// A revision is random, so that none comes twice for a key: not after it was removed, not when the server's clock
    /// steps back, and not when a failover loses the last ones. It also tells a repeated call from another.
    pub(super) async fn put(
        &self,
        key: RequestKey,
        expected: Option<u64>,
        value: Vec<u8>,
        now: UnixMillis,
        until: UnixMillis,
    ) -> Result<Put, StoreError> {
        if value.len() > MAX_KEPT_BYTES {
            return Err(StoreError::Full);
        }
        let numbers = packed([self.told()?, until.as_millis(), lifetime(now, until)]);
        let revision = getrandom::u64().map_err(|_| StoreError::Unavailable)?;
        let expected = expected.map_or_else(Vec::new, |revision| revision.to_le_bytes().to_vec());
        let args = [numbers, expected, revision.to_le_bytes().to_vec(), value];
        let key = self.keys.signed(key);
        match self.link.run(&script::PUT, &[key], &args).await? {
            Value::Int(1) => Ok(Put::Done(revision)),
            Value::Int(_) => Ok(Put::Conflict(None)),
            there => Ok(Put::Conflict(Some(kept(&bytes(there)?)?))),
        }
    }

    pub(super) async fn remove(&self, key: RequestKey, expected: u64) -> Result<bool, StoreError> {
        let key = self.keys.signed(key);
        let args = [packed([self.told()?]), expected.to_le_bytes().to_vec()];
        let removed = self.link.run(&script::REMOVE, &[key], &args).await?;
        Ok(removed == Value::Int(1))
    }
}

/// What follows the end of a signed payment.
fn kept(bytes: &[u8]) -> Result<Kept, StoreError> {
    let (_, rest) = leading(bytes)?;
    let (revision, value) = leading(rest)?;
    Ok(Kept::new(revision, value.to_vec()))
}
