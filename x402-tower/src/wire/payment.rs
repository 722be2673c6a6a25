//! The payment: what a buyer sends.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, HeaderValue};

use super::edited::Edited;
use super::json::{Document, Limits, Value};
use super::object::{Fields, Members};
use super::text::{self, TextField, TextId, Walk};
use super::{
    Authorization, MAX_HEADER_BYTES, Requirement, Version, WireError, authorization, challenge,
    header, object,
};
use crate::network::{ChainId, NetworkError};

const FIELDS: &[&str; 7] = &[
    "x402Version",
    "scheme",
    "network",
    "payload",
    "accepted",
    "resource",
    "extensions",
];

/// A `PaymentPayload` of either version.
#[derive(Clone)]
pub struct PaymentPayload {
    version: Version,
    message: Edited,
    scheme: String,
    chain: Result<ChainId, NetworkError>,
    accepted: Option<Requirement>,
    authorization: Arc<Authorization>,
    original: Option<HeaderValue>,
}

impl PaymentPayload {
    /// The payment of a request, or `None` if it carries none.
    ///
    /// `PAYMENT-SIGNATURE` carries version 2 and `X-PAYMENT` version 1; a header with the other version's payment is
    /// refused, because servers match such a payment by fewer fields (attack 33).
    ///
    /// # Errors
    ///
    /// [`WireError`] if both headers are there, one is not exactly one well-formed payment, or one is written with
    /// underscores.
    pub fn from_headers(headers: &HeaderMap) -> Result<Option<Self>, WireError> {
        if header::UNDERSCORE_TWINS
            .iter()
            .any(|twin| headers.contains_key(twin))
        {
            return Err(WireError::UnderscoreHeader);
        }
        let v2 = header::single(headers, &header::PAYMENT_SIGNATURE)?;
        let v1 = header::single(headers, &header::X_PAYMENT)?;
        let (version, value) = match (v2, v1) {
            (Some(_), Some(_)) => {
                let (first, second) = ("PAYMENT-SIGNATURE", "X-PAYMENT");
                return Err(WireError::ConflictingHeaders { first, second });
            }
            (Some(value), None) => (Version::V2, value),
            (None, Some(value)) => (Version::V1, value),
            (None, None) => return Ok(None),
        };
        let json = header::decode(value, MAX_HEADER_BYTES)?;
        let mut payment = Self::parse(version, json)?;
        payment.original = Some(header::sensitive(value));
        Ok(Some(payment))
    }

    /// Parses the JSON of a payment.
    ///
    /// # Errors
    ///
    /// [`WireError`] for anything that the version's schema does not allow.
    pub fn parse(version: Version, json: Bytes) -> Result<Self, WireError> {
        let document = Document::parse(json, Limits::bytes(MAX_HEADER_BYTES))?;
        Self::read(document, version)
    }

    fn read(document: Document, version: Version) -> Result<Self, WireError> {
        let value = object::object(document.root(), "the payment")?;
        let value = &Members::of(value, FIELDS)?;
        version.expect(value)?;
        let others: &'static [&'static str] = match version {
            Version::V1 => &["accepted", "resource", "extensions"],
            Version::V2 => &["scheme", "network"],
        };
        if let Some(field) = others.iter().find(|field| value.field(field).is_some()) {
            return Err(WireError::OtherVersion { field, version });
        }
        let (scheme, chain, accepted) = match version {
            Version::V1 => {
                let network = object::required_string(value, "network")?;
                let scheme = object::required_string(value, "scheme")?;
                (scheme.into_owned(), version.chain(&network), None)
            }
            Version::V2 => {
                challenge::read_resource(value)?;
                object::optional_object(value, "extensions")?;
                let accepted = object::required_object(value, "accepted")?;
                let accepted = Requirement::read(&document, accepted, version, 0)?;
                let chain = accepted.chain().cloned();
                (accepted.scheme().to_owned(), chain, Some(accepted))
            }
        };
        let payload = object::required_object(value, "payload")?;
        let authorization = Authorization::read(payload, &scheme, chain.as_ref().ok())?;
        Ok(Self {
            version,
            message: Edited::new(document),
            scheme,
            chain,
            accepted,
            authorization: Arc::new(authorization),
            original: None,
        })
    }

    /// The protocol version.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The payment scheme, exactly as written.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The chain that the payer names.
    ///
    /// # Errors
    ///
    /// [`NetworkError`] if it is none that money may move on; the authorization is opaque then.
    pub fn chain(&self) -> Result<&ChainId, NetworkError> {
        self.chain.as_ref().map_err(|error| *error)
    }

    /// v2: the requirement that the payer says it pays. The payer's word, also about the amount.
    #[must_use]
    pub fn accepted(&self) -> Option<&Requirement> {
        self.accepted.as_ref()
    }

    /// What was signed.
    #[must_use]
    pub fn authorization(&self) -> &Authorization {
        &self.authorization
    }

    /// The same, to be kept beside the message: it is large, and not copied.
    pub(crate) fn shared_authorization(&self) -> Arc<Authorization> {
        Arc::clone(&self.authorization)
    }

    /// The exact source text of `payload`, as the payer sent it.
    #[must_use]
    pub fn payload_raw(&self) -> &str {
        self.root().get("payload").map_or("", Value::raw)
    }

    /// The URL that the payer says it pays for (v2 `resource.url`), as received.
    #[must_use]
    pub fn resource_url(&self) -> Option<std::borrow::Cow<'_, str>> {
        object::present(self.root(), "resource")?
            .get("url")?
            .as_str()
    }

    /// The names of the extensions that the payment carries (v2).
    #[must_use]
    pub fn extension_names(&self) -> Vec<String> {
        let extensions = object::present(self.root(), "extensions");
        extensions
            .into_iter()
            .flat_map(Value::entries)
            .map(|(name, _)| name.into_owned())
            .collect()
    }

    /// A member of an extension's `info`, if it is a string: `("payment-identifier", "id")`.
    #[must_use]
    pub fn extension_info(&self, extension: &str, key: &str) -> Option<String> {
        let info = object::present(self.root(), "extensions")?
            .get(extension)?
            .get("info")?;
        Some(info.get(key)?.as_str()?.into_owned())
    }

    /// Every free text of the payment, with the edits made so far, in document order.
    #[must_use]
    pub fn texts(&self) -> Vec<TextField> {
        self.message
            .texts(|walk| walk_payment(walk, self.root(), |_| false))
    }

    /// Replaces a text that [`texts`](Self::texts) calls rewritable: v2's `resource`, which nobody signs or matches.
    ///
    /// # Errors
    ///
    /// [`WireError::NotRewritable`] for anything else.
    pub fn replace_text(&mut self, text: impl Into<TextId>, value: &str) -> Result<(), WireError> {
        let document = self.message.document().clone();
        self.message.replace(text.into(), value, |walk| {
            walk_payment(walk, document.root(), |_| false);
        })
    }

    pub(super) fn set_member(
        &mut self,
        object: Value<'_>,
        key: &str,
        json: &str,
    ) -> Result<(), WireError> {
        self.message.set_member(object, key, json)
    }

    /// Whether anything was changed.
    #[must_use]
    pub fn is_edited(&self) -> bool {
        self.message.is_edited()
    }

    /// The header that carries a payment of this version.
    #[must_use]
    pub fn header_name(&self) -> HeaderName {
        match self.version {
            Version::V1 => header::X_PAYMENT,
            Version::V2 => header::PAYMENT_SIGNATURE,
        }
    }

    /// The header value as it should leave; the received one if nothing was edited.
    ///
    /// # Errors
    ///
    /// [`WireError::TooLarge`] if the payment is longer than a header may be.
    pub fn to_header_value(&self) -> Result<HeaderValue, WireError> {
        match &self.original {
            Some(original) if !self.is_edited() => Ok(original.clone()),
            _ => header::encode(&self.to_bytes()),
        }
    }

    /// The JSON as it should leave; the received bytes if nothing was edited.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        self.message.to_bytes()
    }

    /// The message as received.
    #[must_use]
    pub fn document(&self) -> &Document {
        self.message.document()
    }

    fn root(&self) -> Value<'_> {
        self.message.document().root()
    }
}

impl fmt::Debug for PaymentPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaymentPayload")
            .field("version", &self.version)
            .field("chain", &self.chain)
            .field("accepted", &self.accepted)
            .field("authorization", &self.authorization)
            .finish_non_exhaustive()
    }
}

/// Visits a payment. `rewritable` tells for which extensions the receiver compares nothing any more.
pub(super) fn walk_payment(
    walk: &mut Walk<'_>,
    payment: Value<'_>,
    rewritable: impl Fn(&str) -> bool,
) {
    for (key, value) in payment.entries() {
        match key.as_ref() {
            "x402Version" | "scheme" | "network" => {}
            "payload" => authorization::walk_payload(walk, value),
            "accepted" => {
                walk.member("accepted", |walk| {
                    text::walk_requirement(walk, value, false)
                });
            }
            "resource" => text::walk_resource(walk, value),
            "extensions" => text::walk_extensions(walk, Some(value), &rewritable),
            _ => walk.entry(&key, value, false),
        }
    }
}
