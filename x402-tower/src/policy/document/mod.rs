//! Policy text as a tree that keeps numbers as they were written, and says on which line each thing stands.

mod json;
mod toml;

pub(super) use self::json::parse_json;
pub(super) use self::toml::parse_toml;

/// Deepest nesting that a policy may have.
const MAX_DEPTH: usize = 8;

/// A value in a policy.
#[derive(Debug)]
pub(super) enum Node {
    /// A number, as text: no policy amount ever is a float.
    Number(String),
    Text(String),
    Bool(bool),
    List(Vec<Spot>),
    Table(Vec<Entry>),
    /// A kind of value that no key takes: its name.
    Other(&'static str),
}

impl Node {
    /// What a person calls this kind of value.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::Bool(_) => "true or false",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Other(name) => name,
        }
    }
}

/// A value and its line.
#[derive(Debug)]
pub(super) struct Spot {
    pub(super) line: usize,
    pub(super) node: Node,
}

/// A key with its value and its line.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) line: usize,
    pub(super) value: Spot,
}

/// Why a text is not a document.
#[derive(Debug)]
pub(super) struct Malformed {
    pub(super) line: Option<usize>,
    pub(super) message: String,
}

/// The lines of a text by byte offset.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    /// The line of a byte, from 1 on.
    fn at(&self, offset: usize) -> usize {
        self.0.partition_point(|end| *end < offset) + 1
    }
}
