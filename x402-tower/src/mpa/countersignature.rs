//! Countersignatures: keys, and whoever in this process can use one.

use core::fmt;
use std::sync::Arc;

use ed25519_dalek::{Signature, VerifyingKey};

use super::{ApprovalRequest, ApprovalSecret};
use crate::step::Step;

/// Somebody in this process who can sign for an approver: a key service, a hardware token, a queue that a person reads.
///
/// It is asked at the same time as everybody else, and only while its answer can still matter. What it gives back is
/// verified like a signature that a caller brings.
///
/// ```
/// use x402_tower::Step;
/// use x402_tower::mpa::{ApprovalRequest, ApprovalSecret, Countersigner};
///
/// #[derive(Debug)]
/// struct Treasury(ApprovalSecret);
///
/// impl Countersigner for Treasury {
///     fn countersign<'a>(&'a self, request: &'a ApprovalRequest) -> Step<'a, Option<String>> {
///         let affordable = !request.payload().contains(r#""price_usd":null"#);
///         Step::ready(affordable.then(|| self.0.sign(request.payload().as_bytes())))
///     }
/// }
/// ```
pub trait Countersigner: Send + Sync + fmt::Debug + 'static {
    /// A signature over the bytes of [`ApprovalRequest::payload`], in hexadecimal; `None` to refuse.
    fn countersign<'a>(&'a self, request: &'a ApprovalRequest) -> Step<'a, Option<String>>;
}

/// What a countersignature is verified with.
#[derive(Clone)]
pub(super) enum Key {
    Hmac(ApprovalSecret),
    Ed25519(Box<VerifyingKey>),
}

impl Key {
    /// An Ed25519 key from its 32 bytes; `None` where they are none, or one of the few that anybody can sign for.
    pub(super) fn ed25519(bytes: &[u8; 32]) -> Option<Self> {
        let key = VerifyingKey::from_bytes(bytes).ok()?;
        (!key.is_weak()).then(|| Self::Ed25519(Box::new(key)))
    }

    /// Whether `hex` signs `payload`. Ed25519 by the strict rule of RFC 8032, so that one signature has one spelling.
    pub(super) fn verifies(&self, payload: &str, hex: &str) -> bool {
        match self {
            Self::Hmac(secret) => secret.verifies(payload.as_bytes(), hex),
            Self::Ed25519(key) => {
                let mut bytes = [0u8; 64];
                let plain = hex.len() == 128 && const_hex::decode_to_slice(hex, &mut bytes).is_ok();
                let signature = Signature::from_bytes(&bytes);
                plain && key.verify_strict(payload.as_bytes(), &signature).is_ok()
            }
        }
    }

    /// What two approvers share exactly where they have one key (attack 98).
    pub(super) fn identity(&self) -> Identity {
        match self {
            Self::Hmac(secret) => Identity::Secret(secret.identity()),
            Self::Ed25519(key) => Identity::Ed25519(key.to_bytes()),
        }
    }
}

/// What makes two approvers one.
#[derive(PartialEq, Eq)]
pub(super) enum Identity {
    Secret([u8; 32]),
    Ed25519([u8; 32]),
}

/// An approver who countersigns: a key, and perhaps somebody here to ask.
#[derive(Clone)]
pub(super) struct Countersigning {
    pub(super) key: Key,
    pub(super) signer: Option<Arc<dyn Countersigner>>,
}

/// Shows the kind of key, and not even a public one.
impl fmt::Debug for Countersigning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.key {
            Key::Hmac(_) => "Countersignature(hmac-sha256)",
            Key::Ed25519(_) => "Countersignature(ed25519)",
        })
    }
}
