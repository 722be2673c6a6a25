//! Puts markers in the place of findings.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::{EntityType, Finding, RedactionTemplate};

/// The text with a marker in the place of each finding; every other byte stays as it is.
///
/// Findings may come in any order. A span that is out of bounds, overlaps another or splits a character
/// is cut to the text, joined or widened: rather too much is hidden than too little. One that covers no
/// byte of the text hides nothing.
///
/// ```
/// use x402_tower::pii::{Detector, RedactionTemplate, redact};
///
/// let text = "mail alice@example.com, call (415) 555-2671";
/// let findings = Detector::new().scan(text);
/// assert_eq!(redact(text, &findings, &RedactionTemplate::default()), "mail <REDACTED>, call <REDACTED>");
/// ```
#[must_use]
pub fn redact<'a>(
    text: &'a str,
    findings: &[Finding],
    template: &RedactionTemplate,
) -> Cow<'a, str> {
    replace(text, findings, |entity, _, _| template.marker(entity))
}

/// The URL with a percent-encoded marker in the place of each finding, so that it is still a URL; every
/// other byte stays as it is. For findings of [`Detector::scan_url`](super::Detector::scan_url).
///
/// ```
/// use x402_tower::pii::{Detector, RedactionTemplate, redact_url};
///
/// let url = "https://api.example.com/users/alice@example.com#top";
/// let findings = Detector::new().scan_url(url);
/// assert_eq!(
///     redact_url(url, &findings, &RedactionTemplate::default()),
///     "https://api.example.com/users/%3CREDACTED%3E#top",
/// );
/// ```
#[must_use]
pub fn redact_url<'a>(
    url: &'a str,
    findings: &[Finding],
    template: &RedactionTemplate,
) -> Cow<'a, str> {
    replace(url, findings, |entity, _, _| {
        percent_encoded(&template.marker(entity))
    })
}

/// Writes what `instead` says of the kind, the text and the place of each finding.
pub(super) fn replace<'a>(
    text: &'a str,
    findings: &[Finding],
    instead: impl Fn(EntityType, &str, usize) -> String,
) -> Cow<'a, str> {
    if findings.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut ordered: Vec<&Finding> = findings.iter().collect();
    ordered.sort_by_key(|found| (found.span.start, found.span.end));
    let mut redacted = String::with_capacity(text.len());
    let mut kept_until = 0;
    let mut ordered = ordered.into_iter().peekable();
    while let Some(found) = ordered.next() {
        let start = text.floor_char_boundary(found.span.start);
        let mut end = text.ceil_char_boundary(found.span.end.min(text.len()));
        if start >= end {
            continue;
        }
        while let Some(next) =
            ordered.next_if(|next| text.floor_char_boundary(next.span.start) < end)
        {
            end = end.max(text.ceil_char_boundary(next.span.end.min(text.len())));
        }
        redacted.push_str(text.get(kept_until..start).unwrap_or_default());
        let matched = text.get(start..end).unwrap_or_default();
        redacted.push_str(&instead(found.entity, matched, start));
        kept_until = end;
    }
    redacted.push_str(text.get(kept_until..).unwrap_or_default());
    Cow::Owned(redacted)
}

/// Escapes everything but the unreserved characters of RFC 3986, section 2.3.
pub(super) fn percent_encoded(marker: &str) -> String {
    let mut encoded = String::with_capacity(marker.len() * 3);
    for byte in marker.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
