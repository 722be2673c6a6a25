//! The parts of a URL in which personal data is looked for.

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
    let Some(start) = authority_start(url) else {
        return (None, whole);
    };
    let authority_and_rest = url.get(start..).unwrap_or_default();
    let length = authority_and_rest
        .bytes()
        .position(|byte| matches!(byte, b'/' | b'\\' | b'?' | b'#'))
        .unwrap_or(authority_and_rest.len());
    let (authority, rest) = authority_and_rest
        .split_at_checked(length)
        .unwrap_or((authority_and_rest, ""));
    let userinfo = authority.rsplit_once('@').map(|(text, _host)| UrlPart {
        text,
        offset: start,
    });
    (
        userinfo,
        UrlPart {
            text: rest,
            offset: start + length,
        },
    )
}

/// The offset after `scheme://`, or after `//` in a reference without a scheme.
fn authority_start(url: &str) -> Option<usize> {
    let skipped = url
        .bytes()
        .take_while(|byte| byte.is_ascii_whitespace() || byte.is_ascii_control())
        .count();
    let trimmed = url.as_bytes().get(skipped..).unwrap_or_default();
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
