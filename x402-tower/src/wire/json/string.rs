//! JSON strings: reading escapes and writing quoted text.

use std::borrow::Cow;

use crate::byte_scan::{below, equal, fitting_len};

/// What a backslash introduces.
pub(super) enum Escape {
    /// A character, and the length of its escape in bytes.
    Char(char, usize),
    /// A control character that no message needs; terminals and logs act on them.
    Control,
    /// Half of a surrogate pair.
    LoneSurrogate,
    /// Not an escape of RFC 8259 section 7.
    Malformed,
}

/// Reads the escape at the start of `bytes`, which begins with a backslash.
pub(super) fn escape(bytes: &[u8]) -> Escape {
    let simple = |character| Escape::Char(character, 2);
    match bytes.get(1) {
        Some(b'"') => simple('"'),
        Some(b'\\') => simple('\\'),
        Some(b'/') => simple('/'),
        Some(b'n') => simple('\n'),
        Some(b'r') => simple('\r'),
        Some(b't') => simple('\t'),
        Some(b'b' | b'f') => Escape::Control,
        Some(b'u') => unicode_escape(bytes),
        _ => Escape::Malformed,
    }
}

fn unicode_escape(bytes: &[u8]) -> Escape {
    let Some(first) = code_unit(bytes) else {
        return Escape::Malformed;
    };
    match first {
        0xd800..=0xdbff => match bytes.get(6..).and_then(code_unit) {
            Some(second @ 0xdc00..=0xdfff) => {
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                char::from_u32(code).map_or(Escape::LoneSurrogate, |character| {
                    Escape::Char(character, 12)
                })
            }
            _ => Escape::LoneSurrogate,
        },
        0xdc00..=0xdfff => Escape::LoneSurrogate,
        code => match char::from_u32(code) {
            Some(character) if is_refused(character) => Escape::Control,
            Some(character) => Escape::Char(character, 6),
            None => Escape::LoneSurrogate,
        },
    }
}

/// The UTF-16 code unit of a `\uXXXX` at the start of `bytes`.
fn code_unit(bytes: &[u8]) -> Option<u32> {
    let digits = bytes.get(..6)?.strip_prefix(br"\u")?;
    digits.iter().try_fold(0, |unit, digit| {
        Some(unit << 4 | char::from(*digit).to_digit(16)?)
    })
}

/// Control characters that a string must not contain, however they are spelled.
fn is_refused(character: char) -> bool {
    character < ' ' && !matches!(character, '\t' | '\n' | '\r')
}

/// How many bytes from the start stand for themselves in a string: no quote, no backslash, no control character.
pub(super) fn plain_len(bytes: &[u8]) -> usize {
    let special = |word| below(word, 0x20) | equal(word, b'"') | equal(word, b'\\');
    let is_special = |byte| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    fitting_len(bytes, special, is_special)
}

/// The text of a string whose escapes were checked by the parser. `inner` has no quotes.
#[inline]
pub(super) fn unescape(inner: &str, escaped: bool) -> Cow<'_, str> {
    if escaped {
        Cow::Owned(unescaped(inner))
    } else {
        Cow::Borrowed(inner)
    }
}

fn unescaped(inner: &str) -> String {
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((plain, tail)) = rest.find('\\').and_then(|at| rest.split_at_checked(at)) {
        text.push_str(plain);
        let length = match escape(tail.as_bytes()) {
            Escape::Char(character, length) => {
                text.push(character);
                length
            }
            // The parser refused everything else, so this only keeps the loop finite.
            _ => 1,
        };
        rest = tail.get(length..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}

/// `text` as a JSON string with quotes.
///
/// Control characters that the parser refuses become U+FFFD, so that what we write can always be read again.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            other if is_refused(other) => quoted.push(char::REPLACEMENT_CHARACTER),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
