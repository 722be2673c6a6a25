//! Strict, lossless JSON: parsed once into a flat tape over the original bytes, edited by splicing spans.
//!
//! A guard and the client behind it must read the same message in the same way. Therefore everything that two
//! JSON readers could disagree on is refused: duplicate keys (also when spelled with escapes), lone surrogates,
//! control characters, a byte order mark, numbers outside the grammar of RFC 8259. What is accepted keeps its
//! exact bytes, so a message that nobody edited leaves as it came, and an edit touches only its own span.
//!
//! ```
//! use x402_tower::wire::json::{Document, Edits, Limits};
//!
//! let document = Document::parse(r#"{"big": 1e999, "note": "call +1 555 0100"}"#.into(), Limits::default())?;
//! let note = document.root().get("note").map(|note| note.id()).ok_or("no note")?;
//!
//! let mut edits = Edits::default();
//! edits.replace_string(note, "call [PHONE]");
//! assert_eq!(document.apply(&edits), r#"{"big": 1e999, "note": "call [PHONE]"}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod duplicates;
mod edit;
mod error;
mod parse;
mod string;
mod value;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use bytestring::ByteString;

pub use edit::Edits;
pub use error::JsonError;
pub use value::{Entries, Items, Value};

pub(crate) use string::quote;

/// The largest nesting depth of a message; the root container is level 1.
///
/// Real messages use at most 9 levels (a JSON Schema inside an extension). Attack 30.
pub const MAX_DEPTH: usize = 16;

/// How large and how deep a document may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    max_bytes: usize,
    max_depth: usize,
}

impl Limits {
    /// At most `max_bytes` of JSON text, nested at most [`MAX_DEPTH`] deep.
    #[must_use]
    pub const fn bytes(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            max_depth: MAX_DEPTH,
        }
    }

    /// The same size, nested at most `max_depth` deep.
    #[must_use]
    pub const fn with_depth(self, max_depth: usize) -> Self {
        Self { max_depth, ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::bytes(super::MAX_BODY_BYTES)
    }
}

/// What a JSON value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number, of any size and precision.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// Names one value of one document. An id stays valid as long as its document, whatever edits are collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// The outermost value.
    pub(crate) const ROOT: Self = Self(0);
}

/// One value: where its text is, and where the next sibling starts on the tape.
#[derive(Debug, Clone, Copy)]
struct Node {
    kind: Kind,
    /// The value is a string that contains a backslash.
    escaped: bool,
    /// The member's key contains a backslash.
    key_escaped: bool,
    start: u32,
    end: u32,
    /// The key's text with its quotes; empty (start == end) unless the value is an object member.
    key_start: u32,
    key_end: u32,
    /// The tape index just after this value and everything inside it.
    next: u32,
}

impl Node {
    /// Where the value begins when its key is counted as part of it.
    const fn outer_start(&self) -> u32 {
        if self.key_start < self.key_end {
            self.key_start
        } else {
            self.start
        }
    }
}

/// A parsed JSON text that keeps its original bytes. Cloning is cheap.
#[derive(Clone)]
pub struct Document {
    text: ByteString,
    nodes: Arc<Vec<Node>>,
}

impl Document {
    /// Parses one JSON text.
    ///
    /// # Errors
    ///
    /// [`JsonError`] if the text is too large, too deep, not UTF-8, not RFC 8259, or open to more than one reading.
    pub fn parse(bytes: Bytes, limits: Limits) -> Result<Self, JsonError> {
        let limit = limits.max_bytes.min(parse::MAX_TAPE_BYTES);
        if bytes.len() > limit {
            return Err(JsonError::TooLarge { limit });
        }
        // Checked once, and known by its type from here on.
        let text = ByteString::try_from(bytes).map_err(|_| JsonError::Utf8)?;
        let nodes = parse::tape(&text, limits.max_depth)?;
        Ok(Self {
            text,
            nodes: Arc::new(nodes),
        })
    }

    /// The outermost value.
    #[must_use]
    pub fn root(&self) -> Value<'_> {
        Value::new(self, 0)
    }

    /// The value named by `id`, or `None` if the id belongs to a larger document.
    #[must_use]
    pub fn value(&self, id: NodeId) -> Option<Value<'_>> {
        self.node(id.0).map(|_| Value::new(self, id.0))
    }

    /// The original bytes.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        self.text.as_bytes()
    }

    /// The bytes of one value, shared with the document.
    #[must_use]
    pub fn slice(&self, value: Value<'_>) -> Bytes {
        self.bytes().slice_ref(value.raw().as_bytes())
    }

    fn node(&self, index: u32) -> Option<&Node> {
        self.nodes.get(usize::try_from(index).ok()?)
    }

    fn text(&self, start: u32, end: u32) -> &str {
        // Every span begins and ends at an ASCII byte, so the default is never used.
        let span = index(start)..index(end);
        self.text.get(span).unwrap_or_default()
    }

    /// The text between the quotes that a span begins and ends with.
    fn unquoted(&self, start: u32, end: u32) -> &str {
        self.text(start.saturating_add(1), end.saturating_sub(1))
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The content may carry personal data or a signature.
        f.debug_struct("Document")
            .field("bytes", &self.text.len())
            .field("values", &self.nodes.len())
            .finish()
    }
}

/// An offset or tape index as kept in a node.
fn index(offset: u32) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
