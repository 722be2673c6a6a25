//! The ledger in memory: payments, and the windows that count them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::window::Window;
use crate::clock::UnixMillis;
use crate::money::Usd;
use crate::payment::PaymentId;
use crate::store::span::Span;
use crate::store::{
    Entry, EntryQuery, EntryState, LimitKey, Quota, Reservation, Reserved, Resolution, SentPayment,
    StoreError, Usage,
};

/// Most rolled-out windows that one call clears away: no fewer than one payment may need.
const SWEEP: usize = Reservation::MAX_LIMITS;

/// What is counted together, and for how long.
type WindowKey = ([u8; 32], Span);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
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

#[derive(Debug)]
struct Payment {
    state: State,
    /// What the windows count for it.
    counted: Usd,
    /// The windows that count it, each once, with the number of its bucket.
    places: Vec<(WindowKey, u64)>,
    /// When a reservation expires, or when everything else has rolled out of every window.
    ends: u64,
    /// Its number among the payments of this book.
    number: u64,
    reserved_at: u64,
    /// What left, where something did and it was told.
    sent: Option<Box<SentPayment>>,
}

impl Payment {
    fn entry(&self, id: PaymentId) -> Option<Entry> {
        let sent = self.sent.as_deref()?;
        let at = UnixMillis::from_millis(self.reserved_at);
        Some(Entry::new(
            id,
            self.state.into(),
            self.counted,
            at,
            Some(sent.clone()),
        ))
    }
}

/// Payments by when they end and their number: new ones end last, so that they are filed where the last one was.
type Queue = BTreeMap<(u64, u64), PaymentId>;

/// Money set aside, sent and settled. Every method runs under the store's lock, so each is one atomic step.
#[derive(Debug)]
pub(super) struct Book {
    max_windows: usize,
    max_payments: usize,
    /// The latest moment that any caller has named: a clock that steps back frees nothing (attack 77).
    now: u64,
    windows: HashMap<WindowKey, Window>,
    /// Exactly one entry for each window: when its last bucket leaves.
    empties: BTreeSet<(u64, WindowKey)>,
    payments: HashMap<PaymentId, Payment>,
    /// Never sent; given back at their end.
    reserved: Queue,
    /// Sent or unknown; forgotten when nothing counts them any more.
    open: Queue,
    /// Settled; kept only so that a second settlement finds them, and first to go where room is needed.
    settled: Queue,
    /// The number of the next payment.
    next: u64,
}

impl Book {
    pub(super) fn new(max_windows: usize, max_payments: usize) -> Self {
        Self {
            max_windows,
            max_payments,
            now: 0,
            windows: HashMap::new(),
            empties: BTreeSet::new(),
            payments: HashMap::new(),
            reserved: Queue::new(),
            open: Queue::new(),
            settled: Queue::new(),
            next: 0,
        }
    }

    pub(super) fn reserve(&mut self, wish: &Reservation<'_>) -> Result<Reserved, StoreError> {
        self.advance(wish.now);
        if self.payments.contains_key(&wish.id) {
            return Err(StoreError::UnknownPayment);
        }
        if wish.limits.len() > Reservation::MAX_LIMITS {
            return Err(StoreError::Full);
        }
        // Two quotas over the same window share it, and must not count the payment twice.
        let mut places: Vec<(WindowKey, u64)> = Vec::with_capacity(wish.limits.len());
        for (index, limit) in wish.limits.iter().enumerate() {
            let key = (*limit.key.as_bytes(), Span::of(limit.window));
            if let Some(left) = self.no_room(key, limit.quota, wish.amount)? {
                return Ok(Reserved::Refused { limit: index, left });
            }
            if places.iter().all(|(known, _)| *known != key) {
                places.push((key, 0));
            }
        }
        self.make_room(&places)?;
        for (key, bucket) in &mut places {
            *bucket = self.count(*key, wish.amount);
        }
        let ends = super::shifted(wish.expires, wish.now, self.now);
        let number = self.next;
        self.next = self.next.saturating_add(1);
        self.reserved.insert((ends, number), wish.id);
        let payment = Payment {
            state: State::Reserved,
            counted: wish.amount,
            places,
            ends,
            number,
            reserved_at: self.now,
            sent: None,
        };
        self.payments.insert(wish.id, payment);
        Ok(Reserved::Granted)
    }

    /// What is left under a quota, where `amount` does not fit into it.
    fn no_room(
        &mut self,
        key: WindowKey,
        quota: Quota,
        amount: Usd,
    ) -> Result<Option<Quota>, StoreError> {
        let now = self.now;
        let (sum, count) = self.windows.get_mut(&key).map_or((0, 0), |window| {
            window.roll(now);
            (window.amount(), window.count())
        });
        let total = sum
            .checked_add(u128::from(amount.micros()))
            .ok_or(StoreError::Overflow)?;
        match quota {
            Quota::Amount(most) if total > u128::from(most.micros()) => {
                let left = u128::from(most.micros()).saturating_sub(sum);
                let left = u64::try_from(left).map_err(|_| StoreError::Overflow)?;
                Ok(Some(Quota::Amount(Usd::from_micros(left))))
            }
            Quota::Count(most) if count >= most => Ok(Some(Quota::Count(0))),
            _ if total > u128::from(u64::MAX) => Err(StoreError::Overflow),
            _ => Ok(None),
        }
    }

    /// Sees to it that one more payment and its windows fit, without forgetting anything that counts.
    fn make_room(&mut self, places: &[(WindowKey, u64)]) -> Result<(), StoreError> {
        let fresh = places
            .iter()
            .filter(|(key, _)| !self.windows.contains_key(key))
            .count();
        if self.windows.len().saturating_add(fresh) > self.max_windows {
            return Err(StoreError::Full);
        }
        if self.payments.len() >= self.max_payments {
            let (_, id) = self.settled.pop_first().ok_or(StoreError::Full)?;
            self.payments.remove(&id);
        }
        Ok(())
    }

    fn count(&mut self, key: WindowKey, amount: Usd) -> u64 {
        let span = key.1;
        let window = self.windows.entry(key).or_insert_with(|| Window::new(span));
        let before = window.empties();
        let bucket = window.add(self.now, amount);
        if before != window.empties() {
            self.empties.remove(&(before, key));
            self.empties.insert((window.empties(), key));
        }
        bucket
    }

    pub(super) fn mark_sent(
        &mut self,
        id: PaymentId,
        sent: Option<&SentPayment>,
    ) -> Result<(), StoreError> {
        let payment = self
            .payments
            .get_mut(&id)
            .ok_or(StoreError::UnknownPayment)?;
        if payment.state == State::Reserved {
            payment.sent = sent.cloned().map(Box::new);
            self.move_to(id, State::Sent);
        }
        Ok(())
    }

    pub(super) fn settle(&mut self, id: PaymentId, actual: Option<Usd>) -> Result<(), StoreError> {
        let payment = self
            .payments
            .get_mut(&id)
            .ok_or(StoreError::UnknownPayment)?;
        let from = payment.counted;
        let to = match actual {
            // A second receipt may only raise what is counted.
            Some(actual) if payment.state == State::Settled => from.max(actual),
            Some(actual) => actual,
            None => from,
        };
        payment.counted = to;
        for (key, bucket) in &payment.places {
            if let Some(window) = self.windows.get_mut(key) {
                window.change(*bucket, from, to);
            }
        }
        self.move_to(id, State::Settled);
        Ok(())
    }

    pub(super) fn mark_unknown(&mut self, id: PaymentId) -> Result<(), StoreError> {
        let payment = self.payments.get(&id).ok_or(StoreError::UnknownPayment)?;
        if payment.state != State::Settled {
            self.move_to(id, State::Unknown);
        }
        Ok(())
    }

    pub(super) fn release(&mut self, id: PaymentId) -> Result<(), StoreError> {
        match self.payments.get(&id).map(|payment| payment.state) {
            None => Ok(()),
            Some(State::Reserved | State::Sent) => {
                self.forget(id);
                Ok(())
            }
            Some(State::Unknown | State::Settled) => Err(StoreError::UnknownPayment),
        }
    }

    pub(super) fn resolve(
        &mut self,
        id: PaymentId,
        resolution: Resolution,
    ) -> Result<(), StoreError> {
        let state = self.payments.get(&id).map(|payment| payment.state);
        match (state, resolution) {
            (Some(State::Sent | State::Unknown), Resolution::Settled) => {
                self.move_to(id, State::Settled);
                Ok(())
            }
            (Some(State::Sent | State::Unknown), Resolution::Released) => {
                self.forget(id);
                Ok(())
            }
            (Some(State::Settled), Resolution::Settled) => Ok(()),
            _ => Err(StoreError::UnknownPayment),
        }
    }

    pub(super) fn entry(&self, id: PaymentId) -> Option<Entry> {
        self.payments.get(&id)?.entry(id)
    }

    /// Looks at every payment: whoever lists them is not in a hurry.
    pub(super) fn entries(&self, query: &EntryQuery) -> Vec<Entry> {
        let entries = self.payments.iter().filter_map(|(id, payment)| {
            let sent = payment.sent.as_deref()?;
            let wanted = query.wants(*id, payment.state.into(), sent);
            wanted.then(|| payment.entry(*id)).flatten()
        });
        let mut entries: Vec<Entry> = entries.collect();
        entries.sort_unstable_by_key(|entry| entry.id);
        entries.truncate(query.limit);
        entries
    }

    pub(super) fn usage(&mut self, key: LimitKey, span: Span, now: UnixMillis) -> Usage {
        self.advance(now);
        let now = self.now;
        self.windows
            .get_mut(&(*key.as_bytes(), span))
            .map_or_else(Usage::default, |window| {
                window.roll(now);
                window.usage()
            })
    }

    /// Moves a payment on and files it under its new end.
    fn move_to(&mut self, id: PaymentId, state: State) {
        let Some(payment) = self.payments.get_mut(&id) else {
            return;
        };
        let (was, ended) = (payment.state, payment.ends);
        if was == State::Reserved {
            // From here on the money counts until it rolls out, whatever the reservation said.
            let leaves = payment
                .places
                .iter()
                .map(|((_, span), bucket)| span.leaves_at(*bucket));
            payment.ends = leaves.fold(ended, u64::max);
        }
        payment.state = state;
        let (ends, number) = (payment.ends, payment.number);
        self.filed(was).remove(&(ended, number));
        self.filed(state).insert((ends, number), id);
    }

    fn filed(&mut self, state: State) -> &mut Queue {
        match state {
            State::Reserved => &mut self.reserved,
            State::Sent | State::Unknown => &mut self.open,
            State::Settled => &mut self.settled,
        }
    }

    /// Takes a reservation out of every window that counts it.
    fn forget(&mut self, id: PaymentId) {
        let Some(payment) = self.payments.remove(&id) else {
            return;
        };
        self.filed(payment.state)
            .remove(&(payment.ends, payment.number));
        for (key, bucket) in payment.places {
            let Some(window) = self.windows.get_mut(&key) else {
                continue;
            };
            window.take_out(bucket, payment.counted);
            if window.count() == 0 {
                self.empties.remove(&(window.empties(), key));
                self.windows.remove(&key);
            }
        }
    }

    /// Moves time on, never back, and does what has become due: each entry once, so constant work per payment.
    fn advance(&mut self, now: UnixMillis) {
        self.now = self.now.max(now.as_millis());
        while let Some((_, id)) = due(&self.reserved, self.now) {
            self.forget(id);
        }
        while let Some((place, id)) = due(&self.open, self.now) {
            self.open.remove(&place);
            self.payments.remove(&id);
        }
        while let Some((place, id)) = due(&self.settled, self.now) {
            self.settled.remove(&place);
            self.payments.remove(&id);
        }
        for _ in 0..SWEEP {
            let Some(entry) = self.empties.first().copied() else {
                break;
            };
            if entry.0 > self.now {
                break;
            }
            self.empties.remove(&entry);
            self.windows.remove(&entry.1);
        }
    }
}

/// The first payment whose end lies in the past, and where it is filed.
fn due(queue: &Queue, now: u64) -> Option<((u64, u64), PaymentId)> {
    let (place, id) = queue.first_key_value()?;
    (place.0 < now).then_some((*place, *id))
}
