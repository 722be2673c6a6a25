//! Keys of what a policy counts and remembers.

use sha2::{Digest, Sha256};

/// A digest over length-prefixed parts: no two lists of parts share one, nor do two domains (attack 81).
pub(super) fn digest(domain: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in core::iter::once(&domain).chain(parts) {
        // A length beyond 64 bits cannot be in memory.
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        hash.update(length.to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
