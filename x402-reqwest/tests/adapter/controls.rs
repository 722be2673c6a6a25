//! A control that writes down what it is told.

use std::sync::Arc;

use parking_lot::Mutex;
use x402_tower::payment::Outcome;
use x402_tower::{Control, ControlKind, Denial, DenialKind, Exchange, Payment, Step};

#[derive(Clone)]
pub(crate) struct Recorder {
    denies: bool,
    events: Arc<Mutex<Vec<String>>>,
}

impl Recorder {
    pub(crate) fn allowing() -> Self {
        Self {
            denies: false,
            events: Arc::default(),
        }
    }

    /// Denies everything with the code `policy.test`.
    pub(crate) fn denying() -> Self {
        Self {
            denies: true,
            ..Self::allowing()
        }
    }

    pub(crate) fn events(&self) -> Vec<String> {
        self.events.lock().clone()
    }

    fn note(&self, event: impl Into<String>) {
        self.events.lock().push(event.into());
    }
}

fn shown(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Unknown(why) => format!("unknown {}", why.as_str()),
        other => other.as_str().to_owned(),
    }
}

impl Control for Recorder {
    fn kind(&self) -> ControlKind {
        ControlKind::Custom("recorder")
    }

    fn check<'a>(&'a self, payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        let exchange = payment.exchange();
        self.note(format!(
            "check {} {} {} {} key={}",
            exchange.position().as_str(),
            exchange.agent(),
            exchange.method(),
            exchange.url().path(),
            exchange.idempotency_key().unwrap_or("none"),
        ));
        Step::ready(if self.denies {
            Err(Denial::new(
                DenialKind::PolicyViolation,
                "policy.test",
                "the recorder denies",
            ))
        } else {
            Ok(())
        })
    }

    fn sending<'a>(&'a self, _payment: &'a Payment) -> Step<'a, Result<(), Denial>> {
        self.note("sending");
        Step::ready(Ok(()))
    }

    fn finish<'a>(&'a self, _payment: &'a Payment, outcome: &'a Outcome) -> Step<'a, ()> {
        self.note(format!("finish {}", shown(outcome)));
        Step::ready(())
    }

    fn abandon(&self, _payment: &Payment, outcome: &Outcome) {
        self.note(format!("abandon {}", shown(outcome)));
    }

    fn refused<'a>(&'a self, _exchange: &'a Exchange, denial: &'a Denial) -> Step<'a, ()> {
        self.note(format!("refused {}", denial.code()));
        Step::ready(())
    }
}
