//! The memory engine against a plain list of payments, and against the attacks on budgets.

use futures_util::FutureExt;
use proptest::prelude::*;

use super::*;
use crate::store::{Limit, Quota};

fn now<T>(step: Step<'_, T>) -> T {
    step.now_or_never().expect("memory answers at once")
}

fn id(n: u64) -> PaymentId {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&n.to_be_bytes());
    PaymentId::from_bytes(bytes)
}

fn key(n: u64) -> LimitKey {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&n.to_be_bytes());
    LimitKey::from_bytes(bytes)
}

fn at(millis: u64) -> UnixMillis {
    UnixMillis::from_millis(millis)
}

fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

const DAY: Duration = Duration::from_secs(86_400);
const START: u64 = 1_700_000_000_000;

fn day_limit(n: u64, most: &str) -> Limit {
    Limit::new(key(n), DAY, Quota::Amount(usd(most)))
}

/// Reserves at `millis` for a minute.
fn reserve(
    store: &MemoryStore,
    n: u64,
    amount: Usd,
    limits: &[Limit],
    millis: u64,
) -> Result<Reserved, StoreError> {
    let wish = Reservation::new(id(n), amount, limits, at(millis), at(millis + 60_000));
    now(store.reserve(&wish))
}

fn used(store: &MemoryStore, n: u64, millis: u64) -> Usage {
    now(store.usage(key(n), DAY, at(millis))).unwrap()
}

#[test]
fn attack_082_random_keys_meet_the_cap_and_are_denied() {
    let store = MemoryStore::with_capacity(100, 1_000, 10);
    for n in 0..100 {
        let limits = [day_limit(n, "1")];
        assert_eq!(
            reserve(&store, n, usd("0.01"), &limits, START),
            Ok(Reserved::Granted)
        );
    }
    let strange = [day_limit(5_000, "1")];
    assert_eq!(
        reserve(&store, 500, usd("0.01"), &strange, START),
        Err(StoreError::Full)
    );
    let known = [day_limit(5, "1")];
    assert_eq!(
        reserve(&store, 501, usd("0.01"), &known, START),
        Ok(Reserved::Granted),
        "what is counted already still works"
    );
    let later = START + 2 * 86_400_000;
    assert_eq!(
        reserve(&store, 502, usd("0.01"), &strange, later),
        Ok(Reserved::Granted),
        "what rolled out makes room"
    );
}

#[test]
fn attack_082_released_keys_leave_nothing_behind() {
    let store = MemoryStore::with_capacity(1, 1, 1);
    for n in 0..1_000 {
        let limits = [day_limit(n, "1")];
        assert_eq!(
            reserve(&store, n, usd("0.01"), &limits, START),
            Ok(Reserved::Granted)
        );
        now(store.release(id(n))).unwrap();
    }
}

#[test]
fn attack_073_open_payments_meet_their_cap_and_settled_ones_make_room() {
    let store = MemoryStore::with_capacity(10, 2, 0);
    let limits = [day_limit(1, "1")];
    for n in 0..2 {
        reserve(&store, n, usd("0.01"), &limits, START).unwrap();
        now(store.mark_sent(id(n), None)).unwrap();
    }
    assert_eq!(
        reserve(&store, 2, usd("0.01"), &limits, START),
        Err(StoreError::Full)
    );
    now(store.settle(id(0), None)).unwrap();
    assert_eq!(
        reserve(&store, 3, usd("0.01"), &limits, START),
        Ok(Reserved::Granted)
    );
    assert_eq!(used(&store, 1, START), Usage::new(usd("0.03"), 3));
}

#[test]
fn a_full_store_takes_nothing_under_any_limit() {
    let store = MemoryStore::with_capacity(1, 10, 0);
    let limits = [day_limit(1, "1"), day_limit(2, "1")];
    assert_eq!(
        reserve(&store, 1, usd("0.02"), &limits, START),
        Err(StoreError::Full)
    );
    assert_eq!(used(&store, 1, START), Usage::default());
}

#[test]
fn claims_meet_their_cap_until_some_end() {
    let store = MemoryStore::with_capacity(0, 0, 3);
    let take = |n: u8, millis| {
        let key = ClaimKey::from_bytes([n; 32]);
        now(store.claim(key, id(n.into()), b"", at(millis), at(millis + 10)))
    };
    for n in 0..3 {
        assert_eq!(take(n, START), Ok(Claim::Taken));
    }
    assert_eq!(take(3, START + 10), Err(StoreError::Full));
    assert!(matches!(take(0, START + 10), Ok(Claim::Held { .. })));
    assert_eq!(take(3, START + 11), Ok(Claim::Taken));
}

/// One payment as the plain list keeps it.
#[derive(Debug, Clone)]
struct Entry {
    amount: u64,
    at: u64,
    expires: u64,
    keys: Vec<u64>,
    state: Fate,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Reserved,
    Sent,
    Unknown,
    Settled,
    Gone,
}

#[derive(Debug, Clone)]
enum Op {
    Wait(u64),
    StepBack(u64),
    Reserve {
        keys: Vec<u64>,
        amount: u64,
        ttl: u64,
    },
    Send(usize),
    Settle(usize, Option<u64>),
    Unknown(usize),
    Release(usize),
}

fn op() -> impl Strategy<Value = Op> {
    let keys = prop::sample::subsequence(vec![0u64, 1, 2], 1..=3);
    prop_oneof![
        2 => (0u64..400).prop_map(Op::Wait),
        1 => (1_000u64..6_000).prop_map(Op::Wait),
        1 => (1u64..5_000).prop_map(Op::StepBack),
        6 => (keys, 0u64..40, 0u64..900)
            .prop_map(|(keys, amount, ttl)| Op::Reserve { keys, amount, ttl }),
        3 => (0usize..60).prop_map(Op::Send),
        2 => (0usize..60, prop::option::of(0u64..60)).prop_map(|(n, actual)| Op::Settle(n, actual)),
        1 => (0usize..60).prop_map(Op::Unknown),
        2 => (0usize..60).prop_map(Op::Release),
    ]
}

const CAP: u64 = 100;
/// A second, five seconds, and a length that 64 does not divide.
fn length(n: u64) -> u64 {
    match n {
        0 => 1_000,
        1 => 5_000,
        _ => 3_333,
    }
}

fn counts(entry: &Entry, n: u64, window: u64, now: u64, grain: bool) -> bool {
    let expired = entry.state == Fate::Reserved && now > entry.expires;
    let width = window.div_ceil(64);
    let leaves = if grain {
        (entry.at / width + 1) * width + window
    } else {
        entry.at + window
    };
    entry.state != Fate::Gone && !expired && entry.keys.contains(&n) && now < leaves
}

fn sum(list: &[Entry], n: u64, now: u64, grain: bool) -> (u64, u64) {
    let counted = list
        .iter()
        .filter(|entry| counts(entry, n, length(n), now, grain));
    counted.fold((0, 0), |(amount, count), entry| {
        (amount + entry.amount, count + 1)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_books_agree_with_a_plain_list(ops in prop::collection::vec(op(), 1..120)) {
        let store = MemoryStore::with_capacity(8, 1_000, 0);
        let mut list: Vec<Entry> = Vec::new();
        let (mut clock, mut seen) = (START, 0);
        for op in ops {
            match op {
                Op::Wait(millis) => clock += millis,
                Op::StepBack(millis) => clock -= millis,
                Op::Reserve { keys, amount, ttl } => {
                    seen = seen.max(clock);
                    let limits: Vec<_> = keys
                        .iter()
                        .map(|n| {
                            let window = Duration::from_millis(length(*n));
                            Limit::new(key(*n), window, Quota::Amount(Usd::from_micros(CAP)))
                        })
                        .collect();
                    let wish = Reservation::new(
                        id(list.len() as u64),
                        Usd::from_micros(amount),
                        &limits,
                        at(clock),
                        at(clock + ttl),
                    );
                    let refused = keys
                        .iter()
                        .position(|n| sum(&list, *n, seen, true).0 + amount > CAP);
                    let expected = match refused {
                        None => Reserved::Granted,
                        Some(limit) => {
                            let used = sum(&list, keys[limit], seen, true).0;
                            let left = Usd::from_micros(CAP.saturating_sub(used));
                            Reserved::Refused { limit, left: Quota::Amount(left) }
                        }
                    };
                    prop_assert_eq!(now(store.reserve(&wish)), Ok(expected));
                    let state = if refused.is_some() { Fate::Gone } else { Fate::Reserved };
                    let expires = seen + ttl;
                    list.push(Entry { amount, at: seen, expires, keys, state });
                }
                Op::Send(n) => {
                    let sent = now(store.mark_sent(id(n as u64), None));
                    if let Some(entry) = list.get_mut(n)
                        && entry.state == Fate::Reserved
                        && entry.expires >= seen
                    {
                        prop_assert_eq!(sent, Ok(()));
                        entry.state = Fate::Sent;
                    }
                }
                Op::Settle(n, actual) => {
                    let settled = now(store.settle(id(n as u64), actual.map(Usd::from_micros)));
                    let open = list.get(n).is_some_and(|entry| {
                        matches!(entry.state, Fate::Sent | Fate::Unknown)
                            && entry.keys.iter().any(|k| counts(entry, *k, length(*k), seen, true))
                    });
                    prop_assert!(!open || settled.is_ok(), "what is counted can be settled");
                    if let (Some(entry), Ok(())) = (list.get_mut(n), settled) {
                        entry.amount = match actual {
                            Some(actual) if entry.state == Fate::Settled => {
                                entry.amount.max(actual)
                            }
                            Some(actual) => actual,
                            None => entry.amount,
                        };
                        entry.state = Fate::Settled;
                    }
                }
                Op::Unknown(n) => {
                    let unknown = now(store.mark_unknown(id(n as u64)));
                    if let (Some(entry), Ok(())) = (list.get_mut(n), unknown)
                        && matches!(entry.state, Fate::Reserved | Fate::Sent)
                    {
                        entry.state = Fate::Unknown;
                    }
                }
                Op::Release(n) => {
                    let released = now(store.release(id(n as u64)));
                    if let Some(entry) = list.get_mut(n)
                        && matches!(entry.state, Fate::Reserved | Fate::Sent)
                    {
                        prop_assert_eq!(released, Ok(()));
                        entry.state = Fate::Gone;
                    }
                }
            }
            seen = seen.max(clock);
            for n in 0..3u64 {
                let window = Duration::from_millis(length(n));
                let shown = now(store.usage(key(n), window, at(clock))).unwrap();
                let (amount, count) = sum(&list, n, seen, true);
                prop_assert_eq!(shown, Usage::new(Usd::from_micros(amount), count));
                let (exact, _) = sum(&list, n, seen, false);
                prop_assert!(amount >= exact, "nothing leaves early");
            }
        }
    }
}
