//! The marker that stands where personal data was.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::EntityType;

const PLACEHOLDER: &str = "{entity_type}";
const DEFAULT: &str = "<REDACTED>";

/// The text that replaces a finding: `<REDACTED>` by default. `{entity_type}` in it becomes the name of
/// what was found.
///
/// ```
/// use x402_tower::pii::{Detector, RedactionTemplate, redact};
///
/// let template: RedactionTemplate = "[{entity_type}]".parse()?;
/// let text = "from alice@example.com";
/// assert_eq!(redact(text, &Detector::new().scan(text), &template), "from [EMAIL_ADDRESS]");
/// # Ok::<(), x402_tower::pii::TemplateError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RedactionTemplate(String);

impl RedactionTemplate {
    /// The longest template in bytes. A marker is written once per finding, so it must stay short.
    pub const MAX_BYTES: usize = 128;

    /// A template from its text.
    ///
    /// # Errors
    ///
    /// If the text is empty, longer than [`MAX_BYTES`](Self::MAX_BYTES), holds a control character, or
    /// uses a brace for anything but `{entity_type}`.
    pub fn new(text: impl Into<String>) -> Result<Self, TemplateError> {
        let text = text.into();
        if text.is_empty() {
            return Err(TemplateError::Empty);
        }
        if text.len() > Self::MAX_BYTES {
            return Err(TemplateError::TooLong { bytes: text.len() });
        }
        if text.chars().any(char::is_control) {
            return Err(TemplateError::ControlCharacter);
        }
        if text
            .split(PLACEHOLDER)
            .any(|literal| literal.contains(['{', '}']))
        {
            return Err(TemplateError::UnknownPlaceholder);
        }
        Ok(Self(text))
    }

    /// The text of the template, with its placeholder.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The marker for one kind of personal data.
    #[must_use]
    pub fn marker(&self, entity: EntityType) -> String {
        self.0.replace(PLACEHOLDER, entity.as_str())
    }
}

impl Default for RedactionTemplate {
    fn default() -> Self {
        Self(DEFAULT.to_owned())
    }
}

impl fmt::Display for RedactionTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for RedactionTemplate {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl TryFrom<String> for RedactionTemplate {
    type Error = TemplateError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(text)
    }
}

impl From<RedactionTemplate> for String {
    fn from(template: RedactionTemplate) -> Self {
        template.0
    }
}

/// Why a text is no [`RedactionTemplate`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// The template is empty, so nobody could see that text was removed.
    #[error("the redaction template is empty: use a visible marker such as {DEFAULT}")]
    Empty,
    /// The template is longer than [`RedactionTemplate::MAX_BYTES`].
    #[error(
        "the redaction template has {bytes} bytes: use at most {}",
        RedactionTemplate::MAX_BYTES
    )]
    TooLong {
        /// Its length in bytes.
        bytes: usize,
    },
    /// The template holds a control character, which could split a header or a log line.
    #[error("the redaction template holds a control character: remove it")]
    ControlCharacter,
    /// The template has a brace that does not belong to `{entity_type}`.
    #[error(
        "the redaction template has a brace outside {PLACEHOLDER}: that is the only placeholder"
    )]
    UnknownPlaceholder,
}

impl TemplateError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "pii.template.empty",
            Self::TooLong { .. } => "pii.template.too_long",
            Self::ControlCharacter => "pii.template.control_character",
            Self::UnknownPlaceholder => "pii.template.unknown_placeholder",
        }
    }
}
