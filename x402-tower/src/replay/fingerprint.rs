//! What makes two payments the same.

use super::svm;
use crate::address::Address;
use crate::digest::length_prefixed;
use crate::fingerprint_key::FingerprintKey;
use crate::network::ChainId;
use crate::payment::{Exchange, Payment};
use crate::store::ClaimKey;
use crate::wire::Authorization;

/// The logical request that a payment is for, and how often it may be paid.
///
/// HMAC-SHA256, each part with its length (64 bits, big-endian) before it:
/// `"request"`, agent, method, requested URL without its fragment, SHA-256 of the body, recipient, token (empty where
/// none is named), chain (CAIP-2), scheme; or `"idempotency-key"`, agent, the caller's key. The amount is no part: a
/// raised price is still the same purchase (attack 89).
#[derive(Debug, Clone, Copy)]
pub(super) struct LogicalRequest {
    fingerprint: [u8; 32],
    /// One more than it may be repeated.
    slots: u32,
}

impl LogicalRequest {
    /// `None` where the body is not known and the caller gave no key of its own.
    ///
    /// A caller that names its request by a key means that one request: only others may be repeated.
    pub(super) fn of(key: &FingerprintKey, payment: &Payment, repeats: u16) -> Option<Self> {
        let (exchange, terms) = (payment.exchange(), payment.terms());
        let agent = exchange.agent().as_str().as_bytes();
        if let Some(named) = exchange.idempotency_key() {
            return Some(Self {
                fingerprint: key.digest(&[b"idempotency-key", agent, named.as_bytes()]),
                slots: 1,
            });
        }
        let body = exchange.body_digest()?;
        let asset = terms.asset.as_ref().map_or("", Address::as_str);
        let fingerprint = key.digest(&[
            b"request",
            agent,
            exchange.method().as_str().as_bytes(),
            request_url(exchange).as_bytes(),
            body,
            terms.pay_to.as_str().as_bytes(),
            asset.as_bytes(),
            terms.chain.as_str().as_bytes(),
            terms.scheme.as_bytes(),
        ]);
        Some(Self {
            fingerprint,
            slots: u32::from(repeats).saturating_add(1),
        })
    }

    pub(super) fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    /// How many keys there are of which a payment needs any one: each can be claimed once, so no more payments pass at a
    /// time.
    pub(super) fn slots(&self) -> u32 {
        self.slots
    }

    /// One of those keys; numbers beyond them begin anew.
    pub(super) fn slot(&self, number: u32) -> ClaimKey {
        ClaimKey::from_bytes(match number.checked_rem(self.slots) {
            None | Some(0) => self.fingerprint,
            Some(n) => {
                length_prefixed(&[b"x402-tower/repeat", &self.fingerprint, &n.to_be_bytes()])
            }
        })
    }
}

/// The key under which an authorization can be used once, by its scheme's own rule; not keyed, so that all instances of
/// a seller agree on it. `None` where nothing unique can be read.
///
/// - EIP-3009 nonces are unique per token and payer. The token is left out: a v1 payment does not name it, and leaving
///   it out denies more, never less.
/// - Permit2 nonces are unique per owner across tokens.
/// - A Solana transaction is unique by its message, whose blockhash and memo make it so.
///
/// Signature, recipient, amount, protocol version and letter case are no part of it (attacks 27 and 90).
pub(super) fn authorization_key(
    chain: &ChainId,
    authorization: &Authorization,
) -> Option<ClaimKey> {
    let chain = chain.as_str().as_bytes();
    let digest = match authorization {
        Authorization::Eip3009 { from, nonce, .. } => length_prefixed(&[
            b"x402-tower/eip3009",
            chain,
            from.as_str().as_bytes(),
            nonce,
        ]),
        Authorization::Permit2 { from, nonce, .. } => length_prefixed(&[
            b"x402-tower/permit2",
            chain,
            from.as_str().as_bytes(),
            nonce,
        ]),
        Authorization::Svm { transaction, .. } => length_prefixed(&[
            b"x402-tower/svm",
            chain,
            svm::message(transaction.as_bytes())?,
        ]),
        Authorization::Opaque => return None,
    };
    Some(ClaimKey::from_bytes(digest))
}

/// What is stored beside a claim: what was paid for, and the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Beside([u8; Self::LEN]);

impl Beside {
    const LEN: usize = 65;

    /// Says how the rest is laid out, should it ever change.
    const LAYOUT: u8 = 1;

    /// Keyed, because a URL can be guessed: method, requested URL and body as one digest, then the amount.
    pub(super) fn of(key: &FingerprintKey, payment: &Payment) -> Self {
        let (exchange, terms) = (payment.exchange(), payment.terms());
        let request = key.digest(&[
            b"bound-to",
            exchange.method().as_str().as_bytes(),
            request_url(exchange).as_bytes(),
            exchange.body_digest().map_or(&[][..], |digest| digest),
        ]);
        let mut bytes = [Self::LAYOUT; Self::LEN];
        let parts = [Self::LAYOUT].into_iter().chain(request);
        let parts = parts.chain(terms.amount.to_be_bytes());
        for (byte, part) in bytes.iter_mut().zip(parts) {
            *byte = part;
        }
        Self(bytes)
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether the value that a holder left names the same request.
    pub(super) fn same_request(&self, held: &[u8]) -> bool {
        held.get(..33) == self.0.get(..33)
    }

    /// Whether the value that a holder left names the same price.
    pub(super) fn same_amount(&self, held: &[u8]) -> bool {
        held.get(33..) == self.0.get(33..)
    }
}

/// The requested URL without its fragment, which never reaches a server.
fn request_url(exchange: &Exchange) -> &str {
    &exchange.url()[..url::Position::AfterQuery]
}
