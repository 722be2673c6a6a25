//! Claims on the server: a key each.

use redis::Value;

use super::numbers::{bytes, leading, lifetime, packed};
use super::{Shared, script};
use crate::clock::UnixMillis;
use crate::payment::PaymentId;
use crate::store::{Claim, ClaimKey, StoreError};

impl Shared {
    pub(super) async fn claim(
        &self,
        key: ClaimKey,
        holder: PaymentId,
        value: Vec<u8>,
        now: UnixMillis,
        until: UnixMillis,
    ) -> Result<Claim, StoreError> {
        if value.len() > Claim::MAX_VALUE_BYTES {
            return Err(StoreError::Full);
        }
        let numbers = packed([self.told()?, until.as_millis(), lifetime(now, until)]);
        let mut kept = self.token()?.to_vec();
        kept.extend_from_slice(holder.as_bytes());
        kept.extend_from_slice(&value);
        let key = self.keys.claim(key);
        match self
            .link
            .run(&script::CLAIM, &[key], &[numbers, kept])
            .await?
        {
            Value::Int(1) => Ok(Claim::Taken),
            held => {
                let held = bytes(held)?;
                let (holder, value) = holder_and_value(&held)?;
                let value = value.to_vec();
                Ok(Claim::Held { holder, value })
            }
        }
    }

    pub(super) async fn read_claim(&self, key: ClaimKey) -> Result<Option<Vec<u8>>, StoreError> {
        let key = self.keys.claim(key);
        let time = packed([self.told()?]);
        match self.link.run(&script::READ, &[key], &[time]).await? {
            Value::Nil => Ok(None),
            held => Ok(Some(holder_and_value(&bytes(held)?)?.1.to_vec())),
        }
    }

    pub(super) async fn give_back(
        &self,
        key: ClaimKey,
        holder: PaymentId,
    ) -> Result<(), StoreError> {
        let key = self.keys.claim(key);
        let holder = holder.as_bytes();
        self.link.run(&script::GIVE_BACK, &[key], &[holder]).await?;
        Ok(())
    }
}

/// What follows the end of a claim and the token of the call that took it.
fn holder_and_value(kept: &[u8]) -> Result<(PaymentId, &[u8]), StoreError> {
    let (_, kept) = leading(kept)?;
    let (_, kept) = leading(kept)?;
    let (holder, value) = kept.split_first_chunk().ok_or(StoreError::Unreadable)?;
    Ok((PaymentId::from_bytes(*holder), value))
}
