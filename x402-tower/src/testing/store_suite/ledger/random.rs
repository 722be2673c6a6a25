//! Random interleavings against the plain ledger.

use std::collections::HashMap;
use std::time::Duration;

use fastrand::Rng;
use tokio::runtime::Handle;

use super::super::Subject;
use super::super::engine::{DAY, Engine, HOUR, MINUTE, id, present, told, usd};
use super::entries::what_left;
use super::plain::{Fate, Is, Payment, PlainLedger, Scope, When};
use crate::store::{
    EntryQuery, EntryState, Ledger, Limit, Quota, Reservation, Reserved, Resolution, StoreError,
};

/// Interleavings of one caller; the seed of one that fails is told.
const SEEDS: u64 = 8;
const STEPS: usize = 150;

/// Callers that run at once, and how often they meet.
const CALLERS: u64 = 6;
const ROUNDS: u64 = 5;
const STEPS_A_ROUND: usize = 25;

/// Most of everything: small enough to be met all the time.
const MOST: u64 = 100;
const MOST_PAYMENTS: u64 = 12;

/// Ids and keys of one interleaving are those of no other.
const APART: u64 = 1 << 20;

fn scopes(n: u64) -> [Scope; 4] {
    let first = n * APART;
    [
        Scope::new(first, HOUR),
        Scope::new(first, DAY),
        Scope::new(first + 1, Duration::from_millis(5_000_011)),
        Scope::new(first + 2, 10 * MINUTE),
    ]
}

/// Whatever the order of steps: no limit is passed, nothing is lost and nothing counted twice.
pub async fn random_steps_agree_with_a_plain_ledger<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    for seed in 0..SEEDS {
        let mut caller = Caller::new(&engine, seed, seed);
        caller.alone = true;
        for _ in 0..STEPS {
            let wait = match caller.rng.u8(..) {
                0..=99 => 0,
                100..=229 => caller.rng.u64(0..300_000),
                _ => caller.rng.u64(0..8_000_000),
            };
            engine.wait(Duration::from_millis(wait)).await;
            // An engine without a clock of its own learns the time where it is named.
            caller.assert_usage().await;
            caller.step().await;
            caller.assert_usage().await;
        }
        caller.assert_entries().await;
    }
}

/// The same of callers that run at once, each with payments of its own under the limits of all.
pub async fn concurrent_steps_agree_with_a_plain_ledger<S: Subject<Store: Ledger>>(subject: &S) {
    let runtime = Handle::current();
    let mut engines = Vec::new();
    for _ in 0..CALLERS {
        engines.push(Engine::of(subject).await);
    }
    let mut callers: Vec<_> = (1..)
        .zip(&engines)
        .map(|(n, engine)| Caller::new(engine, 0, n))
        .collect();
    for _ in 0..ROUNDS {
        std::thread::scope(|scope| {
            for caller in &mut callers {
                let runtime = &runtime;
                scope.spawn(move || {
                    runtime.block_on(async {
                        for _ in 0..STEPS_A_ROUND {
                            caller.step().await;
                            caller.assert_within_limits().await;
                        }
                    });
                });
            }
        });
        let Some(first) = engines.first() else { return };
        let mut all = Caller::new(first, 0, 0);
        let payments = callers.iter().flat_map(|caller| &caller.plain.payments);
        all.plain.payments = payments.cloned().collect();
        all.assert_usage().await;
        first.wait(10 * MINUTE).await;
        all.assert_usage().await;
    }
}

/// Somebody who takes steps at random, and notes in a plain ledger what came of them.
struct Caller<'a, S: Subject> {
    engine: &'a Engine<'a, S>,
    rng: Rng,
    seed: u64,
    reserved: u64,
    plain: PlainLedger,
    scopes: [Scope; 4],
    /// Whether nobody else counts in the same scopes.
    alone: bool,
}

impl<'a, S: Subject<Store: Ledger>> Caller<'a, S> {
    fn new(engine: &'a Engine<'a, S>, place: u64, seed: u64) -> Self {
        Self {
            engine,
            rng: Rng::with_seed(seed),
            seed,
            reserved: 0,
            plain: PlainLedger::default(),
            scopes: scopes(place),
            alone: false,
        }
    }

    async fn step(&mut self) {
        let count = self.plain.payments.len();
        if count == 0 || self.rng.u8(..) < 90 {
            self.reserve().await;
            return;
        }
        // Mostly one of the last.
        let among = if self.rng.bool() { count.min(4) } else { count };
        let index = count - 1 - self.rng.usize(..among);
        let Some(mut payment) = self.plain.payments.get(index).cloned() else {
            return;
        };
        self.change(&mut payment).await;
        if let Some(place) = self.plain.payments.get_mut(index) {
            *place = payment;
        }
    }

    async fn reserve(&mut self) {
        let rng = &mut self.rng;
        let mut scopes = self.scopes.to_vec();
        scopes.retain(|_| rng.bool());
        let mut limits = Vec::new();
        for scope in &scopes {
            limits.push(scope.limit(Quota::Amount(usd(MOST))));
            if rng.u8(..4) == 0 {
                limits.push(scope.limit(Quota::Count(MOST_PAYMENTS)));
            }
        }
        rng.shuffle(&mut limits);
        let amount = rng.u64(..40);
        let lifetime = Duration::from_millis(rng.u64(..1_800_000));
        self.reserved += 1;
        let number = self.seed * APART + self.reserved;
        let earliest = self.engine.now();
        let expires = earliest.saturating_add(lifetime);
        let wish = Reservation::new(id(number), usd(amount), &limits, earliest, expires);
        let answer = told(self.engine.store.reserve(&wish).await);
        let at = When {
            earliest,
            latest: self.engine.now(),
        };
        match answer {
            Reserved::Granted => {
                for limit in limits {
                    self.assert_fits(limit, amount, at);
                }
                self.plain.payments.push(Payment {
                    number,
                    fate: Fate::Reserved,
                    counted: amount,
                    at,
                    expires: at.plus(lifetime),
                    scopes,
                    left: None,
                });
            }
            Reserved::Refused { limit, left } => {
                let limit = present(limits.get(limit).copied());
                self.assert_does_not_fit(limit, amount, left, at);
            }
        }
    }

    /// Moves a payment on in one of the ways there are, allowed or not.
    async fn change(&mut self, payment: &mut Payment) {
        let (store, id) = (&self.engine.store, id(payment.number));
        let earliest = self.engine.now();
        let choice = self.rng.u8(..11);
        let actual = match self.rng.u8(..4) {
            0 => None,
            1 if self.alone => Some(self.rng.u64(..60)),
            _ => Some(self.rng.u64(..=payment.counted)),
        };
        let left = self
            .rng
            .bool()
            .then(|| what_left(payment.number, earliest, self.rng.bool()));
        let resolution = if self.rng.bool() {
            Resolution::Settled
        } else {
            Resolution::Released
        };
        let answer = match choice {
            0..=3 => store.mark_sent(id, left.clone()).await,
            4 | 5 => store.settle(id, actual.map(usd)).await,
            6 | 7 => store.mark_unknown(id).await,
            8 => store.release(id).await,
            _ => store.resolve(id, resolution).await,
        };
        let now = When {
            earliest,
            latest: self.engine.now(),
        };
        let known = payment.is_known(now);
        let allowed = match (choice, payment.fate, resolution) {
            (0..=7, ..) | (9.., Fate::Sent | Fate::Unknown, _) => known,
            (8, Fate::Gone | Fate::Reserved | Fate::Sent, _) => Is::So,
            (8, ..) if known == Is::So => Is::NotSo,
            (8, ..) => Is::Open,
            (_, Fate::Settled, Resolution::Settled) => known,
            _ => Is::NotSo,
        };
        let expected = match allowed {
            Is::So => answer == Ok(()),
            Is::NotSo => answer == Err(StoreError::UnknownPayment),
            Is::Open => matches!(answer, Ok(()) | Err(StoreError::UnknownPayment)),
        };
        assert!(
            expected,
            "seed {}, step {choice}: {answer:?} of {payment:?} at {now:?}",
            self.seed
        );
        let done = answer.is_ok();
        match (choice, payment.fate) {
            (0..=3, Fate::Reserved) if done => {
                payment.fate = Fate::Sent;
                payment.left = left;
            }
            (4 | 5, Fate::Settled) if done => {
                payment.counted = payment.counted.max(actual.unwrap_or(0));
            }
            (4 | 5, _) if done => {
                payment.fate = Fate::Settled;
                payment.counted = actual.unwrap_or(payment.counted);
            }
            (6 | 7, Fate::Reserved | Fate::Sent) if done => payment.fate = Fate::Unknown,
            (8, Fate::Reserved | Fate::Sent) => payment.fate = Fate::Gone,
            (9.., _) if done && resolution == Resolution::Settled => payment.fate = Fate::Settled,
            (9.., _) if done => payment.fate = Fate::Gone,
            (0..=7, Fate::Reserved) => payment.fate = Fate::Gone,
            _ => {}
        }
    }

    fn assert_fits(&self, limit: Limit, amount: u64, at: When) {
        let counted = self.plain.bounds(Scope::of(limit), at);
        let fits = match limit.quota {
            Quota::Amount(most) => counted.amount.0 + amount <= most.micros(),
            Quota::Count(most) => counted.count.0 < most,
        };
        assert!(
            fits,
            "seed {}: {limit:?} was passed, {counted:?} and {amount}",
            self.seed
        );
    }

    fn assert_does_not_fit(&self, limit: Limit, amount: u64, left: Quota, at: When) {
        let counted = self.plain.bounds(Scope::of(limit), at);
        let (most, left, (least, greatest), more) = match (limit.quota, left) {
            (Quota::Amount(most), Quota::Amount(left)) => {
                (most.micros(), left.micros(), counted.amount, amount)
            }
            (Quota::Count(most), Quota::Count(left)) => (most, left, counted.count, 1),
            _ => return assert_eq!(limit.quota, left, "another kind of quota"),
        };
        let told = || format!("seed {}: {limit:?} has {left} left, {counted:?}", self.seed);
        assert!(left < more, "{}", told());
        assert!(left <= most.saturating_sub(least), "{}", told());
        if self.alone {
            assert!(greatest + more > most, "{}", told());
            assert!(left >= most.saturating_sub(greatest), "{}", told());
        }
    }

    /// Asserts that each scope counts what the plain ledger does, give or take a bucket.
    async fn assert_usage(&self) {
        for scope in self.scopes {
            let earliest = self.engine.now();
            let used = self.engine.used_in(scope.key, scope.window).await;
            let now = When {
                earliest,
                latest: self.engine.now(),
            };
            let counted = self.plain.bounds(scope, now);
            let (least, greatest) = counted.amount;
            let amount = (least..=greatest).contains(&used.amount.micros());
            let count = (counted.count.0..=counted.count.1).contains(&used.count);
            assert!(
                amount && count,
                "seed {}: {used:?}, {counted:?} of {scope:?}",
                self.seed
            );
        }
    }

    /// Asserts that no limit is passed while others are at it.
    async fn assert_within_limits(&self) {
        for scope in self.scopes {
            let used = self.engine.used_in(scope.key, scope.window).await;
            assert!(used.amount <= usd(MOST), "{used:?} of {scope:?}");
        }
    }

    /// Asserts that what was told what left is listed as it stands, and nothing else.
    async fn assert_entries(&self) {
        let earliest = self.engine.now();
        let query = EntryQuery::all().after(id(self.seed * APART));
        let entries = told(self.engine.store.entries(&query).await);
        let now = When {
            earliest,
            latest: self.engine.now(),
        };
        let mut entries: HashMap<_, _> = entries
            .into_iter()
            .filter(|entry| entry.state != EntryState::Released)
            .map(|entry| (entry.id, entry))
            .collect();
        for payment in &self.plain.payments {
            let entry = entries.remove(&id(payment.number));
            let Some(entry) = entry else {
                let listed = payment.left.is_some() && payment.counts(now) == Is::So;
                assert!(!listed, "seed {}: {payment:?} is not listed", self.seed);
                continue;
            };
            assert_eq!(Some(entry.state), payment.fate.entry_state());
            assert_eq!(entry.counted, usd(payment.counted));
            assert_eq!(entry.sent, payment.left);
        }
        assert!(entries.is_empty(), "seed {}: {entries:?}", self.seed);
    }
}
