//! What the word directly before some digits may name, told by its last letters.

use super::super::view::View;
use super::context::{FILLERS, Phrase};
use super::national::LINKS;
use super::word_before::{LETTERS, WordBefore};
use super::{national, phone, ssn};

/// What may be named, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named(u32);

impl Named {
    pub(super) const NOTHING: Self = Self(0);
    const ANYTHING: Self = Self(u32::MAX);
    const PHONE: Self = Self(1);
    const SSN: Self = Self(1 << 1);
    /// Whatever another word before it names: it says nothing itself.
    const BY_ANOTHER: Self = Self(1 << 2);
    const LENGTHS: u32 = !(Self::PHONE.0 | Self::SSN.0 | Self::BY_ANOTHER.0);

    /// What the last word before `position` may name or, where that one says nothing, the one before it.
    pub(super) fn before(view: &View<'_>, position: usize) -> Self {
        let (named, end) = match WordBefore::at(view, position) {
            WordBefore::None => return Self::NOTHING,
            WordBefore::Other => return Self::ANYTHING,
            WordBefore::Ends { letters, end } => (Self::by(letters), end),
        };
        if !named.has(Self::BY_ANOTHER) {
            return named;
        }
        match WordBefore::before_word(view, end) {
            WordBefore::None => named,
            WordBefore::Other => Self::ANYTHING,
            WordBefore::Ends { letters, .. } => match Self::by(letters) {
                other if other.has(Self::BY_ANOTHER) => Self::ANYTHING,
                other => named.and(other),
            },
        }
    }

    fn by(letters: [u8; LETTERS]) -> Self {
        let named = BY_ENDING.0.get(place(letters));
        named.copied().unwrap_or(Self::NOTHING)
    }

    const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// A national identifier of any of these numbers of digits, a bit each.
    pub(super) const fn national(lengths: u32) -> Self {
        Self(lengths & Self::LENGTHS)
    }

    const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn may_be_phone(self) -> bool {
        self.has(Self::PHONE)
    }

    pub(super) const fn may_be_ssn(self) -> bool {
        self.has(Self::SSN)
    }

    /// How many digits a national identifier may have, a bit for each number.
    pub(super) const fn lengths(self) -> u32 {
        self.0 & Self::LENGTHS
    }
}

/// What words may name, by how they end. Few endings share a place.
#[derive(Debug)]
pub(super) struct ByEnding([Named; PLACES]);

const PLACES: usize = 1 << 12;

/// The last two letters have places of their own.
const fn place([last, second, third]: [u8; LETTERS]) -> usize {
    let [last, second, third] = [last & 31, second & 31, third & 31];
    (last as usize + ((second as usize) << 5) + third as usize * 1_091) % PLACES
}

static BY_ENDING: ByEnding = {
    let by_ending = ByEnding([Named::NOTHING; PLACES])
        .with_words(FILLERS, Named::BY_ANOTHER)
        .with_words(LINKS, Named::BY_ANOTHER)
        .with_phrases(phone::KEYS.phrases(), Named::PHONE)
        .with_phrases(phone::GLUED_KEYS.phrases(), Named::PHONE)
        .with_phrases(ssn::KEYS.phrases(), Named::SSN)
        .with_phrases(ssn::PERSON_SEGMENTS.phrases(), Named::SSN);
    national::with_names(by_ending)
};

impl ByEnding {
    /// Adds words that are written as one.
    pub(super) const fn with_words(mut self, words: &[&str], named: Named) -> Self {
        let mut rest = words;
        while let [word, others @ ..] = rest {
            self.add(ending(word), named);
            rest = others;
        }
        self
    }

    /// Adds words that may be written apart as well, at any place.
    pub(super) const fn with_divided(mut self, words: &[&str], named: Named) -> Self {
        let mut rest = words;
        while let [word, others @ ..] = rest {
            let [last, second, third] = ending(word);
            self.add([last, second, third], named);
            self.add([last, second, 0], named);
            self.add([last, 0, 0], named);
            rest = others;
        }
        self
    }

    /// Adds the last words of phrases.
    const fn with_phrases(mut self, phrases: &[Phrase], named: Named) -> Self {
        let mut rest = phrases;
        while let [phrase, others @ ..] = rest {
            if let [.., last] = phrase {
                self = self.with_words(&[last], named);
            }
            rest = others;
        }
        self
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "checked when it is compiled; nothing of it runs later"
    )]
    const fn add(&mut self, letters: [u8; LETTERS], named: Named) {
        let place = place(letters);
        self.0[place] = self.0[place].and(named);
    }
}

/// The last letters of a word, the last one first. Those of other scripts are not looked up.
const fn ending(word: &str) -> [u8; LETTERS] {
    match word.as_bytes() {
        [.., third, second, last] => [*last, *second, *third],
        [second, last] => [*last, *second, 0],
        [last] => [*last, 0, 0],
        [] => [0; LETTERS],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before(text: &str) -> Named {
        Named::before(&View::of_text(text), text.len())
    }

    #[test]
    fn are_known_by_their_names_however_written() {
        for text in [
            "phone ",
            "myPhone=",
            "Tel. no. ",
            "PHONE NUMBER IS ",
            "numer telefonu: ",
        ] {
            assert!(before(text).may_be_phone(), "{text}");
        }
        for text in [
            "ssn",
            "SSN #",
            "applicantSsn=",
            "/patients/",
            "social security no: ",
        ] {
            assert!(before(text).may_be_ssn(), "{text}");
        }
        for (text, length) in [
            ("pesel=", 11),
            ("userPesel: ", 11),
            ("NHSNumber=", 10),
            ("N.H.S. no ", 10),
            ("T.C. kimlik no: ", 11),
            ("tax file number of the ", 9),
            ("주민번호 ", 13),
        ] {
            assert!(before(text).lengths() & 1 << length != 0, "{text}");
        }
    }

    #[test]
    fn most_words_name_nothing() {
        for text in [
            "",
            "Pays ",
            "12, ",
            "&value=",
            "validBefore=",
            "amount: ",
            "eip",
        ] {
            let named = before(text);
            assert!(!named.may_be_phone() && !named.may_be_ssn(), "{text}");
            assert_eq!(named.lengths(), 0, "{text}");
        }
    }
}
