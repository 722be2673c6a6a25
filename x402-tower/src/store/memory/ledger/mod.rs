//! The ledger in memory: payments, and the windows that count them.
//!
//! Both are split into parts. Whoever needs more than one locks a part of payments first, and then the parts of its windows
//! in ascending order; nobody holds two parts of payments.
//!
//! A reservation that has expired must count nowhere, but its windows lie in many parts. So whoever looks at a window
//! gives back first what has expired by its time, and looks under the window's lock once more whether anything may have
//! expired since. Money that is being given back still counts until it is, and shows in `first_expiry` until then.

mod locked;
mod payments;
mod window;
mod windows;

use std::array;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::{Mutex, MutexGuard};

use self::locked::{Locked, Wanted, key_of};
use self::payments::{Payment, Payments, Place, State};
use self::windows::Windows;
use super::shards::{Latest, Room, SHARDS, Shards};
use crate::clock::UnixMillis;
use crate::money::Usd;
use crate::payment::PaymentId;
use crate::store::span::Span;
use crate::store::{
    Entry, EntryQuery, Limit, LimitKey, Quota, Reservation, Reserved, Resolution, SentPayment,
    StoreError, Usage,
};

/// Money set aside, sent and settled.
#[derive(Debug)]
pub(super) struct Book {
    latest: Latest,
    window_room: Room,
    payment_room: Room,
    windows: Shards<Mutex<Windows>>,
    payments: Shards<Mutex<Payments>>,
    /// For each part of payments a moment up to which none of its reservations expires. Changed under the part's lock.
    first_expiry: [AtomicU64; SHARDS],
}

/// Why a reservation has to be looked at again.
enum Wanting {
    /// Another caller has named a later moment.
    Time,
    Windows,
    Payments,
}

impl Book {
    pub(super) fn new(max_windows: usize, max_payments: usize) -> Self {
        Self {
            latest: Latest::default(),
            window_room: Room::numbered(max_windows),
            payment_room: Room::numbered(max_payments),
            windows: Shards::default(),
            payments: Shards::default(),
            first_expiry: array::from_fn(|_| AtomicU64::new(u64::MAX)),
        }
    }

    pub(super) fn reserve(&self, wish: &Reservation<'_>) -> Result<Reserved, StoreError> {
        if wish.limits.len() > Reservation::MAX_LIMITS {
            return Err(StoreError::Full);
        }
        let mut wanted = self.wanted(wish.limits);
        // Each turn but the last has seen time pass or has made room.
        loop {
            let now = self.latest.advance(wish.now);
            self.expire(now);
            let freed = match self.reserve_at_once(wish, &mut wanted)? {
                Ok(answer) => return Ok(answer),
                Err(Wanting::Time) => true,
                Err(Wanting::Windows) => self.sweep_windows(),
                Err(Wanting::Payments) => self.forget_a_payment(),
            };
            if !freed {
                return Err(StoreError::Full);
            }
        }
    }

    /// The windows of some limits. Two quotas over the same window share it, and must not count a payment twice.
    fn wanted(&self, limits: &[Limit]) -> Vec<Wanted> {
        let mut all: Vec<Wanted> = Vec::with_capacity(limits.len());
        for limit in limits {
            let key = key_of(limit);
            if all.iter().all(|known| known.key != key) {
                let part = self.windows.number(&key.0);
                let window = None;
                all.push(Wanted { key, part, window });
            }
        }
        all
    }

    fn reserve_at_once(
        &self,
        wish: &Reservation<'_>,
        wanted: &mut [Wanted],
    ) -> Result<Result<Reserved, Wanting>, StoreError> {
        let home = self.payments.number(&wish.id);
        let mut payments = self.payments.part(home).lock();
        let mut windows = self.lock(wanted.iter().map(|wanted| wanted.part));
        let now = self.latest.get();
        if self.may_have_expired(now) {
            return Ok(Err(Wanting::Time));
        }
        self.payment_room.give_back(payments.sweep(now));
        self.window_room.give_back(windows.sweep(now));
        if payments.get(wish.id).is_some() {
            return Err(StoreError::UnknownPayment);
        }
        for wanted in &mut *wanted {
            wanted.window = windows.find(wanted);
        }
        for (index, limit) in wish.limits.iter().enumerate() {
            let key = key_of(limit);
            let wanted = wanted.iter().find(|wanted| wanted.key == key);
            let (sum, count) = wanted.map_or((0, 0), |wanted| windows.counted(wanted, now));
            if let Some(left) = no_room(sum, count, limit.quota, wish.amount)? {
                return Ok(Ok(Reserved::Refused { limit: index, left }));
            }
        }
        let fresh = wanted.iter().filter(|wanted| wanted.window.is_none());
        let fresh = fresh.count();
        if !self.window_room.take(fresh) {
            return Ok(Err(Wanting::Windows));
        }
        // A settled payment of the same part leaves its room to this one; else those of the other parts are asked.
        if !self.payment_room.take(1) && !payments.forget_settled() {
            self.window_room.give_back(fresh);
            return Ok(Err(Wanting::Payments));
        }
        let places = wanted
            .iter()
            .filter_map(|wanted| windows.count(wanted, now, wish.amount));
        let places: Box<[Place]> = places.collect();
        // Room was taken for every window, so this cannot be; but what some window does not count must not be granted.
        if places.len() != wanted.len() {
            for place in &places {
                windows.take_out(place, wish.amount);
            }
            return Err(StoreError::Full);
        }
        let ends = super::shifted(wish.expires, wish.now, now);
        let leaves = wanted
            .iter()
            .map(|Wanted { key: (_, span), .. }| span.leaves_at(span.bucket_at(now)));
        let leaves = leaves.max().unwrap_or(0);
        let payment = Payment::reserved(wish.id, wish.amount, places, now, ends, leaves);
        payments.insert(payment);
        if let Some(first) = self.first_expiry.get(home)
            && ends < first.load(Ordering::Relaxed)
        {
            first.store(ends, Ordering::Relaxed);
        }
        Ok(Ok(Reserved::Granted))
    }

    pub(super) fn mark_sent(
        &self,
        id: PaymentId,
        sent: Option<SentPayment>,
    ) -> Result<(), StoreError> {
        let mut payments = self.home(id);
        let payment = payments.get_mut(id).ok_or(StoreError::UnknownPayment)?;
        if payment.state == State::Reserved {
            payment.sent = sent.map(Box::new);
            payments.move_to(id, State::Sent);
        }
        Ok(())
    }

    pub(super) fn settle(&self, id: PaymentId, actual: Option<Usd>) -> Result<(), StoreError> {
        let mut payments = self.home(id);
        let payment = payments.get_mut(id).ok_or(StoreError::UnknownPayment)?;
        let from = payment.counted;
        let to = match actual {
            // A second receipt may only raise what is counted.
            Some(actual) if payment.state == State::Settled => from.max(actual),
            Some(actual) => actual,
            None => from,
        };
        payment.counted = to;
        if from != to {
            let mut windows = self.lock(payment.places.iter().map(|place| place.part));
            for place in &payment.places {
                windows.change(place, from, to);
            }
        }
        payments.move_to(id, State::Settled);
        Ok(())
    }

    pub(super) fn mark_unknown(&self, id: PaymentId) -> Result<(), StoreError> {
        let mut payments = self.home(id);
        let payment = payments.get(id).ok_or(StoreError::UnknownPayment)?;
        if payment.state != State::Settled {
            payments.move_to(id, State::Unknown);
        }
        Ok(())
    }

    pub(super) fn release(&self, id: PaymentId) -> Result<(), StoreError> {
        let mut payments = self.home(id);
        match payments.get(id).map(|payment| payment.state) {
            None => {}
            Some(State::Reserved | State::Sent) => self.give_back(payments.remove(id)),
            Some(State::Unknown | State::Settled) => return Err(StoreError::UnknownPayment),
        }
        Ok(())
    }

    pub(super) fn resolve(&self, id: PaymentId, resolution: Resolution) -> Result<(), StoreError> {
        let mut payments = self.home(id);
        let state = payments.get(id).map(|payment| payment.state);
        match (state, resolution) {
            (Some(State::Sent | State::Unknown), Resolution::Settled) => {
                payments.move_to(id, State::Settled);
            }
            (Some(State::Sent | State::Unknown), Resolution::Released) => {
                self.give_back(payments.remove(id));
            }
            (Some(State::Settled), Resolution::Settled) => {}
            _ => return Err(StoreError::UnknownPayment),
        }
        Ok(())
    }

    pub(super) fn entry(&self, id: PaymentId) -> Option<Entry> {
        self.home(id).entry(id)
    }

    pub(super) fn entries(&self, query: &EntryQuery) -> Vec<Entry> {
        let mut entries = Vec::new();
        for part in self.payments.all() {
            entries.extend(self.swept(part).entries(query));
            entries.sort_unstable_by_key(|entry: &Entry| entry.id);
            entries.truncate(query.limit);
        }
        entries
    }

    pub(super) fn usage(&self, key: LimitKey, span: Span, now: UnixMillis) -> Usage {
        let key = (*key.as_bytes(), span);
        loop {
            self.expire(self.latest.advance(now));
            let mut windows = self.windows.of(&key.0).lock();
            let now = self.latest.get();
            if !self.may_have_expired(now) {
                return windows.usage(&key, now);
            }
        }
    }

    /// The part of payments that holds an id, without what has expired or has rolled out.
    fn home(&self, id: PaymentId) -> MutexGuard<'_, Payments> {
        self.expire(self.latest.get());
        self.swept(self.payments.of(&id))
    }

    /// A part of payments, without what has rolled out: each payment goes once, so constant work per payment.
    fn swept<'a>(&self, part: &'a Mutex<Payments>) -> MutexGuard<'a, Payments> {
        let mut payments = part.lock();
        let now = self.latest.get();
        self.payment_room.give_back(payments.sweep(now));
        payments
    }

    /// Takes a payment out of every window that counts it. Its part of payments is locked, so that `first_expiry` tells of
    /// it until it is done.
    fn give_back(&self, payment: Option<Payment>) {
        let Some(payment) = payment else { return };
        let mut windows = self.lock(payment.places.iter().map(|place| place.part));
        let gone = payment
            .places
            .iter()
            .filter(|place| windows.take_out(place, payment.counted));
        self.window_room.give_back(gone.count());
        self.payment_room.give_back(1);
    }

    /// Whether a reservation may have expired that windows still count.
    fn may_have_expired(&self, now: u64) -> bool {
        let mut all = self.first_expiry.iter();
        all.any(|first| first.load(Ordering::Relaxed) < now)
    }

    /// Gives back every reservation that has expired by `now`: each once, so constant work per payment.
    fn expire(&self, now: u64) {
        for (payments, first) in self.payments.all().iter().zip(&self.first_expiry) {
            if first.load(Ordering::Relaxed) >= now {
                continue;
            }
            let mut payments = payments.lock();
            while let Some(payment) = payments.pop_expired(now) {
                self.give_back(Some(payment));
            }
            first.store(
                payments.first_expiry().unwrap_or(u64::MAX),
                Ordering::Relaxed,
            );
        }
    }

    /// Clears away windows that have rolled out, and answers whether there were any.
    fn sweep_windows(&self) -> bool {
        let now = self.latest.get();
        let swept = self
            .windows
            .all()
            .iter()
            .map(|windows| windows.lock().sweep(now))
            .sum();
        self.window_room.give_back(swept);
        swept > 0
    }

    /// Forgets what nothing counts any more, or else the settled payment that rolls out first. Answers whether there was any.
    fn forget_a_payment(&self) -> bool {
        let now = self.latest.get();
        let all = self.payments.all();
        let mut forgotten = all.iter().map(|payments| payments.lock().sweep(now)).sum();
        while forgotten == 0 {
            let settled = all.iter().filter_map(|payments| {
                let first = payments.lock().first_settled();
                first.map(|first| (first, payments))
            });
            let Some((_, payments)) = settled.min_by_key(|(first, _)| *first) else {
                return false;
            };
            forgotten = usize::from(payments.lock().forget_settled());
        }
        self.payment_room.give_back(forgotten);
        true
    }

    /// Locks the parts that hold some windows, in ascending order.
    fn lock(&self, wanted: impl Iterator<Item = usize>) -> Locked<'_> {
        let mut parts = [false; SHARDS];
        for part in wanted {
            if let Some(part) = parts.get_mut(part) {
                *part = true;
            }
        }
        let mut all = self.windows.all().iter().zip(parts);
        Locked(array::from_fn(|_| {
            let (windows, wanted) = all.next()?;
            wanted.then(|| windows.lock())
        }))
    }
}

/// What is left under a quota, where `amount` does not fit into it.
fn no_room(sum: u128, count: u64, quota: Quota, amount: Usd) -> Result<Option<Quota>, StoreError> {
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
