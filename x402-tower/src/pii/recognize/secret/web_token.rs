//! JSON web tokens (RFC 7519).

use std::ops::Range;

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use super::super::super::steps::step;
use super::super::super::view::View;
use super::is_token;
use super::token::length_of;

const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// `{"`, `{ ` and `{` with a line break, in base64.
const STARTS: [&[u8]; 4] = [b"eyJ", b"eyA", b"ewo", b"ew0"];
/// How many places of one run are tried, so that a run of starts costs no more than a few walks.
const MAX_TRIES: usize = 4;
/// Longer headers hold whole chains of certificates; the name of the algorithm comes early or the header is none.
const MAX_HEADER: usize = 4_096;
/// No claims and no key are shorter.
const LEAST_CLAIMS: usize = 8;

/// The token whose header ends with `run`.
pub(super) fn find(view: &View<'_>, run: &Range<usize>) -> Option<Range<usize>> {
    if view.at(run.end) != b'.' {
        return None;
    }
    let claims = run.end + 1;
    let claims_end = claims + length_of(view, claims, view.bytes().len(), is_token);
    if claims_end < claims + LEAST_CLAIMS || view.at(claims_end) != b'.' {
        return None;
    }
    let starts = run.clone().filter(|position| {
        step();
        STARTS.contains(&view.slice(*position..position + 3))
    });
    let start = starts
        .take(MAX_TRIES)
        .find(|start| is_header(view.slice(*start..run.end)))?;
    let rest = length_of(view, claims_end, view.bytes().len(), |byte| {
        is_token(byte) || byte == b'.'
    });
    Some(start..claims_end + rest)
}

fn is_header(text: &[u8]) -> bool {
    let text = text.get(..MAX_HEADER).unwrap_or(text);
    for _ in text {
        step();
    }
    let Ok(json) = BASE64URL.decode(text) else {
        return false;
    };
    json.windows(5).any(|window| window == b"\"alg\"")
}
