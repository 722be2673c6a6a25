//! What makes two payments the same.

use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::address::Address;
use crate::network::ChainId;
use crate::payment::{Exchange, Payment};
use crate::store::ClaimKey;
use crate::wire::Authorization;

/// The key under which logical requests are fingerprinted: 32 bytes, so that whoever reads the store learns no URL.
///
/// Held as HMAC state, which saves working the key in for every payment.
#[derive(Clone)]
pub struct FingerprintKey(Hmac<Sha256>);

impl FingerprintKey {
    /// The environment variable that holds it, as 64 hexadecimal digits.
    pub const ENV: &'static str = "X402_FINGERPRINT_KEY";

    /// A fresh key: right for a store that nobody else uses.
    ///
    /// # Errors
    ///
    /// [`FingerprintKeyError::NoRandomness`].
    pub fn generate() -> Result<Self, FingerprintKeyError> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(key.as_mut()).map_err(|_| FingerprintKeyError::NoRandomness)?;
        Ok(Self::from_bytes(&key))
    }

    /// From 64 hexadecimal digits.
    ///
    /// # Errors
    ///
    /// [`FingerprintKeyError::NotAKey`], which does not quote the text.
    pub fn from_hex(text: &str) -> Result<Self, FingerprintKeyError> {
        let mut key = Zeroizing::new([0; 32]);
        let plain = text.len() == 64;
        if plain && const_hex::decode_to_slice(text, key.as_mut()).is_ok() {
            Ok(Self::from_bytes(&key))
        } else {
            Err(FingerprintKeyError::NotAKey)
        }
    }

    fn from_bytes(key: &[u8; 32]) -> Self {
        // HMAC fills a short key up with zeros to one block (RFC 2104 section 2).
        let mut block = Zeroizing::new([0; 64]);
        for (slot, byte) in block.iter_mut().zip(key) {
            *slot = *byte;
        }
        Self(Hmac::<Sha256>::new((&*block).into()))
    }

    /// From [`ENV`](Self::ENV); `None` where it is not set.
    ///
    /// # Errors
    ///
    /// [`FingerprintKeyError::NotAKey`] where it is set to something else: a bad key is never silently replaced.
    pub fn from_env() -> Result<Option<Self>, FingerprintKeyError> {
        match std::env::var(Self::ENV) {
            Ok(text) => Self::from_hex(Zeroizing::new(text).trim()).map(Some),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(_) => Err(FingerprintKeyError::NotAKey),
        }
    }

    /// The fingerprint of the logical request that a payment is for; `None` where the body is not known and the caller
    /// gave no key of its own.
    ///
    /// The amount is not part of it: a raised price is still the same purchase (attack 89).
    pub(super) fn logical_request(&self, payment: &Payment) -> Option<ClaimKey> {
        let (exchange, terms) = (payment.exchange(), payment.terms());
        let agent = exchange.agent().as_str().as_bytes();
        if let Some(key) = exchange.idempotency_key() {
            return Some(self.digest(&[b"idempotency-key", agent, key.as_bytes()]));
        }
        let body = exchange.body_digest()?;
        let asset = terms.asset.as_ref().map_or("", Address::as_str);
        Some(self.digest(&[
            b"request",
            agent,
            exchange.method().as_str().as_bytes(),
            request_url(exchange).as_bytes(),
            body,
            terms.pay_to.as_str().as_bytes(),
            asset.as_bytes(),
            terms.chain.as_str().as_bytes(),
            terms.scheme.as_bytes(),
        ]))
    }

    fn digest(&self, parts: &[&[u8]]) -> ClaimKey {
        let mut mac = self.0.clone();
        each_part(parts, |bytes| mac.update(bytes));
        ClaimKey::from_bytes(mac.finalize().into_bytes().into())
    }
}

/// The requested URL without its fragment, which never reaches a server.
fn request_url(exchange: &Exchange) -> &str {
    &exchange.url()[..url::Position::AfterQuery]
}

/// The key under which an authorization can be used once, by its scheme's own rule; not keyed, so that all instances of
/// a seller agree on it.
///
/// EIP-3009 nonces are unique per token and payer. The token is left out: a v1 payment does not name it, and leaving it
/// out denies more, never less. Signature, version and letter case are no part of it (attacks 27 and 90). Permit2 nonces
/// are unique per owner across tokens.
pub(super) fn authorization_key(
    chain: &ChainId,
    authorization: &Authorization,
) -> Option<ClaimKey> {
    let chain = chain.as_str().as_bytes();
    match authorization {
        Authorization::Eip3009 { from, nonce, .. } => Some(plain_digest(&[
            b"x402-tower/eip3009",
            chain,
            from.as_str().as_bytes(),
            nonce,
        ])),
        Authorization::Permit2 { from, nonce, .. } => Some(plain_digest(&[
            b"x402-tower/permit2",
            chain,
            from.as_str().as_bytes(),
            nonce,
        ])),
        _ => None,
    }
}

/// What a payment was first seen paying for: method, host, path and query.
pub(super) fn binding(exchange: &Exchange) -> [u8; 32] {
    let url = request_url(exchange);
    *plain_digest(&[exchange.method().as_str().as_bytes(), url.as_bytes()]).as_bytes()
}

fn plain_digest(parts: &[&[u8]]) -> ClaimKey {
    let mut digest = Sha256::new();
    each_part(parts, |bytes| digest.update(bytes));
    ClaimKey::from_bytes(digest.finalize().into())
}

/// Feeds each part with its length before it, so that no two lists of parts are the same bytes (attack 81).
fn each_part(parts: &[&[u8]], mut feed: impl FnMut(&[u8])) {
    for part in parts {
        let len = u64::try_from(part.len()).unwrap_or(u64::MAX);
        feed(&len.to_be_bytes());
        feed(part);
    }
}

/// Never shows the key.
impl fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FingerprintKey(…)")
    }
}

/// Why there is no fingerprint key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FingerprintKeyError {
    /// Not 64 hexadecimal digits.
    #[error(
        "the fingerprint key is not 64 hexadecimal digits; make one with `openssl rand -hex 32`"
    )]
    NotAKey,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes for a fingerprint key")]
    NoRandomness,
}

impl FingerprintKeyError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAKey => "fingerprint_key.invalid",
            Self::NoRandomness => "fingerprint_key.no_randomness",
        }
    }
}
