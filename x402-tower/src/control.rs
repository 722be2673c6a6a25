//! One security control: the trait that five ship, and that a user can implement for a sixth.

use core::fmt;

use crate::denial::Denial;
use crate::outgoing::{OutgoingRequest, RequestNeed};
use crate::payment::{Exchange, Outcome, Payment};
use crate::screening::{Screening, TextScreening};
use crate::step::Step;

/// Which control this is, and so where it stands in the chain.
///
/// The order is a security property: audit outermost so that it sees every denial, personal data out before anybody is
/// asked, stateless checks before stateful ones, people last (attack 146).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ControlKind {
    /// Writes the record of every decision.
    Audit,
    /// Keeps personal data out.
    Pii,
    /// Keeps spending inside rules and limits.
    Policy,
    /// Lets a payment happen once.
    Replay,
    /// Asks people.
    Mpa,
    /// A user's own control; it may stand anywhere.
    Custom(&'static str),
}

impl ControlKind {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Pii => "pii",
            Self::Policy => "policy",
            Self::Replay => "replay",
            Self::Mpa => "mpa",
            Self::Custom(name) => name,
        }
    }

    /// Its place, counted from outside; `None` for a control that may stand anywhere.
    pub(crate) const fn place(self) -> Option<u8> {
        match self {
            Self::Audit => Some(0),
            Self::Pii => Some(1),
            Self::Policy => Some(2),
            Self::Replay => Some(3),
            Self::Mpa => Some(4),
            Self::Custom(_) => None,
        }
    }
}

impl fmt::Display for ControlKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether a control's denials hold.
///
/// In shadow a control decides on every payment as it would otherwise, and what it denies passes all the same: the
/// denial is noted on the payment ([`Payment::shadowed`]), logged and on record. What it would have redacted stays as it
/// is, and offers that it would have struck out stay in the challenge, so the offer that is chosen may be another than
/// the one that it would have left. A payment that it denied in [`check`](Control::check) is none of its business from
/// then on, as ever: a limit that was only watched counts no money that it would have refused.
///
/// What it cannot do in shadow is break traffic: where it panics, or where the audit log cannot be written, the payment
/// passes as well, and an error is logged. Its waiting is still waited for, under its own deadlines.
///
/// One denial holds also in shadow: that of a kill switch ([`Denial::even_in_shadow`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum Mode {
    /// A denial denies.
    #[default]
    Enforce,
    /// A denial is noted, and the payment passes.
    Shadow,
}

impl Mode {
    /// Both.
    pub const ALL: &'static [Self] = &[Self::Enforce, Self::Shadow];

    /// The word for it in a policy file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Shadow => "shadow",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One security control.
///
/// A payment goes through [`check`](Self::check) of every control in order, then [`approve`](Self::approve) of every
/// control, then the signer, then [`sending`](Self::sending), then the wire. Every control whose `check` was begun and
/// did not deny is told how it ended exactly once, in reverse order: by [`finish`](Self::finish), or by
/// [`abandon`](Self::abandon) where the future was dropped and nothing can be awaited.
///
/// A signed payment that is sent again ([`Payment::is_resent`]) goes through [`resend`](Self::resend) in place of `check`,
/// then through `approve`, then the wire.
///
/// A panic inside `check`, `approve`, `sending` or `screen` denies the payment (attack 144). A control that panicked in
/// `check` did not deny, so it is told how the payment ended, to give back what it had set aside.
///
/// ```
/// use x402_tower::{Control, ControlKind, Denial, DenialKind, Payment, Step};
///
/// /// Nobody buys on a Sunday.
/// struct SundayRest;
///
/// impl Control for SundayRest {
///     fn kind(&self) -> ControlKind {
///         ControlKind::Custom("sunday_rest")
///     }
///
///     fn check<'a>(&'a self, payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
///         let day = payment.exchange().now().as_secs() / 86_400 % 7; // the epoch began on a Thursday
///         Step::ready(if day == 3 {
///             Err(Denial::new(DenialKind::PolicyViolation, "sunday_rest.closed", "try again on Monday"))
///         } else {
///             Ok(())
///         })
///     }
/// }
/// ```
pub trait Control: Send + Sync + 'static {
    /// Which control this is.
    fn kind(&self) -> ControlKind;

    /// Whether its denials hold. They do, unless it is put in a [`Shadow`](crate::Shadow).
    fn mode(&self) -> Mode {
        Mode::Enforce
    }

    /// Decides on a payment before it is signed or forwarded. May redact its texts.
    fn check<'a>(&'a self, payment: &'a mut Payment) -> Step<'a, Result<(), Denial>>;

    /// The last word before the signer is called or a third party's payment is forwarded, when every control has let it
    /// pass and every text is redacted. Audit writes the intent here.
    fn approve<'a>(&'a self, _payment: &'a Payment) -> Step<'a, Result<(), Denial>> {
        Step::ready(Ok(()))
    }

    /// The signature exists and is about to leave: from here on its money counts as spent.
    fn sending<'a>(&'a self, _payment: &'a Payment) -> Step<'a, Result<(), Denial>> {
        Step::ready(Ok(()))
    }

    /// A payment that may have left before is about to be sent again, byte for byte, because nobody knows how it ended. It
    /// is no new payment: what was set aside and claimed for it still is, and nothing is taken anew. A denial keeps it
    /// from leaving again, and changes nothing of what counts.
    ///
    /// Where all agree, [`approve`](Self::approve) has the last word, and a control is told how it ended as after
    /// [`check`](Self::check).
    fn resend<'a>(&'a self, _payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        Step::ready(Ok(()))
    }

    /// How the payment ended.
    fn finish<'a>(&'a self, _payment: &'a Payment, _outcome: &'a Outcome) -> Step<'a, ()> {
        Step::ready(())
    }

    /// How the payment ended, where the caller went away: called from a destructor, so it must not block for long.
    fn abandon(&self, _payment: &Payment, _outcome: &Outcome) {}

    /// Looks at a challenge on its way to whoever will pay or read it: redacts its texts, strikes out offers that
    /// [`check`](Self::check) would deny.
    fn screen(&self, _screening: &mut Screening<'_>) {}

    /// Looks at texts that stand beside what was decided on. The error is ignored where a denial
    /// [comes too late](crate::screening::TextPlace::may_deny).
    ///
    /// # Errors
    ///
    /// A [`Denial`]: the message does not leave.
    fn screen_texts(&self, _texts: &mut TextScreening<'_>) -> Result<(), Denial> {
        Ok(())
    }

    /// What of the agent's own requests it wants to see before they leave. Asked once, when the chain is built.
    fn request_need(&self) -> RequestNeed {
        RequestNeed::NOTHING
    }

    /// Looks at a request of ours before its first byte leaves, paid or not: redacts it, or denies it. It must make the
    /// same of the same request each time, so that the request is the same when it is sent again with a payment.
    ///
    /// # Errors
    ///
    /// A [`Denial`]: nothing is sent.
    fn screen_request(&self, _request: &mut OutgoingRequest<'_>) -> Result<(), Denial> {
        Ok(())
    }

    /// A challenge or message was refused before there was a payment to decide on.
    fn refused<'a>(&'a self, _exchange: &'a Exchange, _denial: &'a Denial) -> Step<'a, ()> {
        Step::ready(())
    }
}
