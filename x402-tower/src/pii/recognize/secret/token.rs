//! Long runs of the characters that keys and tokens are written in.

use std::ops::Range;

use super::super::super::steps::step;
use super::super::super::view::View;

/// No key has all its pieces shorter than this.
pub(super) const SHORTEST: usize = 16;

/// Letters, digits, hyphen and underscore: the alphabet of base64url.
pub(in super::super) const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// The runs of token characters of at least `least` bytes.
pub(in super::super) fn runs<'v>(
    view: &'v View<'_>,
    least: usize,
) -> impl Iterator<Item = Range<usize>> + 'v {
    runs_of(view, least, is_token)
}

/// The longest runs of at least `least` bytes that all belong.
///
/// Looks where a run that starts here would end, and backwards from there: a byte that does not belong rules out all
/// starts before it, so text of short words costs one look a word.
pub(super) fn runs_of<'v>(
    view: &'v View<'_>,
    least: usize,
    belongs: fn(u8) -> bool,
) -> impl Iterator<Item = Range<usize>> + 'v {
    let bytes = view.bytes();
    let mut start = 0;
    std::iter::from_fn(move || {
        loop {
            let window = bytes.get(start..start + least)?;
            let gap = window.iter().rposition(|byte| {
                step();
                !belongs(*byte)
            });
            let Some(gap) = gap else { break };
            start += gap + 1;
        }
        let rest = bytes.get(start + least..).unwrap_or_default();
        let more = rest.iter().take_while(|byte| {
            step();
            belongs(**byte)
        });
        let run = start..start + least + more.count();
        start = run.end;
        Some(run)
    })
}

/// Whether a run holds nothing but hexadecimal digits and what stands in addresses and UUIDs beside them.
pub(super) fn is_hexadecimal(view: &View<'_>, run: &Range<usize>) -> bool {
    let digits = view.slice(run.clone());
    let digits = digits.strip_prefix(b"0x").unwrap_or(digits);
    digits.iter().all(|byte| {
        step();
        byte.is_ascii_hexdigit() || *byte == b'-'
    })
}

/// The bytes from `start` on that belong, at most `limit` of them.
pub(super) fn length_of(
    view: &View<'_>,
    start: usize,
    limit: usize,
    belongs: impl Fn(u8) -> bool,
) -> usize {
    let bytes = view.bytes().get(start..).unwrap_or_default();
    bytes
        .iter()
        .take(limit)
        .take_while(|byte| {
            step();
            belongs(**byte)
        })
        .count()
}
