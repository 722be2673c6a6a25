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
        joints: masks.joiners | masks.tokens() | masks.dots | masks.pluses,
    };
    (places.have_letters() && places.have_form_of_letters())
        || (digits_in_all >= FEWEST_DIGITS && places.have_digits() && places.have_form_of_digits())
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

    /// Whether five letters or joints between two stand in a row, and then up to four digits and a letter.
    #[inline]
    const fn have_letters(&self) -> bool {
        let (letters, digits) = (self.letters, self.digits);
        let row = letters | self.joints & letters << 1 & letters >> 1;
        let two = row & row << 1;
        let five = two & two << 2 & row << 4;
        let first = digits & self.after(five);
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Outline;
    use super::FormsOfCodes;
    use crate::pii::view::View;

    /// The parts of a text that have the form of an identifier, from the start to the end of words.
    fn forms(text: &str) -> Vec<(usize, usize)> {
        let bytes = text.as_bytes();
        let is_word = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at))
                .is_some_and(u8::is_ascii_alphanumeric)
        };
        let is_joint = |at: usize| {
            matches!(
                bytes.get(at),
                Some(b' ' | b'\t' | b'-' | b'.' | b'_' | b'+')
            )
        };
        let mut found = Vec::new();
        for start in 0..bytes.len() {
            if !is_word(Some(start)) || is_word(start.checked_sub(1)) {
                continue;
            }
            let (mut at, mut len, mut forms, mut sign) = (start, 0, FormsOfCodes::ALL, None);
            while is_word(Some(at)) && len < *FormsOfCodes::LENGTHS.end() {
                forms = forms.with(len, 1, u64::from(bytes[at].is_ascii_digit()));
                (at, len) = (at + 1, len + 1);
                if is_word(Some(at)) {
                    continue;
                }
                if forms.is_whole(len, matches!(sign, Some(b'-' | b'+'))) {
                    found.push((start, at));
                }
                if is_joint(at) {
                    sign = sign.or(Some(bytes[at]));
                    at += 1;
                }
            }
        }
        found
    }

    fn assert_forms_are_found(text: &str) {
        let hull = Outline::of(&View::of_text(text)).codes.range();
        let is_long_enough = text.bytes().filter(u8::is_ascii_digit).count() >= 4;
        for (start, end) in forms(text) {
            let is_within = hull.start <= start && end <= hull.end;
            assert!(is_within || !is_long_enough, "{start}..{end} of {text:?}");
        }
    }

    /// All ways to put letters and digits that some form has, behind those that are there. One without a digit is a word.
    fn add_whole(forms: FormsOfCodes, code: &mut String, all: &mut Vec<String>) {
        if forms.is_whole(code.len(), true) && code.contains('1') {
            all.push(code.clone());
        }
        for (place, is_digit) in [('A', 0), ('1', 1)] {
            let next = forms.with(code.len(), 1, is_digit);
            if !next.is_empty() {
                code.push(place);
                add_whole(next, code, all);
                code.pop();
            }
        }
    }

    #[test]
    fn each_form_is_found() {
        let mut codes = Vec::new();
        add_whole(FormsOfCodes::ALL, &mut String::new(), &mut codes);
        for code in codes {
            for sign in 1..code.len() {
                let (first, rest) = code.split_at(sign);
                let apart: Vec<_> = code.chars().map(String::from).collect();
                for text in [
                    code.clone(),
                    format!("{first}-{rest}"),
                    apart[..8].join(" ") + &apart[8..].concat(),
                ] {
                    assert_forms_are_found(&format!("/0000/{text}"));
                    assert_forms_are_found(&format!("{}/0000/{text}/", "x".repeat(30 + sign)));
                }
            }
        }
    }

    #[test]
    fn nothing_that_only_resembles_an_identifier_is_found() {
        for text in [
            "Pays 55757357 atomic units of USDC on eip155:137",
            "network=eip155:1;asset=eip155:8453/erc20:0x489fa608ce3461f8a740767b784a797bfa41e1d6",
            "/v1/jobs/2019-02-08",
            "request_id=77fbfad9-6ed5-48e0-a104-d436aeb31bff",
            "sku=NRM-9771-A;qty=702",
            "id=421463114",
        ] {
            let outline = Outline::of(&View::of_text(text));
            assert!(outline.codes.is_empty(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn forms_are_found_wherever_they_stand(
            before in "[-a-z0-9 ,/]{0,70}",
            code in "([XA][0-9]{7}[LA1]|[AB]{2}[0-9]{6}[C9]|[0-9]{8}Z|[0-9]{6}[-+A][0-9]{3}[0-9T]|[0-9]{8}-[0-9]{4}|[A-C]{5}[0-9]{4}F|[A-C]{6}[0-9]{2}A[0-9]{2}H[0-9L]{3}X)",
            joints in prop::collection::vec(prop::option::weighted(0.3, "[-. _+]"), 20),
            after in "( [-a-z0-9 ,/]{0,40})?",
        ) {
            let code: String = code
                .chars()
                .zip(joints)
                .map(|(place, joint)| format!("{place}{}", joint.unwrap_or_default()))
                .collect();
            assert_forms_are_found(&format!("{before} {code}{after}"));
        }

        #[test]
        fn all_that_has_a_form_is_found(text in "([A-C]{0,6}[0-9]{0,9}[-. _+,=/]){0,30}") {
            assert_forms_are_found(&text);
        }
    }
}
