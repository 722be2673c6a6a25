//! A signer without a key.

use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Value, json};

use super::PAYER;
use crate::pay::{Approved, SignedPayment, Signer, SignerError};
use crate::payment::Terms;
use crate::step::Step;
use crate::wire::{Requirement, Version, compose_v1, compose_v2, header};

/// Somebody who is never the seller.
const STRANGER: &str = "0x00000000000000000000000000000000000000ff";

/// Seconds by which [`Tamper::Lifetime`] outlives what was approved.
const TOO_LONG_SECONDS: u64 = 3600;

/// What a dishonest signer signs differently from what was approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Tamper {
    /// One atomic unit more.
    Amount,
    /// To somebody else.
    Recipient,
    /// Another token: in the accepted requirement (v2) or in a Permit2 authorization (v1).
    Asset,
    /// On another network (attack 37).
    Network,
    /// Valid an hour longer.
    Lifetime,
    /// As a message of the other protocol version (attack 33).
    Version,
    /// Under another scheme (attack 35).
    Scheme,
    /// Something whose meaning cannot be read.
    Opaque,
}

impl Tamper {
    /// Every way there is.
    pub const ALL: [Self; 8] = [
        Self::Amount,
        Self::Recipient,
        Self::Asset,
        Self::Network,
        Self::Lifetime,
        Self::Version,
        Self::Scheme,
        Self::Opaque,
    ];
}

/// The EIP-712 domain that an honest signer would sign under: of the guard's own asset table, never the seller's.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SigningDomain {
    /// The token's EIP-712 name.
    pub name: String,
    /// The token's EIP-712 version.
    pub version: String,
    /// The EVM chain id.
    pub chain_id: u64,
    /// The token's contract.
    pub verifying_contract: String,
}

/// One time that a signature was asked for.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SignerCall {
    /// What was to be signed.
    pub terms: Terms,
    /// Which entry of `accepts` it was.
    pub index: usize,
    /// Until when it was to be valid, in Unix seconds.
    pub valid_before: u64,
    /// The domain; `None` for a token that the guard's asset table does not know or that has none.
    pub domain: Option<SigningDomain>,
}

#[derive(Debug, Clone, Copy)]
enum Conduct {
    Sign,
    Tamper(Tamper),
    Fail,
    Hang,
    Panic,
}

/// A signer whose payments are well-formed EIP-3009 with a signature of made-up bytes, and which records every call.
///
/// It can pay scheme `exact` on EVM chains. Clones share the record. Nonces count up, so no two payments are equal.
#[derive(Debug, Clone)]
pub struct RecordingSigner {
    conduct: Conduct,
    calls: Arc<Mutex<Vec<SignerCall>>>,
}

impl Default for RecordingSigner {
    fn default() -> Self {
        Self::new()
    }
}

impl RecordingSigner {
    /// Signs what was approved.
    #[must_use]
    pub fn new() -> Self {
        Self::with(Conduct::Sign)
    }

    /// Signs something else.
    #[must_use]
    pub fn tampering(how: Tamper) -> Self {
        Self::with(Conduct::Tamper(how))
    }

    /// Answers [`SignerError::Failed`].
    #[must_use]
    pub fn failing() -> Self {
        Self::with(Conduct::Fail)
    }

    /// Never answers.
    #[must_use]
    pub fn hanging() -> Self {
        Self::with(Conduct::Hang)
    }

    /// Panics.
    #[must_use]
    pub fn panicking() -> Self {
        Self::with(Conduct::Panic)
    }

    fn with(conduct: Conduct) -> Self {
        Self {
            conduct,
            calls: Arc::default(),
        }
    }

    /// Every time that a signature was asked for, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<SignerCall> {
        self.calls.lock().clone()
    }

    /// How often a signature was asked for.
    #[must_use]
    pub fn count(&self) -> usize {
        self.calls.lock().len()
    }

    #[allow(clippy::panic)] // made to, by the test
    fn respond(
        &self,
        approved: &Approved<'_>,
        number: usize,
    ) -> Result<SignedPayment, SignerError> {
        match self.conduct {
            Conduct::Sign => {
                SignedPayment::compose(approved, &eip3009(approved, number, None).to_string())
            }
            Conduct::Tamper(how) => tampered(approved, number, how),
            Conduct::Fail | Conduct::Hang => Err(SignerError::Failed("the test says so")),
            Conduct::Panic => panic!("the recording signer panics, as the test says"),
        }
    }
}

impl Signer for RecordingSigner {
    fn can_sign(&self, _requirement: &Requirement, terms: &Terms) -> bool {
        terms.scheme == "exact" && terms.chain.namespace() == "eip155"
    }

    fn sign<'a>(
        &'a self,
        approved: &'a Approved<'a>,
    ) -> Step<'a, Result<SignedPayment, SignerError>> {
        let number = {
            let mut calls = self.calls.lock();
            calls.push(SignerCall {
                terms: approved.terms().clone(),
                index: approved.requirement().index(),
                valid_before: approved.valid_before(),
                domain: domain(approved),
            });
            calls.len()
        };
        if matches!(self.conduct, Conduct::Hang) {
            return Step::wait(core::future::pending());
        }
        Step::ready(self.respond(approved, number))
    }
}

fn domain(approved: &Approved<'_>) -> Option<SigningDomain> {
    let asset = approved.asset()?;
    let eip712 = asset.eip712.as_ref()?;
    Some(SigningDomain {
        name: eip712.name.to_string(),
        version: eip712.version.to_string(),
        chain_id: asset.chain.evm_chain_id()?,
        verifying_contract: asset.address.to_string(),
    })
}

fn made_up_signature() -> String {
    format!("0x{}1b", "5a".repeat(64))
}

fn eip3009(approved: &Approved<'_>, number: usize, how: Option<Tamper>) -> Value {
    let terms = approved.terms();
    let mut until = approved.valid_before();
    let mut value = terms.amount;
    let mut to = terms.pay_to.as_str();
    match how {
        Some(Tamper::Amount) => value = value.checked_add(1.into()).unwrap_or(0.into()),
        Some(Tamper::Recipient) => to = STRANGER,
        Some(Tamper::Lifetime) => until = until.saturating_add(TOO_LONG_SECONDS),
        _ => {}
    }
    json!({
        "signature": made_up_signature(),
        "authorization": {
            "from": PAYER,
            "to": to,
            "value": value.to_string(),
            "validAfter": "0",
            "validBefore": until.to_string(),
            "nonce": format!("0x{number:064x}"),
        },
    })
}

/// A Permit2 payment of the approved amount in another token.
fn permit2_of_another_token(approved: &Approved<'_>, number: usize) -> Value {
    let terms = approved.terms();
    json!({
        "signature": made_up_signature(),
        "permit2Authorization": {
            "from": PAYER,
            "permitted": { "token": STRANGER, "amount": terms.amount.to_string() },
            "spender": STRANGER,
            "nonce": number.to_string(),
            "deadline": approved.valid_before().to_string(),
            "witness": { "to": terms.pay_to.as_str(), "validAfter": "0" },
        },
    })
}

fn tampered(
    approved: &Approved<'_>,
    number: usize,
    how: Tamper,
) -> Result<SignedPayment, SignerError> {
    let version = approved.challenge().version();
    let payload = match (how, version) {
        (Tamper::Opaque, _) => json!({ "blob": made_up_signature() }),
        (Tamper::Asset, Version::V1) => permit2_of_another_token(approved, number),
        _ => eip3009(approved, number, Some(how)),
    }
    .to_string();
    let written = match (how, version) {
        (Tamper::Version, Version::V1) => Version::V2,
        (Tamper::Version, Version::V2) => Version::V1,
        (_, version) => version,
    };
    let requirement = approved.requirement();
    let scheme = match how {
        Tamper::Scheme => "upto",
        _ => requirement.scheme(),
    };
    let message = match written {
        Version::V1 => {
            let network = match how {
                Tamper::Network => "base-sepolia".into(),
                Tamper::Version => "base".into(),
                _ => requirement.network_name(),
            };
            compose_v1(scheme, &network, &payload)
        }
        Version::V2 => {
            let terms = approved.terms();
            let accepted = json!({
                "scheme": scheme,
                "network": match how {
                    Tamper::Network => "eip155:84532",
                    _ => terms.chain.as_str(),
                },
                "amount": terms.amount.to_string(),
                "asset": match how {
                    Tamper::Asset => STRANGER.into(),
                    _ => requirement.asset(),
                },
                "payTo": requirement.pay_to(),
                "maxTimeoutSeconds": requirement.max_timeout_seconds(),
            });
            compose_v2(accepted.to_string(), None, None, &payload)
        }
    };
    let value = header::encode(&message).map_err(|_| SignerError::NotEncodable)?;
    Ok(SignedPayment::from_header(written, value))
}
