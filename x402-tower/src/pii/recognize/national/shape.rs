//! Where an identifier has letters and digits.

use std::ops::RangeInclusive;

use super::super::tables::Tables;
use super::code::{LONGEST, RULES, SHORTEST};

/// Where letters and digits must be, one bit for each place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) len: usize,
    letters: u32,
    digits: u32,
    /// Whether a sign that belongs to it divides it after its first characters.
    pub(super) is_signed: bool,
}

impl Shape {
    /// Reads `A` for a letter, `9` for a digit and `?` for either.
    pub(super) const fn of(form: &str) -> Self {
        let mut shape = Self {
            len: 0,
            letters: 0,
            digits: 0,
            is_signed: false,
        };
        let mut rest = form.as_bytes();
        while let [place, others @ ..] = rest {
            match *place {
                b'A' => shape.letters |= 1 << shape.len,
                b'9' => shape.digits |= 1 << shape.len,
                _ => {}
            }
            shape.len += 1;
            rest = others;
        }
        shape
    }

    /// The same for an identifier in which `-` or `+` is the first separator, whatever stands where.
    pub(super) const fn signed(form: &str) -> Self {
        Self {
            is_signed: true,
            ..Self::of(form)
        }
    }

    pub(super) const fn allows(&self, digits: u32) -> bool {
        self.letters & digits == 0 && self.digits & digits == self.digits
    }

    /// Whether a digit, or a letter, may stand at `place`.
    const fn allows_at(&self, place: usize, is_digit: bool) -> bool {
        let other = if is_digit { self.letters } else { self.digits };
        place < self.len && other >> place & 1 == 0
    }
}

/// The forms that some letters and digits may be the beginning of, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super::super) struct Forms(u32);

/// The forms with a letter at each place, and with a digit.
static AT: [[u32; 2]; LONGEST] = {
    let mut table = [[0; 2]; LONGEST];
    let mut place = 0;
    #[expect(
        clippy::indexing_slicing,
        reason = "checked when it is compiled; nothing of it runs later"
    )]
    while place < LONGEST {
        table[place] = [with_place(place, false), with_place(place, true)];
        place += 1;
    }
    table
};

/// The forms of each length that no sign divides, and all of them.
static OF_LENGTH: [[u32; 2]; LONGEST + 1] = {
    let mut table = [[0; 2]; LONGEST + 1];
    let mut len = 0;
    #[expect(
        clippy::indexing_slicing,
        reason = "checked when it is compiled; nothing of it runs later"
    )]
    while len <= LONGEST {
        table[len] = [with_length(len, false), with_length(len, true)];
        len += 1;
    }
    table
};

const fn with_place(place: usize, is_digit: bool) -> u32 {
    let (mut rules, mut bit, mut forms) = (Tables::all(&RULES), 1, 0);
    while let Some(rule) = rules.next() {
        let shape = &rule.shape;
        if shape.allows_at(place, is_digit) {
            forms |= bit;
        }
        bit <<= 1;
    }
    forms
}

const fn with_length(len: usize, signed: bool) -> u32 {
    let (mut rules, mut bit, mut forms) = (Tables::all(&RULES), 1, 0);
    while let Some(rule) = rules.next() {
        let shape = &rule.shape;
        if shape.len == len && (signed || !shape.is_signed) {
            forms |= bit;
        }
        bit <<= 1;
    }
    forms
}

impl Forms {
    /// How many letters and digits a form has.
    pub(in super::super::super) const LENGTHS: RangeInclusive<usize> = SHORTEST..=LONGEST;

    /// Those with which nothing begins yet.
    pub(in super::super::super) const ALL: Self = Self(u32::MAX);

    pub(in super::super::super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those that go on, at `place`, with `len` characters of which these are digits.
    #[inline]
    pub(in super::super::super) fn with(self, place: usize, len: usize, digits: u64) -> Self {
        let mut forms = self.0;
        let mut digits = digits;
        for place in place..place + len {
            let [letter, digit] = AT.get(place).copied().unwrap_or_default();
            forms &= if digits & 1 == 0 { letter } else { digit };
            if forms == 0 {
                break;
            }
            digits >>= 1;
        }
        Self(forms)
    }

    /// Whether one of them has `len` characters, and the sign that belongs to it is there.
    #[inline]
    pub(in super::super::super) fn is_whole(self, len: usize, has_sign: bool) -> bool {
        OF_LENGTH
            .get(len)
            .is_some_and(|[unsigned, all]| self.0 & if has_sign { all } else { unsigned } != 0)
    }
}
