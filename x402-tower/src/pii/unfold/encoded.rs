//! Base64 and hexadecimal text within a field, looked into once.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::super::alphabet::Alphabet;
use super::super::long_run::runs_of;
use super::super::outline;
use super::super::steps::step;
use super::super::view::{Mapped, View};
use super::Sink;

const SHORTEST: usize = outline::SHORTEST_ENCODED as usize;
const SHORTEST_HEX: usize = outline::SHORTEST_HEX as usize;
const MAX_PADDING: usize = 2;
/// How far before a run the words may start that name what is in it.
const LABEL: usize = 64;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
const BASE64_URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

/// What is under each run of base64 or hexadecimal digits that holds text, which starts within `starts`, behind the words that name it. All bytes from
/// the run stand for the whole of it: nobody could read what is left of one.
pub(in super::super) fn encoded_runs(
    view: &View<'_>,
    starts: &Range<usize>,
    mut found: impl FnMut(Range<usize>, &View<'_>),
) {
    for run in runs_of(view, SHORTEST, |byte| Alphabet::ENCODED.has(byte)) {
        if run.end <= starts.start || run.start >= starts.end {
            continue;
        }
        look_into(view, run, &mut found);
    }
}

/// The run and, where one of its characters may as well separate it from others, its parts.
fn look_into(view: &View<'_>, run: Range<usize>, found: &mut impl FnMut(Range<usize>, &View<'_>)) {
    if let Some(text) = decode(view.slice(run.clone())) {
        found(run.clone(), &one_source(view, run, &text).view());
        return;
    }
    for is_second in [false, true] {
        let separates = if is_second {
            separates_maybe
        } else {
            separates_surely
        };
        let mut any = false;
        let mut position = run.start;
        while position < run.end {
            let part = part_at(view, position..run.end, separates);
            position = part.end + 1;
            // What was not opened in one way is not in another.
            let is_whole = part == run;
            let is_of_before = is_second
                && (part.start == run.start || separates_surely(view.before(part.start)))
                && (part.end == run.end || separates_surely(view.at(part.end)));
            if part.len() >= SHORTEST
                && !is_whole
                && !is_of_before
                && let padded = with_padding(view, part, run.end)
                && let Some(text) = decode(view.slice(padded.clone()))
            {
                any = true;
                found(padded.clone(), &one_source(view, padded, &text).view());
            }
        }
        if any {
            return;
        }
    }
}

/// What rather separates runs than belongs to one.
const fn separates_surely(byte: u8) -> bool {
    matches!(byte, b'/' | b'=')
}

const fn separates_maybe(byte: u8) -> bool {
    matches!(byte, b'/' | b'=' | b'-' | b'_' | b'+')
}

fn one_source(view: &View<'_>, run: Range<usize>, text: &[u8]) -> Mapped {
    let source = super::source_of(view, run.start, run.len());
    let label = label_before(view, run.start);
    let mut sink = Sink::with_room_for(label.len() + 1 + text.len());
    if !label.is_empty() {
        for at in label {
            // The view is no part of a URL any more, in which these join words.
            let byte = match view.at(at) {
                b'+' | b'?' => b' ',
                byte => byte,
            };
            sink.push(byte, view.source(at));
        }
        sink.push(b' ', source);
    }
    sink.push_all(text, source);
    sink.into_mapped(false)
}

/// Whole words and what joins them to a value.
fn label_before(view: &View<'_>, end: usize) -> Range<usize> {
    let is_word = |byte: u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
    let first = end.saturating_sub(LABEL);
    let start = (first..end)
        .rev()
        .take_while(|at| {
            step();
            let byte = view.at(*at);
            let joins = Alphabet::CONNECTOR.has(byte);
            is_word(byte) || joins || (view.in_url() && matches!(byte, b'+' | b'?'))
        })
        .last()
        .unwrap_or(end);
    // What is left of a longer word would be another one.
    let is_cut = start == first && is_word(view.before(start));
    let rest = if is_cut {
        (start..end).take_while(|at| is_word(view.at(*at))).count()
    } else {
        0
    };
    start + rest..end
}

/// Up to the next separator.
fn part_at(view: &View<'_>, within: Range<usize>, separates: fn(u8) -> bool) -> Range<usize> {
    let length = view.slice(within.clone()).iter().position(|byte| {
        step();
        separates(*byte)
    });
    within.start..length.map_or(within.end, |length| within.start + length)
}

fn with_padding(view: &View<'_>, part: Range<usize>, end: usize) -> Range<usize> {
    let padding = (part.end..end)
        .take(MAX_PADDING)
        .take_while(|at| view.at(*at) == b'=')
        .count();
    part.start..part.end + padding
}

/// The text that `run` encodes, if it is text.
fn decode(run: &[u8]) -> Option<Vec<u8>> {
    let hex = run
        .strip_prefix(b"0x")
        .or_else(|| run.strip_prefix(b"0X"))
        .unwrap_or(run);
    if hex.iter().all(|byte| {
        step();
        Alphabet::HEX.has(*byte)
    }) {
        let even = hex.get(..hex.len() - hex.len() % 2)?;
        if even.len() < SHORTEST_HEX {
            return None;
        }
        return const_hex::decode(even).ok().filter(|text| is_text(text));
    }
    let unpadded = run.trim_ascii_end();
    let unpadded = unpadded
        .strip_suffix(b"==")
        .or_else(|| unpadded.strip_suffix(b"="))
        .unwrap_or(unpadded);
    // A group of one digit holds less than a byte.
    let whole = unpadded.get(..unpadded.len() - usize::from(unpadded.len() % 4 == 1))?;
    let engine = if whole.iter().any(|byte| matches!(byte, b'-' | b'_')) {
        &BASE64_URL
    } else {
        &BASE64
    };
    // Most runs are no text from the first bytes on.
    let mut start = [0; 9];
    let groups = whole.get(..12).or_else(|| whole.get(..8))?;
    let length = engine.decode_slice(groups, &mut start).ok()?;
    if !start.iter().take(length).all(|byte| may_be_text(*byte)) {
        return None;
    }
    engine.decode(whole).ok().filter(|text| is_text(text))
}

/// Whether all of it is seen or white space, but for the zeros of UTF-16.
fn is_text(bytes: &[u8]) -> bool {
    let zeros = bytes.iter().filter(|byte| **byte == 0).count();
    zeros * 2 <= bytes.len()
        && bytes.iter().all(|byte| may_be_text(*byte))
        && std::str::from_utf8(bytes).is_ok()
}

const fn may_be_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r' | 0x80.. | 0)
}
