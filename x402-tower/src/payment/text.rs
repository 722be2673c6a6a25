//! Free texts that travel with a payment.

use core::fmt;

use crate::wire::TextField;

/// One free text that would travel with a payment, and what a control made of it.
pub struct PaymentText {
    field: TextField,
    redacted: Option<String>,
}

impl PaymentText {
    fn new(field: TextField) -> Self {
        Self {
            field,
            redacted: None,
        }
    }

    /// Where it stands in the message, such as `resource.description`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.field.path
    }

    /// The text as it would leave: redacted, where a control did so.
    #[must_use]
    pub fn value(&self) -> &str {
        self.redacted.as_deref().unwrap_or(&self.field.value)
    }

    /// Whether the text is a URL.
    #[must_use]
    pub fn is_url(&self) -> bool {
        self.field.is_url
    }

    /// Whether it is the key of a member, and not a value.
    #[must_use]
    pub fn is_key(&self) -> bool {
        self.field.is_key
    }

    /// Whether it may be changed without breaking the payment. Where it may not, a finding can only deny or be reported.
    #[must_use]
    pub fn is_rewritable(&self) -> bool {
        self.field.rewritable
    }

    /// Replaces the text; `false`, and unchanged, where it may not be.
    pub fn redact(&mut self, text: String) -> bool {
        if self.field.rewritable {
            self.redacted = Some(text);
        }
        self.field.rewritable
    }

    /// Puts a text of a message on the desk of a control.
    pub(crate) fn all(texts: Vec<TextField>) -> Vec<Self> {
        texts.into_iter().map(Self::new).collect()
    }

    /// What each text was redacted to.
    pub(crate) fn redactions(texts: &[Self]) -> Vec<Option<String>> {
        texts.iter().map(|text| text.redacted.clone()).collect()
    }

    /// Puts that back.
    pub(crate) fn restore(texts: &mut [Self], redactions: Vec<Option<String>>) {
        for (text, redacted) in texts.iter_mut().zip(redactions) {
            text.redacted = redacted;
        }
    }

    pub(crate) fn field(&self) -> &TextField {
        &self.field
    }

    /// The replacement, where there is one.
    #[must_use]
    pub fn replacement(&self) -> Option<&str> {
        self.redacted.as_deref()
    }
}

/// Shows where the text stands, never the text.
impl fmt::Debug for PaymentText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaymentText")
            .field("path", &self.field.path)
            .field("redacted", &self.redacted.is_some())
            .finish_non_exhaustive()
    }
}
