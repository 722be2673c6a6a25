//! E-mail addresses.

use super::super::EntityType;
use super::super::entity::EntitySet;
use super::super::outline::Outline;
use super::super::steps::step;
use super::super::unfold::is_invisible;
use super::super::view::View;
use super::{Hits, Recognizer, score};

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    entities: EntitySet::of(&[EntityType::EmailAddress]),
    may_match: |outline| outline.has_at() && outline.has_dot(),
    recognize,
};

/// Endings of file names that are no top-level domains: `icon@2x.png` is a picture for dense screens.
const FILE_ENDINGS: &[&[u8]] = &[
    b"avif", b"css", b"csv", b"gif", b"gz", b"html", b"ico", b"jpeg", b"jpg", b"js", b"json",
    b"pdf", b"png", b"svg", b"tgz", b"ts", b"txt", b"wasm", b"webp", b"woff", b"xml", b"yaml",
    b"yml",
];

/// Each `@` is tried once. Neither side of an address holds an `@`, so no byte is walked over more than
/// twice: once for the `@` before it and once for the one after it.
fn recognize(view: &View<'_>, _outline: &Outline, hits: &mut Hits) {
    for (at, byte) in view.bytes().iter().enumerate() {
        step();
        if *byte != b'@' {
            continue;
        }
        let Some(start) = local_start(view, at) else {
            continue;
        };
        if let Some(end) = domain_end(view, at + 1) {
            hits.push(EntityType::EmailAddress, start..end, score::UNMISTAKABLE);
        }
    }
}

/// Where the local part before `at` starts. Characters that RFC 5322 allows but that separate keys,
/// values and path segments in practice (`=`, `/`, `?`, `&`, `|`, `#`, braces) end it.
fn local_start(view: &View<'_>, at: usize) -> Option<usize> {
    let mut start = at;
    while let Some(previous) = view.char_before(start) {
        step();
        let belongs =
            previous.is_ascii_alphanumeric() || b"._%+-'!$*^~".contains(&view.before(start));
        if !belongs && !is_international(previous) {
            break;
        }
        start -= previous.len_utf8();
    }
    start = after_escapes(view, start, at);
    while start < at && b".%+-'!$*^~".contains(&view.at(start)) {
        step();
        start += 1;
    }
    (start < at).then_some(start)
}

/// The position after the last `%XX` between `start` and `at`: in text that was not decoded, the escape
/// of a separator stands before the address.
fn after_escapes(view: &View<'_>, start: usize, at: usize) -> usize {
    (start..at)
        .rev()
        .find(|position| {
            step();
            *position + 3 < at
                && view
                    .escape_at(*position)
                    .is_some_and(|byte| !byte.is_ascii_alphanumeric())
        })
        .map_or(start, |escape| escape + 3)
}

/// Where the domain that starts at `start` ends: at the last label that can be a top-level domain.
fn domain_end(view: &View<'_>, start: usize) -> Option<usize> {
    let mut end = None;
    let mut label_start = start;
    let mut labels = 0;
    loop {
        let label_end = label_end(view, label_start);
        if label_end == label_start || view.at(label_start) == b'-' {
            return end;
        }
        labels += 1;
        if labels > 1
            && let Some(top_level_end) = top_level_end(view, label_start, label_end)
        {
            end = Some(top_level_end);
        }
        if view.at(label_end) != b'.' {
            return end;
        }
        label_start = label_end + 1;
    }
}

fn label_end(view: &View<'_>, start: usize) -> usize {
    let mut end = start;
    while let Some(next) = view.char_at(end) {
        step();
        if !next.is_ascii_alphanumeric() && next != '-' && !is_international(next) {
            break;
        }
        end += next.len_utf8();
    }
    end
}

/// Where a top-level domain ends that starts at `start`: letters, not fewer than two and no file
/// ending, or an internationalised label. A hyphen after the letters is not part of it.
fn top_level_end(view: &View<'_>, start: usize, label_end: usize) -> Option<usize> {
    let label = view.slice(start..label_end);
    let is_international = !label.is_ascii()
        || label
            .get(..4)
            .is_some_and(|head| head.eq_ignore_ascii_case(b"xn--"));
    if is_international {
        return Some(label_end);
    }
    let letters = label
        .iter()
        .take_while(|byte| {
            step();
            byte.is_ascii_alphabetic()
        })
        .count();
    let domain = label.get(..letters)?;
    let ends_there = matches!(label.get(letters), None | Some(b'-'));
    let is_file = FILE_ENDINGS
        .iter()
        .any(|ending| domain.eq_ignore_ascii_case(ending));
    (letters >= 2 && ends_there && !is_file).then_some(start + letters)
}

/// Whether a character outside ASCII can be a part of an address (RFC 6531): all but spaces and
/// punctuation. Marks are kept; what cannot be seen is left to the folded view.
fn is_international(character: char) -> bool {
    !character.is_ascii()
        && !character.is_whitespace()
        && !is_invisible(character)
        && !matches!(character,
            '\u{80}'..='\u{a9}' | '\u{ab}'..='\u{b4}' | '\u{b6}'..='\u{b9}' | '\u{bb}'..='\u{bf}'
            | '\u{2010}'..='\u{205e}' | '\u{3000}'..='\u{303f}' | '\u{fe10}'..='\u{fe1f}' | '\u{fe30}'..='\u{fe6f}'
            | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}')
}
