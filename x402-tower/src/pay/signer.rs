//! The signer's seam: what it is given, and what it gives back.

use core::fmt;

use http::{HeaderName, HeaderValue};

use crate::assets::{Asset, AssetTable};
use crate::clock::UnixMillis;
use crate::payment::{Payment, Terms};
use crate::step::Step;
use crate::wire::header::{PAYMENT_SIGNATURE, X_PAYMENT, encode};
use crate::wire::{Challenge, Requirement, Version, compose_v1, compose_v2};

/// A payment that every control has let pass: the only thing a [`Signer`] can be asked to sign.
///
/// Nobody outside the checked path can make one, and it borrows what was checked, so nothing can change between the
/// decision and the signature (attack 40).
pub struct Approved<'a> {
    payment: &'a Payment,
    challenge: &'a Challenge,
    requirement: &'a Requirement,
    asset: Option<&'a Asset>,
    now: UnixMillis,
}

impl<'a> Approved<'a> {
    pub(crate) fn new(
        payment: &'a Payment,
        challenge: &'a Challenge,
        requirement: &'a Requirement,
        assets: &'a AssetTable,
        now: UnixMillis,
    ) -> Self {
        let terms = payment.terms();
        let asset = terms
            .asset
            .as_ref()
            .and_then(|address| assets.get(&terms.chain, address));
        Self {
            payment,
            challenge,
            requirement,
            asset,
            now,
        }
    }

    /// The payment as it was decided on.
    #[must_use]
    pub fn payment(&self) -> &'a Payment {
        self.payment
    }

    /// What is to be signed: chain, token, recipient, amount, lifetime.
    #[must_use]
    pub fn terms(&self) -> &'a Terms {
        self.payment.terms()
    }

    /// The requirement as the seller wrote it.
    #[must_use]
    pub fn requirement(&self) -> &'a Requirement {
        self.requirement
    }

    /// The whole challenge as the seller wrote it.
    #[must_use]
    pub fn challenge(&self) -> &'a Challenge {
        self.challenge
    }

    /// The token by the local table: decimals and EIP-712 domain come from here, never from the seller (attack 14).
    #[must_use]
    pub fn asset(&self) -> Option<&'a Asset> {
        self.asset
    }

    /// Now, in Unix seconds, by the guard's clock: approvals may have taken a while since the offer was made.
    #[must_use]
    pub fn now_secs(&self) -> u64 {
        self.now.as_secs()
    }

    /// The last moment at which the authorization may still be settled, in Unix seconds.
    #[must_use]
    pub fn valid_before(&self) -> u64 {
        self.now_secs()
            .saturating_add(self.terms().lifetime_seconds)
    }
}

impl fmt::Debug for Approved<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Approved").field(self.payment).finish()
    }
}

/// Makes a payment of an approved one.
///
/// What it makes is parsed again and compared with what was approved before a byte leaves: a signer that signs
/// something else is denied, not trusted.
pub trait Signer: Send + Sync + fmt::Debug + 'static {
    /// Whether it can pay `terms` as `requirement` asks. Only such offers are chosen from.
    fn can_sign(&self, requirement: &Requirement, terms: &Terms) -> bool;

    /// Signs.
    fn sign<'a>(
        &'a self,
        approved: &'a Approved<'a>,
    ) -> Step<'a, Result<SignedPayment, SignerError>>;
}

impl<T: Signer + ?Sized> Signer for std::sync::Arc<T> {
    fn can_sign(&self, requirement: &Requirement, terms: &Terms) -> bool {
        (**self).can_sign(requirement, terms)
    }

    fn sign<'a>(
        &'a self,
        approved: &'a Approved<'a>,
    ) -> Step<'a, Result<SignedPayment, SignerError>> {
        (**self).sign(approved)
    }
}

/// A signed payment as it goes on the wire. It is a bearer instrument: whoever has it can have it settled.
#[derive(Clone)]
pub struct SignedPayment {
    name: HeaderName,
    value: HeaderValue,
}

impl SignedPayment {
    /// Puts a scheme's `payload` (a JSON object) into the payment message of the challenge's version.
    ///
    /// The accepted requirement is echoed byte for byte; `resource` and `extensions` are echoed in v2.
    ///
    /// # Errors
    ///
    /// [`SignerError::NotEncodable`] where the message would not fit a header.
    pub fn compose(approved: &Approved<'_>, payload: &str) -> Result<Self, SignerError> {
        let challenge = approved.challenge();
        let requirement = approved.requirement();
        let (name, json) = match challenge.version() {
            Version::V1 => (
                X_PAYMENT,
                compose_v1(requirement.scheme(), &requirement.network_name(), payload),
            ),
            Version::V2 => (
                PAYMENT_SIGNATURE,
                compose_v2(
                    requirement.raw(),
                    challenge.resource_raw(),
                    challenge.extensions_raw(),
                    payload,
                ),
            ),
        };
        let value = encode(&json).map_err(|_| SignerError::NotEncodable)?;
        Ok(Self { name, value })
    }

    /// Takes a header that a foreign client made.
    #[must_use]
    pub fn from_header(version: Version, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        let name = match version {
            Version::V1 => X_PAYMENT,
            Version::V2 => PAYMENT_SIGNATURE,
        };
        Self { name, value }
    }

    pub(crate) fn into_header(self) -> (HeaderName, HeaderValue) {
        (self.name, self.value)
    }
}

/// Never shows the signature.
impl fmt::Debug for SignedPayment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedPayment")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Why a signer did not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignerError {
    /// It cannot pay this scheme, chain or token.
    #[error(
        "the signer cannot pay this scheme, chain or token; offer it another or configure one that can"
    )]
    Unsupported,
    /// The key, device or service behind it failed.
    #[error("the signer failed ({0}); nothing was sent, see the signer's own log")]
    Failed(&'static str),
    /// The challenge names another EIP-712 domain for the token than the local table (attack 14).
    #[error(
        "the challenge names another signing domain for this token than the local asset table; if the table is wrong, replace the asset in it"
    )]
    ForeignDomain,
    /// The message does not fit a header.
    #[error("the signed payment does not fit a header of 64 KiB")]
    NotEncodable,
}

impl SignerError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unsupported => "signer.unsupported",
            Self::Failed(_) => "signer.failed",
            Self::ForeignDomain => "signer.foreign_domain",
            Self::NotEncodable => "signer.not_encodable",
        }
    }
}
