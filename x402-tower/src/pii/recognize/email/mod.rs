//! E-mail addresses.

use super::super::EntityType;
use super::super::entity::EntitySet;
use super::super::lanes::{is, is_alphanumeric};
use super::super::long_run::end_of_run;
use super::super::outline::Outline;
use super::super::steps::step;
use super::super::unfold::is_invisible;
use super::super::view::View;
use super::{Hits, Recognizer, score};
use file_ending::is_file_ending;

mod file_ending;

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    entities: EntitySet::of(&[EntityType::EmailAddress]),
    may_match: |outline| outline.has_at() && outline.has_dot(),
    recognize,
};

/// Each `@` is tried once. Neither side of an address holds an `@`, so no byte is walked over more than
/// twice: once for the `@` before it and once for the one after it.
fn recognize(view: &View<'_>, _outline: &Outline, hits: &mut Hits) {
    let bytes = view.bytes();
    let next_at = |start: usize| end_of_run(bytes, start, |lane| !is(lane, b'@'));
    let mut at = next_at(0);
    while at < bytes.len() {
        // Most of what is no address stands before the name of a file.
        if let Some(end) = domain_end(view, at + 1)
            && let Some(start) = local_start(view, at)
        {
            hits.push(EntityType::EmailAddress, start..end, score::UNMISTAKABLE);
        }
        at = next_at(at + 1);
    }
}

/// Where the local part before `at` starts. Characters that RFC 5322 allows but that separate keys,
/// values and path segments in practice (`=`, `/`, `?`, `&`, `|`, `#`, braces) end it.
fn local_start(view: &View<'_>, at: usize) -> Option<usize> {
    let mut start = at;
    let mut has_percent = false;
    loop {
        let before = view.slice(0..start).iter().rev();
        let belonging = before.take_while(|byte| {
            step();
            has_percent |= **byte == b'%';
            is_in_local_part(**byte)
        });
        start -= belonging.count();
        if view.before(start).is_ascii() {
            break;
        }
        match international_before(view, start) {
            Some(previous) => start -= previous.len_utf8(),
            None => break,
        }
    }
    if has_percent {
        start = after_escapes(view, start, at);
    }
    while start < at && is_mark(view.at(start)) {
        step();
        start += 1;
    }
    (start < at).then_some(start)
}

/// Whether a byte of a local part may not start it.
const fn is_mark(byte: u8) -> bool {
    byte.is_ascii_punctuation() && byte != b'_'
}

#[cold]
fn international_before(view: &View<'_>, end: usize) -> Option<char> {
    view.char_before(end)
        .filter(|previous| is_international(*previous))
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
    loop {
        end = end_of_run(view.bytes(), end, |lane| {
            is_alphanumeric(lane) | is(lane, b'-')
        });
        if view.at(end).is_ascii() {
            return end;
        }
        match international_at(view, end) {
            Some(next) => end += next.len_utf8(),
            None => return end,
        }
    }
}

#[cold]
fn international_at(view: &View<'_>, start: usize) -> Option<char> {
    view.char_at(start).filter(|next| is_international(*next))
}

/// Where a top-level domain ends that starts at `start`: letters, not fewer than two and no file
/// ending, or an internationalised label. A hyphen after the letters is not part of it.
fn top_level_end(view: &View<'_>, start: usize, label_end: usize) -> Option<usize> {
    let label = view.slice(start..label_end);
    let is_plain = label.iter().all(|byte| {
        step();
        byte.is_ascii_alphabetic()
    });
    if is_plain {
        return is_top_level(label).then_some(label_end);
    }
    top_level_end_in(label).map(|length| start + length)
}

fn is_top_level(letters: &[u8]) -> bool {
    letters.len() >= 2 && !is_file_ending(letters)
}

/// How long a top-level domain is in a label of more than letters.
#[cold]
fn top_level_end_in(label: &[u8]) -> Option<usize> {
    let is_international = !label.is_ascii()
        || label
            .get(..4)
            .is_some_and(|head| head.eq_ignore_ascii_case(b"xn--"));
    if is_international {
        return Some(label.len());
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
    (ends_there && is_top_level(domain)).then_some(letters)
}

/// ASCII of local parts, looked up in a table.
static IN_LOCAL_PART: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0u8;
    #[expect(
        clippy::indexing_slicing,
        reason = "a byte is always below 256; checked when it is compiled"
    )]
    while byte.is_ascii() {
        table[byte as usize] = byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'.' | b'_' | b'%' | b'+' | b'-' | b'\'' | b'!' | b'$' | b'*' | b'^' | b'~'
            );
        byte += 1;
    }
    table
};

fn is_in_local_part(byte: u8) -> bool {
    IN_LOCAL_PART
        .get(usize::from(byte))
        .is_some_and(|is_in| *is_in)
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
