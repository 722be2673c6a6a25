//! A line of the log as far as a report goes.

use core::fmt;
use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

/// The fields that are added up. Texts point into the line wherever they can.
#[derive(Debug, Deserialize)]
pub(super) struct Record<'a> {
    pub(super) seq: u64,
    pub(super) timestamp_ms: u64,
    #[serde(borrow)]
    pub(super) event_type: Text<'a>,
    #[serde(borrow)]
    pub(super) agent_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) decision_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) position: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) resource_url: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) origin: Option<Text<'a>>,
    pub(super) amount_usd_micros: Option<u64>,
    #[serde(borrow)]
    pub(super) amount: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) asset: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) network: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) pay_to: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) control: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) code: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) outcome: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) pii_entities_found: Counts<'a>,
    #[serde(borrow, default)]
    pub(super) warnings: Vec<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) shadow: Vec<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) approvals: Vec<Text<'a>>,
    #[serde(borrow)]
    pub(super) transaction: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) reason: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) error_message: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) note: Option<Text<'a>>,
}

/// A text of the line, or what its escapes stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

impl Text<'_> {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text of a field that may be missing.
pub(super) fn text<'r>(field: Option<&'r Text<'_>>) -> Option<&'r str> {
    field.map(Text::as_str)
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor).map(Self)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// Names with how often each was found.
#[derive(Debug, Default)]
pub(super) struct Counts<'a>(pub(super) Vec<(Text<'a>, u64)>);

impl<'de: 'a, 'a> Deserialize<'de> for Counts<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(CountsVisitor).map(Self)
    }
}

struct CountsVisitor;

impl<'de> Visitor<'de> for CountsVisitor {
    type Value = Vec<(Text<'de>, u64)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("counts by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut counts = Vec::new();
        while let Some(entry) = map.next_entry()? {
            counts.push(entry);
        }
        Ok(counts)
    }
}

/// What the chain of files is put together by.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Link {
    pub(super) seq: u64,
    pub(super) timestamp_ms: u64,
    pub(super) prev_entry_hmac: Option<String>,
    pub(super) entry_hmac: String,
}
