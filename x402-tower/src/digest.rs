//! Digests of several parts.

use sha2::{Digest, Sha256};

/// SHA-256 of parts, each with its length in eight bytes before it.
pub(crate) fn length_prefixed(parts: &[&[u8]]) -> [u8; 32] {
    let mut digest = Sha256::new();
    each_part(parts, |bytes| digest.update(bytes));
    digest.finalize().into()
}

/// Feeds each part with its length before it, so that no two lists of parts are the same bytes (attack 81).
pub(crate) fn each_part(parts: &[&[u8]], mut feed: impl FnMut(&[u8])) {
    for part in parts {
        let len = u64::try_from(part.len()).unwrap_or(u64::MAX);
        feed(&len.to_be_bytes());
        feed(part);
    }
}
