//! What has to be claimed for a payment, one claim after the other, and what the store has said so far.

use core::ops::ControlFlow;

use super::fingerprint::{Beside, LogicalRequest};
use super::refusal::{duplicate, other_amount, other_request, reused_key, used_already};
use crate::clock::UnixMillis;
use crate::denial::{Denial, DenialKind};
use crate::store::{Claim, ClaimKey, StoreError};

/// The claims of one payment: its authorization's, then any one of its logical request's.
#[derive(Debug)]
pub(super) struct Claiming {
    authorization: Option<(ClaimKey, UnixMillis)>,
    request: Option<(LogicalRequest, UnixMillis)>,
    beside: Beside,
    /// The slot that is tried next, and how many were tried before it.
    slot: u32,
    tried: u32,
    same_request: bool,
    same_amount: bool,
}

impl Claiming {
    /// Begins with the slot numbered `first`: callers at the same time do best to begin at different ones.
    pub(super) fn new(
        authorization: Option<(ClaimKey, UnixMillis)>,
        request: Option<(LogicalRequest, UnixMillis)>,
        beside: Beside,
        first: u32,
    ) -> Self {
        Self {
            authorization,
            request,
            beside,
            slot: first,
            tried: 0,
            same_request: false,
            same_amount: false,
        }
    }

    /// What names the payment in the audit log.
    pub(super) fn fingerprint(&self) -> Option<[u8; 32]> {
        let request = self.request.map(|(request, _)| request.fingerprint());
        request.or(self.authorization.map(|(key, _)| *key.as_bytes()))
    }

    /// What is stored beside each claim.
    pub(super) fn beside(&self) -> &[u8] {
        self.beside.as_bytes()
    }

    /// What to claim next, and until when.
    pub(super) fn next(&self) -> Option<(ClaimKey, UnixMillis)> {
        self.authorization.or_else(|| {
            let (request, until) = self.request?;
            Some((request.slot(self.slot), until))
        })
    }

    /// Takes in what the store said about the claim that was next; breaks with the verdict.
    pub(super) fn told(
        &mut self,
        answer: Result<Claim, StoreError>,
    ) -> ControlFlow<Result<(), Denial>> {
        let held = match answer {
            Ok(Claim::Taken) => None,
            Ok(Claim::Held { value, .. }) => Some(value),
            Err(error) => return ControlFlow::Break(Err(error.denial(DenialKind::ReplayDetected))),
        };
        if self.authorization.take().is_some() {
            return self.told_of_authorization(held.as_deref());
        }
        match held {
            None => ControlFlow::Break(Ok(())),
            Some(value) => self.told_of_holder(&value),
        }
    }

    fn told_of_authorization(&self, held: Option<&[u8]>) -> ControlFlow<Result<(), Denial>> {
        match held {
            None if self.request.is_some() => ControlFlow::Continue(()),
            None => ControlFlow::Break(Ok(())),
            Some(value) if self.beside.same_request(value) => {
                ControlFlow::Break(Err(used_already()))
            }
            Some(_) => ControlFlow::Break(Err(other_request())),
        }
    }

    /// Somebody holds a slot: another one is tried, or there is none.
    fn told_of_holder(&mut self, value: &[u8]) -> ControlFlow<Result<(), Denial>> {
        self.same_request |= self.beside.same_request(value);
        self.same_amount |= self.beside.same_amount(value);
        self.slot = self.slot.wrapping_add(1);
        self.tried = self.tried.saturating_add(1);
        let slots = self.request.map_or(0, |(request, _)| request.slots());
        if self.tried < slots {
            return ControlFlow::Continue(());
        }
        ControlFlow::Break(Err(if !self.same_request {
            reused_key()
        } else if self.same_amount {
            duplicate(slots > 1)
        } else {
            other_amount()
        }))
    }
}
