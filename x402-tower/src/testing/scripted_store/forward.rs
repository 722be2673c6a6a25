//! The three traits, each call handed on.

use std::time::Duration;

use super::ScriptedStore;
use crate::clock::UnixMillis;
use crate::money::Usd;
use crate::payment::PaymentId;
use crate::step::Step;
use crate::store::{
    Claim, ClaimKey, Claims, Entry, EntryQuery, Kept, Ledger, LimitKey, Put, Reach, RequestKey,
    Reservation, Reserved, Resolution, SentPayment, SignedPayments, StoreError, Usage,
};

impl<S: Ledger> Ledger for ScriptedStore<S> {
    fn reserve(&self, wish: &Reservation<'_>) -> Step<'_, Result<Reserved, StoreError>> {
        let (id, amount, limits) = (wish.id, wish.amount, wish.limits.to_vec());
        let (now, expires) = (wish.now, wish.expires);
        self.answer(move |store| {
            store.reserve(&Reservation::new(id, amount, &limits, now, expires))
        })
    }

    fn mark_sent(
        &self,
        id: PaymentId,
        sent: Option<SentPayment>,
    ) -> Step<'_, Result<(), StoreError>> {
        self.answer(move |store| store.mark_sent(id, sent))
    }

    fn settle(&self, id: PaymentId, actual: Option<Usd>) -> Step<'_, Result<(), StoreError>> {
        self.answer(move |store| store.settle(id, actual))
    }

    fn mark_unknown(&self, id: PaymentId) -> Step<'_, Result<(), StoreError>> {
        self.answer(move |store| store.mark_unknown(id))
    }

    fn release(&self, id: PaymentId) -> Step<'_, Result<(), StoreError>> {
        self.answer(move |store| store.release(id))
    }

    fn release_now(&self, id: PaymentId) {
        if let Some(store) = self.reached() {
            store.release_now(id);
        }
    }

    fn entries(&self, query: &EntryQuery) -> Step<'_, Result<Vec<Entry>, StoreError>> {
        let query = *query;
        self.answer(move |store| store.entries(&query))
    }

    fn entry(&self, id: PaymentId) -> Step<'_, Result<Option<Entry>, StoreError>> {
        self.answer(move |store| store.entry(id))
    }

    fn resolve(&self, id: PaymentId, resolution: Resolution) -> Step<'_, Result<(), StoreError>> {
        self.answer(move |store| store.resolve(id, resolution))
    }

    fn reach(&self) -> Reach {
        self.0.reach.unwrap_or_else(|| self.0.store.reach())
    }

    fn usage(
        &self,
        key: LimitKey,
        window: Duration,
        now: UnixMillis,
    ) -> Step<'_, Result<Usage, StoreError>> {
        self.answer(move |store| store.usage(key, window, now))
    }
}

impl<S: Claims> Claims for ScriptedStore<S> {
    fn claim(
        &self,
        key: ClaimKey,
        holder: PaymentId,
        value: &[u8],
        now: UnixMillis,
        until: UnixMillis,
    ) -> Step<'_, Result<Claim, StoreError>> {
        self.0.claim_ends.lock().push(until);
        let value = value.to_vec();
        self.answer(move |store| store.claim(key, holder, &value, now, until))
    }

    fn read(
        &self,
        key: ClaimKey,
        now: UnixMillis,
    ) -> Step<'_, Result<Option<Vec<u8>>, StoreError>> {
        self.answer(move |store| store.read(key, now))
    }

    fn give_back(&self, key: ClaimKey, holder: PaymentId) -> Step<'_, Result<(), StoreError>> {
        self.answer(move |store| store.give_back(key, holder))
    }

    fn reach(&self) -> Reach {
        self.0.reach.unwrap_or_else(|| self.0.store.reach())
    }

    fn give_back_now(&self, key: ClaimKey, holder: PaymentId) {
        if let Some(store) = self.reached() {
            store.give_back_now(key, holder);
        }
    }
}

impl<S: SignedPayments> SignedPayments for ScriptedStore<S> {
    fn load(&self, key: RequestKey, now: UnixMillis) -> Step<'_, Result<Option<Kept>, StoreError>> {
        self.answer(move |store| store.load(key, now))
    }

    fn put(
        &self,
        key: RequestKey,
        expected: Option<u64>,
        value: &[u8],
        now: UnixMillis,
        until: UnixMillis,
    ) -> Step<'_, Result<Put, StoreError>> {
        let value = value.to_vec();
        self.answer(move |store| store.put(key, expected, &value, now, until))
    }

    fn remove(&self, key: RequestKey, expected: u64) -> Step<'_, Result<bool, StoreError>> {
        self.answer(move |store| store.remove(key, expected))
    }

    fn reach(&self) -> Reach {
        self.0.reach.unwrap_or_else(|| self.0.store.reach())
    }
}
