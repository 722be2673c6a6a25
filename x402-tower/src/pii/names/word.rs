//! One word, letter by letter: its hash, its first and last letters, and how it is written.

use super::letters::{Case, Letter};
use super::token::Shape;

/// The first character of the scripts whose words have few letters, each of which says much.
const IDEOGRAPHS: u32 = 0x2e80;

const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// FNV-1a over lower-case ASCII letters.
pub(super) const fn hash_of(word: &str) -> u64 {
    let bytes = word.as_bytes();
    let mut hash = OFFSET;
    let mut rest: &[u8] = bytes;
    while let [byte, tail @ ..] = rest {
        hash = (hash ^ *byte as u64).wrapping_mul(PRIME);
        rest = tail;
    }
    hash
}

/// The identity of a word in features.
pub(super) const fn identity(hash: u64) -> u32 {
    let [a, b, c, d, ..] = (hash ^ (hash >> 32)).to_le_bytes();
    let folded = u32::from_le_bytes([a, b, c, d]);
    if folded < 4 { folded + 4 } else { folded }
}

/// Collects what the model wants to know of a word.
#[derive(Debug)]
pub(super) struct WordBuilder {
    pub(super) hash: u64,
    pub(super) head: u32,
    pub(super) tail: u32,
    pub(super) letters: u8,
    pub(super) uppers: u8,
    starts_upper: bool,
    last_upper: bool,
    apostrophes: u8,
    foreign: bool,
}

impl Default for WordBuilder {
    fn default() -> Self {
        Self {
            hash: OFFSET,
            head: 0,
            tail: 0,
            letters: 0,
            uppers: 0,
            starts_upper: false,
            last_upper: false,
            apostrophes: 0,
            foreign: false,
        }
    }
}

impl WordBuilder {
    pub(super) fn push(&mut self, found: Letter) {
        match found {
            Letter::Latin { folded, upper } => {
                if self.letters == 0 {
                    self.starts_upper = upper;
                }
                self.uppers = self.uppers.saturating_add(u8::from(upper));
                self.last_upper = upper;
                for byte in folded.bytes() {
                    self.fold(byte);
                }
            }
            Letter::Foreign { lower, case } => {
                let upper = case == Case::Upper;
                if self.letters == 0 {
                    self.starts_upper = upper;
                }
                self.uppers = self.uppers.saturating_add(u8::from(upper));
                self.last_upper = upper;
                self.foreign |= case == Case::None;
                self.foreign_letter(lower);
            }
            Letter::Mark | Letter::None => {}
        }
    }

    fn fold(&mut self, byte: u8) {
        self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(PRIME);
        if self.letters < 4 {
            self.head = self.head << 8 | u32::from(byte);
        }
        self.tail = self.tail << 8 | u32::from(byte);
        self.letters = self.letters.saturating_add(1);
    }

    /// A letter of a script with few letters is a byte of the packed ones, one of the scripts of East Asia two.
    fn foreign_letter(&mut self, lower: char) {
        let code = u32::from(lower);
        let [low, high, _, _] = code.to_le_bytes();
        for byte in [low, high] {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(PRIME);
        }
        let (packed, width, most) = if code >= IDEOGRAPHS {
            (code & 0xffff, 16, 2)
        } else {
            (code.wrapping_mul(0x9e37_79b1) >> 24, 8, 4)
        };
        if self.letters < most {
            self.head = self.head << width | packed;
        }
        self.tail = self.tail << width | packed;
        self.letters = self.letters.saturating_add(1);
    }

    pub(super) fn apostrophe(&mut self) {
        self.apostrophes = self.apostrophes.saturating_add(1);
        self.last_upper = true;
    }

    /// Whether an upper-case letter, followed by `next` and `after`, starts the next word: `johnSmith`,
    /// `JSmith`, not `McDonald` and not `URLs`.
    pub(super) fn hump_before(&self, next: u8, after: u8) -> bool {
        if self.letters == 0 {
            return false;
        }
        if !self.last_upper {
            let is_mc = self.letters == 2 && self.head == u32::from(b'm') << 8 | u32::from(b'c');
            return !(is_mc && self.starts_upper);
        }
        let is_plural = next == b's' && !is_letter_byte(after);
        self.apostrophes == 0 && next.is_ascii_lowercase() && !is_plural
    }

    pub(super) fn shape(&self) -> Shape {
        if self.foreign {
            Shape::Foreign
        } else if self.letters == 1 {
            if self.starts_upper {
                Shape::Initial
            } else {
                Shape::Letter
            }
        } else if self.uppers == 0 {
            Shape::Lower
        } else if self.uppers >= self.letters {
            Shape::Capitals
        } else if self.starts_upper && (self.uppers == 1 || self.apostrophes > 0) {
            Shape::Capitalised
        } else {
            Shape::Mixed
        }
    }
}

pub(super) fn ascii_letter(byte: u8) -> Letter {
    const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
    let lower = byte.to_ascii_lowercase();
    let place = usize::from(lower.wrapping_sub(b'a'));
    match LOWER.get(place..=place) {
        Some(folded) => Letter::Latin {
            folded,
            upper: byte.is_ascii_uppercase(),
        },
        None => Letter::None,
    }
}

pub(super) const fn is_letter_byte(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}
