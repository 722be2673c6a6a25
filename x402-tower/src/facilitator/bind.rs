//! Whether a payment is for what the seller asks to be verified or settled.

use super::Operation;
use crate::address::Address;
use crate::denial::{Denial, DenialKind};
use crate::money::AtomicAmount;
use crate::payment::Terms;
use crate::wire::{Authorization, FacilitatorRequest};

/// Denies a payment that another recipient, amount, token, chain or scheme was signed for than the seller's requirement
/// names (attack 124). What was signed for a scheme that is not known here is left to the facilitator.
///
/// `upto` signs a maximum, and settles what was used of it.
pub(super) fn check(
    operation: Operation,
    request: &FacilitatorRequest,
    terms: &Terms,
) -> Result<(), Denial> {
    let payload = request.payload();
    if payload.scheme() != terms.scheme {
        return Err(mismatch("facilitator.scheme_mismatch", "scheme"));
    }
    if payload.chain().ok() != Some(&terms.chain) {
        return Err(mismatch("facilitator.network_mismatch", "network"));
    }
    let Some((to, amount, token)) = signed(payload.authorization()) else {
        return Ok(());
    };
    if *to != terms.pay_to {
        return Err(mismatch("facilitator.recipient_mismatch", "recipient"));
    }
    if token.is_some() && token != terms.asset.as_ref() {
        return Err(mismatch("facilitator.asset_mismatch", "token"));
    }
    let partly = terms.scheme == "upto" && operation == Operation::Settle;
    let fits = if partly {
        terms.amount <= amount
    } else {
        terms.amount == amount
    };
    if fits {
        Ok(())
    } else {
        Err(mismatch("facilitator.amount_mismatch", "amount"))
    }
}

fn signed(authorization: &Authorization) -> Option<(&Address, AtomicAmount, Option<&Address>)> {
    match authorization {
        Authorization::Eip3009 { to, value, .. } => Some((to, *value, None)),
        Authorization::Permit2 {
            to, amount, token, ..
        } => Some((to, *amount, Some(token))),
        _ => None,
    }
}

fn mismatch(code: &'static str, what: &str) -> Denial {
    Denial::new(
        DenialKind::PaymentError,
        code,
        format!(
            "the payment was signed for another {what} than the seller asks the facilitator to check; nothing was sent"
        ),
    )
    .with_status(http::StatusCode::BAD_REQUEST)
}
