//! Characters that stand for others: compatibility forms, look-alikes, digits, dashes, dots and spaces of
//! every script, and those that cannot be seen.

use std::sync::OnceLock;

use smallvec::SmallVec;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use unicode_security::skeleton;

use super::super::lanes::{first_place, is_within};
use super::super::steps::step;
use super::super::view::{Mapped, View};
use super::{Sink, source_of};

/// No character that we fold stands for more than four ASCII ones: `㏂` is `a.m.`.
type Folded = [u8; 4];

/// Nothing is seen of the character.
const DROPPED: Folded = [0; 4];
/// The character is searched as it is.
const KEPT: Folded = [0xff; 4];

const PAGE: usize = 256;
/// Planes 0 and 1; those above hold ideographs, and marks that cannot be seen.
const PAGES: usize = 0x2_0000 / PAGE;

/// Ideographs, syllables of Hangul and signs of old scripts, none of which is read as something else: most of all
/// characters, and the dearest to look up.
const IDEOGRAPHS: [std::ops::Range<usize>; 9] = [
    0x3400..0x4e00,
    0x4f00..0xa400,
    0xac00..0xfb00,
    0x1_2000..0x1_3400,
    0x1_3500..0x1_4500,
    0x1_4600..0x1_6100,
    0x1_6200..0x1_6800,
    0x1_7000..0x1_bc00,
    0x1_bd00..0x1_cc00,
];

/// What each character of a page is folded to, looked up once when the page is first needed.
static FOLDED: [OnceLock<Box<[Folded]>>; PAGES] = [const { OnceLock::new() }; PAGES];

/// The view with each character replaced by what it would be read as; `None` if that changes nothing.
pub(in super::super) fn folded(view: &View<'_>) -> Option<Mapped> {
    let mut position = next_unplain(view, 0)?;
    let mut done = 0;
    let mut sink: Option<Sink> = None;
    let mut guessed = Vec::new();
    loop {
        // What is not UTF-8, as a byte of Latin-1, is no part of a number or an address that we know.
        let (folded, width) = view.char_at(position).map_or((KEPT, 1), |character| {
            (fold(character), character.len_utf8())
        });
        if folded != KEPT {
            let sink = sink.get_or_insert_with(|| Sink::with_room_for(view.bytes().len()));
            sink.copy(view, done..position);
            let source = source_of(view, position, width);
            let looks_like_digit = matches!(folded, [b'O' | b'o' | b'l' | b'I', 0, ..]);
            if looks_like_digit && !view.char_at(position).is_some_and(is_variant) {
                guessed.push(sink.bytes.len());
            }
            for byte in folded.into_iter().take_while(|byte| *byte != 0) {
                sink.push(byte, source);
            }
            done = position + width;
        }
        match next_unplain(view, position + width) {
            Some(next) => position = next,
            None => break,
        }
    }
    let mut sink = sink?;
    sink.copy(view, done..view.bytes().len());
    for position in guessed {
        read_as_digit(&mut sink.bytes, position);
    }
    Some(sink.into_mapped(view.in_url()))
}

/// Where the next byte from `position` on stands that may have to be replaced.
fn next_unplain(view: &View<'_>, position: usize) -> Option<usize> {
    let mut position = position;
    loop {
        step();
        // Letters of other scripts stand together.
        if !is_plain(*view.bytes().get(position)?) {
            return Some(position);
        }
        position += 1;
        let rest = view.bytes().get(position..)?;
        position += first_place(rest, |lane| !is_within(lane, b' ', b'~'))?;
    }
}

/// ASCII that is seen or is white space.
const fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

/// Whether it is a letter of ASCII in another style, such as `ｌ`, and no other letter that looks like one.
fn is_variant(character: char) -> bool {
    let mut letters = std::iter::once(character).nfkd();
    character.general_category() != GeneralCategory::LetterNumber
        && letters.next().is_some_and(|letter| letter.is_ascii())
}

/// A look-alike of `O` or `l` between digits was meant to pass for a digit.
fn read_as_digit(bytes: &mut [u8], position: usize) {
    let digit = match bytes.get(position) {
        Some(b'O' | b'o') => b'0',
        Some(b'l' | b'I') => b'1',
        _ => return,
    };
    let before = position.checked_sub(1).and_then(|at| bytes.get(at));
    let after = bytes.get(position + 1);
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let separates = |byte: Option<&u8>| byte.is_none_or(|byte| b" -._/".contains(byte));
    let both = (is_digit(before) || separates(before)) && (is_digit(after) || separates(after));
    if both
        && (is_digit(before) || is_digit(after))
        && let Some(byte) = bytes.get_mut(position)
    {
        *byte = digit;
    }
}

fn fold(character: char) -> Folded {
    let code = character as usize;
    let Some(page) = FOLDED.get(code / PAGE) else {
        return if is_invisible(character) {
            DROPPED
        } else {
            KEPT
        };
    };
    if IDEOGRAPHS.iter().any(|range| range.contains(&code)) {
        return KEPT;
    }
    let page = page.get_or_init(|| {
        let first = u32::try_from(code - code % PAGE).unwrap_or(0);
        (first..)
            .take(PAGE)
            .map(|code| char::from_u32(code).map_or(KEPT, look_up))
            .collect()
    });
    page.get(code % PAGE).copied().unwrap_or(KEPT)
}

fn look_up(character: char) -> Folded {
    let category = character.general_category();
    if is_invisible(character) || is_combining_mark(character) {
        return DROPPED;
    }
    let single = |byte: u8| [byte, 0, 0, 0];
    match category {
        GeneralCategory::DecimalNumber => return single(digit(character)),
        GeneralCategory::SpaceSeparator
        | GeneralCategory::LineSeparator
        | GeneralCategory::ParagraphSeparator => return single(b' '),
        GeneralCategory::DashPunctuation => return single(b'-'),
        GeneralCategory::EnclosingMark
        | GeneralCategory::NonspacingMark
        | GeneralCategory::Control
        | GeneralCategory::Format => return DROPPED,
        _ => {}
    }
    match character {
        // Minus, hyphen bullet, modifier minus, box drawing.
        '\u{2212}' | '\u{2043}' | '\u{2d7}' | '\u{2500}' | '\u{2796}' => return single(b'-'),
        // Full stops of other scripts, and dots in the middle of the line.
        '\u{3002}' | '\u{ff61}' | '\u{b7}' | '\u{2027}' | '\u{22c5}' | '\u{2219}' | '\u{2022}'
        | '\u{30fb}' | '\u{ff65}' | '\u{6d4}' | '\u{1804}' => return single(b'.'),
        _ => {}
    }
    let base: String = std::iter::once(character).nfkd().collect();
    if let Some(folded) = ascii(base.chars()) {
        return folded;
    }
    let prototype: SmallVec<[char; 8]> = skeleton(&base).collect();
    if let Some(folded) = ascii(prototype.iter().copied()) {
        return match folded {
            // The skeleton of a capital I is a small l.
            [b'l', 0, ..] if character.is_uppercase() => single(b'I'),
            folded => folded,
        };
    }
    let mut letters = prototype.iter().filter(|part| !is_combining_mark(**part));
    match (
        letters.next().copied().and_then(small_capital),
        letters.next(),
    ) {
        (Some(letter), None) if character.is_uppercase() => single(letter.to_ascii_uppercase()),
        (Some(letter), None) => single(letter),
        _ => KEPT,
    }
}

/// The characters without marks, if there is at least one, no more than four, and all are ASCII.
fn ascii(characters: impl Iterator<Item = char>) -> Option<Folded> {
    let mut folded = DROPPED;
    let mut length = 0;
    for character in characters.filter(|part| !is_combining_mark(*part)) {
        let byte = u8::try_from(character).ok().filter(u8::is_ascii)?;
        *folded.get_mut(length)? = byte;
        length += 1;
    }
    (length > 0).then_some(folded)
}

/// The value of a decimal digit: they come in runs of ten, from zero to nine (Unicode, section 4.6).
fn digit(character: char) -> u8 {
    let run = (1..10u32)
        .take_while(|back| {
            (character as u32)
                .checked_sub(*back)
                .and_then(char::from_u32)
                .is_some_and(|before| before.general_category() == GeneralCategory::DecimalNumber)
        })
        .count();
    let normal = std::iter::once(character).nfkd().next();
    match normal.filter(char::is_ascii_digit) {
        // The digits for mathematics stand in five runs without a gap.
        Some(ascii) => u8::try_from(ascii).unwrap_or(b'0'),
        None => b'0' + u8::try_from(run).unwrap_or(0),
    }
}

/// Letters drawn as small capitals, which look like others and have no decomposition.
fn small_capital(character: char) -> Option<u8> {
    const LETTERS: &[(char, u8)] = &[
        ('ᴀ', b'a'),
        ('ʙ', b'b'),
        ('ᴄ', b'c'),
        ('ᴅ', b'd'),
        ('ᴇ', b'e'),
        ('ꜰ', b'f'),
        ('ɢ', b'g'),
        ('ʜ', b'h'),
        ('ɪ', b'i'),
        ('ᴊ', b'j'),
        ('ᴋ', b'k'),
        ('ĸ', b'k'),
        ('ʟ', b'l'),
        ('ᴍ', b'm'),
        ('ɴ', b'n'),
        ('ᴏ', b'o'),
        ('ᴘ', b'p'),
        ('ꞯ', b'q'),
        ('ʀ', b'r'),
        ('ꜱ', b's'),
        ('ᴛ', b't'),
        ('ᴜ', b'u'),
        ('ᴠ', b'v'),
        ('ᴡ', b'w'),
        ('ʏ', b'y'),
        ('ᴢ', b'z'),
    ];
    LETTERS
        .iter()
        .find(|(capital, _)| *capital == character)
        .map(|(_, letter)| *letter)
}

/// Default_Ignorable_Code_Point (Unicode, `DerivedCoreProperties.txt`), and controls other than white
/// space.
pub(in super::super) fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_ideograph_is_read_as_something_else() {
        let ideographs = IDEOGRAPHS.into_iter().flatten();
        let characters = ideographs.filter_map(|code| char::from_u32(u32::try_from(code).ok()?));
        for character in characters {
            assert_eq!(look_up(character), KEPT, "{:x}", u32::from(character));
        }
    }
}
