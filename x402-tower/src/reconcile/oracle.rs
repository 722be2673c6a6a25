//! Who can say whether an authorization was used.

use core::fmt;

use crate::step::Step;
use crate::store::SentPayment;

/// What a chain says about an authorization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Settlement {
    /// Its nonce is used: the payment was settled, or withdrawn by the payer. It can never be settled again.
    Used,
    /// Its nonce was not used up to a moment, by the chain's own clock, at or after `valid_before`: it never will be.
    Unused,
    /// Neither is certain.
    NotKnown,
}

/// Says what became of payments, from the chain that would have moved the money.
///
/// It never guesses: what is not certain is [`NotKnown`](Settlement::NotKnown). In particular an unused nonce is only
/// [`Unused`](Settlement::Unused) when the chain itself has passed the payment's end; a node that lags behind shows a past in which
/// nothing was used yet.
pub trait SettlementOracle: Send + Sync + fmt::Debug + 'static {
    /// Whether it may know about a payment like this one. Nothing is asked otherwise.
    fn answers_for(&self, payment: &SentPayment) -> bool;

    /// Looks a payment up. Dropping the step ends the look-up.
    ///
    /// # Errors
    ///
    /// [`OracleError`] where nobody answered, or the answer is not one. It leaves the payment as it is.
    fn settlement<'a>(
        &'a self,
        payment: &'a SentPayment,
    ) -> Step<'a, Result<Settlement, OracleError>>;
}

/// Why an oracle has no answer. No variant quotes an address of a service or what it said: both may hold secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OracleError {
    /// The connection failed or broke, or the status was not 200.
    #[error("the endpoint could not be reached, or did not answer with 200; check its URL and key")]
    Unreachable,
    /// There was no answer in time.
    #[error("the endpoint did not answer in time; the payment is looked up again in the next run")]
    TimedOut,
    /// The answer is longer than any right one.
    #[error(
        "the endpoint's answer is longer than any right one; check that its URL is that of a node"
    )]
    TooLarge,
    /// The answer is not what the protocol says.
    #[error("the endpoint's answer cannot be read; check that its URL is that of a node")]
    Malformed,
    /// The endpoint answered with an error of its own.
    #[error("the endpoint refused the question with code {code}; see its documentation")]
    Refused {
        /// The error's number.
        code: i64,
    },
    /// The endpoint serves another chain.
    #[error("the endpoint serves another chain than it was configured for; correct its URL")]
    WrongChain,
    /// Several endpoints were asked, and they say different things.
    #[error("the endpoints of this chain disagree; find out which one is wrong")]
    Disagreement,
}

impl OracleError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreachable => "oracle.unreachable",
            Self::TimedOut => "oracle.timed_out",
            Self::TooLarge => "oracle.too_large",
            Self::Malformed => "oracle.malformed",
            Self::Refused { .. } => "oracle.refused",
            Self::WrongChain => "oracle.wrong_chain",
            Self::Disagreement => "oracle.disagreement",
        }
    }
}
