//! What is written in the place of each kind of personal data.

use std::borrow::Cow;
use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use super::redact::{percent_encoded, replace};
use super::{EntityType, Finding, Mask, RedactionTemplate};
use crate::replay::FingerprintKey;

/// How many bytes of a hash are shown: enough that no two values of one list share them.
const HASH_BYTES: usize = 8;
/// Keeps these hashes apart from all others under the same key.
const HASH_PURPOSE: &[u8] = b"x402 redaction";
/// Stands where something was removed from a path, which would else be another path, or another host.
const PATH_REMAINDER: &str = "-";

/// What becomes of a finding that is taken out.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum RedactionOperator {
    /// A marker in its place.
    Replace(RedactionTemplate),
    /// Its characters, or some of them, each by another.
    Mask(Mask),
    /// A marker with a hash that is the same for the same value under one key, and tells nothing without it:
    /// `<EMAIL_ADDRESS:5a1f0c77e2d49b36>`, the first 8 bytes of an HMAC-SHA256.
    Hash(FingerprintKey),
    /// Nothing. In the path of a URL a hyphen: an empty segment would make another path of it, or another host.
    Remove,
}

/// What is written in the place of each kind.
///
/// ```
/// use x402_tower::pii::{Detector, EntityType, Mask, Operators, RedactionOperator};
///
/// let last_four_stay = Mask::new('*')?.with_count(15);
/// let operators = Operators::new()
///     .with(EntityType::CreditCard, RedactionOperator::Mask(last_four_stay))
///     .with(EntityType::IpAddress, RedactionOperator::Remove);
///
/// let text = "card 4111 1111 1111 1111 of alice@example.com";
/// let findings = Detector::new().scan(text);
/// assert_eq!(operators.redact(text, &findings), "card ***************1111 of <REDACTED>");
/// # Ok::<(), x402_tower::pii::MaskError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Operators {
    otherwise: RedactionOperator,
    of: BTreeMap<EntityType, RedactionOperator>,
}

impl Operators {
    /// Replaces everything by [`RedactionTemplate::default`].
    #[must_use]
    pub fn new() -> Self {
        Self {
            otherwise: RedactionOperator::Replace(RedactionTemplate::default()),
            of: BTreeMap::new(),
        }
    }

    /// For this kind.
    #[must_use]
    pub fn with(mut self, entity: EntityType, operator: RedactionOperator) -> Self {
        self.of.insert(entity, operator);
        self
    }

    /// For all kinds that have no operator of their own.
    #[must_use]
    pub fn with_default(self, operator: RedactionOperator) -> Self {
        Self {
            otherwise: operator,
            ..self
        }
    }

    /// The text with the findings taken out; every other byte stays as it is. As [`redact`](super::redact), which writes
    /// one marker for all.
    #[must_use]
    pub fn redact<'a>(&self, text: &'a str, findings: &[Finding]) -> Cow<'a, str> {
        replace(text, findings, |entity, matched, _| {
            match self.operator(entity) {
                RedactionOperator::Replace(template) => template.marker(entity),
                RedactionOperator::Mask(mask) => mask.masked(matched),
                RedactionOperator::Hash(key) => hashed(key, entity, matched),
                RedactionOperator::Remove => String::new(),
            }
        })
    }

    /// The URL with the findings taken out, so that it is still a URL of the same host; every other byte stays as it is.
    /// What is masked or hashed is what the escapes in it say. For findings of
    /// [`Detector::scan_url`](super::Detector::scan_url).
    #[must_use]
    pub fn redact_url<'a>(&self, url: &'a str, findings: &[Finding]) -> Cow<'a, str> {
        let path_end = url.find(['?', '#']).unwrap_or(url.len());
        replace(url, findings, |entity, matched, start| {
            let decoded = || percent_decode_str(matched).decode_utf8_lossy();
            match self.operator(entity) {
                RedactionOperator::Replace(template) => percent_encoded(&template.marker(entity)),
                RedactionOperator::Mask(mask) => percent_encoded(&mask.masked(&decoded())),
                RedactionOperator::Hash(key) => percent_encoded(&hashed(key, entity, &decoded())),
                RedactionOperator::Remove if start < path_end => PATH_REMAINDER.to_owned(),
                RedactionOperator::Remove => String::new(),
            }
        })
    }

    fn operator(&self, entity: EntityType) -> &RedactionOperator {
        self.of.get(&entity).unwrap_or(&self.otherwise)
    }
}

impl Default for Operators {
    fn default() -> Self {
        Self::new()
    }
}

fn hashed(key: &FingerprintKey, entity: EntityType, value: &str) -> String {
    let name = entity.as_str();
    let digest = key.digest(&[HASH_PURPOSE, name.as_bytes(), value.as_bytes()]);
    let shown = digest.get(..HASH_BYTES).unwrap_or_default();
    format!("<{name}:{}>", const_hex::encode(shown))
}
