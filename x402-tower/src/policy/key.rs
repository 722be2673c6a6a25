//! Keys of what a policy counts and remembers.
//!
//! Every part stands after its length, so that no two lists of parts share a key, nor do two domains (attack 81).

use sha2::{Digest, Sha256};

use crate::digest::each_part;

/// The key of `parts` in a domain of its own.
pub(super) fn digest(domain: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = begin(domain);
    for bytes in parts {
        part(&mut hash, bytes);
    }
    hash.finalize().into()
}

/// The beginning of every key of a domain.
pub(super) fn begin(domain: &[u8]) -> Sha256 {
    let mut hash = Sha256::new();
    part(&mut hash, domain);
    hash
}

/// Adds a part.
pub(super) fn part(hash: &mut Sha256, bytes: &[u8]) {
    each_part(&[bytes], |piece| hash.update(piece));
}
