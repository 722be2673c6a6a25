//! What approvers are asked to approve, and what countersigners sign.

use core::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::shown::visible;
use crate::clock::UnixMillis;
use crate::digest::length_prefixed;
use crate::payment::{ApprovalSignatures, Payment, PaymentId};

/// Longest text of a server that the payload repeats, in characters.
const MAX_SCHEME: usize = 64;
const MAX_URL: usize = 512;

/// One payment that wants approvals: what is signed, byte for byte, and what names it.
///
/// The bytes of [`payload`](Self::payload) are described in the [module's documentation](super#the-signed-payload).
/// `Debug` shows names and times only.
#[derive(Clone)]
pub struct ApprovalRequest {
    id: PaymentId,
    expires_secs: u64,
    digest: [u8; 32],
    payload: Arc<str>,
}

/// The members of the payload, in the order of their names.
#[derive(Serialize)]
struct Payload<'a> {
    agent: &'a str,
    amount: String,
    asset: Option<&'a str>,
    chain: &'a str,
    digest: String,
    expires: u64,
    method: &'a str,
    pay_to: &'a str,
    policy_revision: Option<&'a str>,
    price_usd: Option<String>,
    request_id: String,
    scheme: String,
    r#type: &'static str,
    url: String,
}

/// What tells a signature over this payload from one over anything else.
const TYPE: &str = "x402-tower/mpa/approval/v1";

impl ApprovalRequest {
    /// The request `id` about `payment`, good until `expires_secs`.
    pub(super) fn new(payment: &Payment, id: PaymentId, expires_secs: u64) -> Self {
        let (exchange, terms) = (payment.exchange(), payment.terms());
        let digest = payment_digest(payment);
        let url = match payment.shown_url() {
            Some(url) => visible(url, MAX_URL),
            // Nobody screened the path, so nobody outside gets to see it.
            None => exchange.origin().into_owned(),
        };
        let payload = Payload {
            agent: exchange.agent().as_str(),
            amount: terms.amount.to_string(),
            asset: terms.asset.as_ref().map(crate::address::Address::as_str),
            chain: terms.chain.as_str(),
            digest: const_hex::encode(digest),
            expires: expires_secs,
            method: exchange.method().as_str(),
            pay_to: terms.pay_to.as_str(),
            policy_revision: payment.policy_revision(),
            price_usd: terms.price.map(|price| price.to_string()),
            request_id: id.to_string(),
            scheme: visible(&terms.scheme, MAX_SCHEME),
            r#type: TYPE,
            url,
        };
        // Strings, one integer and nulls: serde_json writes them as RFC 8785 does, and cannot fail.
        let payload = serde_json::to_string(&payload).unwrap_or_default();
        Self {
            id,
            expires_secs,
            digest,
            payload: payload.into(),
        }
    }

    /// Names the request. It is the id of the payment whose denial carried it, so it is in the audit log as well.
    #[must_use]
    pub fn id(&self) -> PaymentId {
        self.id
    }

    /// The first moment at which a signature is not good any more.
    #[must_use]
    pub fn expires(&self) -> UnixMillis {
        UnixMillis::from_secs(self.expires_secs)
    }

    /// SHA-256 of what would be paid, for which request.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// What a countersigner signs: exactly these bytes.
    #[must_use]
    pub fn payload(&self) -> &str {
        &self.payload
    }

    /// An empty set of signatures for this request, to fill and to send along.
    #[must_use]
    pub fn signatures(&self) -> ApprovalSignatures {
        ApprovalSignatures::new(self.id, self.expires_secs)
    }
}

impl fmt::Debug for ApprovalRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApprovalRequest")
            .field("id", &self.id)
            .field("expires_secs", &self.expires_secs)
            .finish_non_exhaustive()
    }
}

/// Names what would be paid for which request, also the parts that are not shown: the whole URL and the body.
///
/// Texts of the seller are no part of it, because no decision rests on them; nor is the nonce, because there is none yet.
fn payment_digest(payment: &Payment) -> [u8; 32] {
    let (exchange, terms) = (payment.exchange(), payment.terms());
    let amount = terms.amount.to_string();
    let parts: [&[u8]; 11] = [
        b"x402-tower/mpa/payment/v1",
        exchange.agent().as_str().as_bytes(),
        exchange.method().as_str().as_bytes(),
        // Without the fragment, which never reaches a server.
        exchange.url()[..url::Position::AfterQuery].as_bytes(),
        exchange.body_digest().map_or(&[], <[u8; 32]>::as_slice),
        exchange.idempotency_key().unwrap_or_default().as_bytes(),
        terms.scheme.as_bytes(),
        terms.chain.as_str().as_bytes(),
        terms
            .asset
            .as_ref()
            .map_or("", crate::address::Address::as_str)
            .as_bytes(),
        terms.pay_to.as_str().as_bytes(),
        amount.as_bytes(),
    ];
    length_prefixed(&parts)
}
