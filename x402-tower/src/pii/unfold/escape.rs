//! Escapes: percent-encoding (RFC 3986), HTML references, JSON and JavaScript escapes, and
//! quoted-printable (RFC 2045).

use super::super::lanes::{first_place, is, places};
use super::super::steps::step;
use super::super::view::{Mapped, View};
use super::entity_reference::entity_reference;
use super::{Sink, source_of};

/// Which escapes are decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Escapes {
    /// All but quoted-printable, whose `=` is everywhere, until it shows.
    Common,
    /// All but quoted-printable, which is looked at elsewhere.
    CommonAlone,
    /// Quoted-printable as well.
    QuotedPrintable,
}

/// What an escape stands for and how many bytes it takes.
pub(super) struct Escape {
    pub(super) text: Escaped,
    pub(super) length: usize,
}

pub(super) enum Escaped {
    /// One byte, maybe a part of a UTF-8 sequence.
    Byte(u8),
    Char(char),
    Text(&'static [u8]),
    Nothing,
}

/// The view with its escapes decoded once; `None` if it has none.
pub(in super::super) fn decoded(view: &View<'_>, escapes: Escapes) -> Option<Mapped> {
    let mut done = 0;
    let mut position = 0;
    let mut sink: Option<Sink> = None;
    while let Some(next) = next_mark(view, position, escapes) {
        let Some(escape) = escape_at(view, next, escapes) else {
            position = next + 1;
            continue;
        };
        let sink = sink.get_or_insert_with(|| Sink::with_room_for(view.bytes().len()));
        sink.copy(view, done..next);
        let source = source_of(view, next, escape.length);
        match escape.text {
            Escaped::Byte(byte) => sink.push(byte, source),
            Escaped::Char(character) => {
                sink.push_all(character.encode_utf8(&mut [0; 4]).as_bytes(), source);
            }
            Escaped::Text(text) => sink.push_all(text, source),
            Escaped::Nothing => {}
        }
        position = next + escape.length;
        done = position;
    }
    let mut sink = sink?;
    sink.copy(view, done..view.bytes().len().max(done));
    Some(sink.into_mapped(view.in_url()))
}

/// Where the next byte from `position` on stands that may begin an escape.
fn next_mark(view: &View<'_>, position: usize, escapes: Escapes) -> Option<usize> {
    let rest = view.bytes().get(position..)?;
    let ahead = first_place(rest, |lane| {
        let common = is(lane, b'%') | is(lane, b'&') | is(lane, b'\\');
        match escapes {
            Escapes::QuotedPrintable => common | is(lane, b'='),
            Escapes::Common | Escapes::CommonAlone => common,
        }
    })?;
    Some(position + ahead)
}

/// Whether there is quoted-printable that hides more than spaces: `?page=20` hides nothing, and neither does
/// `?amount=29196044`, in which one sign would stand in the place of two digits.
pub(in super::super) fn has_quoted_printable(view: &View<'_>) -> bool {
    let mut signs = 0;
    for next in places(view.bytes(), |lane| is(lane, b'=')) {
        match quoted_printable(view, next).map(|escape| escape.text) {
            Some(Escaped::Byte(0x80..)) => signs += 1,
            Some(Escaped::Byte(b'!'..=b'$' | b'\''..=b')' | b'`'))
                if view.at(next + 3).is_ascii_digit() =>
            {
                signs += 1;
            }
            Some(Escaped::Byte(b'!'..=b'~') | Escaped::Nothing) => return true,
            _ => {}
        }
        if signs > 1 {
            return true;
        }
    }
    false
}

fn escape_at(view: &View<'_>, position: usize, escapes: Escapes) -> Option<Escape> {
    match view.at(position) {
        b'%' => percent(view, position),
        b'&' => entity_reference(view, position),
        b'\\' => backslash(view, position),
        b'=' if escapes == Escapes::QuotedPrintable => quoted_printable(view, position),
        _ => None,
    }
}

/// `%40`, or `%u0040` as some servers write and read it.
fn percent(view: &View<'_>, position: usize) -> Option<Escape> {
    if matches!(view.at(position + 1), b'u' | b'U') {
        return code_unit(view, position, position + 2);
    }
    let byte = hex_pair(view, position + 1)?;
    Some(Escape {
        text: Escaped::Byte(byte),
        length: 3,
    })
}

/// RFC 8259, section 7, and what JavaScript and Python know beside it.
fn backslash(view: &View<'_>, position: usize) -> Option<Escape> {
    let short = |text: &'static [u8]| {
        Some(Escape {
            text: Escaped::Text(text),
            length: 2,
        })
    };
    match view.at(position + 1) {
        b'u' if view.at(position + 2) == b'{' => braced(view, position),
        b'u' => code_unit(view, position, position + 2),
        b'U' => {
            let value = hex(view, position + 2, 8)?;
            Some(Escape {
                text: Escaped::Char(char::from_u32(value)?),
                length: 10,
            })
        }
        b'x' => Some(Escape {
            text: Escaped::Byte(hex_pair(view, position + 2)?),
            length: 4,
        }),
        b'n' | b'r' | b't' | b'f' | b'b' => short(b" "),
        b'/' => short(b"/"),
        b'"' => short(b"\""),
        b'\'' => short(b"'"),
        b'\\' => short(b"\\"),
        _ => None,
    }
}

/// `\u{40}`, with up to six digits.
fn braced(view: &View<'_>, position: usize) -> Option<Escape> {
    let digits = (0..=6)
        .take_while(|ahead| view.at(position + 3 + ahead).is_ascii_hexdigit())
        .count();
    if digits == 0 || view.at(position + 3 + digits) != b'}' {
        return None;
    }
    let value = hex(view, position + 3, digits)?;
    Some(Escape {
        text: Escaped::Char(char::from_u32(value)?),
        length: digits + 4,
    })
}

/// Four hexadecimal digits at `digits`: a character, or with the next such escape a pair of surrogates.
fn code_unit(view: &View<'_>, position: usize, digits: usize) -> Option<Escape> {
    let unit = hex(view, digits, 4)?;
    let length = digits + 4 - position;
    if let Some(character) = char::from_u32(unit) {
        return Some(Escape {
            text: Escaped::Char(character),
            length,
        });
    }
    let next = position + length;
    let same_form = (position..digits).all(|at| view.at(at) == view.at(at + length));
    let low = same_form
        .then(|| hex(view, next + (digits - position), 4))
        .flatten()
        .filter(|low| (0xdc00..=0xdfff).contains(low))?;
    let high = unit.checked_sub(0xd800).filter(|high| *high < 0x400)?;
    let value = 0x1_0000 + (high << 10) + (low - 0xdc00);
    Some(Escape {
        text: Escaped::Char(char::from_u32(value)?),
        length: length * 2,
    })
}

/// `=40`, or `=` and a line end, which joins two lines.
fn quoted_printable(view: &View<'_>, position: usize) -> Option<Escape> {
    let line_end = match (view.at(position + 1), view.at(position + 2)) {
        (b'\r', b'\n') => Some(3),
        (b'\n', _) => Some(2),
        _ => None,
    };
    if let Some(length) = line_end {
        return Some(Escape {
            text: Escaped::Nothing,
            length,
        });
    }
    let byte = hex_pair(view, position + 1)?;
    // `tfn=309569405` has no zero: nobody writes one letter or digit so, and leaves those beside it.
    let among_others = || {
        let before = position
            .checked_sub(3)
            .is_some_and(|before| view.at(before) == b'=' && hex_pair(view, before + 1).is_some());
        before || (view.at(position + 3) == b'=' && hex_pair(view, position + 4).is_some())
    };
    (!byte.is_ascii_alphanumeric() || among_others()).then_some(Escape {
        text: Escaped::Byte(byte),
        length: 3,
    })
}

fn hex_pair(view: &View<'_>, position: usize) -> Option<u8> {
    u8::try_from(hex(view, position, 2)?).ok()
}

/// The number that `count` hexadecimal digits write, of which there are at most eight.
fn hex(view: &View<'_>, position: usize, count: usize) -> Option<u32> {
    (position..position + count).try_fold(0u32, |value, at| {
        step();
        let digit = char::from(view.at(at)).to_digit(16)?;
        value.checked_mul(16)?.checked_add(digit)
    })
}
