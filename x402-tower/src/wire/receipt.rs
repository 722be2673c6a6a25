//! The receipt: what a server says about a payment's end.

use http::header::{HeaderMap, HeaderName, HeaderValue};

use super::json::{Document, Limits};
use super::{MAX_RECEIPT_BYTES, SettleResponse, TextField, TextId, Version, WireError, header};
use crate::money::AtomicAmount;
use crate::network::{ChainId, NetworkError};

/// A settlement as reported in a response header. The server's word: it never frees or spends money by itself.
#[derive(Debug, Clone)]
pub struct Receipt {
    settlement: SettleResponse,
    header: Option<HeaderName>,
    is_signed: bool,
}

impl Receipt {
    /// The receipt of a response to a payment of `version`, or `None` if it carries none.
    ///
    /// Both header names are read for both versions: x402-axum 2.0.2 answers v1 payments with `Payment-Response`.
    ///
    /// # Errors
    ///
    /// [`WireError`] if both headers are there, or one is not exactly one well-formed receipt of at most
    /// [`MAX_RECEIPT_BYTES`].
    pub fn from_headers(headers: &HeaderMap, version: Version) -> Result<Option<Self>, WireError> {
        let v2 = header::single(headers, &header::PAYMENT_RESPONSE)?;
        let v1 = header::single(headers, &header::X_PAYMENT_RESPONSE)?;
        let (name, value) = match (v2, v1) {
            (Some(_), Some(_)) => {
                let (first, second) = ("PAYMENT-RESPONSE", "X-PAYMENT-RESPONSE");
                return Err(WireError::ConflictingHeaders { first, second });
            }
            (Some(value), None) => (header::PAYMENT_RESPONSE, value),
            (None, Some(value)) => (header::X_PAYMENT_RESPONSE, value),
            (None, None) => return Ok(None),
        };
        let json = header::decode(value, MAX_RECEIPT_BYTES)?;
        let document = Document::parse(json, Limits::bytes(MAX_RECEIPT_BYTES))?;
        let settlement = SettleResponse::read(document, version)?;
        Ok(Some(Self {
            settlement,
            is_signed: is_covered(headers, &name),
            header: Some(name),
        }))
    }

    /// The receipt that a facilitator's answer to `/settle` is.
    #[must_use]
    pub const fn from_settlement(settlement: SettleResponse) -> Self {
        Self {
            settlement,
            header: None,
            is_signed: false,
        }
    }

    /// Whether the payment was settled.
    #[must_use]
    pub fn success(&self) -> bool {
        self.settlement.success()
    }

    /// The transaction's id; empty where there is none.
    #[must_use]
    pub fn transaction(&self) -> &str {
        self.settlement.transaction()
    }

    /// The network as written; empty where a failure names none.
    #[must_use]
    pub fn network_name(&self) -> &str {
        self.settlement.network_name()
    }

    /// The chain of the settlement, read as the payment's version spells networks.
    ///
    /// # Errors
    ///
    /// [`NetworkError`] if the network is none that money may move on.
    pub fn chain(&self) -> Result<&ChainId, NetworkError> {
        self.settlement.chain()
    }

    /// The payer, if the server names one.
    #[must_use]
    pub fn payer(&self) -> Option<&str> {
        self.settlement.payer()
    }

    /// What was charged in atomic units, if the server says so (`upto`).
    #[must_use]
    pub fn amount(&self) -> Option<AtomicAmount> {
        self.settlement.amount()
    }

    /// Why it failed: an open set of codes, and free text in practice.
    #[must_use]
    pub fn error_reason(&self) -> Option<&str> {
        self.settlement.error_reason()
    }

    /// Every free text of the receipt, with the edits made so far, in document order.
    ///
    /// The explanations of a failure may be rewritten, unless the response's signature covers the header (RFC 9421).
    #[must_use]
    pub fn texts(&self) -> Vec<TextField> {
        let mut texts = self.settlement.texts();
        for text in &mut texts {
            text.rewritable &= !self.is_signed;
        }
        texts
    }

    /// Replaces a text that [`texts`](Self::texts) calls rewritable.
    ///
    /// # Errors
    ///
    /// [`WireError::NotRewritable`] for anything else.
    pub fn replace_text(&mut self, text: impl Into<TextId>, value: &str) -> Result<(), WireError> {
        if self.is_signed {
            return Err(WireError::NotRewritable);
        }
        self.settlement.replace_text(text, value)
    }

    /// Puts the edited receipt in place of the one that it was read from. Nothing changes where nothing was edited.
    ///
    /// # Errors
    ///
    /// [`WireError::TooLarge`] if edits made it longer than a header may be.
    pub fn write_back(&self, headers: &mut HeaderMap) -> Result<(), WireError> {
        if let Some(name) = self.header.as_ref().filter(|_| self.settlement.is_edited()) {
            let value: HeaderValue = header::encode(&self.settlement.to_bytes())?;
            headers.insert(name.clone(), value);
        }
        Ok(())
    }

    /// The message as received.
    #[must_use]
    pub fn document(&self) -> &Document {
        self.settlement.document()
    }
}

/// Whether a signature over the message says that it covers `name` (RFC 9421 section 4.1). Read generously: a signature
/// that cannot be read covers everything.
fn is_covered(headers: &HeaderMap, name: &HeaderName) -> bool {
    headers.get_all("signature-input").iter().any(|input| {
        input.to_str().map_or(true, |input| {
            input.to_ascii_lowercase().contains(name.as_str())
        })
    })
}
