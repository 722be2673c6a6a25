//! The first pass: which classes of bytes and which words a field holds, and so what could be in it at all.
//!
//! Words are letters and digits with neither beside them. What is looked for shows in a few of them and what joins them:
//! so many digits, a country before two, a hyphen in the right place. A recognizer runs where that shows, and nowhere else.

mod accounts;
mod block;
mod class;
mod codes;
mod encoded;
mod hull;
mod marks;
mod numbers;
mod survey;
mod window;

pub(super) use encoded::{SHORTEST as SHORTEST_ENCODED, SHORTEST_HEX};
pub(super) use hull::Hull;

use block::Block;
use class::Class;
use window::KEPT;

use super::recognize::{FEWEST_DIGITS_OF_ARRAY, FEWEST_HYPHENS_OF_KEY, FEWEST_WORDS_OF_PHRASE};
use super::view::View;

/// An IPv6 address in which no zeros are left out has as many, before an IPv4 address at its end.
const FEWEST_COLONS_OF_V6: usize = 6;

/// What there is in one view.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outline {
    classes: Class,
    pub(super) digits: usize,
    pub(super) has_letter: bool,
    pub(super) colons: usize,
    pub(super) uppers: usize,
    pub(super) hyphens: usize,
    pub(super) dots: usize,
    pub(super) len: usize,
    /// Words as long as those of a recovery phrase, or more.
    pub(super) words: usize,
    /// Where groups of digits are joined to numbers.
    pub(super) numbers: Hull,
    /// Where words may be joined to identifiers.
    pub(super) codes: Hull,
    /// Where account numbers may start.
    pub(super) accounts: Hull,
    /// Where encoded text may start.
    pub(super) encoded: Hull,
    pub(super) may_be_v4: bool,
    pub(super) may_be_v6: bool,
    pub(super) may_be_mac: bool,
    /// Whether an escape of quoted-printable may start.
    pub(super) may_be_quoted: bool,
    /// Whether one may hide more than a space.
    pub(super) may_hide_quoted: bool,
    /// Whether letters, digits, hyphens and underscores stand in a row as long as a token, and those, plus and slash in one
    /// as long as a value that something may name.
    pub(super) has_long_token: bool,
    pub(super) has_long_value: bool,
}

impl Outline {
    pub(super) fn of(view: &View<'_>) -> Self {
        let mut blocks = Default::default();
        let mut outline = Self::marked(view, &mut blocks);
        outline.survey(view, &mut blocks);
        outline
    }

    /// The same of a view that is only read without its escapes: not where words are joined.
    pub(super) fn of_escaped(view: &View<'_>) -> Self {
        Self::marked(view, &mut Default::default())
    }

    #[inline(always)]
    fn marked(view: &View<'_>, blocks: &mut [Block; KEPT]) -> Self {
        let mut outline = Self {
            classes: Class::NONE,
            digits: 0,
            has_letter: false,
            colons: 0,
            uppers: 0,
            hyphens: 0,
            dots: 0,
            len: view.bytes().len(),
            words: 0,
            numbers: Hull::EMPTY,
            codes: Hull::EMPTY,
            accounts: Hull::EMPTY,
            encoded: Hull::EMPTY,
            may_be_v4: false,
            may_be_v6: false,
            may_be_mac: false,
            may_be_quoted: false,
            may_hide_quoted: false,
            has_long_token: false,
            has_long_value: false,
        };
        if view.bytes().is_empty() {
            return outline;
        }
        outline.mark(view.bytes(), blocks);
        outline.may_be_v6 |= outline.colons >= FEWEST_COLONS_OF_V6;
        outline
    }

    /// The same, but as if each recognizer might find something anywhere.
    #[cfg(test)]
    pub(super) fn pointing_at_everything(view: &View<'_>) -> Self {
        let mut everywhere = Hull::EMPTY;
        everywhere.add(0, view.bytes().len());
        Self {
            numbers: everywhere,
            codes: everywhere,
            accounts: everywhere,
            encoded: everywhere,
            may_be_v4: true,
            may_be_v6: true,
            may_be_mac: true,
            may_be_quoted: true,
            may_hide_quoted: true,
            has_long_token: true,
            has_long_value: true,
            ..Self::of(view)
        }
    }

    /// Whether nothing shows of what is looked for by default. Which of it shows is as good as random, that something does
    /// is not.
    pub(super) const fn is_quiet(&self) -> bool {
        let mut shows = self.digits >= FEWEST_DIGITS_OF_ARRAY;
        shows |= self.hyphens >= FEWEST_HYPHENS_OF_KEY;
        shows |= self.words >= FEWEST_WORDS_OF_PHRASE;
        shows |= self.has_at();
        shows |= self.has_long_token;
        shows |= self.has_long_value;
        shows |= self.may_be_v4;
        shows |= self.may_be_v6;
        shows |= self.may_be_mac;
        shows |= !self.numbers.is_empty();
        shows |= !self.codes.is_empty();
        shows |= !self.accounts.is_empty();
        !shows
    }

    const fn has(&self, classes: Class) -> bool {
        self.classes.has(classes)
    }

    pub(super) const fn has_at(&self) -> bool {
        self.has(Class::AT)
    }

    pub(super) const fn has_dot(&self) -> bool {
        self.dots > 0
    }

    /// Whether there may be a list.
    pub(super) const fn has_separators(&self) -> bool {
        self.has(Class::SEPARATOR)
    }

    /// Whether something may be written as an escape.
    pub(super) const fn has_escapes(&self) -> bool {
        self.has(Class::PERCENT.and(Class::BACKSLASH))
            | (self.has(Class::AMPERSAND) & self.has(Class::REFERENCE))
    }

    /// The same, with quoted-printable.
    pub(super) const fn may_be_escaped(&self) -> bool {
        self.has_escapes() | self.may_be_quoted
    }

    /// Whether an escape may hide something, as not every quoted-printable one does.
    pub(super) const fn may_hide_something(&self) -> bool {
        self.has_escapes() | self.may_hide_quoted
    }

    /// Whether there may be a run of base64 or hexadecimal digits that holds something.
    pub(super) const fn may_be_encoded(&self) -> bool {
        !self.encoded.is_empty() & (self.uppers + self.digits >= encoded::FEWEST_UPPERS_AND_DIGITS)
    }

    pub(super) const fn has_equals(&self) -> bool {
        self.has(Class::EQUALS)
    }

    pub(super) const fn has_brackets(&self) -> bool {
        self.has(Class::BRACKET)
    }

    /// Whether there are characters that may only look like others, or cannot be seen.
    pub(super) const fn needs_folding(&self) -> bool {
        self.has(Class::FOLDED)
    }
}
