//! x402-rs' scheme clients as signers (feature `x402-rs`).
//!
//! A `V2Eip155ExactClient` or any other [`X402SchemeClient`] signs, and this crate decides. The client is shown one
//! offer, the approved one, and what it makes is compared like every other signature. It takes the token's EIP-712
//! domain from the challenge, so an offer that names another domain than the local asset table is not signed.

use core::fmt;
use std::sync::Arc;

use http::HeaderValue;
use serde_json::value::RawValue;
use x402_types::proto::{OriginalJson, PaymentRequired, v1, v2};
use x402_types::scheme::client::{PaymentCandidate, X402SchemeClient};

use crate::pay::{Approved, SignedPayment, Signer, SignerError};
use crate::payment::Terms;
use crate::step::Step;
use crate::wire::{Challenge, Requirement, Version};

/// Signs with x402-rs' scheme clients: the first that accepts an offer.
#[derive(Clone, Default)]
pub struct SchemeClientSigner {
    clients: Vec<Arc<dyn X402SchemeClient>>,
}

impl SchemeClientSigner {
    /// No client yet: nothing can be signed.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a client, tried after those that are there.
    #[must_use]
    pub fn with(mut self, client: impl X402SchemeClient + 'static) -> Self {
        self.clients.push(Arc::new(client));
        self
    }

    fn candidate(&self, offer: &PaymentRequired) -> Option<PaymentCandidate> {
        self.clients
            .iter()
            .find_map(|client| client.accept(offer).into_iter().next())
    }
}

impl Signer for SchemeClientSigner {
    fn can_sign(&self, requirement: &Requirement, _terms: &Terms) -> bool {
        bare_offer(requirement).is_some_and(|offer| self.candidate(&offer).is_some())
    }

    fn sign<'a>(
        &'a self,
        approved: &'a Approved<'a>,
    ) -> Step<'a, Result<SignedPayment, SignerError>> {
        Step::wait(async move {
            if names_foreign_domain(approved) {
                return Err(SignerError::ForeignDomain);
            }
            let offer = whole_offer(approved.challenge(), approved.requirement())
                .ok_or(SignerError::Unsupported)?;
            let candidate = self.candidate(&offer).ok_or(SignerError::Unsupported)?;
            let header = candidate
                .sign()
                .await
                .map_err(|_| SignerError::Failed("signer.scheme_client"))?;
            let value = HeaderValue::try_from(header).map_err(|_| SignerError::NotEncodable)?;
            Ok(SignedPayment::from_header(
                approved.challenge().version(),
                value,
            ))
        })
    }
}

impl fmt::Debug for SchemeClientSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = self.clients.iter().map(|client| client.id());
        f.debug_list().entries(ids).finish()
    }
}

/// Whether the offer names another signing domain than the local table, or names none at all (attack 14).
fn names_foreign_domain(approved: &Approved<'_>) -> bool {
    let Some(domain) = approved.asset().and_then(|asset| asset.eip712.as_ref()) else {
        return approved.terms().chain.evm_chain_id().is_some();
    };
    let named = |key| approved.requirement().extra(key);
    named("name").as_deref() != Some(&domain.name)
        || named("version").as_deref() != Some(&domain.version)
}

/// The requirement alone, for asking whether a client would take it.
fn bare_offer(requirement: &Requirement) -> Option<PaymentRequired> {
    let text = core::str::from_utf8(requirement.raw()).ok()?;
    let accepts = vec![OriginalJson(RawValue::from_string(text.to_owned()).ok()?)];
    Some(match requirement.version() {
        Version::V1 => PaymentRequired::V1(v1::PaymentRequired {
            x402_version: v1::X402Version1,
            accepts,
            error: None,
        }),
        Version::V2 => PaymentRequired::V2(v2::PaymentRequired {
            x402_version: v2::X402Version2,
            error: None,
            resource: None,
            accepts,
            extensions: Default::default(),
        }),
    })
}

/// The challenge with nothing to choose from but the requirement.
fn whole_offer(challenge: &Challenge, requirement: &Requirement) -> Option<PaymentRequired> {
    let mut narrowed = challenge.clone();
    narrowed.retain_requirements(|other| other.index() == requirement.index());
    let bytes = narrowed.to_bytes();
    match challenge.version() {
        Version::V1 => serde_json::from_slice(&bytes).map(PaymentRequired::V1).ok(),
        Version::V2 => serde_json::from_slice(&bytes).map(PaymentRequired::V2).ok(),
    }
}
