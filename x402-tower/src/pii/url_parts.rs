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
        .find(['/', '\\', '?', '#'])
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
    let trimmed = url.trim_start_matches(|c: char| c.is_ascii_whitespace() || c.is_ascii_control());
    let skipped = url.len() - trimmed.len();
    if trimmed.starts_with("//") {
        return Some(skipped + 2);
    }
    let (scheme, rest) = trimmed.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    (is_scheme && rest.starts_with("//")).then_some(skipped + scheme.len() + 3)
}
