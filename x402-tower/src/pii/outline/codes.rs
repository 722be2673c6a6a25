//! Where letters and digits stand in the places of an identifier.

use super::super::recognize::{FormsOfCodes, MAX_PIECES};
use super::window::{STRIDE, Window};

const _: () = assert!(
    *FormsOfCodes::LENGTHS.end() + MAX_PIECES <= STRIDE,
    "an identifier is whole in some window"
);

/// No form has fewer digits but those that begin with five letters.
const FEWEST_DIGITS: usize = 6;

/// Letters and digits of a window, one byte between which may join them.
struct Places<'w> {
    window: &'w Window<'w>,
    letters: u64,
    digits: u64,
    all: u64,
    joints: u64,
}

/// Whether there may be an identifier in a window of a view with so many digits.
#[inline]
pub(super) fn may_be_code(window: &Window<'_>, digits_in_all: usize) -> bool {
    let masks = window.masks;
    let places = Places {
        window,
        letters: window.letters,
        digits: masks.digits,
        all: masks.alphanumerics,
        joints: masks.spaces | masks.tokens() | masks.dots | masks.pluses,
    };
    (places.have_letters() && places.have_form_of_letters())
        || (digits_in_all >= FEWEST_DIGITS
            && places.have_digits()
            && places.have_form_of_digits())
}

impl Places<'_> {
    /// What follows `places` with nothing or one joint between them.
    #[inline]
    const fn after(&self, places: u64) -> u64 {
        let next = places << 1;
        next | (next & self.joints) << 1
    }

    /// Where what stands at `start` goes on with these.
    #[inline]
    fn go_on<const N: usize>(&self, start: u64, classes: [u64; N]) -> u64 {
        let classes = classes.into_iter();
        classes.fold(start, |places, class| class & self.after(places))
    }

    /// Whether five letters stand in a row, and then up to four digits and a letter.
    #[inline]
    fn have_letters(&self) -> bool {
        let (letters, digits) = (self.letters, self.digits);
        let first = digits & self.after(self.go_on(letters, [letters; 4]));
        let second = digits & self.after(first);
        let third = digits & self.after(second);
        let fourth = digits & self.after(third);
        letters & self.after(first | second | third | fourth) != 0
    }

    /// Whether what begins with five letters is as in `ABCPE1234F` or `RSSMRA85T10A562S`.
    #[inline(never)]
    fn have_form_of_letters(&self) -> bool {
        let (letter, digit, any) = (self.letters, self.digits, self.all);
        let five = self.go_on(letter & self.window.word_starts, [letter; 4]);
        let short = self.go_on(five, [digit, digit, digit, digit, letter]);
        let long = self.go_on(five, [letter, any, any, letter, any, any]);
        let long = self.go_on(long, [letter, any, any, any, letter]);
        (short | long) & self.window.word_ends != 0
    }

    /// Whether at most two letters or digits stand before so many digits that most forms may begin so.
    #[inline]
    fn have_digits(&self) -> bool {
        let (letter, digit, any) = (self.letters, self.digits, self.all);
        let six = self.go_on(self.window.word_starts, [any, digit, digit, digit, digit]);
        let eight = self.go_on(six, [digit, digit]);
        let nine = any & self.after(eight);
        let ten = any & self.after(nine);
        let is_signed = self.signs() != 0 && ten != 0;
        is_signed || nine & self.window.word_ends | self.go_on(six, [letter, digit]) != 0
    }

    /// Whether what begins with at most two letters has the form of an identifier.
    #[inline(never)]
    fn have_form_of_digits(&self) -> bool {
        let (letter, digit, any) = (self.letters, self.digits, self.all);
        let starts = self.window.word_starts;
        // `X1234567L`, `AB123456C`, `AB1234567`, `A12345678`
        let led = self.go_on(letter & starts, [any, digit, digit, digit, digit]);
        let led = self.go_on(led, [digit, digit, any]);
        let six = self.go_on(digit & starts, [digit; 5]);
        // `12345678Z`, `131052A308T`
        let eight = self.go_on(six, [digit, digit, letter]);
        let with_letter = self.go_on(six, [letter, digit, digit, digit, any]);
        let whole = led | eight | with_letter | self.signed();
        whole & self.window.word_ends != 0
    }

    /// The signs between digits, or a digit and a letter.
    #[inline]
    const fn signs(&self) -> u64 {
        (self.window.masks.hyphens | self.window.masks.pluses) & self.digits << 1 & self.all >> 1
    }

    /// Where `131052-308T`, `811218-9876` and `19811218-9876` may end, of which a sign follows the first word.
    #[inline]
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
