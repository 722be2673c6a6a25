//! The parts of a URL in which personal data is looked for.

use super::lanes::is;
use super::long_run::end_of_run;

/// A part of a URL and the byte offset at which it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UrlPart<'u> {
    pub(super) text: &'u str,
    pub(super) offset: usize,
}

/// Everything but scheme, host and port: the userinfo, if there is one, and the path with query and
/// fragment. A reference without `//` (`/path?query`, `mailto:…`) has no host and is one whole part.
///
/// The split follows RFC 3986, with a backslash ending the authority as in the WHATWG URL standard, so
/// that text behind one cannot pass for a host.
pub(super) fn searchable_parts(url: &str) -> (Option<UrlPart<'_>>, UrlPart<'_>) {
    let whole = UrlPart {
        text: url,
        offset: 0,
    };
    let Some(start) = authority_start(url.as_bytes()) else {
        return (None, whole);
    };
    let end_of_authority =
        |lane| is(lane, b'/') | is(lane, b'?') | is(lane, b'#') | is(lane, b'\\');
    let mut end = end_of_run(url.as_bytes(), start, |lane| {
        !(end_of_authority(lane) | is(lane, b'@'))
    });
    let mut userinfo = None;
    if url.as_bytes().get(end) == Some(&b'@') {
        end = end_of_run(url.as_bytes(), end, |lane| !end_of_authority(lane));
        let authority = url.get(start..end).unwrap_or_default();
        userinfo = authority.rsplit_once('@').map(|(text, _host)| UrlPart {
            text,
            offset: start,
        });
    }
    let rest = UrlPart {
        text: url.get(end..).unwrap_or_default(),
        offset: end,
    };
    (userinfo, rest)
}

/// The offset after `scheme://`, or after `//` in a reference without a scheme.
fn authority_start(url: &[u8]) -> Option<usize> {
    let usual = ["https://", "http://"]
        .into_iter()
        .find(|scheme| url.starts_with(scheme.as_bytes()));
    usual.map_or_else(|| authority_start_of_any(url), |scheme| Some(scheme.len()))
}

/// The same for schemes that are not the usual ones, and with what a browser skips before them.
#[cold]
fn authority_start_of_any(url: &[u8]) -> Option<usize> {
    let skipped = url
        .iter()
        .take_while(|byte| byte.is_ascii_whitespace() || byte.is_ascii_control())
        .count();
    let trimmed = url.get(skipped..).unwrap_or_default();
    if trimmed.starts_with(b"//") {
        return Some(skipped + 2);
    }
    let scheme = trimmed
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
        .count();
    let is_scheme = trimmed.first().is_some_and(u8::is_ascii_alphabetic)
        && trimmed
            .get(scheme..)
            .is_some_and(|rest| rest.starts_with(b"://"));
    is_scheme.then_some(skipped + scheme + 3)
}
