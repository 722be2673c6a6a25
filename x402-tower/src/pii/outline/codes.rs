//! Where letters and digits stand in the places of an identifier.

use super::super::recognize::{FormsOfCodes, MAX_PIECES};
use super::window::{STRIDE, Window};

const _: () = assert!(
    *FormsOfCodes::LENGTHS.end() + MAX_PIECES <= STRIDE,
    "an identifier is whole in some window"
);

/// Whether there may be one in a window, with a byte between some of its letters and digits.
#[inline]
pub(super) fn may_be_code(window: &Window) -> bool {
    let masks = &window.masks;
    let joints = !(masks.alphanumerics | masks.equals | masks.slashes | masks.colons);
    begins_with_digits(window, joints) || begins_with_letters(window, joints)
}

/// Whether up to two letters are before six digits or more.
#[inline]
fn begins_with_digits(window: &Window, joints: u64) -> bool {
    let (digits, all) = (window.masks.digits, window.masks.alphanumerics);
    let after = |places| Window::after(places, joints);
    let mut six = all & after(window.word_starts);
    for _ in 2..6 {
        six = digits & after(six);
    }
    let eight = digits & after(digits & after(six));
    // `X1234567L`, `12345678Z`, `AB123456C`, `AB1234567`
    let nine = all & after(eight) & window.word_ends;
    // `131052A308T`
    let with_letter = digits & after(window.letters & after(six));
    // `131052-308T`, `811218-9876` and with four digits for the year.
    let signs = (masks_of_signs(window)) & digits << 1 & all >> 1;
    let signed = if signs == 0 { 0 } else { all & after(digits & after(eight)) };
    nine | with_letter | signed != 0
}

#[inline]
const fn masks_of_signs(window: &Window) -> u64 {
    window.masks.hyphens | window.masks.pluses
}

/// Whether five letters or more are before a digit.
#[inline]
fn begins_with_letters(window: &Window, joints: u64) -> bool {
    let after = |places| Window::after(places, joints);
    let digits = window.masks.digits;
    let mut letters = window.letters;
    for _ in 1..5 {
        letters = window.letters & after(letters);
    }
    let (mut last, mut some) = (letters, 0);
    for _ in 0..4 {
        last = digits & after(last);
        some |= last;
    }
    window.letters & after(some) != 0 && is_led_by_letters(window, joints)
}

/// Whether all is as in `ABCPE1234F` or `RSSMRA85T10A562S`.
#[inline(never)]
fn is_led_by_letters(window: &Window, joints: u64) -> bool {
    let (letters, digits) = (window.letters, window.masks.digits);
    let all = window.masks.alphanumerics;
    let goes_on = |start: u64, classes: &[u64]| {
        classes
            .iter()
            .fold(start, |places, class| class & Window::after(places, joints))
    };
    let five = goes_on(letters & window.word_starts, &[letters; 4]);
    let short = goes_on(five, &[digits, digits, digits, digits, letters]);
    let long = goes_on(
        five,
        &[
            letters, all, all, letters, all, all, letters, all, all, all, letters,
        ],
    );
    (short | long) & window.word_ends != 0
}
