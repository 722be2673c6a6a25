//! Approvals that travel with a payment: those that a caller brings, and those that were counted.

use core::fmt;
use std::sync::Arc;

use super::PaymentId;
use crate::clock::UnixMillis;

/// Countersignatures that a caller has collected for one approval request.
///
/// Put it into the extensions of the request that is sent again; the approval control checks it against the payment
/// as it is then. `Debug` shows who signed, never what.
///
/// ```
/// use x402_tower::mpa::ApprovalRequest;
/// use x402_tower::payment::ApprovalSignatures;
///
/// fn answer(request: &ApprovalRequest, bob: &str, carol: &str) -> ApprovalSignatures {
///     request.signatures().with_signature("bob", bob).with_signature("carol", carol)
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ApprovalSignatures(Arc<Collected>);

#[derive(Clone, PartialEq, Eq)]
struct Collected {
    request_id: PaymentId,
    expires_secs: u64,
    signatures: Vec<(String, String)>,
}

impl ApprovalSignatures {
    /// No signatures yet, for the request with this id that runs out at `expires_secs` (Unix time in seconds), both as
    /// the signed payload names them.
    #[must_use]
    pub fn new(request_id: PaymentId, expires_secs: u64) -> Self {
        Self(Arc::new(Collected {
            request_id,
            expires_secs,
            signatures: Vec::new(),
        }))
    }

    /// Adds what the approver `id` signed, in hexadecimal, in place of an earlier signature under the same id.
    #[must_use]
    pub fn with_signature(mut self, id: &str, signature_hex: &str) -> Self {
        let signatures = &mut Arc::make_mut(&mut self.0).signatures;
        signatures.retain(|(known, _)| known != id);
        signatures.push((id.to_owned(), signature_hex.to_owned()));
        self
    }

    /// The request that was signed.
    #[must_use]
    pub fn request_id(&self) -> PaymentId {
        self.0.request_id
    }

    /// When the request runs out, in Unix seconds.
    #[must_use]
    pub fn expires_secs(&self) -> u64 {
        self.0.expires_secs
    }

    /// The same moment.
    #[must_use]
    pub fn expires(&self) -> UnixMillis {
        UnixMillis::from_secs(self.0.expires_secs)
    }

    /// What the approver `id` signed, in hexadecimal.
    pub(crate) fn signature_of(&self, id: &str) -> Option<&str> {
        let mut signatures = self.0.signatures.iter();
        signatures
            .find(|(known, _)| known == id)
            .map(|(_, signature)| signature.as_str())
    }
}

impl fmt::Debug for ApprovalSignatures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signers: Vec<&str> = self
            .0
            .signatures
            .iter()
            .map(|(id, _)| id.as_str())
            .collect();
        f.debug_struct("ApprovalSignatures")
            .field("request_id", &self.0.request_id)
            .field("expires_secs", &self.0.expires_secs)
            .field("signers", &signers)
            .finish()
    }
}

/// Who approved a payment, for the record of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Approvals {
    /// The approval request: the payment itself, or the earlier attempt whose request was countersigned.
    pub request_id: PaymentId,
    /// How many approvals were needed.
    pub threshold: usize,
    /// The ids of those who approved, in the order in which the configuration names them.
    pub approvers: Vec<Arc<str>>,
}

impl Approvals {
    /// Approvals that were counted.
    #[must_use]
    pub fn new(request_id: PaymentId, threshold: usize, approvers: Vec<Arc<str>>) -> Self {
        Self {
            request_id,
            threshold,
            approvers,
        }
    }
}
