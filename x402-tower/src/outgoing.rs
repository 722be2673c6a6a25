//! A request of ours before its first byte leaves.

use core::fmt;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use http::uri::InvalidUri;
use http::{Request, Uri};

use crate::payment::Findings;

/// Largest body of a request that is held in memory to be screened, in bytes: as large as one that can be sent again with
/// a payment.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Headers that hold digests of a body, and are wrong once it has changed (RFC 9530, RFC 3230, RFC 1864).
const DIGESTS: [HeaderName; 4] = [
    HeaderName::from_static("content-digest"),
    HeaderName::from_static("repr-digest"),
    HeaderName::from_static("digest"),
    HeaderName::from_static("content-md5"),
];

/// What of a request a control wants to see before it leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct RequestNeed {
    /// Its URL or headers.
    pub head: bool,
    /// Its body, which then has to be held in memory.
    pub body: bool,
}

impl RequestNeed {
    /// Nothing: the request passes through in place.
    pub const NOTHING: Self = Self {
        head: false,
        body: false,
    };

    /// URL and headers, and the body where `body` says so.
    #[must_use]
    pub const fn head_and_body(head: bool, body: bool) -> Self {
        Self { head, body }
    }

    /// Whether it wants to see anything.
    #[must_use]
    pub const fn is_any(self) -> bool {
        self.head || self.body
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        Self {
            head: self.head || other.head,
            body: self.body || other.body,
        }
    }
}

/// The body of an outgoing request.
#[derive(Debug)]
#[non_exhaustive]
pub enum OutgoingBody<'a> {
    /// There is none.
    Empty,
    /// Whole, in memory.
    Whole(&'a mut Bytes),
    /// It cannot be looked at here: a stream, longer than can be held, or of a type that cannot be made again.
    Unread,
}

/// A request of ours, to be looked at and redacted before its first byte leaves.
pub struct OutgoingRequest<'a> {
    uri: &'a mut Uri,
    headers: &'a mut HeaderMap,
    body: OutgoingBody<'a>,
    findings: Findings,
}

impl<'a> OutgoingRequest<'a> {
    /// A request that is about to leave.
    pub fn new(uri: &'a mut Uri, headers: &'a mut HeaderMap, body: OutgoingBody<'a>) -> Self {
        Self {
            uri,
            headers,
            body,
            findings: Findings::new(),
        }
    }

    /// Where it goes.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        self.uri
    }

    /// Sends it elsewhere.
    ///
    /// # Errors
    ///
    /// [`InvalidUri`] if `uri` is none; nothing has changed then.
    pub fn set_uri(&mut self, uri: &str) -> Result<(), InvalidUri> {
        *self.uri = uri.parse()?;
        Ok(())
    }

    /// Its headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.headers
    }

    /// The same, to change.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        self.headers
    }

    /// Its body.
    #[must_use]
    pub fn body(&self) -> &OutgoingBody<'a> {
        &self.body
    }

    /// Puts `bytes` in place of the body, and makes the headers true again: the length is corrected, digests of the old
    /// body are removed. Does nothing where there is no body in memory.
    pub fn set_body(&mut self, bytes: Bytes) {
        let OutgoingBody::Whole(body) = &mut self.body else {
            return;
        };
        if self.headers.contains_key(CONTENT_LENGTH) {
            self.headers
                .insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        }
        for digest in DIGESTS {
            self.headers.remove(digest);
        }
        **body = bytes;
    }

    /// Whether it says that it is signed, so that a change would break it (RFC 9421).
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.headers.contains_key("signature-input")
    }

    /// What was found in it so far.
    #[must_use]
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    /// The same, to add to.
    pub fn findings_mut(&mut self) -> &mut Findings {
        &mut self.findings
    }

    pub(crate) fn into_findings(self) -> Findings {
        self.findings
    }
}

/// Shows nothing of what is sent.
impl fmt::Debug for OutgoingRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutgoingRequest")
            .field("headers", &self.headers.len())
            .field("findings", &self.findings)
            .finish_non_exhaustive()
    }
}

/// In the extensions of a request that has been screened: it is not screened again further in, and a payment for it
/// carries what was found.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ScreenedRequest {
    findings: Findings,
}

impl ScreenedRequest {
    pub(crate) const fn new(findings: Findings) -> Self {
        Self { findings }
    }

    /// What was found in it.
    #[must_use]
    pub fn findings(&self) -> &Findings {
        &self.findings
    }
}

pub(crate) fn is_screened<B>(request: &Request<B>) -> bool {
    let extensions = request.extensions();
    !extensions.is_empty() && extensions.get::<ScreenedRequest>().is_some()
}
