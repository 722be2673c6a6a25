//! Writing JSON text, numbers and times into a byte buffer, without allocating.

use super::line::CLIPPED;
use crate::byte_scan::{below, equal, fitting_len, not_ascii};

/// Appends `text` as a JSON string of at most `cap` bytes between its quotes.
///
/// Only printable ASCII stands for itself. Everything else, so also line breaks of any script, escape
/// sequences of terminals and characters that turn the reading direction, becomes `\uXXXX`: no viewer
/// can be made to show one record as two, or as another.
pub(super) fn push_string(out: &mut Vec<u8>, text: &str, cap: usize) {
    out.push(b'"');
    if text.len() <= cap && all_stand_for_themselves(text) {
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
        return;
    }
    let end = out.len().saturating_add(cap);
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| !stands_for_itself(byte)) {
        let (plain, tail) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let mut chars = tail.chars();
        let escaped = chars.next().map_or(0, escaped_len);
        if out
            .len()
            .saturating_add(plain.len())
            .saturating_add(escaped)
            > end
        {
            break;
        }
        out.extend_from_slice(plain.as_bytes());
        if let Some(special) = tail.chars().next() {
            push_escaped(out, special);
        }
        rest = chars.as_str();
    }
    let plain_len = rest
        .bytes()
        .take_while(|byte| stands_for_itself(*byte))
        .count();
    let room = end.saturating_sub(out.len());
    let shown = plain_len.min(room);
    out.extend_from_slice(rest.as_bytes().get(..shown).unwrap_or_default());
    if shown < rest.len() {
        out.extend_from_slice(CLIPPED);
    }
    out.push(b'"');
}

const fn stands_for_itself(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e) && byte != b'"' && byte != b'\\'
}

fn all_stand_for_themselves(text: &str) -> bool {
    let special = |word| {
        let escaped = equal(word, b'"') | equal(word, b'\\');
        escaped | below(word, 0x20) | equal(word, 0x7f) | not_ascii(word)
    };
    fitting_len(text.as_bytes(), special, |byte| !stands_for_itself(byte)) == text.len()
}

const fn escaped_len(special: char) -> usize {
    match special {
        '"' | '\\' => 2,
        '\u{10000}'.. => 12,
        _ => 6,
    }
}

fn push_escaped(out: &mut Vec<u8>, special: char) {
    if matches!(special, '"' | '\\') {
        out.push(b'\\');
    }
    if special.is_ascii() && !special.is_ascii_control() {
        out.extend(u8::try_from(special));
        return;
    }
    for unit in special.encode_utf16(&mut [0; 2]) {
        out.extend_from_slice(b"\\u");
        out.extend_from_slice(const_hex::const_encode::<2, false>(&unit.to_be_bytes()).as_bytes());
    }
}

/// Appends a decimal number.
pub(super) fn push_u64(out: &mut Vec<u8>, number: u64) {
    push_padded(out, number, 1);
}

/// Appends a decimal number with leading zeros up to `width` digits, of which there are 20 at most.
fn push_padded(out: &mut Vec<u8>, number: u64, width: usize) {
    out.extend_from_slice(Decimal::padded(number, width).as_bytes());
}

/// A number in digits, in place.
pub(super) struct Decimal {
    digits: [u8; 20],
    from: usize,
}

impl Decimal {
    pub(super) fn of(number: u64) -> Self {
        Self::padded(number, 1)
    }

    fn padded(number: u64, width: usize) -> Self {
        let mut digits = [b'0'; 20];
        let mut rest = number;
        let mut written = 0_usize;
        for digit in digits.iter_mut().rev() {
            if rest == 0 && written >= width {
                break;
            }
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
            written = written.saturating_add(1);
        }
        let from = digits.len().saturating_sub(written);
        Self { digits, from }
    }

    fn as_bytes(&self) -> &[u8] {
        self.digits.get(self.from..).unwrap_or_default()
    }

    pub(super) fn as_str(&self) -> &str {
        // Digits only, so this is always text.
        core::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

/// Appends micro-dollars as exact dollars with two to six decimals: `5.00`, `0.01`, `0.000001`.
pub(super) fn push_usd(out: &mut Vec<u8>, micros: u64) {
    const MICROS: u64 = 1_000_000;
    push_u64(out, micros / MICROS);
    out.push(b'.');
    push_padded(out, micros % MICROS, 6);
    for _ in 0..4 {
        if out.last() != Some(&b'0') {
            break;
        }
        out.pop();
    }
}

/// Appends a moment as RFC 3339 in UTC with milliseconds: `2026-01-31T23:59:59.999Z`.
pub(super) fn push_rfc3339(out: &mut Vec<u8>, unix_ms: u64) {
    let (seconds, millis) = (unix_ms / 1000, unix_ms % 1000);
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil_date(days);
    push_padded(out, year, 4);
    let [hour, minute, second] = [second / 3600, second / 60 % 60, second % 60].map(two_digits);
    let ([mon, th], [d, ay]) = (two_digits(month), two_digits(day));
    out.extend_from_slice(&[b'-', mon, th, b'-', d, ay, b'T']);
    for ([tens, ones], mark) in [(hour, b':'), (minute, b':'), (second, b'.')] {
        out.extend_from_slice(&[tens, ones, mark]);
    }
    push_padded(out, millis, 3);
    out.push(b'Z');
}

/// A number below 100 in decimal.
const fn two_digits(number: u64) -> [u8; 2] {
    [b'0' + (number / 10 % 10) as u8, b'0' + (number % 10) as u8]
}

/// Year, month and day of the Gregorian calendar, from days since 1970-01-01.
///
/// Counts in eras of 400 years that begin on a 1 March, so that the leap day comes last in its year.
const fn civil_date(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let (month, years_on) = if month_from_march < 10 {
        (month_from_march + 3, 0)
    } else {
        (month_from_march - 9, 1)
    };
    (era * 400 + year_of_era + years_on, month, day)
}
