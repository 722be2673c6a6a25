//! A payment that is signed and sent elsewhere.

use http::{HeaderMap, StatusCode};

use crate::denial::Denial;
use crate::flight::Flight;
use crate::payment::{NotSent, Outcome, Payment, PaymentRecord, Uncertainty};
use crate::settlement;

/// A payment that every control has let pass, and that somebody else signs and sends, out of sight of this process.
///
/// It counts as spent from the beginning. Dropping it is like losing the answer: the outcome is unknown, and the money
/// stays counted. What was signed cannot be compared with what was decided here: whoever signs has to hold to the
/// [terms](Payment::terms), and to the texts as they were redacted.
#[derive(Debug)]
#[must_use = "a reserved payment counts as spent; tell how it ended"]
pub struct ReservedPayment {
    flight: Flight,
    choice: usize,
}

impl ReservedPayment {
    /// Puts the intent on record, and marks the payment as sent with every control.
    pub(super) async fn new(mut flight: Flight, choice: usize) -> Result<Self, Denial> {
        if let Err(denial) = flight.approve().await {
            return Err(flight.deny(denial).await);
        }
        match flight.sending().await {
            Ok(()) => Ok(Self { flight, choice }),
            Err(denial) => Err(flight.deny(denial).await),
        }
    }

    /// The payment.
    #[must_use]
    pub fn payment(&self) -> &Payment {
        self.flight.payment()
    }

    /// Which entry of the challenge's `accepts` was chosen, counted from zero.
    #[must_use]
    pub fn choice(&self) -> usize {
        self.choice
    }

    /// Reads the outcome from the answer that the payment got, and tells every control.
    pub async fn conclude(self, status: StatusCode, headers: &HeaderMap) -> PaymentRecord {
        let outcome = settlement::read(self.flight.payment(), status, headers);
        self.flight.finish(outcome).await
    }

    /// Tells every control that no answer came: the money stays counted.
    pub async fn fail(self) -> PaymentRecord {
        let outcome = Outcome::Unknown(Uncertainty::Transport);
        self.flight.finish(outcome).await
    }

    /// Gives the money back: nothing was signed. Only whoever was to sign knows that, and it is taken at their word.
    pub async fn give_back(self) -> PaymentRecord {
        let outcome = Outcome::NotSent(NotSent::Returned);
        self.flight.finish(outcome).await
    }
}
