//! How a call ended.

use http::StatusCode;

use crate::payment::{Outcome, Payment, Refusal, Uncertainty};
use crate::settlement;
use crate::wire::{Receipt, SettleResponse, VerifyResponse};

/// The reason of a settlement that is still on its way: the TypeScript SDK asks once more, with the same body.
const PENDING: &str = "settlement_pending";

/// Verifying moves nothing: a payment that is good may still be settled or not.
pub(super) fn verification(status: StatusCode, answer: &VerifyResponse) -> Outcome {
    if answer.is_valid() {
        Outcome::Unknown(Uncertainty::OnlyVerified)
    } else {
        Outcome::Rejected(Refusal::new(status.as_u16(), answer.invalid_reason()))
    }
}

/// A settlement counts where it fits what was signed.
pub(super) fn settlement(payment: &Payment, status: StatusCode, answer: SettleResponse) -> Outcome {
    if !answer.success() && answer.error_reason() == Some(PENDING) {
        return Outcome::Unknown(Uncertainty::SettlementPending);
    }
    settlement::judge(payment, status, Receipt::from_settlement(answer))
}

/// An answer that is none of the facilitator's messages.
pub(super) fn unreadable(status: StatusCode) -> Outcome {
    Outcome::Unknown(if status.is_success() {
        Uncertainty::UnreadableReceipt
    } else {
        Uncertainty::NoReceipt
    })
}
