//! What a recognizer reads: the bytes of a text, plain or decoded, that know where they came from.

use std::borrow::Cow;
use std::ops::Range;

use super::steps::step;

/// Bytes to be searched, with the way back to the original text.
///
/// Decoded bytes need not be UTF-8, so recognizers work on bytes. They only ever end a match beside an
/// ASCII byte or a whole character, which keeps spans on character boundaries of the original.
#[derive(Debug)]
pub(super) struct View<'t> {
    bytes: Cow<'t, [u8]>,
    origin: Origin,
    in_url: bool,
}

#[derive(Debug)]
enum Origin {
    /// The bytes are the original ones from this offset on.
    From(usize),
    /// For each byte the offset of what it was decoded from, and the end offset as one more entry.
    Mapped(Vec<usize>),
}

impl<'t> View<'t> {
    /// A view on free text.
    pub(super) fn of_text(text: &'t str) -> Self {
        Self {
            bytes: Cow::Borrowed(text.as_bytes()),
            origin: Origin::From(0),
            in_url: false,
        }
    }

    /// A view on the part of a URL that starts at byte `offset` of it.
    pub(super) fn of_url_part(part: &'t str, offset: usize) -> Self {
        Self {
            bytes: Cow::Borrowed(part.as_bytes()),
            origin: Origin::From(offset),
            in_url: true,
        }
    }

    /// This view with its `%XX` escapes decoded once; `None` if it has none.
    pub(super) fn percent_decoded(&self) -> Option<View<'static>> {
        let mut bytes = Vec::with_capacity(self.bytes.len());
        let mut offsets = Vec::with_capacity(self.bytes.len() + 1);
        let mut position = 0;
        while position < self.bytes.len() {
            step();
            offsets.push(self.offset(position));
            match self.escape_at(position) {
                Some(decoded) => {
                    bytes.push(decoded);
                    position += 3;
                }
                None => {
                    bytes.push(self.at(position));
                    position += 1;
                }
            }
        }
        if bytes.len() == self.bytes.len() {
            return None;
        }
        offsets.push(self.offset(position));
        Some(View {
            bytes: Cow::Owned(bytes),
            origin: Origin::Mapped(offsets),
            in_url: self.in_url,
        })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes of `range`, or none if it is out of bounds.
    pub(super) fn slice(&self, range: Range<usize>) -> &[u8] {
        self.bytes.get(range).unwrap_or_default()
    }

    /// The byte at `position`; NUL, which no recognizer accepts, past the end.
    pub(super) fn at(&self, position: usize) -> u8 {
        self.bytes.get(position).copied().unwrap_or(0)
    }

    /// The byte before `position`; NUL at the start.
    pub(super) fn before(&self, position: usize) -> u8 {
        position
            .checked_sub(1)
            .map_or(0, |previous| self.at(previous))
    }

    /// Whether this is part of a URL, where `+` may stand for a space and `/` separates path segments.
    pub(super) const fn in_url(&self) -> bool {
        self.in_url
    }

    /// Whether `byte` is a space, or the `+` that a form in a URL writes for one.
    pub(super) const fn is_space(&self, byte: u8) -> bool {
        byte == b' ' || (self.in_url && byte == b'+')
    }

    /// The value of a `%XX` escape that starts at `position`.
    pub(super) fn escape_at(&self, position: usize) -> Option<u8> {
        if self.at(position) != b'%' {
            return None;
        }
        let high = char::from(self.at(position + 1)).to_digit(16)?;
        let low = char::from(self.at(position + 2)).to_digit(16)?;
        u8::try_from(high * 16 + low).ok()
    }

    /// The character that starts at `position`, if the bytes there are UTF-8.
    pub(super) fn char_at(&self, position: usize) -> Option<char> {
        let width = match self.at(position) {
            0x00..=0x7f => 1,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => return None,
        };
        let bytes = self.bytes.get(position..position + width)?;
        std::str::from_utf8(bytes).ok()?.chars().next()
    }

    /// The character that ends at `position`, if the bytes there are UTF-8.
    pub(super) fn char_before(&self, position: usize) -> Option<char> {
        (1..=4usize).find_map(|width| {
            let start = position.checked_sub(width)?;
            self.char_at(start)
                .filter(|found| found.len_utf8() == width)
        })
    }

    /// Where in the original text the bytes of `span` come from.
    pub(super) fn original(&self, span: Range<usize>) -> Range<usize> {
        self.offset(span.start)..self.offset(span.end)
    }

    fn offset(&self, position: usize) -> usize {
        match &self.origin {
            Origin::From(start) => start + position,
            Origin::Mapped(offsets) => offsets
                .get(position)
                .or(offsets.last())
                .copied()
                .unwrap_or(0),
        }
    }
}
