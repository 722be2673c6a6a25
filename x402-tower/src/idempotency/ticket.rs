//! A logical request on its way to its one signature.

use core::time::Duration;
use std::sync::Arc;

use http::HeaderValue;

use super::denials;
use super::flights::InFlight;
use super::name::Name;
use super::record::{KeptPayment, Progress, Record, ends};
use super::seal;
use super::{Settings, SettledRepeat};
use crate::clock::UnixMillis;
use crate::denial::{Denial, DenialKind};
use crate::payment::{Exchange, Outcome, Payment, PaymentId};
use crate::store::{Kept, Put, RequestKey, StoreError};

/// What an earlier attempt of a logical request has left.
#[derive(Debug)]
pub(crate) enum Begun {
    /// Nothing: it may be paid for.
    First(Ticket),
    /// A payment that may have left and could still be settled: the same bytes have to be sent.
    Again(Box<KeptPayment>, Ticket),
    /// A payment that has settled, with the JSON of its receipt.
    Settled(Box<KeptPayment>, String),
}

/// The right to pay for a logical request. While it is held, nobody else in this process does.
#[derive(Debug)]
pub(crate) struct Ticket {
    settings: Arc<Settings>,
    key: RequestKey,
    parameters: [u8; 32],
    remember: Duration,
    now: UnixMillis,
    /// What is there, as far as this ticket knows.
    revision: Option<u64>,
    /// The payment that is kept, without its signature.
    payment: Option<Box<KeptPayment>>,
    /// Ends the flight when the ticket is gone.
    _flight: InFlight,
}

/// Why a signed payment is not to leave.
#[derive(Debug)]
pub(crate) struct NotKept {
    pub(crate) denial: Denial,
    /// The store did not say that it keeps nothing: whoever asks again may find the payment, and send it.
    pub(crate) may_be_kept: bool,
}

impl From<Denial> for NotKept {
    fn from(denial: Denial) -> Self {
        Self {
            denial,
            may_be_kept: false,
        }
    }
}

pub(super) async fn begin(settings: &Arc<Settings>, exchange: &Exchange) -> Result<Begun, Denial> {
    let name = Name::of(settings.key.as_ref(), exchange).ok_or_else(denials::body_unknown)?;
    let (key, now) = (name.key, exchange.now());
    let flight = settings.flights.begin(key, settings.wait).await;
    let flight = flight.ok_or_else(denials::in_flight)?;
    let kept = settings.payments.load(key, now).await;
    let kept = kept.map_err(|error| unanswered(&error))?;
    let mut ticket = Ticket {
        settings: Arc::clone(settings),
        key,
        parameters: name.parameters,
        remember: if name.by_caller {
            settings.named_ttl
        } else {
            settings.ttl
        },
        now,
        revision: kept.as_ref().map(|kept| kept.revision),
        payment: None,
        _flight: flight,
    };
    let Some(kept) = kept else {
        return Ok(Begun::First(ticket));
    };
    let record = ticket.open(&kept).ok_or_else(denials::unreadable)?;
    if record.parameters != name.parameters {
        return Err(denials::reused_key());
    }
    match record.progress {
        Progress::Signing { until } => match left(now, until) {
            Some(left) => Err(denials::being_signed(left)),
            None => Ok(Begun::First(ticket)),
        },
        Progress::Signed(payment) if left(now, payment.ends).is_some() => {
            ticket.payment = Some(Box::new(payment.without_signature()));
            Ok(Begun::Again(Box::new(payment), ticket))
        }
        Progress::Signed(_) => Err(denials::run_out()),
        Progress::Settled { payment, receipt } => match receipt {
            Some(receipt) if settings.settled == SettledRepeat::Receipt => {
                Ok(Begun::Settled(Box::new(payment), receipt))
            }
            _ if name.by_caller => Err(denials::settled()),
            // Whether it may be paid for once more is the replay control's to say.
            _ => Ok(Begun::First(ticket)),
        },
    }
}

/// How long it is until then.
fn left(now: UnixMillis, until: UnixMillis) -> Option<Duration> {
    let millis = until.as_millis().checked_sub(now.as_millis())?;
    Some(Duration::from_millis(millis))
}

fn unanswered(error: &StoreError) -> Denial {
    error.denial(DenialKind::ReplayDetected)
}

impl Ticket {
    pub(crate) fn key(&self) -> RequestKey {
        self.key
    }

    /// Notes that the signer is about to be called. Of all processes that pay for this request, one gets further than
    /// this.
    pub(crate) async fn signing(
        &mut self,
        payment: &Payment,
        now: UnixMillis,
    ) -> Result<(), Denial> {
        let until = ends(payment, now);
        let progress = Progress::Signing { until };
        let noted = self.put(payment.id(), progress, until).await;
        noted.map_err(|not| not.denial)
    }

    /// Notes that the signer has signed nothing.
    pub(crate) async fn unsigned(self) {
        let Some(revision) = self.revision else {
            return;
        };
        if let Err(error) = self.settings.payments.remove(self.key, revision).await {
            // The safe side: the request is in doubt until its payment could not be settled any more.
            tracing::error!(
                code = error.code(),
                "a payment that was not made could not be forgotten"
            );
        }
    }

    /// Keeps the signed payment. After this, and not before, its first byte may leave.
    pub(crate) async fn keep(
        &mut self,
        payment: &Payment,
        value: &HeaderValue,
    ) -> Result<(), NotKept> {
        let kept = KeptPayment::of(payment, value.clone());
        let until = kept.ends.max(self.remembered());
        self.payment = Some(Box::new(kept.without_signature()));
        self.put(payment.id(), Progress::Signed(kept), until).await
    }

    /// Notes how it ended. What is not known, or only a server's refusal, leaves the payment as it is: it is sent again
    /// when the request comes again.
    pub(crate) async fn conclude(mut self, outcome: &Outcome) {
        let receipt = match outcome {
            Outcome::Settled(receipt) => core::str::from_utf8(receipt.document().bytes())
                .ok()
                .map(str::to_owned),
            Outcome::SettledEarlier(_) => None,
            _ => return,
        };
        let Some(payment) = self.payment.take() else {
            return;
        };
        let (id, until) = (payment.id, payment.ends.max(self.remembered()));
        let payment = *payment;
        let progress = Progress::Settled { payment, receipt };
        if let Err(not) = self.put(id, progress, until).await {
            // It stays as it is: sent again, it is refused as used.
            tracing::error!(payment = %id, code = not.denial.code(), "that a payment has settled could not be kept");
        }
    }

    fn remembered(&self) -> UnixMillis {
        self.now.saturating_add(self.remember)
    }

    async fn put(
        &mut self,
        id: PaymentId,
        progress: Progress,
        until: UnixMillis,
    ) -> Result<(), NotKept> {
        let record = Record {
            parameters: self.parameters,
            progress,
        };
        let json = record.to_json().ok_or_else(denials::unsealable)?;
        let sealed = seal::seal(self.settings.sealing.as_ref(), self.key, &json);
        let sealed = sealed.ok_or_else(denials::unsealable)?;
        // Whose it is stands before it in clear, for whoever reconciles without the sealing key.
        let value = [id.as_bytes().as_slice(), &sealed].concat();
        let payments = &self.settings.payments;
        let put = payments.put(self.key, self.revision, &value, self.now, until);
        match put.await {
            Ok(Put::Done(revision)) => {
                self.revision = Some(revision);
                Ok(())
            }
            Ok(Put::Conflict(_)) => Err(denials::overtaken().into()),
            Err(error) => Err(NotKept {
                denial: unanswered(&error),
                may_be_kept: !matches!(error, StoreError::Full),
            }),
        }
    }

    fn open(&self, kept: &Kept) -> Option<Record> {
        let sealed = kept.value.get(PaymentId::BYTES..)?;
        let json = seal::open(self.settings.sealing.as_ref(), self.key, sealed)?;
        Record::from_json(&json)
    }
}
