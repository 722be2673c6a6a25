//! The keyed hash that ties each line to the one before.

use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// An HMAC-SHA256.
pub(super) type Tag = [u8; 32];

/// No line of a log begins like this, so that no line's tag can pass for a key's id.
const KEY_ID_LABEL: &[u8] = b"x402-tower audit key id";

/// HMAC-SHA256 with its key already worked in, which saves two of its blocks for each line.
pub(super) struct Chain {
    keyed: Hmac<Sha256>,
    key_id: [u8; 16],
}

impl Chain {
    /// A chain under a key of 32 bytes.
    pub(super) fn new(key: &[u8; 32]) -> Self {
        // HMAC fills a short key up with zeros to one block (RFC 2104 section 2).
        let mut block = zeroize::Zeroizing::new([0; 64]);
        for (slot, byte) in block.iter_mut().zip(key) {
            *slot = *byte;
        }
        let keyed = Hmac::<Sha256>::new((&*block).into());
        let mut chain = Self {
            keyed,
            key_id: [b'0'; 16],
        };
        let id = const_hex::const_encode::<32, false>(&chain.tag(KEY_ID_LABEL));
        for (slot, digit) in chain.key_id.iter_mut().zip(id.as_bytes()) {
            *slot = *digit;
        }
        chain
    }

    /// The tag of some bytes.
    pub(super) fn tag(&self, bytes: &[u8]) -> Tag {
        self.keyed
            .clone()
            .chain_update(bytes)
            .finalize()
            .into_bytes()
            .into()
    }

    /// Whether a tag is that of some bytes; takes as long for a wrong one as for the right one.
    pub(super) fn matches(&self, bytes: &[u8], tag: &Tag) -> bool {
        self.tag(bytes).as_slice().ct_eq(tag).into()
    }

    /// Sixteen hex digits that name the key and tell nothing else about it.
    pub(super) fn key_id(&self) -> &str {
        core::str::from_utf8(&self.key_id).unwrap_or_default()
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chain")
            .field("key_id", &self.key_id())
            .finish_non_exhaustive()
    }
}
