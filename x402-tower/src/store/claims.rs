//! "This happens once", with an expiry.

use core::fmt;

use crate::clock::UnixMillis;
use crate::payment::PaymentId;
use crate::step::Step;
use crate::store::{Reach, StoreError};

/// What is claimed: the digest of a fingerprint or of an authorization's own key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClaimKey([u8; 32]);

impl ClaimKey {
    /// From a digest.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The digest.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for ClaimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.0;
        write!(f, "ClaimKey({a:02x}{b:02x}{c:02x}{d:02x}…)")
    }
}

/// What a store says to a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Claim {
    /// The caller is the first.
    Taken,
    /// Somebody holds it: the value that the holder left with it.
    Held {
        /// The payment that holds the claim.
        holder: PaymentId,
        /// What the holder stored beside it, at most [`MAX_VALUE_BYTES`](Self::MAX_VALUE_BYTES) bytes.
        value: Vec<u8>,
    },
}

impl Claim {
    /// Most bytes that may be stored with a claim.
    pub const MAX_VALUE_BYTES: usize = 256;
}

/// Lets one thing happen once.
///
/// [`claim`](Self::claim) is atomic: of any number of concurrent callers with one key exactly one is told
/// [`Claim::Taken`] until the claim expires or is given back (attacks 90 and 91).
pub trait Claims: Send + Sync + fmt::Debug + 'static {
    /// Takes `key` for `holder` up to and including `until`, storing a small value beside it; or says who holds it, also
    /// where that is the caller.
    ///
    /// `now` is the caller's clock; a store with a clock of its own uses that instead. An engine that waits copies the
    /// value first, so that callers need not keep it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Full`] also for a value of more than [`Claim::MAX_VALUE_BYTES`] bytes.
    fn claim(
        &self,
        key: ClaimKey,
        holder: PaymentId,
        value: &[u8],
        now: UnixMillis,
        until: UnixMillis,
    ) -> Step<'_, Result<Claim, StoreError>>;

    /// What the holder of `key` stored beside it, or `None` where nobody holds it at `now`.
    ///
    /// Guarantees of every engine: a claim that was [`Taken`](Claim::Taken) before this call began, in any process that
    /// shares the store, is seen until it ends or is given back, and ends at the same moment for this method as for
    /// [`claim`](Self::claim). Reading takes, prolongs and changes nothing. The answer may be old by the time it is
    /// used: what must happen once has to be claimed.
    fn read(&self, key: ClaimKey, now: UnixMillis)
    -> Step<'_, Result<Option<Vec<u8>>, StoreError>>;

    /// Gives `key` back, if `holder` holds it. Giving back what one does not hold is harmless.
    fn give_back(&self, key: ClaimKey, holder: PaymentId) -> Step<'_, Result<(), StoreError>>;

    /// How far it is shared. The fingerprints of everybody who shares it have to agree: a guard on claims that outlive
    /// the process is not built on a fingerprint key that does not, nor one on claims that other machines use on a key
    /// that this machine made for itself.
    fn reach(&self) -> Reach;

    /// Gives back without waiting, for a future that was dropped; an engine that has to wait does nothing.
    fn give_back_now(&self, key: ClaimKey, holder: PaymentId);
}
