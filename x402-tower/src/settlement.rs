//! What a response says about the payment that was sent with the request.

use http::{HeaderMap, StatusCode};

use crate::address::Address;
use crate::network::ChainId;
use crate::payment::{Outcome, Payment, Refusal, Uncertainty};
use crate::wire::{Authorization, Receipt};

/// Reads the outcome from a response to a paid request.
///
/// A receipt settles only where it fits what was signed (attacks 121 and 122). A 402 is a refusal and never a new
/// challenge; anything else without a receipt is unknown.
pub(crate) fn read(payment: &Payment, status: StatusCode, headers: &HeaderMap) -> Outcome {
    let receipt = match Receipt::from_headers(headers, payment.version()) {
        Ok(receipt) => receipt,
        Err(_) => return Outcome::Unknown(Uncertainty::UnreadableReceipt),
    };
    match receipt {
        Some(receipt) => judge(payment, status, receipt),
        None if status == StatusCode::PAYMENT_REQUIRED => {
            Outcome::Rejected(Refusal::new(status.as_u16(), None))
        }
        None => Outcome::Unknown(Uncertainty::NoReceipt),
    }
}

/// What a receipt says of a payment's end.
pub(crate) fn judge(payment: &Payment, status: StatusCode, receipt: Receipt) -> Outcome {
    if !receipt.success() {
        return Outcome::Rejected(Refusal::new(status.as_u16(), receipt.error_reason()));
    }
    if fits(&receipt, payment) {
        Outcome::Settled(receipt)
    } else {
        Outcome::Unknown(Uncertainty::MismatchedReceipt)
    }
}

/// Whether a receipt is for this payment: same chain, same payer, a transaction, and the money that was signed; less of
/// it only where the scheme charges less.
fn fits(receipt: &Receipt, payment: &Payment) -> bool {
    let terms = payment.terms();
    let same_chain = receipt.chain().is_ok_and(|chain| *chain == terms.chain);
    let payer_fits = match (receipt.payer(), payer(payment)) {
        (Some(named), Some(signed)) => {
            Address::parse(&terms.chain, named).is_ok_and(|named| named == *signed)
        }
        _ => true,
    };
    let amount_fits = receipt
        .amount()
        .is_none_or(|amount| match terms.scheme.as_str() {
            "exact" => amount == terms.amount,
            _ => amount <= terms.amount,
        });
    same_chain
        && payer_fits
        && amount_fits
        && names_transaction(&terms.chain, receipt.transaction())
}

/// Whether a text is a transaction of `chain`, and nothing else that a server wrote and a log would show.
fn names_transaction(chain: &ChainId, text: &str) -> bool {
    if chain.namespace() == "eip155" {
        return text.len() == 66
            && text.starts_with("0x")
            && text.bytes().skip(2).all(|b| b.is_ascii_hexdigit());
    }
    (32..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn payer(payment: &Payment) -> Option<&Address> {
    match payment.authorization()? {
        Authorization::Eip3009 { from, .. } | Authorization::Permit2 { from, .. } => Some(from),
        _ => None,
    }
}
