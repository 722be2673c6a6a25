//! What is found and may stay.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::custom::Pattern;
use super::{EntityType, RecognizerError};

/// A text that is no secret to anyone, such as one's own support address, or a form that only looks like personal data.
///
/// A finding is dropped if the allowed text is all of it, as it stands or percent-decoded; one that is part of more, or
/// disguised, is not. Secrets are dropped only where [`of`](Self::of) names them.
///
/// ```
/// use x402_tower::pii::{Allowed, Detector, EntityType};
///
/// let detector = Detector::new()
///     .with_allowed(Allowed::text("support@example.com"))?
///     .with_allowed(Allowed::regex(r"[0-9]{3}-[0-9]{3}-[0-9]{4}")?.in_field("description").of(EntityType::PhoneNumber))?;
///
/// assert!(detector.scan("write to support@example.com").is_empty());
/// assert!(detector.scan_field("resource.description", "order 415-555-2671").is_empty());
/// assert_eq!(detector.scan_field("error", "order 415-555-2671").len(), 1);
/// # Ok::<(), x402_tower::pii::RecognizerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Allowed {
    what: What,
    field: Option<Box<str>>,
    entity: Option<EntityType>,
}

#[derive(Clone)]
enum What {
    Text(Box<str>),
    Pattern(Pattern),
}

/// What is allowed may be somebody's address.
impl std::fmt::Debug for What {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(…)",
            Self::Pattern(_) => "Pattern(…)",
        })
    }
}

impl Allowed {
    /// How many a detector can have.
    pub const MAX: usize = 256;

    /// This text alone.
    #[must_use]
    pub fn text(text: impl Into<Box<str>>) -> Self {
        Self::new(What::Text(text.into()))
    }

    /// Whatever a regular expression fits as a whole.
    ///
    /// # Errors
    ///
    /// As [`CustomRecognizer::regex`](super::CustomRecognizer::regex).
    pub fn regex(pattern: &str) -> Result<Self, RecognizerError> {
        Ok(Self::new(What::Pattern(Pattern::whole(pattern)?)))
    }

    const fn new(what: What) -> Self {
        Self {
            what,
            field: None,
            entity: None,
        }
    }

    /// Only in one field: its path, such as `resource.description`, or its last name alone.
    #[must_use]
    pub fn in_field(mut self, field: impl Into<Box<str>>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Only where it is found as this kind.
    #[must_use]
    pub fn of(mut self, entity: EntityType) -> Self {
        self.entity = Some(entity);
        self
    }

    /// Whether it lets `text` pass, which was found as `entity`.
    pub(super) fn lets_pass(&self, field: Option<&str>, entity: EntityType, text: &str) -> bool {
        let is_kind = match self.entity {
            Some(allowed) => allowed == entity,
            None => entity != EntityType::Secret,
        };
        let is_place = self
            .field
            .as_deref()
            .is_none_or(|allowed| field.is_some_and(|field| is_at(allowed, field)));
        is_kind && is_place && (self.fits(text) || self.fits_decoded(text))
    }

    fn fits(&self, text: &str) -> bool {
        match &self.what {
            What::Text(allowed) => **allowed == *text,
            What::Pattern(pattern) => pattern.fits(text),
        }
    }

    fn fits_decoded(&self, text: &str) -> bool {
        text.contains('%')
            && percent_decode_str(text)
                .decode_utf8()
                .is_ok_and(|decoded| matches!(&decoded, Cow::Owned(text) if self.fits(text)))
    }
}

/// Whether a path is the allowed one or ends with its name; the items of a list have the list's.
fn is_at(allowed: &str, path: &str) -> bool {
    let list = path
        .strip_suffix(']')
        .and_then(|path| path.rsplit_once('['))
        .map_or(path, |(list, _)| list);
    [path, list].iter().any(|path| {
        *path == allowed
            || path
                .strip_suffix(allowed)
                .is_some_and(|rest| rest.ends_with('.'))
    })
}
