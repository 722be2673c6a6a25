//! The payments whose ids fall together.

use core::hash::BuildHasher;
use std::collections::BTreeMap;

use slab::Slab;

use super::windows::WindowPlace;
use crate::clock::UnixMillis;
use crate::money::Usd;
use crate::payment::PaymentId;
use crate::store::memory::index::Index;
use crate::store::memory::shards::Seed;
use crate::store::{Entry, EntryQuery, EntryState, SentPayment};

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
    /// The part that holds the window.
    pub(super) part: usize,
    pub(super) window: WindowPlace,
    /// The number of the bucket.
    pub(super) bucket: u64,
}

#[derive(Debug)]
pub(super) struct Payment {
    id: PaymentId,
    pub(super) state: State,
    /// What the windows count for it.
    pub(super) counted: Usd,
    /// The windows that count it, each once.
    pub(super) places: Box<[Place]>,
    /// When a reservation expires, or when everything else has rolled out of every window.
    ends: u64,
    /// When it has rolled out of every window.
    leaves: u64,
    reserved_at: u64,
    /// What left, where something did and it was told.
    pub(super) sent: Option<Box<SentPayment>>,
    /// Its number among the payments of this part.
    number: u64,
}

impl Payment {
    /// Set aside at `now` until `ends`, in windows of which the last lets go at `leaves`.
    pub(super) fn reserved(
        id: PaymentId,
        counted: Usd,
        places: Box<[Place]>,
        now: u64,
        ends: u64,
        leaves: u64,
    ) -> Self {
        Self {
            id,
            state: State::Reserved,
            counted,
            places,
            ends,
            leaves,
            reserved_at: now,
            sent: None,
            number: 0,
        }
    }

    fn entry(&self) -> Option<Entry> {
        let sent = self.sent.as_deref()?.clone();
        let at = UnixMillis::from_millis(self.reserved_at);
        let state = self.state.into();
        Some(Entry::new(self.id, state, self.counted, at, Some(sent)))
    }
}

/// Payments by when they end and their number: new ones end last, so that they are filed where the last one was.
type Queue = BTreeMap<(u64, u64), u32>;

/// Payments by id.
#[derive(Debug, Default)]
pub(super) struct Payments {
    seed: Seed,
    index: Index,
    payments: Slab<Payment>,
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
    fn at(&self, place: u32) -> Option<&Payment> {
        self.payments.get(usize::try_from(place).ok()?)
    }

    fn at_mut(&mut self, place: u32) -> Option<&mut Payment> {
        self.payments.get_mut(usize::try_from(place).ok()?)
    }

    fn find(&self, id: PaymentId) -> Option<u32> {
        let is = |place| self.at(place).is_some_and(|payment| payment.id == id);
        self.index.find(self.seed.hash_one(id), is)
    }

    pub(super) fn get(&self, id: PaymentId) -> Option<&Payment> {
        self.at(self.find(id)?)
    }

    pub(super) fn get_mut(&mut self, id: PaymentId) -> Option<&mut Payment> {
        self.at_mut(self.find(id)?)
    }

    /// Adds a payment. What is not on the books cannot be sent, but there is room for no more than there are places.
    pub(super) fn insert(&mut self, mut payment: Payment) {
        let Ok(place) = u32::try_from(self.payments.vacant_key()) else {
            return;
        };
        payment.number = self.next;
        self.next = self.next.saturating_add(1);
        let end = (payment.ends, payment.number);
        self.filed(payment.state).insert(end, place);
        let hash = self.seed.hash_one(payment.id);
        self.index.insert(hash, place);
        self.payments.insert(payment);
    }

    pub(super) fn remove(&mut self, id: PaymentId) -> Option<Payment> {
        self.remove_at(self.find(id)?)
    }

    fn remove_at(&mut self, place: u32) -> Option<Payment> {
        let payment = self.payments.try_remove(usize::try_from(place).ok()?)?;
        let hash = self.seed.hash_one(payment.id);
        self.index.remove(hash, place);
        let end = (payment.ends, payment.number);
        self.filed(payment.state).remove(&end);
        Some(payment)
    }

    /// Moves a payment on and files it under its new end.
    pub(super) fn move_to(&mut self, id: PaymentId, state: State) {
        let Some(place) = self.find(id) else { return };
        let Some(payment) = self.at_mut(place) else {
            return;
        };
        let (was, ended) = (payment.state, payment.ends);
        if was == State::Reserved {
            // From here on the money counts until it rolls out, whatever the reservation said.
            payment.ends = ended.max(payment.leaves);
        }
        payment.state = state;
        let (ends, number) = (payment.ends, payment.number);
        self.filed(was).remove(&(ended, number));
        self.filed(state).insert((ends, number), place);
    }

    /// When the first reservation expires.
    pub(super) fn first_expiry(&self) -> Option<u64> {
        self.reserved.first_key_value().map(|((ends, _), _)| *ends)
    }

    /// Takes out a reservation that has expired.
    pub(super) fn pop_expired(&mut self, now: u64) -> Option<Payment> {
        let place = due(&self.reserved, now)?;
        self.remove_at(place)
    }

    /// Forgets what nothing counts any more, and tells how many.
    pub(super) fn sweep(&mut self, now: u64) -> usize {
        let mut swept = 0;
        while let Some(place) = due(&self.open, now).or_else(|| due(&self.settled, now)) {
            self.remove_at(place);
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
        let first = self.settled.first_key_value().map(|(_, place)| *place);
        first.is_some_and(|place| self.remove_at(place).is_some())
    }

    pub(super) fn entry(&self, id: PaymentId) -> Option<Entry> {
        self.get(id)?.entry()
    }

    /// Looks at every payment: whoever lists them is not in a hurry.
    pub(super) fn entries(&self, query: &EntryQuery) -> impl Iterator<Item = Entry> {
        self.payments.iter().filter_map(|(_, payment)| {
            let sent = payment.sent.as_deref()?;
            let wanted = query.wants(payment.id, payment.state.into(), sent);
            wanted.then(|| payment.entry()).flatten()
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
fn due(queue: &Queue, now: u64) -> Option<u32> {
    let ((ends, _), place) = queue.first_key_value()?;
    (*ends < now).then_some(*place)
}
