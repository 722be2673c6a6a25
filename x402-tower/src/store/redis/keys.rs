//! The names of keys on the server.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};

use crate::digest::length_prefixed;
use crate::store::{ClaimKey, RequestKey};

/// The keys of one namespace. They hold digests only, so that no two scopes collide and none shows what it stands for
/// (attack 81). What a key's braces hold decides over its slot in a cluster.
#[derive(Debug)]
pub(super) struct Keys {
    namespace: [u8; 32],
    ledger: [String; 3],
}

impl Keys {
    pub(super) fn of(namespace: &[u8]) -> Self {
        let namespace = length_prefixed(&[b"x402-tower redis namespace", namespace]);
        // All limits of a payment are in one slot, and so in one atomic step.
        let tag = BASE64_URL_SAFE_NO_PAD.encode(namespace);
        let ledger = ["book", "queue", "index"].map(|part| format!("x402:{part}:{{{tag}}}"));
        Self { namespace, ledger }
    }

    /// Of the ledger: its book, its queue and its index.
    pub(super) fn ledger(&self) -> &[String] {
        &self.ledger
    }

    /// Of a claim.
    pub(super) fn claim(&self, key: ClaimKey) -> String {
        self.spread("claim", key.as_bytes())
    }

    /// Of a signed payment.
    pub(super) fn signed(&self, key: RequestKey) -> String {
        self.spread("signed", key.as_bytes())
    }

    /// A key that lies in whichever slot its own digest says. It is short, because the server hashes it several times.
    fn spread(&self, kind: &str, key: &[u8; 32]) -> String {
        let digest = length_prefixed(&[&self.namespace, kind.as_bytes(), key]);
        let mut name = String::with_capacity(64);
        name.push_str("x402:");
        name.push_str(kind);
        name.push_str(":{");
        BASE64_URL_SAFE_NO_PAD.encode_string(digest, &mut name);
        name.push('}');
        name
    }
}
