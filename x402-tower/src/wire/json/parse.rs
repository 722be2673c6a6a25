//! The parser: one pass over the bytes, no recursion, one node per value.

use super::string::{self, Escape};
use super::{JsonError, Kind, Node, duplicates, index};

/// Parses `text`, of at most [`MAX_TAPE_BYTES`], into a tape of nodes in document order.
pub(super) fn tape(text: &str, max_depth: usize) -> Result<Vec<Node>, JsonError> {
    if text.starts_with('\u{feff}') {
        return Err(JsonError::Utf8);
    }
    let mut parser = Parser {
        text,
        bytes: text.as_bytes(),
        pos: 0,
        // A member of a real message takes about 24 bytes; a wrong guess costs one reallocation.
        nodes: Vec::with_capacity(text.len() / 20 + 4),
        open: Vec::with_capacity(max_depth.min(super::MAX_DEPTH)),
        max_depth,
    };
    parser.document()?;
    Ok(parser.nodes)
}

/// Offsets are kept as `u32`.
pub(super) const MAX_TAPE_BYTES: usize = 1 << 30;

/// The key of the member whose value comes next.
#[derive(Clone, Copy)]
struct Key {
    start: u32,
    end: u32,
    escaped: bool,
}

const NO_KEY: Key = Key {
    start: 0,
    end: 0,
    escaped: false,
};

/// A container that is not closed yet.
#[derive(Clone, Copy)]
struct Open {
    index: usize,
    object: bool,
    members: usize,
    escaped_keys: bool,
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    pos: usize,
    nodes: Vec<Node>,
    open: Vec<Open>,
    max_depth: usize,
}

impl<'a> Parser<'a> {
    fn document(&mut self) -> Result<(), JsonError> {
        self.whitespace();
        let mut next = Some(NO_KEY);
        while let Some(key) = next {
            next = if self.value(key)? {
                Some(self.first_key()?)
            } else {
                self.after_value()?
            };
        }
        self.whitespace();
        if self.pos == self.bytes.len() {
            Ok(())
        } else {
            Err(self.syntax())
        }
    }

    /// Reads a scalar or an empty container, or opens a container; `true` if a container waits for its first child.
    fn value(&mut self, key: Key) -> Result<bool, JsonError> {
        let start = self.pos;
        match self.peek() {
            Some(b'"') => {
                let escaped = self.string()?;
                self.push(Kind::String, key, start, escaped);
            }
            Some(b'{') => return self.open(Kind::Object, key, b'}'),
            Some(b'[') => return self.open(Kind::Array, key, b']'),
            Some(b'-' | b'0'..=b'9') => {
                self.number()?;
                self.push(Kind::Number, key, start, false);
            }
            Some(b't') => self.literal(b"true", Kind::Bool, key)?,
            Some(b'f') => self.literal(b"false", Kind::Bool, key)?,
            Some(b'n') => self.literal(b"null", Kind::Null, key)?,
            _ => return Err(self.syntax()),
        }
        Ok(false)
    }

    fn open(&mut self, kind: Kind, key: Key, close: u8) -> Result<bool, JsonError> {
        if self.open.len() >= self.max_depth {
            return Err(JsonError::TooDeep {
                limit: self.max_depth,
            });
        }
        let index = self.nodes.len();
        let start = self.pos;
        self.pos += 1;
        self.push(kind, key, start, false);
        self.whitespace();
        if self.peek() == Some(close) {
            self.pos += 1;
            if let Some(node) = self.nodes.get_mut(index) {
                node.end = offset(self.pos);
            }
            return Ok(false);
        }
        self.open.push(Open {
            index,
            object: kind == Kind::Object,
            members: 0,
            escaped_keys: false,
        });
        Ok(true)
    }

    fn first_key(&mut self) -> Result<Key, JsonError> {
        match self.open.last() {
            Some(open) if open.object => self.key(),
            _ => Ok(NO_KEY),
        }
    }

    /// After a value: the next value's key, or `None` once the root is complete.
    fn after_value(&mut self) -> Result<Option<Key>, JsonError> {
        while let Some(&open) = self.open.last() {
            self.whitespace();
            match (self.peek(), open.object) {
                (Some(b','), true) => {
                    self.pos += 1;
                    self.whitespace();
                    return self.key().map(Some);
                }
                (Some(b','), false) => {
                    self.pos += 1;
                    self.whitespace();
                    return Ok(Some(NO_KEY));
                }
                (Some(b'}'), true) | (Some(b']'), false) => {
                    self.pos += 1;
                    self.open.pop();
                    let next = offset(self.nodes.len());
                    if let Some(node) = self.nodes.get_mut(open.index) {
                        node.end = offset(self.pos);
                        node.next = next;
                    }
                    if open.members > 1 {
                        self.refuse_duplicates(open)?;
                    }
                }
                _ => return Err(self.syntax()),
            }
        }
        Ok(None)
    }

    fn key(&mut self) -> Result<Key, JsonError> {
        if self.peek() != Some(b'"') {
            return Err(self.syntax());
        }
        let start = offset(self.pos);
        let escaped = self.string()?;
        let end = offset(self.pos);
        if let Some(open) = self.open.last_mut() {
            open.members += 1;
            open.escaped_keys |= escaped;
        }
        self.whitespace();
        if self.peek() != Some(b':') {
            return Err(self.syntax());
        }
        self.pos += 1;
        self.whitespace();
        Ok(Key {
            start,
            end,
            escaped,
        })
    }

    /// Reads a string including its quotes; `true` if it contains an escape.
    fn string(&mut self) -> Result<bool, JsonError> {
        self.pos += 1;
        let mut escaped = false;
        loop {
            let rest = self.bytes.get(self.pos..).unwrap_or_default();
            let plain = string::plain_len(rest);
            self.pos += plain;
            match rest.get(plain) {
                Some(b'"') => {
                    self.pos += 1;
                    return Ok(escaped);
                }
                Some(b'\\') => {
                    escaped = true;
                    match string::escape(rest.get(plain..).unwrap_or_default()) {
                        Escape::Char(_, length) => self.pos += length,
                        Escape::Control => {
                            return Err(JsonError::ControlCharacter { at: self.pos });
                        }
                        Escape::LoneSurrogate => {
                            return Err(JsonError::LoneSurrogate { at: self.pos });
                        }
                        Escape::Malformed => return Err(self.syntax()),
                    }
                }
                Some(_) => return Err(JsonError::ControlCharacter { at: self.pos }),
                None => return Err(self.syntax()),
            }
        }
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?` (RFC 8259 section 6).
    fn number(&mut self) -> Result<(), JsonError> {
        self.skip_if(|byte| byte == b'-');
        if !self.skip_if(|byte| byte == b'0') {
            self.digits()?;
        }
        if self.skip_if(|byte| byte == b'.') {
            self.digits()?;
        }
        if self.skip_if(|byte| matches!(byte, b'e' | b'E')) {
            self.skip_if(|byte| matches!(byte, b'+' | b'-'));
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let rest = self.bytes.get(self.pos..).unwrap_or_default();
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.pos += count;
        if count == 0 {
            Err(self.syntax())
        } else {
            Ok(())
        }
    }

    fn literal(&mut self, word: &[u8], kind: Kind, key: Key) -> Result<(), JsonError> {
        let start = self.pos;
        if !self
            .bytes
            .get(start..)
            .unwrap_or_default()
            .starts_with(word)
        {
            return Err(self.syntax());
        }
        self.pos += word.len();
        self.push(kind, key, start, false);
        Ok(())
    }

    fn push(&mut self, kind: Kind, key: Key, start: usize, escaped: bool) {
        self.nodes.push(Node {
            kind,
            escaped,
            key_escaped: key.escaped,
            start: offset(start),
            end: offset(self.pos),
            key_start: key.start,
            key_end: key.end,
            next: offset(self.nodes.len() + 1),
        });
    }

    fn refuse_duplicates(&self, open: Open) -> Result<(), JsonError> {
        let Some((container, members)) =
            self.nodes.get(open.index..).and_then(<[Node]>::split_first)
        else {
            return Ok(());
        };
        let keys = duplicates::keys(self.text, members, open.index + 1);
        if duplicates::has_any(keys, open.members, open.escaped_keys) {
            return Err(JsonError::DuplicateKey {
                at: index(container.start),
            });
        }
        Ok(())
    }

    fn whitespace(&mut self) {
        while self.skip_if(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')) {}
    }

    fn skip_if(&mut self, matches: impl FnOnce(u8) -> bool) -> bool {
        let skip = self.peek().is_some_and(matches);
        self.pos += usize::from(skip);
        skip
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.pos).copied()
    }

    fn syntax(&self) -> JsonError {
        JsonError::Syntax { at: self.pos }
    }
}

/// A byte offset or tape index as kept in a node; `MAX_TAPE_BYTES` bounds both below `u32::MAX`.
fn offset(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
