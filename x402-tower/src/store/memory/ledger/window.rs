//! One rolling window: a short queue of time buckets and their sum.

use std::collections::VecDeque;

use crate::money::Usd;
use crate::store::Usage;
use crate::store::span::Span;

/// From here on a queue grows by one and not by half its length again, as few more can come.
const FULL: usize = 64;

#[derive(Debug, Clone, Copy)]
struct Bucket {
    number: u64,
    amount: u128,
    count: u64,
}

/// What one limit key has counted in one window.
///
/// Sums are 128 bits wide: the payments that a store may hold cannot overflow them, so that what is added can always be
/// taken away again exactly.
#[derive(Debug)]
pub(super) struct Window {
    span: Span,
    /// Ascending by number, none empty by time; at most [`BUCKETS`](crate::store::Limit::BUCKETS) + 2.
    buckets: VecDeque<Bucket>,
    amount: u128,
    count: u64,
    /// When the last bucket leaves, or left.
    empties: u64,
}

impl Window {
    pub(super) fn new(span: Span) -> Self {
        Self {
            span,
            buckets: VecDeque::new(),
            amount: 0,
            count: 0,
            empties: 0,
        }
    }

    /// Drops what is older than the window. `now` never runs backwards.
    pub(super) fn roll(&mut self, now: u64) {
        while let Some(first) = self.buckets.front().copied() {
            if self.span.leaves_at(first.number) > now {
                break;
            }
            self.buckets.pop_front();
            self.amount = self.amount.saturating_sub(first.amount);
            self.count = self.count.saturating_sub(first.count);
        }
    }

    /// Counts one payment in the bucket of `now`.
    pub(super) fn add(&mut self, now: u64, amount: Usd) {
        let number = self.span.bucket_at(now);
        let amount = u128::from(amount.micros());
        self.amount = self.amount.saturating_add(amount);
        self.count = self.count.saturating_add(1);
        match self.buckets.back_mut() {
            Some(last) if last.number == number => {
                last.amount = last.amount.saturating_add(amount);
                last.count = last.count.saturating_add(1);
            }
            _ => {
                if self.buckets.len() >= FULL {
                    self.buckets.reserve_exact(1);
                }
                self.buckets.push_back(Bucket {
                    number,
                    amount,
                    count: 1,
                });
                self.empties = self.span.leaves_at(number);
            }
        }
    }

    /// Takes a payment out of the bucket of the moment `at` which it was added, if that has not left yet.
    pub(super) fn take_out(&mut self, at: u64, amount: Usd) {
        let amount = u128::from(amount.micros());
        if let Some(bucket) = self.bucket(at) {
            bucket.amount = bucket.amount.saturating_sub(amount);
            bucket.count = bucket.count.saturating_sub(1);
            self.amount = self.amount.saturating_sub(amount);
            self.count = self.count.saturating_sub(1);
        }
    }

    /// Counts a payment at another amount than before, if its bucket has not left yet.
    pub(super) fn change(&mut self, at: u64, from: Usd, to: Usd) {
        let (from, to) = (u128::from(from.micros()), u128::from(to.micros()));
        if let Some(bucket) = self.bucket(at) {
            bucket.amount = bucket.amount.saturating_sub(from).saturating_add(to);
            self.amount = self.amount.saturating_sub(from).saturating_add(to);
        }
    }

    fn bucket(&mut self, at: u64) -> Option<&mut Bucket> {
        let number = self.span.bucket_at(at);
        let at = self
            .buckets
            .binary_search_by_key(&number, |bucket| bucket.number)
            .ok()?;
        self.buckets.get_mut(at)
    }

    /// When nothing is counted here any more, as far as it is known now; 0 before anything was counted.
    pub(super) fn empties(&self) -> u64 {
        self.empties
    }

    pub(super) fn amount(&self) -> u128 {
        self.amount
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// The count as it is shown: a sum beyond what can be written stops there.
    pub(super) fn usage(&self) -> Usage {
        let amount = u64::try_from(self.amount).unwrap_or(u64::MAX);
        Usage::new(Usd::from_micros(amount), self.count)
    }
}
