//! The spans of one payment.

use tracing::field::Empty;
use tracing::{Span, info_span};

use super::record::{self, Stopwatch, recording};
use crate::control::ControlKind;
use crate::denial::Denial;
use crate::payment::{NotSent, Outcome, Payment, Position};

/// In a request's extensions: a guard further out counts this payment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted(Position);

impl Counted {
    /// Says to guards further in that a payment is counted, where anybody counts.
    pub(crate) fn mark(position: Position, extensions: &mut http::Extensions) {
        if recording() {
            extensions.insert(Self(position));
        }
    }

    /// Whether a guard further out, in the same position, counts the payment. A buyer's guard does not count for a
    /// seller's in the same process.
    pub(crate) fn by_others(position: Position, extensions: &http::Extensions) -> bool {
        extensions
            .get::<Self>()
            .is_some_and(|counted| counted.0.spends() == position.spends())
    }
}

/// The span of a payment.
#[derive(Debug)]
pub(crate) struct PaymentTrace {
    span: Span,
}

impl PaymentTrace {
    pub(crate) fn new(payment: &Payment) -> Self {
        let terms = payment.terms();
        Self {
            span: info_span!(
                target: super::TARGET,
                "x402.payment",
                decision_id = %payment.id(),
                position = payment.exchange().position().as_str(),
                scheme = well_known_scheme(&terms.scheme),
                network = terms.chain.well_known().unwrap_or("other"),
                outcome = Empty,
                code = Empty,
            ),
        }
    }

    /// The span, to do in it what the payment needs.
    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    /// Begins a step of a control.
    pub(crate) fn control(&self, kind: ControlKind, step: &'static str) -> ControlTrace {
        ControlTrace {
            span: info_span!(
                target: super::TARGET,
                parent: &self.span,
                "x402.control",
                control = kind.as_str(),
                step,
                decision = Empty,
                code = Empty,
            ),
            kind,
            step,
            started: Stopwatch::start(),
        }
    }

    /// A denial came to be here, and not further in.
    pub(crate) fn denied(&self, payment: &Payment, denial: &Denial) {
        record::denied(payment.exchange().position(), denial);
    }

    /// Notes how the payment ended.
    pub(crate) fn ended(&self, payment: &Payment, outcome: &Outcome) {
        self.span.record("outcome", record::event(outcome));
        if let Outcome::NotSent(NotSent::Denied(denial)) = outcome {
            self.span.record("code", denial.code());
        }
        if !payment.exchange().is_counted() {
            record::ended(payment, outcome);
        }
    }
}

/// One step of one control.
#[derive(Debug)]
pub(crate) struct ControlTrace {
    span: Span,
    kind: ControlKind,
    step: &'static str,
    started: Stopwatch,
}

impl ControlTrace {
    /// The span, to do the step in across every wait.
    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    /// Notes what the control decided.
    pub(crate) fn decided(self, verdict: &Result<(), Denial>) {
        let decision = match verdict {
            Ok(()) => "allow",
            Err(denial) => {
                self.span.record("code", denial.code());
                "deny"
            }
        };
        self.span.record("decision", decision);
        self.started.decided(self.kind, self.step, verdict.is_ok());
    }
}

/// A scheme by its name in the specification: what a server calls its own is a free text.
fn well_known_scheme(scheme: &str) -> &'static str {
    match scheme {
        "exact" => "exact",
        "upto" => "upto",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::assets::AssetTable;
    use crate::clock::UnixMillis;
    use crate::denial::DenialKind;
    use crate::payment::{AgentId, Exchange, PaymentId, Terms};
    use crate::testing::{Offer, ScriptedChallenge};
    use crate::wire::{Challenge, Version};

    fn payment() -> Payment {
        let url = "https://api.example.com/report";
        let response = ScriptedChallenge::v2(url, [Offer::usdc(10_000)]).to_response();
        let challenge = Challenge::from_headers(response.headers()).unwrap();
        let challenge = challenge.unwrap();
        let terms = Terms::of(&challenge.requirements()[0], &AssetTable::builtin()).unwrap();
        let exchange = Exchange::new(
            Position::Buyer,
            AgentId::default(),
            http::Method::GET,
            Url::parse(url).unwrap(),
            UnixMillis::from_secs(1_700_000_000),
        );
        let id = PaymentId::from_bytes([7; 16]);
        Payment::new(id, exchange, Version::V2, terms)
    }

    #[test]
    fn where_nobody_listens_nothing_is_allocated() {
        let payment = payment();
        let denial = Denial::new(DenialKind::PolicyViolation, "policy.per_call", "too dear");
        let outcome = Outcome::NotSent(NotSent::Denied(denial.clone()));
        let refused = Err(denial.clone());
        let mut extensions = http::Extensions::new();
        let counted = allocation_counter::measure(|| {
            let trace = PaymentTrace::new(&payment);
            trace.control(ControlKind::Policy, "check").decided(&Ok(()));
            trace
                .control(ControlKind::Policy, "check")
                .decided(&refused);
            trace.denied(&payment, &denial);
            trace.ended(&payment, &outcome);
            Counted::mark(Position::Buyer, &mut extensions);
        });
        assert_eq!(counted.count_total, 0);
        assert!(extensions.is_empty());
    }

    #[test]
    fn a_recorder_is_noticed_and_none_is_not() {
        assert!(!recording());
        let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
        metrics::with_local_recorder(&recorder, || assert!(recording()));
        metrics::with_local_recorder(&metrics::NoopRecorder, || assert!(!recording()));
    }

    #[test]
    fn only_schemes_of_the_specification_are_named() {
        assert_eq!(well_known_scheme("exact"), "exact");
        assert_eq!(well_known_scheme("alice@example.com"), "other");
    }
}
