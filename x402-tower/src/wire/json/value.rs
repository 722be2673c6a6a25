//! Reading a document.

use std::borrow::Cow;
use std::fmt;

use super::{Document, Kind, Node, NodeId, string};

/// One value of a [`Document`].
#[derive(Clone, Copy)]
pub struct Value<'a> {
    document: &'a Document,
    index: u32,
}

impl<'a> Value<'a> {
    pub(super) const fn new(document: &'a Document, index: u32) -> Self {
        Self { document, index }
    }

    fn node(self) -> Option<&'a Node> {
        self.document.node(self.index)
    }

    /// What the value is.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.node().map_or(Kind::Null, |node| node.kind)
    }

    /// Whether the value is `null`.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// The name under which edits address this value.
    #[must_use]
    pub const fn id(self) -> NodeId {
        NodeId(self.index)
    }

    /// The exact source text, with quotes or brackets.
    #[must_use]
    pub fn raw(self) -> &'a str {
        self.node()
            .map_or("", |node| self.document.text(node.start, node.end))
    }

    /// The member of an object named `key`; `None` for other kinds.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Value<'a>> {
        let mut members = self.children(Kind::Object);
        let quoted_len = u32::try_from(key.len()).ok()?.checked_add(2)?;
        while let Some((node, value)) = members.advance() {
            // Most keys differ in length, so most are told apart without a look at the text.
            if !node.key_escaped && node.key_end.saturating_sub(node.key_start) != quoted_len {
                continue;
            }
            let written = self.document.unquoted(node.key_start, node.key_end);
            if string::unescape(written, node.key_escaped) == key {
                return Some(value);
            }
        }
        None
    }

    /// The items of an array in order; nothing for other kinds.
    #[must_use]
    pub fn items(self) -> Items<'a> {
        Items(self.children(Kind::Array))
    }

    /// The members of an object in order, with unescaped keys; nothing for other kinds.
    #[must_use]
    pub fn entries(self) -> Entries<'a> {
        Entries(self.children(Kind::Object))
    }

    /// The unescaped text of a string; `None` for other kinds.
    #[must_use]
    pub fn as_str(self) -> Option<Cow<'a, str>> {
        let node = self.node().filter(|node| node.kind == Kind::String)?;
        let text = self.document.unquoted(node.start, node.end);
        Some(string::unescape(text, node.escaped))
    }

    /// The unescaped text of a string, or a number as it is written; `None` for other kinds.
    pub(crate) fn as_text(self) -> Option<Cow<'a, str>> {
        match self.kind() {
            Kind::Number => Some(Cow::Borrowed(self.raw())),
            _ => self.as_str(),
        }
    }

    /// The unescaped key of an object's member; `None` for other values.
    #[must_use]
    pub fn key(self) -> Option<Cow<'a, str>> {
        let node = self.node().filter(|node| node.key_start < node.key_end)?;
        let key = self.document.unquoted(node.key_start, node.key_end);
        Some(string::unescape(key, node.key_escaped))
    }

    /// A number written as plain digits that fits 64 bits; `None` for anything else, also `1.0`, `1e3` and `-0`.
    #[must_use]
    pub fn as_u64(self) -> Option<u64> {
        let digits = self.raw();
        (self.kind() == Kind::Number && digits.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| digits.parse().ok())?
    }

    /// `true` or `false`; `None` for other kinds.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        (self.kind() == Kind::Bool).then(|| self.raw() == "true")
    }

    fn children(self, kind: Kind) -> Children<'a> {
        let end = self
            .node()
            .filter(|node| node.kind == kind)
            .map_or(0, |node| node.next);
        Children {
            document: self.document,
            next: self.index.saturating_add(1),
            end,
        }
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Value")
            .field("kind", &self.kind())
            .field("bytes", &self.raw().len())
            .finish()
    }
}

#[derive(Clone)]
struct Children<'a> {
    document: &'a Document,
    next: u32,
    end: u32,
}

impl<'a> Children<'a> {
    fn advance(&mut self) -> Option<(&'a Node, Value<'a>)> {
        if self.next >= self.end {
            return None;
        }
        let index = self.next;
        let node = self.document.node(index)?;
        self.next = node.next;
        Some((node, Value::new(self.document, index)))
    }
}

/// The items of an array. See [`Value::items`].
#[derive(Clone)]
pub struct Items<'a>(Children<'a>);

impl<'a> Iterator for Items<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.advance().map(|(_, value)| value)
    }
}

impl fmt::Debug for Items<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").finish_non_exhaustive()
    }
}

/// The members of an object. See [`Value::entries`].
#[derive(Clone)]
pub struct Entries<'a>(Children<'a>);

impl<'a> Iterator for Entries<'a> {
    type Item = (Cow<'a, str>, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let (node, value) = self.0.advance()?;
        let key = self.0.document.unquoted(node.key_start, node.key_end);
        Some((string::unescape(key, node.key_escaped), value))
    }
}

impl fmt::Debug for Entries<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entries").finish_non_exhaustive()
    }
}
