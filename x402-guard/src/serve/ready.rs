//! Whether payments can be decided.

use core::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest as _, Sha256};
use x402_tower::audit::AuditError;
use x402_tower::store::{Reservation, StoreError};
use x402_tower::{PaymentId, UnixMillis, Usd};

use crate::serve::guards::Guards;

/// How long what is set aside as a test stays on the books where it cannot be given back.
const TEST_MILLIS: u64 = 10_000;

/// How many tests there were.
static TESTS: AtomicU64 = AtomicU64::new(0);

/// Why payments cannot be decided.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotReady {
    #[error("the audit log is being checked from its first line; nothing is paid before that")]
    Checking,
    #[error(transparent)]
    Log(#[from] AuditError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NotReady {
    /// The stable code.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Checking => "audit.checking",
            Self::Log(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}

/// The log takes records, and the ledger can be written: nothing is set aside for nobody, and given back. A ledger on a
/// full disk can still be read.
pub(crate) async fn check(guards: &Guards) -> Result<(), NotReady> {
    if !guards.log.is_intact() {
        return Err(NotReady::Checking);
    }
    let now = guards.buyer.context().now().unwrap_or_default();
    guards.log.log.check(now.as_millis())?.await?;
    let id = test_id(guards.log.log.writer());
    let expires = UnixMillis::from_millis(now.as_millis().saturating_add(TEST_MILLIS));
    let nothing = Reservation::new(id, Usd::from_micros(0), &[], now, expires);
    guards.ledger.reserve(&nothing).await?;
    guards.ledger.release(id).await?;
    Ok(())
}

/// An id of its own for each test of each process: `process` is random.
fn test_id(process: &str) -> PaymentId {
    let number = TESTS.fetch_add(1, Ordering::Relaxed);
    let mut digest = Sha256::new_with_prefix(process);
    digest.update(number.to_le_bytes());
    let mut id = [0; 16];
    for (byte, from) in id.iter_mut().zip(digest.finalize()) {
        *byte = from;
    }
    PaymentId::from_bytes(id)
}
