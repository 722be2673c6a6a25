//! What a facilitator is asked to do.

use http::Method;

/// What a facilitator is asked to do with a payment (x402 v2 section 7). In the extensions of the
/// [`Payment`](crate::Payment) that controls look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// `POST /verify`: is it good? Nothing moves.
    Verify,
    /// `POST /settle`: have the money moved.
    Settle,
}

impl Operation {
    /// The operation that a request asks for, wherever the facilitator's API is mounted; `None` for any other request.
    ///
    /// ```
    /// use http::Method;
    /// use x402_tower::facilitator::Operation;
    ///
    /// assert_eq!(Operation::of(&Method::POST, "/facilitator/settle"), Some(Operation::Settle));
    /// assert_eq!(Operation::of(&Method::GET, "/facilitator/supported"), None);
    /// ```
    #[must_use]
    pub fn of(method: &Method, path: &str) -> Option<Self> {
        if method != Method::POST {
            return None;
        }
        let last = path.trim_end_matches('/').rsplit('/').next()?;
        [Self::Verify, Self::Settle]
            .into_iter()
            .find(|operation| last.eq_ignore_ascii_case(operation.as_str()))
    }

    /// The stable name, which is also the last segment of the path.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Settle => "settle",
        }
    }
}
