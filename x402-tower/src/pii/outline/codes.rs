//! Where letters and digits stand in the places of an identifier.

use super::super::recognize::{FormsOfCodes, MAX_PIECES};
use super::window::{STRIDE, Window};

const _: () = assert!(
    *FormsOfCodes::LENGTHS.end() + MAX_PIECES <= STRIDE,
    "an identifier is whole in some window"
);

/// Letters and digits of a window, one byte between which may join them.
struct Places<'w> {
    window: &'w Window<'w>,
    letters: u64,
    digits: u64,
    all: u64,
    joints: u64,
}

/// Whether there may be an identifier in a window.
#[inline]
pub(super) fn may_be_code(window: &Window<'_>) -> bool {
    let masks = window.masks;
    let places = Places {
        window,
        letters: window.letters,
        digits: masks.digits,
        all: masks.alphanumerics,
        joints: masks.spaces | masks.tokens() | masks.dots | masks.pluses,
    };
    (places.have_digits() || places.have_letters()) && places.have_form()
}

impl Places<'_> {
    /// What follows `places` with nothing or one joint between them.
    #[inline]
    const fn after(&self, places: u64) -> u64 {
        let next = places << 1;
        next | (next & self.joints) << 1
    }

    /// Whether at most two letters or digits stand before so many digits that most forms may begin so.
    #[inline]
    const fn have_digits(&self) -> bool {
        let (letters, digits, all) = (self.letters, self.digits, self.all);
        let two = all & self.after(self.window.word_starts);
        let four = digits & self.after(digits & self.after(two));
        let six = digits & self.after(digits & self.after(four));
        let eight = digits & self.after(digits & self.after(six));
        let nine = all & self.after(eight);
        let with_letter = digits & self.after(letters & self.after(six));
        let signed = if self.signs() == 0 { 0 } else { all & self.after(nine) };
        (nine & self.window.word_ends) | with_letter | signed != 0
    }

    /// Whether some of those that begin with five or six letters may be there, of which a letter follows up to four digits.
    #[inline]
    const fn have_letters(&self) -> bool {
        let (letters, digits) = (self.letters, self.digits);
        let three = letters & self.after(letters & self.after(letters));
        let five = letters & self.after(letters & self.after(three));
        let first = digits & self.after(five);
        let second = digits & self.after(first);
        let third = digits & self.after(second);
        let fourth = digits & self.after(third);
        letters & self.after(first | second | third | fourth) != 0
    }

    /// The signs between digits, or a digit and a letter.
    #[inline]
    const fn signs(&self) -> u64 {
        (self.window.masks.hyphens | self.window.masks.pluses) & self.digits << 1 & self.all >> 1
    }

    /// Whether one of the forms is there from the start to the end of words.
    #[inline(never)]
    fn have_form(&self) -> bool {
        let (letters, digits, all) = (self.letters, self.digits, self.all);
        let starts = self.window.word_starts;
        // `X1234567L`, `AB123456C`, `AB1234567`, `A12345678`
        let led = self.go_on(letters & starts, &[all, digits, digits, digits, digits]);
        let led = self.go_on(led, &[digits, digits, all]);
        let five = self.go_on(letters & starts, &[letters; 4]);
        // `ABCPE1234F`
        let pan = self.go_on(five, &[digits, digits, digits, digits, letters]);
        // `RSSMRA85T10A562S`
        let fiscal = self.go_on(five, &[letters, all, all, letters, all, all, letters]);
        let fiscal = self.go_on(fiscal, &[all, all, all, letters]);
        let six = self.go_on(digits & starts, &[digits; 5]);
        // `12345678Z`
        let nif = self.go_on(six, &[digits, digits, letters]);
        // `131052A308T`
        let with_letter = self.go_on(six, &[letters, digits, digits, digits, all]);
        let whole = led | pan | fiscal | nif | with_letter | self.signed();
        whole & self.window.word_ends != 0
    }

    fn go_on(&self, start: u64, classes: &[u64]) -> u64 {
        let places = classes.iter();
        places.fold(start, |places, class| class & self.after(places))
    }

    /// Where `131052-308T`, `811218-9876` and `19811218-9876` may end, of which a sign follows the first word.
    fn signed(&self) -> u64 {
        let signs = self.signs();
        let (mut word, mut behind, mut ends) = (self.digits & self.window.word_starts, 0, 0);
        for len in 2..=12 {
            let next = self.after(behind) | (word << 1 & signs) << 1;
            if len == 10 {
                ends |= self.all & next;
            }
            word = self.digits & word << 1;
            behind = self.digits & next;
        }
        ends | behind
    }
}
