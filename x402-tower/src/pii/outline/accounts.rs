//! Where a country and two digits may begin an account number.

use super::super::recognize::is_country_of_accounts;
use super::super::steps::step;
use super::hull::Hull;
use super::window::Window;

/// Adds to `hull` where a number may begin in a window.
#[inline]
pub(super) fn add_accounts(hull: &mut Hull, window: &Window<'_>, bytes: &[u8]) {
    let (letters, digits) = (window.letters, window.masks.digits);
    let joints = window.masks.joints() | window.masks.pluses | window.masks.slashes;
    let last_digit = digits & before_gap(digits, joints);
    let second_letter = letters & before_gap(last_digit, joints);
    let first_letter = letters & before_gap(second_letter, joints);
    // `iban` may stand before it without a space.
    let named = letters << 1 & letters << 2 & letters << 3 & letters << 4;
    let mut starts = first_letter & (window.word_starts | named);
    while starts != 0 {
        step();
        let at = window.start + starts.trailing_zeros() as usize;
        starts &= starts - 1;
        if may_start(bytes, at) {
            hull.add(at, at + 1);
        }
    }
}

/// What precedes `places` behind a gap of up to three of these.
#[inline]
const fn before_gap(places: u64, joints: u64) -> u64 {
    let one = places >> 1;
    let two = (one & joints) >> 1;
    let three = (two & joints) >> 1;
    one | two | three | (three & joints) >> 1
}

/// Whether a country of accounts stands here, or a letter apart from the next one, and no word before it but `iban`.
fn may_start(bytes: &[u8], at: usize) -> bool {
    let is_country = match bytes.get(at..) {
        Some([first, second, ..]) => {
            !second.is_ascii_alphabetic() || is_country_of_accounts([*first, *second])
        }
        _ => false,
    };
    is_country && {
        let before = bytes.get(..at).unwrap_or_default();
        !before.last().is_some_and(u8::is_ascii_alphanumeric)
            || before
                .last_chunk::<4>()
                .is_some_and(|word| word.eq_ignore_ascii_case(b"iban"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Outline;
    use crate::pii::recognize::is_country_of_accounts;
    use crate::pii::view::View;

    /// The place behind a gap of up to three bytes from `at` on, and the byte there.
    fn behind_gap(bytes: &[u8], at: usize) -> Option<(usize, u8)> {
        let is_gap = |byte: &&u8| b" -.:/".contains(*byte);
        let at = at + bytes.get(at..)?.iter().take(3).take_while(is_gap).count();
        Some((at, *bytes.get(at)?))
    }

    fn may_start(bytes: &[u8], start: usize) -> bool {
        let (before, rest) = bytes.split_at(start);
        let is_named = before.to_ascii_lowercase().ends_with(b"iban");
        let begins = is_named || !before.last().is_some_and(u8::is_ascii_alphanumeric);
        let places = (|| {
            let second = behind_gap(bytes, start + 1)?;
            let third = behind_gap(bytes, second.0 + 1)?;
            let fourth = behind_gap(bytes, third.0 + 1)?;
            Some((second, third.1, fourth.1))
        })();
        places.is_some_and(|(second, third, fourth)| {
            let is_apart = second.0 > start + 1;
            begins
                && rest[0].is_ascii_alphabetic()
                && second.1.is_ascii_alphabetic()
                && third.is_ascii_digit()
                && fourth.is_ascii_digit()
                && (is_apart || is_country_of_accounts([rest[0], second.1]))
        })
    }

    proptest! {
        #[test]
        fn accounts_may_start_where_a_plain_reading_says(
            text in "((iban|DE|de|N|O|x|[0-9]{1,3})([-./ :=]{1,4})?){0,50}00000000",
        ) {
            let bytes = text.as_bytes();
            let starts: Vec<_> = (0..bytes.len()).filter(|at| may_start(bytes, *at)).collect();
            let hull = Outline::of(&View::of_text(&text)).accounts;
            let expected = match (starts.first(), starts.last()) {
                (Some(first), Some(last)) => *first..last + 1,
                _ => 0..0,
            };
            prop_assert_eq!(hull.range(), expected);
        }
    }
}
