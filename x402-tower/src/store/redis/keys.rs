//! The names of keys on the server.

use crate::digest::length_prefixed;
use crate::store::{ClaimKey, RequestKey};

/// The keys of one namespace. They hold digests only, so that no two scopes collide and none shows what it stands for
/// (attack 81).
#[derive(Debug)]
pub(super) struct Keys {
    namespace: String,
    ledger: [String; 3],
}

impl Keys {
    pub(super) fn of(namespace: &[u8]) -> Self {
        let digest = length_prefixed(&[b"x402-tower redis namespace", namespace]);
        let namespace = const_hex::encode(digest);
        // One hash tag: all limits of a payment are in one slot of a cluster, and so in one atomic step.
        let ledger = ["book", "queue", "index"].map(|part| format!("x402:{{{namespace}}}:{part}"));
        Self { namespace, ledger }
    }

    /// Of the ledger: its book, its queue and its index.
    pub(super) fn ledger(&self) -> &[String] {
        &self.ledger
    }

    /// Of a claim. Its own digest is the hash tag, so that claims spread over a cluster.
    pub(super) fn claim(&self, key: ClaimKey) -> String {
        self.spread("claim", key.as_bytes())
    }

    /// Of a signed payment.
    pub(super) fn signed(&self, key: RequestKey) -> String {
        self.spread("signed", key.as_bytes())
    }

    fn spread(&self, kind: &str, digest: &[u8; 32]) -> String {
        let digest = const_hex::const_encode::<32, false>(digest);
        format!("x402:{}:{kind}:{{{}}}", self.namespace, digest.as_str())
    }
}
