//! Base64 and hexadecimal text within a field, looked into once.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::super::steps::step;
use super::super::view::View;
use super::Sink;

/// A shorter run cannot hold anything that is looked for: eight digits are eleven of base64.
const SHORTEST: usize = 11;
/// The same in hexadecimal digits.
const SHORTEST_HEX: usize = 16;
const MAX_PADDING: usize = 2;
/// How far before a run the words may start that name what is in it.
const LABEL: usize = 64;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
const BASE64_URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

/// What is under each run of base64 or hexadecimal digits that holds text, behind the words that name it. All bytes from
/// the run stand for the whole of it: nobody could read what is left of one.
pub(in super::super) fn encoded_runs(
    view: &View<'_>,
    mut found: impl FnMut(Range<usize>, &View<'_>),
) {
    let length = view.bytes().len();
    let mut position = 0;
    while position < length {
        let run = run_at(view, position, is_encoded);
        if run.len() >= SHORTEST {
            look_into(view, run.clone(), &mut found);
        }
        position = run.end + 1;
    }
}

const fn is_encoded(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=')
}

/// The run and, where one of its characters may as well separate it from others, its parts.
fn look_into(view: &View<'_>, run: Range<usize>, found: &mut impl FnMut(Range<usize>, &View<'_>)) {
    if let Some(text) = decode(view.slice(run.clone())) {
        found(run.clone(), &one_source(view, run, &text));
        return;
    }
    for separators in [b"/=".as_slice(), b"/=-_+"] {
        let mut any = false;
        let mut position = run.start;
        while position < run.end {
            let part = part_at(view, position..run.end, separators);
            position = part.end + 1;
            if part.len() >= SHORTEST
                && let padded = with_padding(view, part, run.end)
                && let Some(text) = decode(view.slice(padded.clone()))
            {
                any = true;
                found(padded.clone(), &one_source(view, padded, &text));
            }
        }
        if any {
            return;
        }
    }
}

fn one_source(view: &View<'_>, run: Range<usize>, text: &[u8]) -> View<'static> {
    let source = super::source_of(view, run.start, run.len());
    let mut sink = Sink::default();
    let label = label_before(view, run.start);
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
    sink.into_view(false)
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
            let joins = b" \t\r\n:=#\"'\\-_.()[]{}<>/*|~".contains(&byte);
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

fn run_at(view: &View<'_>, start: usize, belongs: impl Fn(u8) -> bool) -> Range<usize> {
    let length = view.bytes().len();
    let end = (start..length)
        .find(|at| {
            step();
            !belongs(view.at(*at))
        })
        .unwrap_or(length);
    start..end
}

/// Up to the next separator.
fn part_at(view: &View<'_>, within: Range<usize>, separators: &[u8]) -> Range<usize> {
    let end = within
        .clone()
        .find(|at| {
            step();
            separators.contains(&view.at(*at))
        })
        .unwrap_or(within.end);
    within.start..end
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
        byte.is_ascii_hexdigit()
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
