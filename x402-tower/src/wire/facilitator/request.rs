//! What a seller sends to `/verify` and `/settle`.

use bytes::Bytes;

use super::super::edited::Edited;
use super::super::json::{Document, Limits, Value};
use super::super::payment::walk_payment;
use super::super::text::{self, TextField, TextId, Walk};
use super::super::{MAX_BODY_BYTES, PaymentPayload, Requirement, Version, WireError, object};

const FIELDS: &[&str] = &["x402Version", "paymentPayload", "paymentRequirements"];

/// The body of `/verify` and `/settle`: a payment and the requirement that the seller checks it against.
///
/// A retried `/settle` repeats the body byte for byte (the TypeScript SDK does, after `settlement_pending`).
#[derive(Debug, Clone)]
pub struct FacilitatorRequest {
    version: Version,
    message: Edited,
    payload: PaymentPayload,
    requirement: Requirement,
}

impl FacilitatorRequest {
    /// Parses a request body of either version.
    ///
    /// # Errors
    ///
    /// [`WireError`] if it is not well formed, or if request and payment name different versions.
    pub fn parse(body: Bytes) -> Result<Self, WireError> {
        let document = Document::parse(body, Limits::bytes(MAX_BODY_BYTES))?;
        let root = object::object(document.root(), "the request")?;
        object::refuse_aliases(root, FIELDS)?;
        let version = match root.get("x402Version").and_then(Value::as_u64) {
            Some(1) => Version::V1,
            _ => Version::V2,
        };
        version.expect(root)?;
        let payload = object::required_object(root, "paymentPayload")?;
        let payload = PaymentPayload::parse(version, document.slice(payload))?;
        let requirement = object::required_object(root, "paymentRequirements")?;
        let requirement = Requirement::read(&document, requirement, version, 0)?;
        Ok(Self {
            version,
            message: Edited::new(document),
            payload,
            requirement,
        })
    }

    /// The protocol version.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The payment as received. Its texts are edited through this request, not through the payment.
    #[must_use]
    pub fn payload(&self) -> &PaymentPayload {
        &self.payload
    }

    /// What the seller asks the facilitator to check against. At `/settle` of `upto`: the actual charge.
    #[must_use]
    pub fn requirement(&self) -> &Requirement {
        &self.requirement
    }

    /// Every free text of the request, with the edits made so far, in document order.
    #[must_use]
    pub fn texts(&self) -> Vec<TextField> {
        self.message
            .texts(|walk| walk_request(walk, self.document().root(), self.version))
    }

    /// Replaces a text that [`texts`](Self::texts) calls rewritable: v2's `resource` and the bazaar extension, v1's
    /// `resource`, `description` and `outputSchema`. No facilitator compares them.
    ///
    /// # Errors
    ///
    /// [`WireError::NotRewritable`] for anything else.
    pub fn replace_text(&mut self, text: impl Into<TextId>, value: &str) -> Result<(), WireError> {
        let (document, version) = (self.document().clone(), self.version);
        self.message.replace(text.into(), value, |walk| {
            walk_request(walk, document.root(), version);
        })
    }

    /// Whether a text was replaced.
    #[must_use]
    pub fn is_edited(&self) -> bool {
        self.message.is_edited()
    }

    /// The message as received.
    #[must_use]
    pub fn document(&self) -> &Document {
        self.message.document()
    }

    /// The body as it should leave; the received bytes if nothing was edited.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        self.message.to_bytes()
    }
}

fn walk_request(walk: &mut Walk<'_>, root: Value<'_>, version: Version) {
    for (key, value) in root.entries() {
        match key.as_ref() {
            "x402Version" => {}
            "paymentPayload" => walk.member("paymentPayload", |walk| {
                walk_payment(walk, value, |extension| extension == "bazaar");
            }),
            "paymentRequirements" => walk.member("paymentRequirements", |walk| {
                text::walk_requirement(walk, value, version == Version::V1);
            }),
            _ => walk.member(&key, |walk| walk.leaves(value, false)),
        }
    }
}
