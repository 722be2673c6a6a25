//! Long runs of the characters that keys and tokens are written in.

use std::ops::Range;

use super::super::super::alphabet::Alphabet;
use super::super::super::long_run::runs_of;
use super::super::super::steps::step;
use super::super::super::view::View;

/// No key has all its pieces shorter than this.
pub(super) const SHORTEST: usize = 16;

/// Letters, digits, hyphen and underscore: the alphabet of base64url.
pub(in super::super) const fn is_token(byte: u8) -> bool {
    Alphabet::TOKEN.has(byte)
}

/// The runs of token characters of at least `least` bytes.
pub(in super::super) fn runs<'v>(
    view: &'v View<'_>,
    least: usize,
) -> impl Iterator<Item = Range<usize>> + 'v {
    runs_of(view, least, is_token)
}

/// Whether a run holds nothing but hexadecimal digits and what stands in addresses and UUIDs beside them.
pub(super) fn is_hexadecimal(view: &View<'_>, run: &Range<usize>) -> bool {
    let digits = view.slice(run.clone());
    let digits = digits.strip_prefix(b"0x").unwrap_or(digits);
    digits.iter().all(|byte| {
        step();
        Alphabet::HEX.has(*byte) || *byte == b'-'
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
