//! The payments whose ids fall together.

use std::collections::BTreeMap;

use super::windows::WindowKey;
use crate::clock::UnixMillis;
use crate::money::Usd;
use crate::payment::PaymentId;
use crate::store::memory::shards::Map;
use crate::store::{Entry, EntryQuery, EntryState, SentPayment};

/// Most ended payments that one call clears away, so that no caller waits for everybody's.
const SWEEP: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Reserved,
    Sent,
    Unknown,
    Settled,
}

impl From<State> for EntryState {
    fn from(state: State) -> Self {
        match state {
            State::Reserved => Self::Reserved,
            State::Sent => Self::Sent,
            State::Unknown => Self::Unknown,
            State::Settled => Self::Settled,
        }
    }
}

/// A window that counts a payment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) key: WindowKey,
    /// The part that holds the window.
    pub(super) part: usize,
    /// The number of the bucket.
    pub(super) bucket: u64,
}

#[derive(Debug)]
pub(super) struct Payment {
    pub(super) state: State,
    /// What the windows count for it.
    pub(super) counted: Usd,
    /// The windows that count it, each once.
    pub(super) places: Box<[Place]>,
    /// When a reservation expires, or when everything else has rolled out of every window.
    pub(super) ends: u64,
    pub(super) reserved_at: u64,
    /// What left, where something did and it was told.
    pub(super) sent: Option<Box<SentPayment>>,
    /// Its number among the payments of this part.
    number: u64,
}

impl Payment {
    /// Set aside until `ends`.
    pub(super) fn reserved(counted: Usd, places: Vec<Place>, ends: u64, now: u64) -> Self {
        Self {
            state: State::Reserved,
            counted,
            places: places.into_boxed_slice(),
            ends,
            reserved_at: now,
            sent: None,
            number: 0,
        }
    }

    fn entry(&self, id: PaymentId) -> Option<Entry> {
        let sent = self.sent.as_deref()?.clone();
        let at = UnixMillis::from_millis(self.reserved_at);
        let state = self.state.into();
        Some(Entry::new(id, state, self.counted, at, Some(sent)))
    }
}

/// Payments by when they end and their number: new ones end last, so that they are filed where the last one was.
type Queue = BTreeMap<(u64, u64), PaymentId>;

/// Payments by id.
#[derive(Debug, Default)]
pub(super) struct Payments {
    by_id: Map<PaymentId, Payment>,
    /// Never sent; given back at their end.
    reserved: Queue,
    /// Sent or unknown; forgotten when nothing counts them any more.
    open: Queue,
    /// Settled; kept only so that a second settlement finds them, and first to go where room is needed.
    settled: Queue,
    /// The number of the next payment.
    next: u64,
}

impl Payments {
    pub(super) fn get(&self, id: PaymentId) -> Option<&Payment> {
        self.by_id.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: PaymentId) -> Option<&mut Payment> {
        self.by_id.get_mut(&id)
    }

    pub(super) fn insert(&mut self, id: PaymentId, mut payment: Payment) {
        payment.number = self.next;
        self.next = self.next.saturating_add(1);
        let place = (payment.ends, payment.number);
        self.filed(payment.state).insert(place, id);
        self.by_id.insert(id, payment);
    }

    pub(super) fn remove(&mut self, id: PaymentId) -> Option<Payment> {
        let payment = self.by_id.remove(&id)?;
        let place = (payment.ends, payment.number);
        self.filed(payment.state).remove(&place);
        Some(payment)
    }

    /// Moves a payment on and files it under its new end.
    pub(super) fn move_to(&mut self, id: PaymentId, state: State) {
        let Some(payment) = self.by_id.get_mut(&id) else {
            return;
        };
        let (was, ended) = (payment.state, payment.ends);
        if was == State::Reserved {
            // From here on the money counts until it rolls out, whatever the reservation said.
            let leaves = payment
                .places
                .iter()
                .map(|place| place.key.1.leaves_at(place.bucket));
            payment.ends = leaves.fold(ended, u64::max);
        }
        payment.state = state;
        let (ends, number) = (payment.ends, payment.number);
        self.filed(was).remove(&(ended, number));
        self.filed(state).insert((ends, number), id);
    }

    /// When the first reservation expires.
    pub(super) fn first_expiry(&self) -> Option<u64> {
        self.reserved.first_key_value().map(|((ends, _), _)| *ends)
    }

    /// Takes out a reservation that has expired.
    pub(super) fn pop_expired(&mut self, now: u64) -> Option<Payment> {
        let id = due(&self.reserved, now)?;
        self.remove(id)
    }

    /// Forgets some of what nothing counts any more, and tells how many.
    pub(super) fn sweep(&mut self, now: u64) -> usize {
        let mut swept = 0;
        while swept < SWEEP {
            let Some(id) = due(&self.open, now).or_else(|| due(&self.settled, now)) else {
                break;
            };
            self.remove(id);
            swept += 1;
        }
        swept
    }

    /// When the first settled payment rolls out of its windows.
    pub(super) fn first_settled(&self) -> Option<u64> {
        self.settled.first_key_value().map(|((ends, _), _)| *ends)
    }

    /// Forgets the settled payment that rolls out first; it stays counted. Answers whether there was one.
    pub(super) fn forget_settled(&mut self) -> bool {
        let first = self.settled.pop_first();
        first.is_some_and(|(_, id)| self.by_id.remove(&id).is_some())
    }

    pub(super) fn entry(&self, id: PaymentId) -> Option<Entry> {
        self.get(id)?.entry(id)
    }

    /// Looks at every payment: whoever lists them is not in a hurry.
    pub(super) fn entries(&self, query: &EntryQuery) -> impl Iterator<Item = Entry> {
        self.by_id.iter().filter_map(|(id, payment)| {
            let sent = payment.sent.as_deref()?;
            let wanted = query.wants(*id, payment.state.into(), sent);
            wanted.then(|| payment.entry(*id)).flatten()
        })
    }

    fn filed(&mut self, state: State) -> &mut Queue {
        match state {
            State::Reserved => &mut self.reserved,
            State::Sent | State::Unknown => &mut self.open,
            State::Settled => &mut self.settled,
        }
    }
}

/// The first payment, where its end lies in the past.
fn due(queue: &Queue, now: u64) -> Option<PaymentId> {
    let ((ends, _), id) = queue.first_key_value()?;
    (*ends < now).then_some(*id)
}
