//! What to do when personal data is found.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::secret_text::name_to_show;

/// What a caller does with a field in which personal data was found.
///
/// ```
/// use x402_tower::pii::PiiAction;
///
/// assert_eq!("block".parse::<PiiAction>()?, PiiAction::Block);
/// assert_eq!(PiiAction::default(), PiiAction::Redact);
/// # Ok::<(), x402_tower::pii::ParsePiiActionError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum PiiAction {
    /// Replace each finding by the redaction marker and go on.
    #[default]
    Redact,
    /// Refuse the payment.
    Block,
    /// Report the finding and leave the text as it is.
    Warn,
}

impl PiiAction {
    /// The name used in configuration: `redact`, `block` or `warn`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Redact => "redact",
            Self::Block => "block",
            Self::Warn => "warn",
        }
    }
}

impl fmt::Display for PiiAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PiiAction {
    type Err = ParsePiiActionError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "redact" => Ok(Self::Redact),
            "block" => Ok(Self::Block),
            "warn" => Ok(Self::Warn),
            _ => Err(ParsePiiActionError {
                name: name_to_show(name),
            }),
        }
    }
}

/// A name that is no [`PiiAction`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown PII action `{name}`: use one of redact, block, warn")]
#[non_exhaustive]
pub struct ParsePiiActionError {
    /// The name that was given; `…` where it looks like a secret.
    pub name: String,
}

impl ParsePiiActionError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "pii.action.unknown"
    }
}
