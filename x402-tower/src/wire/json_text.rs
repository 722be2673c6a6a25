//! JSON of any shape, all of whose texts may be rewritten.

use bytes::Bytes;

use super::edited::Edited;
use super::json::{Document, JsonError, Limits, Value};
use super::text::{TextField, TextId, Walk};
use super::{WireError, words};

/// The largest nesting depth of a body that is no x402 message.
const MAX_BODY_DEPTH: usize = 64;

/// A JSON text whose every string, long number and key may be rewritten, such as the body of an agent's own request.
///
/// ```
/// use x402_tower::wire::JsonText;
///
/// let mut body = JsonText::parse(r#"{ "to":"bob@example.com", "n":1e3 }"#.into(), 1024)?;
/// let to = body.texts().into_iter().find(|text| text.path == "to").unwrap();
/// body.replace_text(&to, "[EMAIL]")?;
/// assert_eq!(body.to_bytes(), r#"{ "to":"[EMAIL]", "n":1e3 }"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct JsonText {
    message: Edited,
}

impl JsonText {
    /// Parses one JSON text of at most `max_bytes`, nested at most 64 deep.
    ///
    /// # Errors
    ///
    /// [`JsonError`] for what is not RFC 8259, or open to more than one reading.
    pub fn parse(json: Bytes, max_bytes: usize) -> Result<Self, JsonError> {
        let limits = Limits::bytes(max_bytes).with_depth(MAX_BODY_DEPTH);
        let document = Document::parse(json, limits)?;
        Ok(Self {
            message: Edited::new(document),
        })
    }

    /// Every string, long number and key, with the edits made so far, in document order.
    #[must_use]
    pub fn texts(&self) -> Vec<TextField> {
        self.message
            .texts(|walk| walk_all(walk, self.message.document().root()))
    }

    /// Replaces a text.
    ///
    /// # Errors
    ///
    /// [`WireError::NotRewritable`] for what [`texts`](Self::texts) does not list.
    pub fn replace_text(&mut self, text: impl Into<TextId>, value: &str) -> Result<(), WireError> {
        let document = self.message.document().clone();
        self.message.replace(text.into(), value, |walk| {
            walk_all(walk, document.root());
        })
    }

    /// Whether a text was replaced.
    #[must_use]
    pub fn is_edited(&self) -> bool {
        self.message.is_edited()
    }

    /// The JSON as it should leave; the received bytes if nothing was edited.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        self.message.to_bytes()
    }
}

fn walk_all(walk: &mut Walk<'_>, value: Value<'_>) {
    for (index, item) in value.items().enumerate() {
        walk.item(index, |walk| walk_all(walk, item));
    }
    for (key, member) in value.entries() {
        if !words::is_plain_word(&key) {
            walk.any_key(&key, member);
        }
        walk.member(&key, |walk| walk_all(walk, member));
    }
    walk.leaf(value);
}
