//! What cannot be right about approvals, and why a payment got too few.

use crate::denial::{Denial, DenialKind};
use crate::mpa::ApprovalRequest;

/// Why approvals cannot be asked for as configured. Nothing is guarded by half.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MpaError {
    /// There is nobody to ask.
    #[error("there are no approvers; name at least as many as the threshold")]
    NoApprovers,
    /// No approval would be needed.
    #[error("the threshold is 0, so nothing would need an approval; set it to 1 or more")]
    ThresholdZero,
    /// No payment could ever get that many approvals.
    #[error(
        "{threshold} approvals are needed, but there {are} only {approvers} to ask; add approvers or lower the threshold",
        are = if *approvers == 1 { "is" } else { "are" }
    )]
    ThresholdOutOfReach {
        /// How many are needed.
        threshold: usize,
        /// How many approvers there are.
        approvers: usize,
    },
    /// More approvers than are asked at once.
    #[error("there are {approvers} approvers; at most {most} are asked")]
    TooManyApprovers {
        /// How many approvers there are.
        approvers: usize,
        /// How many there may be.
        most: usize,
    },
    /// Not a name for an approver.
    #[error("approver {place} has no usable id; take 1 to 128 of A-Z a-z 0-9 . _ - : @ /")]
    ApproverId {
        /// Its place in the list, from 1.
        place: usize,
    },
    /// Two approvers have one name, upper and lower case being the same.
    #[error("two approvers are called {id}; one of them would vote twice")]
    DuplicateApprover {
        /// The name.
        id: String,
    },
    /// Two approvers have one key, so one of them could vote for both.
    #[error("{one} and {other} have the same key or address; one of them could vote twice")]
    SharedKey {
        /// The first approver.
        one: String,
        /// The second.
        other: String,
    },
    /// Not an Ed25519 public key, or one that anybody can sign for.
    #[error(
        "the key of {id} is not a usable Ed25519 public key; give the 32 bytes of one, in hexadecimal"
    )]
    PublicKey {
        /// The approver.
        id: String,
    },
    /// A secret that can be guessed.
    #[error(
        "an approver's secret is shorter than {least} bytes; make one with `openssl rand -hex 32`"
    )]
    SecretTooShort {
        /// Fewest bytes.
        least: usize,
    },
    /// An environment variable that should hold a secret.
    #[error("the environment variable {variable} holds no approver's secret; set it")]
    SecretMissing {
        /// Its name.
        variable: String,
    },
    /// A webhook's address cannot be used.
    #[error("the webhook of {id} cannot be used: {problem}")]
    WebhookUrl {
        /// The approver.
        id: String,
        /// What is wrong, and what would be right.
        problem: &'static str,
    },
    /// There are webhooks and nothing to call them with.
    #[error(
        "there are webhook approvers and no way to call them; turn on the feature `webhook` or set a webhook transport"
    )]
    NoTransport,
    /// The HTTP client of the webhooks could not be made.
    #[error("the HTTP client for webhooks could not be made; check the system's root certificates")]
    Transport,
    /// A countersigner was given to an approver that does not countersign.
    #[error("{id} is asked by webhook and cannot have a countersigner; give it a key instead")]
    CountersignerOfWebhook {
        /// The approver.
        id: String,
    },
    /// An approver who can be asked in no way.
    #[error("{id} has neither webhook_url nor secret_env nor public_key; give it one")]
    NoMeans {
        /// The approver.
        id: String,
    },
    /// A wait or a life outside its bounds.
    #[error("{setting} has to be between {least} and {most} seconds")]
    OutOfRange {
        /// The setting.
        setting: &'static str,
        /// Its least value, in seconds.
        least: u64,
        /// Its greatest value, in seconds.
        most: u64,
    },
}

impl MpaError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoApprovers => "mpa.no_approvers",
            Self::ThresholdZero => "mpa.threshold_zero",
            Self::ThresholdOutOfReach { .. } => "mpa.threshold_out_of_reach",
            Self::TooManyApprovers { .. } => "mpa.too_many_approvers",
            Self::ApproverId { .. } => "mpa.approver_id",
            Self::DuplicateApprover { .. } => "mpa.duplicate_approver",
            Self::SharedKey { .. } => "mpa.shared_key",
            Self::PublicKey { .. } => "mpa.public_key",
            Self::SecretTooShort { .. } => "mpa.secret_too_short",
            Self::SecretMissing { .. } => "mpa.secret_missing",
            Self::WebhookUrl { .. } => "mpa.webhook_url",
            Self::NoTransport => "mpa.no_transport",
            Self::Transport => "mpa.transport",
            Self::CountersignerOfWebhook { .. } => "mpa.countersigner_of_webhook",
            Self::NoMeans { .. } => "mpa.no_means",
            Self::OutOfRange { .. } => "mpa.out_of_range",
        }
    }
}

/// Why a payment did not get its approvals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shortfall {
    /// So many refused, failed or answered invalidly that the threshold was out of reach.
    Refused,
    /// The wait was over before enough had answered.
    TimedOut,
    /// Countersignatures are missing that somebody has yet to give.
    SignaturesMissing,
    /// The countersigned request has paid for something already (attack 96).
    AlreadyUsed,
    /// As many payments wait for approvals as may (attack 102).
    Busy,
}

impl Shortfall {
    /// The code of the denial.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Refused => "mpa.denied",
            Self::TimedOut => "mpa.timeout",
            Self::SignaturesMissing => "mpa.approval_required",
            Self::AlreadyUsed => "mpa.approval_used",
            Self::Busy => "mpa.busy",
        }
    }

    const fn kind(self) -> DenialKind {
        match self {
            Self::TimedOut => DenialKind::MpaTimeout,
            _ => DenialKind::MpaDenied,
        }
    }

    const fn next(self) -> &'static str {
        match self {
            Self::Refused => "ask the approvers why, or pay less",
            Self::TimedOut => "ask again when the approvers can answer",
            Self::SignaturesMissing => {
                "have the payload of the approval request signed, and send the request again with the signatures"
            }
            Self::AlreadyUsed => {
                "these countersignatures have been used; send the request without them to get a new approval request"
            }
            Self::Busy => "as many payments wait for approvals as may; try again later",
        }
    }
}

/// A payment that needed approvals and did not get them: the source of a [`Denial`] of kind
/// [`MpaDenied`](DenialKind::MpaDenied) or [`MpaTimeout`](DenialKind::MpaTimeout).
#[derive(Debug, Clone, thiserror::Error)]
#[error("{approvals} of {threshold} approvals; {}", shortfall.next())]
#[non_exhaustive]
pub struct NotApproved {
    /// Why.
    pub shortfall: Shortfall,
    /// How many approvals came.
    pub approvals: usize,
    /// How many are needed.
    pub threshold: usize,
    /// What countersigners can still sign; `None` where no countersignature is missing.
    pub request: Option<ApprovalRequest>,
}

impl NotApproved {
    /// What a denial says about approvals; `None` where it has another reason.
    #[must_use]
    pub fn of(denial: &Denial) -> Option<&Self> {
        core::error::Error::source(denial)?.downcast_ref()
    }

    pub(super) fn into_denial(self) -> Denial {
        let mut members = format!(
            r#","approvals":{},"threshold":{}"#,
            self.approvals, self.threshold
        );
        if let Some(request) = &self.request {
            // The payload is a JSON object already.
            members.push_str(r#","approval_request":"#);
            members.push_str(request.payload());
        }
        Denial::new(
            self.shortfall.kind(),
            self.shortfall.code(),
            self.to_string(),
        )
        .with_members(members.into())
        .with_source(self)
    }
}
