//! What a logical request is called, and what else has to be the same when it comes again.

use crate::digest::length_prefixed;
use crate::fingerprint_key::FingerprintKey;
use crate::payment::Exchange;
use crate::store::RequestKey;

/// A logical request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name {
    pub(super) key: RequestKey,
    /// Digest of method, URL and body.
    pub(super) parameters: [u8; 32],
    /// Whether the caller gave it a key of its own.
    pub(super) by_caller: bool,
}

impl Name {
    /// `None` where the body is not known and the caller gave no key.
    pub(super) fn of(key: Option<&FingerprintKey>, exchange: &Exchange) -> Option<Self> {
        let digest = |parts: &[&[u8]]| match key {
            Some(key) => key.digest(parts),
            None => length_prefixed(parts),
        };
        let agent = exchange.agent().as_str().as_bytes();
        // A fragment is not sent, so it is no part of what is requested.
        let url = &exchange.url()[..url::Position::AfterQuery];
        let method = exchange.method().as_str().as_bytes();
        let body = exchange.body_digest();
        let known = body.map_or(&[][..], |digest| digest);
        let parameters = digest(&[b"parameters", method, url.as_bytes(), known]);
        let by_caller = exchange.idempotency_key();
        let named = match by_caller {
            Some(named) => digest(&[b"signed/idempotency-key", agent, named.as_bytes()]),
            None => digest(&[b"signed/request", agent, method, url.as_bytes(), body?]),
        };
        Some(Self {
            key: RequestKey::from_bytes(named),
            parameters,
            by_caller: by_caller.is_some(),
        })
    }
}
