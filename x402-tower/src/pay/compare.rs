//! Holds what was signed against what was approved, before the first byte leaves.

use crate::address::Address;
use crate::denial::{Denial, DenialKind};
use crate::money::AtomicAmount;
use crate::payment::Terms;
use crate::wire::{Authorization, PaymentPayload, Version};

/// Seconds by which a signer's own clock may be ahead of ours.
const CLOCK_SLACK_SECONDS: u64 = 10;

/// Denies a signed payment that differs from the terms that were approved in version, scheme, chain, token, recipient,
/// amount or lifetime.
pub(crate) fn compare(
    payload: &PaymentPayload,
    version: Version,
    terms: &Terms,
    now: u64,
    valid_before: u64,
) -> Result<(), Denial> {
    let mismatch = |code, what: &str| {
        Err(Denial::new(
            DenialKind::PaymentError,
            code,
            format!("the signer signed another {what} than was approved; nothing was sent"),
        ))
    };
    if payload.version() != version {
        return mismatch("signature.version", "protocol version");
    }
    if payload.scheme() != terms.scheme {
        return mismatch("signature.scheme", "scheme");
    }
    if payload.chain().ok() != Some(&terms.chain) {
        return mismatch("signature.network", "network");
    }
    if let Some(accepted) = payload.accepted() {
        let same_asset = accepted.asset_address().ok() == terms.asset;
        if !same_asset {
            return mismatch("signature.asset", "token");
        }
        if accepted.pay_to_address().ok().as_ref() != Some(&terms.pay_to)
            || accepted.amount() != terms.amount
        {
            return mismatch("signature.accepted", "requirement");
        }
    }
    let Some(signed) = Signed::of(payload.authorization()) else {
        return Err(Denial::new(
            DenialKind::PaymentError,
            "signature.opaque",
            "what the signer authorized cannot be read; only EIP-3009 and Permit2 payments can be compared",
        ));
    };
    if *signed.to != terms.pay_to {
        return mismatch("signature.recipient", "recipient");
    }
    if signed.amount != terms.amount {
        return mismatch("signature.amount", "amount");
    }
    if signed.token.is_some() && signed.token != terms.asset.as_ref() {
        return mismatch("signature.asset", "token");
    }
    if signed.after > now.saturating_add(CLOCK_SLACK_SECONDS) {
        return mismatch("signature.not_yet_valid", "and later beginning");
    }
    if signed.until > valid_before.saturating_add(CLOCK_SLACK_SECONDS) {
        return mismatch("signature.lifetime", "and longer lifetime");
    }
    Ok(())
}

struct Signed<'a> {
    to: &'a Address,
    amount: AtomicAmount,
    token: Option<&'a Address>,
    after: u64,
    until: u64,
}

impl<'a> Signed<'a> {
    fn of(authorization: &'a Authorization) -> Option<Self> {
        match authorization {
            Authorization::Eip3009 {
                to,
                value,
                valid_after,
                valid_before,
                ..
            } => Some(Self {
                to,
                amount: *value,
                token: None,
                after: *valid_after,
                until: *valid_before,
            }),
            Authorization::Permit2 {
                to,
                amount,
                token,
                deadline,
                valid_after,
                ..
            } => Some(Self {
                to,
                amount: *amount,
                token: Some(token),
                after: *valid_after,
                until: *deadline,
            }),
            _ => None,
        }
    }
}
