//! URL rules: an origin, and optionally the first segments of a path.

use core::fmt;

use url::Url;

use super::origin::Origin;

/// Longest rule, in bytes.
const MAX_LEN: usize = 2048;

/// A part of the web that a rule speaks of: a whole origin, or what lies at and below a path of it.
///
/// Both sides are parsed by the same URL parser, so dots, ports, letter case and punycode cannot make two of one
/// (attack 54). Paths are compared segment by segment after dot segments are gone, never as text (attack 55):
/// `/v1` covers `/v1` and `/v1/x`, not `/v1evil`. Characters that may stand in a segment as themselves equal their
/// percent-encoded form; an encoded slash never counts as a slash. Letter case counts.
///
/// ```
/// use url::Url;
/// use x402_tower::policy::UrlScope;
///
/// let scope = UrlScope::parse("https://api.example.com/v1")?;
/// assert!(scope.matches(&Url::parse("https://api.example.com/v1/report?id=7")?));
/// assert!(!scope.matches(&Url::parse("https://api.example.com/v1evil")?));
/// assert!(!scope.matches(&Url::parse("https://api.example.com.evil.test/v1")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UrlScope {
    origin: Origin,
    segments: Vec<String>,
}

impl UrlScope {
    /// Reads a rule such as `https://api.example.com` or `https://api.example.com/v1`.
    ///
    /// # Errors
    ///
    /// [`ScopeError`] where two readers could disagree on what the text covers.
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        if text.len() > MAX_LEN {
            return Err(ScopeError::TooLong);
        }
        let rest = ["https://", "http://"]
            .iter()
            .find_map(|scheme| {
                let (head, rest) = text.split_at_checked(scheme.len())?;
                head.eq_ignore_ascii_case(scheme).then_some(rest)
            })
            .ok_or(ScopeError::NotHttp)?;
        if text
            .chars()
            .any(|c| c.is_control() || c.is_whitespace() || c == '\\')
        {
            return Err(ScopeError::Ambiguous);
        }
        if text.contains('*') {
            return Err(ScopeError::Wildcard);
        }
        let authority = rest
            .split(['/', '?', '#'])
            .next()
            .filter(|authority| !authority.is_empty())
            .ok_or(ScopeError::NoHost)?;
        if authority.contains('@') {
            return Err(ScopeError::UserInfo);
        }
        let url = Url::parse(text).map_err(|_| ScopeError::NoHost)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(ScopeError::Query);
        }
        let segments = segments(&url).ok_or(ScopeError::Ambiguous)?;
        if segments.iter().any(|segment| segment.contains('*')) {
            return Err(ScopeError::Wildcard);
        }
        Ok(Self {
            origin: Origin::of(&url).ok_or(ScopeError::NoHost)?,
            segments,
        })
    }

    /// The scope whose path is that of a requested URL; `None` where that has no origin or is ambiguous.
    pub(super) fn of(url: &Url) -> Option<Self> {
        Some(Self {
            origin: Origin::of(url)?,
            segments: segments(url)?,
        })
    }

    /// The origin.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether the rule covers the whole origin and not only a path of it.
    #[must_use]
    pub fn is_whole_origin(&self) -> bool {
        self.segments.is_empty()
    }

    /// Whether a URL lies in this scope. A path that servers read differently ([`is_ambiguous`]) lies in none but that
    /// of its whole origin.
    ///
    /// [`is_ambiguous`]: Self::is_ambiguous
    #[must_use]
    pub fn matches(&self, url: &Url) -> bool {
        Origin::of(url).is_some_and(|origin| origin == self.origin) && self.matches_path(url)
    }

    /// Whether the path of a URL lies in this scope, its origin being known to.
    pub(super) fn matches_path(&self, url: &Url) -> bool {
        self.segments.is_empty()
            || segments(url).is_some_and(|segments| segments.starts_with(&self.segments))
    }

    /// Whether a URL's path may mean different resources to different servers: an encoded slash, backslash or control
    /// character, one that is encoded twice, a `;` parameter, an empty segment or a broken percent-encoding.
    #[must_use]
    pub fn is_ambiguous(url: &Url) -> bool {
        segments(url).is_none()
    }

    /// The path of a URL in its one spelling, by which two URLs name one endpoint; `None` where it is ambiguous.
    pub(super) fn path_of(url: &Url) -> Option<String> {
        segments(url).map(|segments| segments.join("/"))
    }

    /// Whether everything that `other` covers is covered by this one.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.origin == other.origin && other.segments.starts_with(&self.segments)
    }
}

impl fmt::Display for UrlScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.origin)?;
        self.segments
            .iter()
            .try_for_each(|segment| write!(f, "/{segment}"))
    }
}

impl fmt::Debug for UrlScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UrlScope({self})")
    }
}

/// The segments of a path in their one spelling, without a last empty one; `None` where the path is ambiguous.
fn segments(url: &Url) -> Option<Vec<String>> {
    let path = url.path();
    let mut segments = path
        .strip_prefix('/')
        .unwrap_or(path)
        .split('/')
        .map(canonical)
        .collect::<Option<Vec<_>>>()?;
    if segments.last().is_some_and(String::is_empty) {
        segments.pop();
    }
    (!segments.iter().any(String::is_empty)).then_some(segments)
}

/// A segment with every byte in its one spelling: as itself where it may stand so, else percent-encoded in upper case.
fn canonical(segment: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(segment.len());
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let byte = hex_digit(bytes.next()?)? * 16 + hex_digit(bytes.next()?)?;
        // `%252f`: whoever decodes twice sees something else.
        let twice = byte == b'%' && {
            let mut ahead = bytes.clone();
            ahead.next().and_then(hex_digit).is_some() && ahead.next().and_then(hex_digit).is_some()
        };
        if twice || matches!(byte, b'/' | b'\\') {
            return None;
        }
        decoded.push(byte);
    }
    let unclear = |byte: &u8| byte.is_ascii_control() || *byte == b';';
    if decoded.iter().any(unclear)
        || matches!(decoded.as_slice(), b"." | b"..")
        || core::str::from_utf8(&decoded).is_err()
    {
        return None;
    }
    let mut out = String::with_capacity(segment.len());
    for byte in decoded {
        if stands_as_itself(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    Some(out)
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

/// `pchar` of [RFC 3986, section 3.3](https://www.rfc-editor.org/rfc/rfc3986#section-3.3), which servers decode alike.
fn stands_as_itself(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,=:@".contains(&byte)
}

/// Why a text is not a URL rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScopeError {
    /// Longer than 2048 bytes.
    #[error("the URL is longer than 2048 bytes")]
    TooLong,
    /// Neither `https://` nor `http://` in front.
    #[error("not an http or https URL; write https://host or https://host/path")]
    NotHttp,
    /// No host, or none that a URL may have.
    #[error("the URL has no usable host; write https://host or https://host/path")]
    NoHost,
    /// A user name or password, or what looks like one.
    #[error("the URL holds a user name or password; name the host alone")]
    UserInfo,
    /// A query or fragment.
    #[error("the URL has a query or fragment, which rules do not look at; end it with the path")]
    Query,
    /// `*`.
    #[error(
        "wildcards have no meaning here; a rule covers everything below its path, and one host"
    )]
    Wildcard,
    /// White space, a backslash, an encoded slash, an empty segment or the like.
    #[error(
        "servers read this URL differently; leave out white space, backslashes, semicolons, encoded slashes and empty segments"
    )]
    Ambiguous,
}

impl ScopeError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "scope.too_long",
            Self::NotHttp => "scope.not_http",
            Self::NoHost => "scope.no_host",
            Self::UserInfo => "scope.user_info",
            Self::Query => "scope.query",
            Self::Wildcard => "scope.wildcard",
            Self::Ambiguous => "scope.ambiguous",
        }
    }
}

#[cfg(test)]
#[path = "scope_tests.rs"]
mod tests;
