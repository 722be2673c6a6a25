//! The payments whose ids fall together.

use core::hash::BuildHasher;

use smallvec::SmallVec;

use super::windows::WindowPlace;
use crate::clock::UnixMillis;
use crate::money::Usd;
use crate::payment::PaymentId;
use crate::store::memory::index::Index;
use crate::store::memory::shards::{SHARDS, Seed};
use crate::store::memory::things::{Queue, Things};
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
    /// Its place among those of its part, and the part: as one number, because every payment keeps several.
    place_and_part: u32,
    number: u32,
}

impl Place {
    /// The most windows that places can be written for: some 268 million.
    pub(super) const MOST_WINDOWS: u32 = u32::MAX >> SHARDS.ilog2();

    /// `None` beyond [`MOST_WINDOWS`](Self::MOST_WINDOWS).
    pub(super) fn new(part: usize, window: WindowPlace) -> Option<Self> {
        let (shards, part) = (u32::try_from(SHARDS).ok()?, u32::try_from(part).ok()?);
        Some(Self {
            place_and_part: window.place.checked_mul(shards)?.checked_add(part)?,
            number: window.number,
        })
    }

    /// The part that holds the window.
    pub(super) fn part(self) -> usize {
        usize::try_from(self.place_and_part).map_or(0, |both| both % SHARDS)
    }

    pub(super) fn window(self) -> WindowPlace {
        let shards = u32::try_from(SHARDS).unwrap_or(1);
        WindowPlace {
            place: self.place_and_part / shards,
            number: self.number,
        }
    }
}

/// The windows that count a payment, each once. Most payments fall under few, and keep them with everything else: memory that
/// is taken and given back for each payment is cold each time.
pub(super) type Places = SmallVec<[Place; 4]>;

#[derive(Debug)]
pub(super) struct Payment {
    id: PaymentId,
    pub(super) state: State,
    /// What the windows count for it.
    pub(super) counted: Usd,
    pub(super) places: Places,
    /// When it has rolled out of every window.
    leaves: u64,
    /// Also the moment whose bucket counts it in each window.
    pub(super) reserved_at: u64,
    /// What left, where something did and it was told.
    pub(super) sent: Option<Box<SentPayment>>,
}

impl Payment {
    /// Set aside at `now`, in windows of which the last lets go at `leaves`.
    pub(super) fn reserved(
        id: PaymentId,
        counted: Usd,
        places: Places,
        now: u64,
        leaves: u64,
    ) -> Self {
        Self {
            id,
            state: State::Reserved,
            counted,
            places,
            leaves,
            reserved_at: now,
            sent: None,
        }
    }

    pub(super) fn entry(&self) -> Option<Entry> {
        let sent = self.sent.as_deref()?.clone();
        let at = UnixMillis::from_millis(self.reserved_at);
        let state = self.state.into();
        Some(Entry::new(self.id, state, self.counted, at, Some(sent)))
    }
}

/// Payments by id, each in the queue of its state.
#[derive(Debug, Default)]
pub(super) struct Payments {
    seed: Seed,
    index: Index,
    payments: Things<Payment>,
    /// Never sent; given back when they expire.
    reserved: Queue,
    /// Sent or unknown; forgotten when nothing counts them any more.
    open: Queue,
    /// Settled; kept only so that a second settlement finds them, and first to go where room is needed.
    settled: Queue,
}

impl Payments {
    /// The number of a payment, by which everything else asks for it.
    pub(super) fn find(&self, id: PaymentId) -> Option<u32> {
        let is = |number| self.get(number).is_some_and(|payment| payment.id == id);
        self.index.find(self.seed.hash_one(id), is)
    }

    pub(super) fn get(&self, number: u32) -> Option<&Payment> {
        self.payments.get(number)
    }

    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut Payment> {
        self.payments.get_mut(number)
    }

    /// Adds a reservation that ends then. What is not on the books cannot be sent, but there is room for no more than there
    /// are numbers.
    pub(super) fn insert(&mut self, payment: Payment, ends: u64) {
        let hash = self.seed.hash_one(payment.id);
        let Some(number) = self.payments.insert(payment) else {
            return;
        };
        let (seed, payments) = (&self.seed, &self.payments);
        self.index.insert(hash, number, || {
            let all = payments.iter();
            all.map(|(other, payment)| (seed.hash_one(payment.id), other))
        });
        self.reserved.join(&mut self.payments, number, ends);
    }

    pub(super) fn remove(&mut self, number: u32) -> Option<Payment> {
        let state = self.get(number)?.state;
        let (queue, payments) = self.queue(state);
        queue.leave(payments, number);
        let payment = payments.remove(number)?;
        self.index.remove(self.seed.hash_one(payment.id), number);
        Some(payment)
    }

    /// Moves a payment on and queues it by its new end.
    pub(super) fn move_to(&mut self, number: u32, state: State) {
        let Some(ended) = self.payments.ends(number) else {
            return;
        };
        let Some(payment) = self.get_mut(number) else {
            return;
        };
        let was = payment.state;
        payment.state = state;
        let ends = match was {
            // From here on the money counts until it rolls out, whatever the reservation said.
            State::Reserved => ended.max(payment.leaves),
            _ => ended,
        };
        let (queue, payments) = self.queue(was);
        queue.leave(payments, number);
        let (queue, payments) = self.queue(state);
        queue.join(payments, number, ends);
    }

    /// When the first reservation expires.
    pub(super) fn first_expiry(&self) -> Option<u64> {
        self.reserved.first().map(|(ends, _)| ends)
    }

    /// Takes out a reservation that has expired.
    pub(super) fn pop_expired(&mut self, now: u64) -> Option<Payment> {
        let number = self.reserved.due(now)?;
        self.remove(number)
    }

    /// Forgets what nothing counts any more, and tells how many.
    pub(super) fn sweep(&mut self, now: u64) -> usize {
        let mut swept = 0;
        while let Some(number) = self.open.due(now).or_else(|| self.settled.due(now)) {
            self.remove(number);
            swept += 1;
        }
        swept
    }

    /// When the first settled payment rolls out of its windows.
    pub(super) fn first_settled(&self) -> Option<u64> {
        self.settled.first().map(|(ends, _)| ends)
    }

    /// Forgets the settled payment that rolls out first; it stays counted. Answers whether there was one.
    pub(super) fn forget_settled(&mut self) -> bool {
        let first = self.settled.first();
        first.is_some_and(|(_, number)| self.remove(number).is_some())
    }

    /// Looks at every payment: whoever lists them is not in a hurry.
    pub(super) fn entries(&self, query: &EntryQuery) -> impl Iterator<Item = Entry> {
        self.payments.iter().filter_map(|(_, payment)| {
            let sent = payment.sent.as_deref()?;
            let wanted = query.wants(payment.id, payment.state.into(), sent);
            wanted.then(|| payment.entry()).flatten()
        })
    }

    fn queue(&mut self, state: State) -> (&mut Queue, &mut Things<Payment>) {
        let queue = match state {
            State::Reserved => &mut self.reserved,
            State::Sent | State::Unknown => &mut self.open,
            State::Settled => &mut self.settled,
        };
        (queue, &mut self.payments)
    }
}
