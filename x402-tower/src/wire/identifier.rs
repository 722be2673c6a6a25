//! The `payment-identifier` extension of x402 v2: a name for a logical request, so that a server can answer it once.

use super::json::{Kind, Value};
use super::{Challenge, PaymentPayload, WireError, object};

/// The extension's name.
pub const PAYMENT_IDENTIFIER: &str = "payment-identifier";

/// Whether a text may be such an identifier: 16 to 128 characters of `A-Z a-z 0-9 - _`.
#[must_use]
pub fn is_payment_identifier(text: &str) -> bool {
    (16..=128).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

impl Challenge {
    /// Whether the server asks for, or takes, an identifier of the logical request.
    #[must_use]
    pub fn takes_identifier(&self) -> bool {
        let root = self.document().root();
        let extensions = object::present(root, "extensions");
        extensions.is_some_and(|extensions| info(extensions).is_some())
    }
}

impl PaymentPayload {
    /// Says which logical request is paid for, in the copy of the challenge's extension that the payment carries. Nobody
    /// signs it. Answers whether there is such a copy.
    ///
    /// # Errors
    ///
    /// [`WireError`] for what is [no identifier](is_payment_identifier).
    pub fn set_identifier(&mut self, identifier: &str) -> Result<bool, WireError> {
        if !is_payment_identifier(identifier) {
            return Err(WireError::NotRewritable);
        }
        let document = self.document().clone();
        let extensions = object::present(document.root(), "extensions");
        let Some(info) = extensions.and_then(info) else {
            return Ok(false);
        };
        // Plain letters and digits: nothing in it needs to be escaped.
        self.set_member(info, "id", &format!("\"{identifier}\""))?;
        Ok(true)
    }
}

fn info(extensions: Value<'_>) -> Option<Value<'_>> {
    let info = extensions.get(PAYMENT_IDENTIFIER)?.get("info")?;
    (info.kind() == Kind::Object).then_some(info)
}
