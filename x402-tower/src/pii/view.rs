//! What a recognizer reads: the bytes of a text, plain or decoded, that know where they came from.

use std::ops::Range;

/// Bytes to be searched, with the way back to the original text.
///
/// Decoded bytes need not be UTF-8, so recognizers work on bytes. They only ever end a match beside an
/// ASCII byte or a whole character, which keeps spans on character boundaries of the original.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'t> {
    bytes: &'t [u8],
    origin: Origin<'t>,
    in_url: bool,
}

#[derive(Debug, Clone, Copy)]
enum Origin<'t> {
    /// The bytes are the original ones from this offset on.
    From(usize),
    /// Each byte has a source of its own.
    Mapped(&'t [Source]),
}

/// Bytes that were made out of other ones, and what each of them stands for.
#[derive(Debug)]
pub(super) struct Mapped {
    bytes: Vec<u8>,
    sources: Vec<Source>,
    in_url: bool,
}

impl Mapped {
    pub(super) const fn new(bytes: Vec<u8>, sources: Vec<Source>, in_url: bool) -> Self {
        Self {
            bytes,
            sources,
            in_url,
        }
    }

    pub(super) fn view(&self) -> View<'_> {
        View {
            bytes: &self.bytes,
            origin: Origin::Mapped(&self.sources),
            in_url: self.in_url,
        }
    }
}

/// The bytes of the original text that one byte of a view stands for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Source {
    start: u32,
    end: u32,
}

impl Source {
    /// From the start of this to the end of `other`.
    pub(super) const fn to(self, other: Self) -> Self {
        Self {
            start: self.start,
            end: other.end,
        }
    }
}

impl<'t> View<'t> {
    /// A view on free text.
    pub(super) const fn of_text(text: &'t str) -> Self {
        Self {
            bytes: text.as_bytes(),
            origin: Origin::From(0),
            in_url: false,
        }
    }

    /// A view on the part of a URL that starts at byte `offset` of it.
    pub(super) const fn of_url_part(part: &'t str, offset: usize) -> Self {
        Self {
            bytes: part.as_bytes(),
            origin: Origin::From(offset),
            in_url: true,
        }
    }

    /// Whether offsets into the text fit a [`Source`], so that other views can be made of this one.
    pub(super) fn can_be_mapped(&self) -> bool {
        let start = match self.origin {
            Origin::From(start) => start,
            Origin::Mapped(_) => 0,
        };
        u32::try_from(start.saturating_add(self.bytes.len())).is_ok()
    }

    pub(super) const fn bytes(&self) -> &'t [u8] {
        self.bytes
    }

    /// The bytes of `range`, or none if it is out of bounds.
    pub(super) fn slice(&self, range: Range<usize>) -> &'t [u8] {
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

    /// Whether `byte` is white space, or the `+` that a form in a URL writes for one.
    pub(super) const fn is_space(&self, byte: u8) -> bool {
        matches!(byte, b' ' | b'\t' | b'\n' | b'\r') || (self.in_url && byte == b'+')
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
        match &self.origin {
            Origin::From(start) => start + span.start..start + span.end,
            Origin::Mapped(_) => {
                let last = span.end.saturating_sub(1).max(span.start);
                let source = self.source(span.start).to(self.source(last));
                source.start as usize..source.end as usize
            }
        }
    }

    /// Adds what each byte of `range` stands for to `sources`.
    pub(super) fn sources(&self, range: Range<usize>, sources: &mut Vec<Source>) {
        match self.origin {
            Origin::From(start) => {
                let end = start.saturating_add(range.end);
                let (Ok(first), Ok(_)) = (u32::try_from(start + range.start), u32::try_from(end))
                else {
                    return sources.extend(range.map(|position| self.source(position)));
                };
                sources.extend((first..).take(range.len()).map(|start| Source {
                    start,
                    end: start + 1,
                }));
            }
            Origin::Mapped(own) => sources.extend_from_slice(own.get(range).unwrap_or_default()),
        }
    }

    /// What the byte at `position` stands for.
    pub(super) fn source(&self, position: usize) -> Source {
        match &self.origin {
            Origin::From(start) => {
                let at = |offset: usize| u32::try_from(start + offset).unwrap_or(u32::MAX);
                Source {
                    start: at(position),
                    end: at(position + 1),
                }
            }
            Origin::Mapped(sources) => sources.get(position).copied().unwrap_or_default(),
        }
    }
}
