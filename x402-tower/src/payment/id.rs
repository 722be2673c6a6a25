//! The identity of one payment decision.

use core::fmt;

use super::id_stock;

/// Names one payment through ledger, claims, audit log and approvals: 128 random bits, shown as 32 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaymentId([u8; 16]);

impl PaymentId {
    /// How long an id is.
    pub(crate) const BYTES: usize = 16;

    /// A fresh id from the operating system's random source, or `None` where that source fails (which denies).
    #[must_use]
    pub fn random() -> Option<Self> {
        id_stock::take().map(Self)
    }

    /// From 16 bytes, for stores that read ids back.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for PaymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(const_hex::const_encode::<16, false>(&self.0).as_str())
    }
}

impl fmt::Debug for PaymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PaymentId({self})")
    }
}
