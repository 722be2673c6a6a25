//! What a facilitator answers.

use std::fmt;

use bytes::Bytes;

use super::super::edited::Edited;
use super::super::json::{Document, Limits, Value};
use super::super::text::{TextField, TextId, Walk};
use super::super::{MAX_BODY_BYTES, Version, WireError, object};
use crate::money::AtomicAmount;
use crate::network::{ChainId, NetworkError};

/// The answer to `/verify`.
#[derive(Clone)]
pub struct VerifyResponse {
    message: Edited,
    is_valid: bool,
    invalid_reason: Option<String>,
    payer: Option<String>,
}

impl VerifyResponse {
    /// Parses a response body. `payer` may be missing; unknown fields stay in the document.
    ///
    /// # Errors
    ///
    /// [`WireError`] if `isValid` is not a boolean or a known field is mistyped.
    pub fn parse(body: Bytes) -> Result<Self, WireError> {
        const FIELDS: &[&str] = &["isValid", "payer"];
        let document = Document::parse(body, Limits::bytes(MAX_BODY_BYTES))?;
        let root = object::object(document.root(), "the response")?;
        object::refuse_aliases(root, FIELDS)?;
        let is_valid = boolean(root, "isValid")?;
        let invalid_reason = spelled_twice(root, "invalidReason", "invalid_reason")?;
        let payer = object::optional_string(root, "payer")?.map(Into::into);
        Ok(Self {
            message: Edited::new(document),
            is_valid,
            invalid_reason,
            payer,
        })
    }

    /// Whether the facilitator would settle the payment.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.is_valid
    }

    /// Why not, as received: an open set of codes, and free text in practice.
    #[must_use]
    pub fn invalid_reason(&self) -> Option<&str> {
        self.invalid_reason.as_deref()
    }

    /// The payer, if the facilitator names one.
    #[must_use]
    pub fn payer(&self) -> Option<&str> {
        self.payer.as_deref()
    }

    /// Every free text of the answer, with the edits made so far, in document order. Why the payment is not valid may be
    /// rewritten.
    #[must_use]
    pub fn texts(&self) -> Vec<TextField> {
        self.message
            .texts(|walk| walk_answer(walk, self.document().root()))
    }

    /// Replaces a text that [`texts`](Self::texts) calls rewritable.
    ///
    /// # Errors
    ///
    /// [`WireError::NotRewritable`] for anything else.
    pub fn replace_text(&mut self, text: impl Into<TextId>, value: &str) -> Result<(), WireError> {
        let document = self.document().clone();
        self.message.replace(text.into(), value, |walk| {
            walk_answer(walk, document.root());
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

impl fmt::Debug for VerifyResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyResponse")
            .field("is_valid", &self.is_valid)
            .finish_non_exhaustive()
    }
}

/// The answer to `/settle`, which is also the content of a receipt header.
#[derive(Clone)]
pub struct SettleResponse {
    // Boxed: an outcome is moved around more often than its receipt is read.
    message: Box<Edited>,
    success: bool,
    transaction: String,
    network: String,
    chain: Result<ChainId, NetworkError>,
    payer: Option<String>,
    amount: Option<AtomicAmount>,
    error_reason: Option<String>,
}

impl SettleResponse {
    /// Parses a response body. `payer` may be missing; unknown fields stay in the document.
    ///
    /// # Errors
    ///
    /// [`WireError`] if a field is mistyped, or a success names no transaction or network.
    pub fn parse(version: Version, body: Bytes) -> Result<Self, WireError> {
        Self::read(
            Document::parse(body, Limits::bytes(MAX_BODY_BYTES))?,
            version,
        )
    }

    pub(in crate::wire) fn read(document: Document, version: Version) -> Result<Self, WireError> {
        const FIELDS: &[&str] = &["success", "transaction", "network", "payer", "amount"];
        let root = object::object(document.root(), "the settlement")?;
        object::refuse_aliases(root, FIELDS)?;
        let success = boolean(root, "success")?;
        let text = |field| {
            if success {
                object::required_string(root, field).map(String::from)
            } else {
                // Failures are written without them by official servers.
                Ok(object::optional_string(root, field)?
                    .unwrap_or_default()
                    .into_owned())
            }
        };
        let (transaction, network) = (text("transaction")?, text("network")?);
        let payer = object::optional_string(root, "payer")?.map(Into::into);
        let amount = object::present(root, "amount")
            .map(|_| object::amount(root, "amount"))
            .transpose()?;
        let error_reason = spelled_twice(root, "errorReason", "error_reason")?;
        let chain = version.chain(&network);
        Ok(Self {
            success,
            transaction,
            network,
            chain,
            payer,
            amount,
            error_reason,
            message: Box::new(Edited::new(document)),
        })
    }

    /// Whether the payment was settled.
    #[must_use]
    pub fn success(&self) -> bool {
        self.success
    }

    /// The transaction's id; empty where there is none.
    #[must_use]
    pub fn transaction(&self) -> &str {
        &self.transaction
    }

    /// The network as written; empty where a failure names none.
    #[must_use]
    pub fn network_name(&self) -> &str {
        &self.network
    }

    /// The chain of the settlement.
    ///
    /// # Errors
    ///
    /// [`NetworkError`] if the network is none that money may move on.
    pub fn chain(&self) -> Result<&ChainId, NetworkError> {
        self.chain.as_ref().map_err(|error| *error)
    }

    /// The payer, if the facilitator names one.
    #[must_use]
    pub fn payer(&self) -> Option<&str> {
        self.payer.as_deref()
    }

    /// What was charged in atomic units, if the facilitator says so (`upto`).
    #[must_use]
    pub fn amount(&self) -> Option<AtomicAmount> {
        self.amount
    }

    /// Why it failed, as received: an open set of codes, and free text in practice.
    #[must_use]
    pub fn error_reason(&self) -> Option<&str> {
        self.error_reason.as_deref()
    }

    /// Every free text of the settlement, with the edits made so far, in document order.
    ///
    /// The explanations of a failure may be rewritten. Nothing else may: extensions hold signed receipts.
    #[must_use]
    pub fn texts(&self) -> Vec<TextField> {
        self.message
            .texts(|walk| walk_answer(walk, self.document().root()))
    }

    /// Replaces a text that [`texts`](Self::texts) calls rewritable.
    ///
    /// # Errors
    ///
    /// [`WireError::NotRewritable`] for anything else.
    pub fn replace_text(&mut self, text: impl Into<TextId>, value: &str) -> Result<(), WireError> {
        let document = self.document().clone();
        self.message.replace(text.into(), value, |walk| {
            walk_answer(walk, document.root());
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

/// Visits the answer to `/verify` or `/settle`. Why something failed is said for people, and nobody signs or compares it.
fn walk_answer(walk: &mut Walk<'_>, root: Value<'_>) {
    for (key, value) in root.entries() {
        match key.as_ref() {
            "transaction" | "network" | "payer" | "amount" | "success" | "isValid" => {
                plain_or_text(walk, &key, value);
            }
            "errorReason" | "error_reason" | "errorMessage" | "error_message" | "invalidReason"
            | "invalid_reason" | "invalidMessage" | "invalid_message" => {
                walk.member(&key, |walk| walk.leaves(value, true));
            }
            _ => walk.entry(&key, value, false),
        }
    }
}

/// Ids, addresses and amounts are no free text, unless somebody wrote something else there.
fn plain_or_text(walk: &mut Walk<'_>, key: &str, value: Value<'_>) {
    let plain = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-'))
    };
    if !value.as_text().is_none_or(|text| plain(&text)) {
        walk.member(key, |walk| walk.leaves(value, false));
    }
}

impl fmt::Debug for SettleResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SettleResponse")
            .field("success", &self.success)
            .field("chain", &self.chain)
            .field("amount", &self.amount)
            .finish_non_exhaustive()
    }
}

fn boolean(object: Value<'_>, field: &'static str) -> Result<bool, WireError> {
    let value = object.get(field).ok_or(WireError::Missing { field })?;
    value.as_bool().ok_or(WireError::Type {
        field,
        wanted: "true or false",
    })
}

/// An optional text that x402-rs 2.0.2 spells in snake case and everybody else in camel case; never both.
fn spelled_twice(
    object: Value<'_>,
    field: &'static str,
    snake: &'static str,
) -> Result<Option<String>, WireError> {
    let text = match (object.get(field), object.get(snake)) {
        (Some(_), Some(_)) => return Err(WireError::Alias { field }),
        (None, Some(_)) => object::optional_string(object, snake)?,
        _ => object::optional_string(object, field)?,
    };
    Ok(text.map(Into::into))
}
