//! Claims on the server: a key each.

use std::sync::Arc;

use redis::Value;
use tokio::time::Instant;

use super::line::Errand;
use super::numbers::{bytes, leading, lifetime, packed};
use super::{Shared, script};
use crate::clock::UnixMillis;
use crate::payment::PaymentId;
use crate::store::{Claim, ClaimKey, StoreError};

/// A claim on its way to the server, alone or with others.
#[derive(Debug)]
pub(super) struct Asked {
    key: String,
    /// Its end by the caller's clock, its lifetime, the token of the call, the holder and the value.
    arg: Vec<u8>,
}

impl Errand for Asked {
    fn weight(&self) -> usize {
        1
    }

    async fn ask(
        shared: &Shared,
        together: &[Arc<Self>],
        until: Instant,
    ) -> Result<Vec<Value>, StoreError> {
        let keys: Vec<&[u8]> = together.iter().map(|one| one.key.as_bytes()).collect();
        let time = packed([shared.told()?]);
        let mut args: Vec<&[u8]> = vec![&time];
        args.extend(together.iter().map(|one| one.arg.as_slice()));
        let answer = shared.link.run_until(until, &script::CLAIM, &keys, &args);
        match answer.await? {
            Value::Array(answers) => Ok(answers),
            _ => Err(StoreError::Unreadable),
        }
    }
}

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
        let mut arg = packed([until.as_millis(), lifetime(now, until)]);
        arg.extend_from_slice(&self.token());
        arg.extend_from_slice(holder.as_bytes());
        arg.extend_from_slice(&value);
        let key = self.keys.claim(key);
        let asked = Arc::new(Asked { key, arg });
        let until = self.link.deadline();
        // The claims of a cluster lie in many slots, and a script reaches one.
        let alone = self.link.leads_to_cluster();
        match self.claims.run(self, &asked, alone, until).await? {
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
