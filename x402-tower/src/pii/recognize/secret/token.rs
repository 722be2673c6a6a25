//! Long runs of the characters that keys and tokens are written in.

use std::ops::Range;

use super::super::super::alphabet::Alphabet;
use super::super::super::lanes::{self, is};
use super::super::super::long_run::{end_of_run, lane_runs_in};
use super::super::super::steps::step;
use super::super::super::view::View;

/// No key has all its pieces shorter than this.
pub(super) const SHORTEST: usize = 16;

/// Letters, digits, hyphen and underscore: the alphabet of base64url.
pub(in super::super) const fn is_token(byte: u8) -> bool {
    Alphabet::TOKEN.has(byte)
}

/// The runs of token characters of at least `least` bytes in a part of a view.
pub(in super::super) fn runs_in<'v>(
    view: &View<'v>,
    part: Range<usize>,
    least: usize,
) -> impl Iterator<Item = Range<usize>> + use<'v> {
    lane_runs_in(view, part, least, lanes::is_token)
}

/// The runs of what values are written in, both forms of base64, which are as long as a token.
pub(super) fn value_runs<'v>(view: &View<'v>) -> impl Iterator<Item = Range<usize>> + use<'v> {
    lane_runs_in(view, 0..view.bytes().len(), SHORTEST, |lane| {
        lanes::is_token(lane) | is(lane, b'+') | is(lane, b'/')
    })
}

/// The runs of at least `least` bytes that no slash divides in a part of a view.
pub(super) fn segments_in<'v>(
    view: &View<'v>,
    part: Range<usize>,
    least: usize,
) -> impl Iterator<Item = Range<usize>> + use<'v> {
    lane_runs_in(view, part, least, |lane| {
        lanes::is_token(lane) | is(lane, b'+')
    })
}

/// Whether a run holds nothing but hexadecimal digits and what stands in addresses and UUIDs beside them.
pub(super) fn is_hexadecimal(view: &View<'_>, run: &Range<usize>) -> bool {
    let prefix = if view.slice(run.clone()).starts_with(b"0x") {
        2
    } else {
        0
    };
    let digits_end = end_of_run(view.bytes(), run.start + prefix, |lane| {
        lanes::is_hexadecimal(lane) | is(lane, b'-')
    });
    digits_end == run.end
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
