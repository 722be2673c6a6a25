//! What is counted, where a recorder is installed.

use core::mem::size_of_val;
use std::time::Instant;

use metrics::{counter, histogram};

use super::names;
use crate::control::ControlKind;
use crate::denial::{Denial, DenialKind};
use crate::money::Usd;
use crate::payment::{NotSent, Outcome, Payment, Position};

/// Whether anybody listens: the recorder that stands in where none is installed is the one that holds nothing.
pub(super) fn recording() -> bool {
    metrics::with_recorder(|recorder| size_of_val(recorder) != 0)
}

/// A time that is taken only where somebody listens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stopwatch(Option<Instant>);

impl Stopwatch {
    #[allow(
        clippy::disallowed_methods,
        reason = "how long something took decides nothing, and a clock that is set must not show in it"
    )]
    pub(super) fn start() -> Self {
        Self(recording().then(Instant::now))
    }

    /// Notes how long a control took to decide.
    pub(super) fn decided(self, control: ControlKind, step: &'static str, allowed: bool) {
        if let Some(start) = self.0 {
            let decision = if allowed { "allow" } else { "deny" };
            histogram!(names::CONTROL_DURATION_SECONDS, "control" => control.as_str(), "step" => step, "decision" => decision)
                .record(start.elapsed());
        }
    }
}

/// A payment ended.
pub(super) fn ended(payment: &Payment, outcome: &Outcome) {
    if !recording() {
        return;
    }
    let position = payment.exchange().position();
    let word = event(outcome);
    count_payment(word, reason(outcome), position);
    if let Some(price) = price(payment, outcome) {
        histogram!(names::PAYMENT_AMOUNT_USD, "outcome" => word, "position" => position.as_str())
            .record(dollars(price));
    }
}

/// Something was refused before there was a payment; `counted` where a layer further out counts it.
pub(crate) fn refused(position: Position, counted: bool, denial: &Denial) {
    if recording() {
        denied(position, denial);
        if !counted {
            count_payment("blocked", family(denial.kind()), position);
        }
    }
}

/// A denial came to be here.
pub(crate) fn denied(position: Position, denial: &Denial) {
    if !recording() {
        return;
    }
    let code = denial.code();
    counter!(names::DENIALS_TOTAL, "code" => code, "position" => position.as_str()).increment(1);
    let below = |family: &str| code.strip_prefix(family).unwrap_or(code);
    match denial.kind() {
        DenialKind::PolicyViolation => {
            counter!(names::POLICY_VIOLATIONS_TOTAL, "violation_type" => below("policy."))
                .increment(1);
        }
        DenialKind::ReplayDetected => {
            counter!(names::REPLAY_DETECTIONS_TOTAL, "reason" => below("replay.")).increment(1);
        }
        DenialKind::MpaDenied => {
            counter!(names::MPA_EVENTS_TOTAL, "outcome" => "denied").increment(1)
        }
        DenialKind::MpaTimeout => {
            counter!(names::MPA_EVENTS_TOTAL, "outcome" => "timeout").increment(1)
        }
        DenialKind::PiiBlocked | DenialKind::PaymentError => {}
    }
}

/// Enough approvals were given.
pub(crate) fn approved() {
    if recording() {
        counter!(names::MPA_EVENTS_TOTAL, "outcome" => "approved").increment(1);
    }
}

/// A control in shadow denied, which did not hold.
pub(crate) fn shadowed(control: ControlKind, denial: &Denial) {
    if recording() {
        counter!(names::SHADOW_DENIALS_TOTAL, "control" => control.as_str(), "code" => denial.code())
            .increment(1);
    }
}

/// A signed payment is about to be sent again.
pub(crate) fn resent(position: Position) {
    if recording() {
        counter!(names::RESENDS_TOTAL, "position" => position.as_str()).increment(1);
    }
}

/// A reconciliation looked at `count` open payments, and `result` is what came of it.
pub(crate) fn reconciled(result: &'static str, count: u64) {
    if count > 0 && recording() {
        counter!(names::RECONCILIATIONS_TOTAL, "result" => result).increment(count);
    }
}

/// A policy was read again, and `result` is what came of it.
pub(crate) fn reloaded(result: &'static str) {
    if recording() {
        counter!(names::POLICY_RELOADS_TOTAL, "result" => result).increment(1);
    }
}

/// Personal data was found, and `action` was taken.
pub(crate) fn pii_found(entity: &'static str, action: &'static str) {
    if recording() {
        counter!(names::PII_DETECTIONS_TOTAL, "entity_type" => entity, "action" => action)
            .increment(1);
    }
}

/// What became of money that was set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReservationState {
    Reserved,
    Sent,
    Settled,
    Unknown,
    Released,
}

impl ReservationState {
    /// What an outcome makes of a reservation.
    pub(crate) const fn after(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Settled(_) | Outcome::SettledEarlier(_) => Self::Settled,
            Outcome::NotSent(_) => Self::Released,
            Outcome::Rejected(_) | Outcome::Unknown(_) => Self::Unknown,
        }
    }

    /// Counts a reservation that came into this state.
    pub(crate) fn count(self) {
        if recording() {
            counter!(names::RESERVATIONS_TOTAL, "state" => self.as_str()).increment(1);
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Sent => "sent",
            Self::Settled => "settled",
            Self::Unknown => "unknown",
            Self::Released => "released",
        }
    }
}

fn count_payment(outcome: &'static str, reason: &'static str, position: Position) {
    counter!(names::PAYMENTS_TOTAL, "outcome" => outcome, "reason" => reason, "position" => position.as_str())
        .increment(1);
}

/// The audit log's word for an outcome.
pub(super) const fn event(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Settled(_) | Outcome::SettledEarlier(_) => "allowed",
        Outcome::NotSent(NotSent::Denied(_)) => "blocked",
        Outcome::Rejected(_) | Outcome::Unknown(_) | Outcome::NotSent(_) => outcome.as_str(),
    }
}

fn reason(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Settled(_) | Outcome::Rejected(_) => "none",
        Outcome::SettledEarlier(_) => "settled_earlier",
        Outcome::Unknown(why) => why.as_str(),
        Outcome::NotSent(NotSent::Denied(denial)) => family(denial.kind()),
        Outcome::NotSent(NotSent::Cancelled) => "cancelled",
        Outcome::NotSent(NotSent::Returned) => "returned",
    }
}

/// The reference implementation's word for a family of denials.
const fn family(kind: DenialKind) -> &'static str {
    match kind {
        DenialKind::PiiBlocked => "pii",
        DenialKind::PolicyViolation => "policy",
        DenialKind::ReplayDetected => "replay",
        DenialKind::MpaDenied | DenialKind::MpaTimeout => "mpa",
        DenialKind::PaymentError => "error",
    }
}

/// What was settled of the price where a receipt says so, else the whole price.
fn price(payment: &Payment, outcome: &Outcome) -> Option<Usd> {
    let terms = payment.terms();
    let whole = terms.price?;
    match outcome {
        Outcome::Settled(receipt) => match receipt.amount() {
            Some(settled) if settled != terms.amount => terms.amount.share_of(settled, whole),
            _ => Some(whole),
        },
        _ => Some(whole),
    }
}

#[allow(
    clippy::float_arithmetic,
    reason = "histograms are floats; this one is only looked at, and no limit is counted from it"
)]
fn dollars(price: Usd) -> f64 {
    price.micros() as f64 / 1e6
}
