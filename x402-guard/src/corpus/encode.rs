//! How a value is written where it stands: as it is in a text, in one of several ways in a URL.

use core::fmt::Write as _;

use crate::corpus::prng::Prng;

/// Where in a field a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    Prose,
    Path,
    Query,
}

#[derive(Debug, Clone, Copy)]
enum Style {
    /// Everything but unreserved characters, as JavaScript's `encodeURIComponent` does, and more.
    Strict,
    /// Only what would end the value or the URL.
    Sparing,
    /// As forms are sent: a plus for a blank.
    Form,
    /// Blanks and letters of other scripts as they are, as careless clients send them.
    Raw,
}

const PATH: [(Style, u64); 3] = [(Style::Sparing, 58), (Style::Strict, 34), (Style::Raw, 8)];
const QUERY: [(Style, u64); 4] = [
    (Style::Sparing, 40),
    (Style::Strict, 28),
    (Style::Form, 26),
    (Style::Raw, 6),
];

/// A value as it stands, and how it differs from the value itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) text: String,
    /// `""`, `".percent"`, `".plus"` or `".raw"`: the end of a surface form's name.
    pub(super) way: &'static str,
}

/// Writes a value at a position.
pub(super) fn write(value: &str, position: Position, prng: &mut Prng) -> Written {
    let style = match position {
        Position::Prose => None,
        Position::Path => prng.weighted(&PATH),
        Position::Query => prng.weighted(&QUERY),
    };
    let Some(style) = style.copied() else {
        return Written {
            text: value.to_owned(),
            way: "",
        };
    };
    let small = prng.percent(12);
    let text = encoded(value, style, position, small);
    let way = if text.contains('%') {
        ".percent"
    } else if text != value {
        ".plus"
    } else if text.contains(|letter: char| letter == ' ' || !letter.is_ascii()) {
        ".raw"
    } else {
        ""
    };
    Written { text, way }
}

fn encoded(value: &str, style: Style, position: Position, small: bool) -> String {
    let mut text = String::with_capacity(value.len());
    for letter in value.chars() {
        if letter == ' ' && matches!(style, Style::Form) {
            text.push('+');
        } else if stands(letter, style, position) {
            text.push(letter);
        } else {
            percent(letter, small, &mut text);
        }
    }
    text
}

fn stands(letter: char, style: Style, position: Position) -> bool {
    if letter.is_ascii_alphanumeric() || "-._~".contains(letter) {
        return true;
    }
    match style {
        Style::Strict => false,
        Style::Form => letter.is_ascii() && ",:@'()!*".contains(letter),
        Style::Sparing => letter.is_ascii() && own(letter, position),
        Style::Raw => letter == ' ' || !letter.is_ascii() || own(letter, position),
    }
}

/// Whether a character may stand in a path segment or in the value of a parameter without ending it (RFC 3986).
fn own(letter: char, position: Position) -> bool {
    match position {
        Position::Path => ":@!$&'()*+,;=".contains(letter),
        _ => ":@!$'()*+,;/".contains(letter),
    }
}

fn percent(letter: char, small: bool, text: &mut String) {
    let mut bytes = [0; 4];
    for byte in letter.encode_utf8(&mut bytes).bytes() {
        let _infallible = if small {
            write!(text, "%{byte:02x}")
        } else {
            write!(text, "%{byte:02X}")
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_style_writes_as_it_says() {
        let all = |value, style, position| encoded(value, style, position, false);
        let name = "Ana Núñez";
        assert_eq!(
            all(name, Style::Strict, Position::Query),
            "Ana%20N%C3%BA%C3%B1ez"
        );
        assert_eq!(
            all(name, Style::Form, Position::Query),
            "Ana+N%C3%BA%C3%B1ez"
        );
        assert_eq!(all(name, Style::Raw, Position::Path), name);
        assert_eq!(all("a+b@c.de", Style::Sparing, Position::Query), "a+b@c.de");
        assert_eq!(
            all("a+b@c.de", Style::Strict, Position::Query),
            "a%2Bb%40c.de"
        );
        assert_eq!(all("+49 30 1", Style::Form, Position::Query), "%2B49+30+1");
        assert_eq!(
            all("a/b?c#d%e", Style::Raw, Position::Path),
            "a%2Fb%3Fc%23d%25e"
        );
        assert_eq!(encoded("@", Style::Strict, Position::Path, true), "%40");
        assert_eq!(encoded(":", Style::Strict, Position::Path, true), "%3a");
    }

    #[test]
    fn prose_is_left_as_it_is() {
        let written = write("Ana Núñez & co", Position::Prose, &mut Prng::new(0, 0));
        assert_eq!((written.text.as_str(), written.way), ("Ana Núñez & co", ""));
    }
}
