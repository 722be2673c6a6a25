//! A control that writes down what it is told.

use core::fmt;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::control::{Control, ControlKind};
use crate::denial::{Denial, DenialKind};
use crate::payment::{Exchange, NotSent, Outcome, Payment};
use crate::screening::Screening;
use crate::step::Step;

/// One of the moments at which a control is asked or told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ControlStep {
    /// [`Control::check`].
    Check,
    /// [`Control::approve`].
    Approve,
    /// [`Control::sending`].
    Sending,
    /// [`Control::finish`].
    Finish,
    /// [`Control::abandon`].
    Abandon,
    /// [`Control::screen`].
    Screen,
    /// [`Control::refused`].
    Refused,
}

impl ControlStep {
    /// The name of the method.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Approve => "approve",
            Self::Sending => "sending",
            Self::Finish => "finish",
            Self::Abandon => "abandon",
            Self::Screen => "screen",
            Self::Refused => "refused",
        }
    }
}

impl fmt::Display for ControlStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What one or more controls were told, in order, one line each: `policy check`, `policy finish settled`,
/// `audit abandon not_sent cancelled`, `audit refused challenge.too_large`. Clones share the lines.
#[derive(Debug, Clone, Default)]
pub struct Transcript(Arc<Mutex<Vec<String>>>);

impl Transcript {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The lines so far.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.0.lock().clone()
    }

    fn write(&self, line: String) {
        self.0.lock().push(line);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Conduct {
    Deny,
    Panic,
    Hang,
}

/// A control of any kind that lets every payment pass, writes down what it is told, and can be made to deny, panic or
/// hang at one step. Clones share the transcript.
///
/// Its own denial has the code `recording.denied`. Screenings are counted, not transcribed.
#[derive(Debug, Clone)]
pub struct RecordingControl {
    kind: ControlKind,
    transcript: Transcript,
    screenings: Arc<Mutex<usize>>,
    conduct: Option<(ControlStep, Conduct)>,
}

impl RecordingControl {
    /// A control that says it is of `kind`.
    #[must_use]
    pub fn new(kind: ControlKind) -> Self {
        Self {
            kind,
            transcript: Transcript::new(),
            screenings: Arc::default(),
            conduct: None,
        }
    }

    /// Writes into a transcript that is shared with other controls.
    #[must_use]
    pub fn writing_to(mut self, transcript: &Transcript) -> Self {
        self.transcript = transcript.clone();
        self
    }

    /// Denies at `step`: check, approve or sending. The other steps cannot deny.
    #[must_use]
    pub fn denying(mut self, step: ControlStep) -> Self {
        self.conduct = Some((step, Conduct::Deny));
        self
    }

    /// Panics at `step` (attack 144).
    #[must_use]
    pub fn panicking(mut self, step: ControlStep) -> Self {
        self.conduct = Some((step, Conduct::Panic));
        self
    }

    /// Never answers at `step` (attack 145). Screen and abandon cannot wait, and ignore it.
    #[must_use]
    pub fn hanging(mut self, step: ControlStep) -> Self {
        self.conduct = Some((step, Conduct::Hang));
        self
    }

    /// What it was told.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.transcript.lines()
    }

    /// How many challenges it was shown.
    #[must_use]
    pub fn screenings(&self) -> usize {
        *self.screenings.lock()
    }

    fn told(&self, step: ControlStep, detail: &str) {
        let space = if detail.is_empty() { "" } else { " " };
        self.transcript
            .write(format!("{} {step}{space}{detail}", self.kind));
    }

    fn conduct_at(&self, step: ControlStep) -> Option<Conduct> {
        let (at, conduct) = self.conduct?;
        (at == step).then_some(conduct)
    }

    #[allow(clippy::panic)] // made to, by the test
    fn panic_if_told(&self, step: ControlStep) {
        assert!(
            self.conduct_at(step) != Some(Conduct::Panic),
            "the recording control panics at {step}, as the test says"
        );
    }

    fn decide(&self, step: ControlStep) -> Step<'_, Result<(), Denial>> {
        self.told(step, "");
        self.panic_if_told(step);
        match self.conduct_at(step) {
            Some(Conduct::Hang) => Step::wait(core::future::pending()),
            Some(Conduct::Deny) => Step::ready(Err(Denial::new(
                DenialKind::PolicyViolation,
                "recording.denied",
                "the test says so",
            ))),
            _ => Step::ready(Ok(())),
        }
    }

    fn hear(&self, step: ControlStep, detail: &str) -> Step<'_, ()> {
        self.told(step, detail);
        self.panic_if_told(step);
        match self.conduct_at(step) {
            Some(Conduct::Hang) => Step::wait(core::future::pending()),
            _ => Step::ready(()),
        }
    }
}

impl Control for RecordingControl {
    fn kind(&self) -> ControlKind {
        self.kind
    }

    fn check<'a>(&'a self, _payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        self.decide(ControlStep::Check)
    }

    fn approve<'a>(&'a self, _payment: &'a Payment) -> Step<'a, Result<(), Denial>> {
        self.decide(ControlStep::Approve)
    }

    fn sending<'a>(&'a self, _payment: &'a Payment) -> Step<'a, Result<(), Denial>> {
        self.decide(ControlStep::Sending)
    }

    fn finish<'a>(&'a self, _payment: &'a Payment, outcome: &'a Outcome) -> Step<'a, ()> {
        self.hear(ControlStep::Finish, &ending(outcome))
    }

    fn abandon(&self, _payment: &Payment, outcome: &Outcome) {
        self.told(ControlStep::Abandon, &ending(outcome));
        self.panic_if_told(ControlStep::Abandon);
    }

    fn screen(&self, _screening: &mut Screening<'_>) {
        *self.screenings.lock() += 1;
        self.panic_if_told(ControlStep::Screen);
    }

    fn refused<'a>(&'a self, _exchange: &'a Exchange, denial: &'a Denial) -> Step<'a, ()> {
        self.hear(ControlStep::Refused, denial.code())
    }
}

fn ending(outcome: &Outcome) -> String {
    let why = match outcome {
        Outcome::Settled(_) => return "settled".into(),
        Outcome::Rejected(refusal) | Outcome::SettledEarlier(refusal) => refusal.status.to_string(),
        Outcome::Unknown(why) => why.as_str().into(),
        Outcome::NotSent(NotSent::Denied(denial)) => denial.code().into(),
        Outcome::NotSent(NotSent::Cancelled) => "cancelled".into(),
        Outcome::NotSent(NotSent::Returned) => "returned".into(),
    };
    format!("{} {why}", outcome.as_str())
}
