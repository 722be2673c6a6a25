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
fn attack_066_two_hundred_racers_share_a_budget_of_five() {
    let store = MemoryStore::new();
    let limits = [day_limit(1, "0.05")];
    let start = std::sync::Barrier::new(200);
    let granted: usize = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..200)
            .map(|n| {
                let (store, start) = (store.clone(), &start);
                scope.spawn(move || {
                    start.wait();
                    reserve(&store, n, usd("0.01"), &limits, START)
                })
            })
            .collect();
        racers
            .into_iter()
            .map(|racer| usize::from(racer.join().unwrap() == Ok(Reserved::Granted)))
            .sum()
    });
    assert_eq!(granted, 5);
    assert_eq!(used(&store, 1, START), Usage::new(usd("0.05"), 5));
}

#[test]
fn attack_007_sums_near_the_end_of_the_numbers_are_refused() {
    let store = MemoryStore::new();
    let limits = [Limit::new(key(1), DAY, Quota::Amount(Usd::MAX))];
    let most = Usd::from_micros(u64::MAX - 1);
    assert_eq!(
        reserve(&store, 1, most, &limits, START),
        Ok(Reserved::Granted)
    );
    assert_eq!(
        reserve(&store, 2, most, &limits, START),
        Ok(Reserved::Refused {
            limit: 0,
            left: Quota::Amount(Usd::from_micros(1))
        })
    );
    let counted = [Limit::new(key(1), DAY, Quota::Count(9))];
    assert_eq!(
        reserve(&store, 3, most, &counted, START),
        Err(StoreError::Overflow)
    );
}

#[test]
fn attack_017_ten_small_payments_meet_the_window_at_the_sixth() {
    let store = MemoryStore::new();
    let limits = [day_limit(1, "0.05")];
    let answers: Vec<_> = (0..10)
        .map(|n| reserve(&store, n, usd("0.01"), &limits, START + n * 1000))
        .collect();
    let refused = Ok(Reserved::Refused {
        limit: 0,
        left: Quota::Amount(Usd::ZERO),
    });
    assert!(answers[..5].iter().all(|a| *a == Ok(Reserved::Granted)));
    assert!(answers[5..].iter().all(|a| *a == refused));
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
fn attack_077_a_clock_that_steps_back_frees_nothing() {
    let store = MemoryStore::new();
    let limits = [day_limit(1, "0.01")];
    reserve(&store, 1, usd("0.01"), &limits, START).unwrap();
    now(store.mark_sent(id(1), None)).unwrap();
    for millis in [START - 1, START - 3 * 86_400_000, 0] {
        assert!(matches!(
            reserve(&store, 2, usd("0.01"), &limits, millis),
            Ok(Reserved::Refused { .. })
        ));
    }
}

#[test]
fn attack_077_a_slow_clock_does_not_shorten_a_claim() {
    let store = MemoryStore::new();
    let take = |key, n, now_, until| {
        let key = ClaimKey::from_bytes([key; 32]);
        now(store.claim(key, id(n), b"", at(now_), at(until))).unwrap()
    };
    assert_eq!(take(1, 1, START + 500, START + 900), Claim::Taken);
    assert_eq!(take(2, 2, START, START + 100), Claim::Taken);
    assert!(matches!(
        take(2, 3, START + 600, START + 700),
        Claim::Held { .. }
    ));
    assert_eq!(take(2, 3, START + 601, START + 700), Claim::Taken);
}

#[test]
fn a_limit_that_refuses_takes_nothing_under_the_others() {
    let store = MemoryStore::new();
    let limits = [day_limit(1, "1"), day_limit(2, "0.01")];
    assert_eq!(
        reserve(&store, 1, usd("0.02"), &limits, START),
        Ok(Reserved::Refused {
            limit: 1,
            left: Quota::Amount(usd("0.01"))
        })
    );
    assert_eq!(used(&store, 1, START), Usage::default());
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
fn two_quotas_over_one_window_count_a_payment_once() {
    let store = MemoryStore::new();
    let limits = [day_limit(1, "1"), Limit::new(key(1), DAY, Quota::Count(2))];
    reserve(&store, 1, usd("0.02"), &limits, START).unwrap();
    assert_eq!(used(&store, 1, START), Usage::new(usd("0.02"), 1));
    reserve(&store, 2, usd("0.02"), &limits, START).unwrap();
    assert_eq!(
        reserve(&store, 3, usd("0.02"), &limits, START),
        Ok(Reserved::Refused {
            limit: 1,
            left: Quota::Count(0)
        })
    );
}

#[test]
fn one_id_is_reserved_once() {
    let store = MemoryStore::new();
    let limits = [day_limit(1, "1")];
    reserve(&store, 1, usd("0.02"), &limits, START).unwrap();
    assert_eq!(
        reserve(&store, 1, usd("0.02"), &limits, START),
        Err(StoreError::UnknownPayment)
    );
    assert_eq!(used(&store, 1, START), Usage::new(usd("0.02"), 1));
}

#[test]
fn a_reservation_that_was_never_sent_expires() {
    let store = MemoryStore::new();
    reserve(&store, 1, usd("0.02"), &[day_limit(1, "1")], START).unwrap();
    assert_eq!(used(&store, 1, START + 60_000).count, 1);
    assert_eq!(used(&store, 1, START + 60_001), Usage::default());
    assert_eq!(
        now(store.mark_sent(id(1), None)),
        Err(StoreError::UnknownPayment),
        "what is no longer set aside must not be sent"
    );
}

#[test]
fn attack_074_what_may_have_settled_is_not_given_back() {
    let store = MemoryStore::new();
    reserve(&store, 1, usd("0.02"), &[day_limit(1, "1")], START).unwrap();
    now(store.mark_sent(id(1), None)).unwrap();
    now(store.mark_unknown(id(1))).unwrap();
    assert_eq!(now(store.release(id(1))), Err(StoreError::UnknownPayment));
    store.release_now(id(1));
    assert_eq!(
        used(&store, 1, START + 86_399_999),
        Usage::new(usd("0.02"), 1)
    );
}

#[test]
fn what_was_stopped_on_its_way_out_is_given_back() {
    let store = MemoryStore::new();
    reserve(&store, 1, usd("0.02"), &[day_limit(1, "1")], START).unwrap();
    now(store.mark_sent(id(1), None)).unwrap();
    now(store.release(id(1))).unwrap();
    assert_eq!(used(&store, 1, START), Usage::default());
    now(store.release(id(1))).unwrap();
}

#[test]
fn attack_021_a_receipt_lowers_what_an_upto_payment_counts() {
    let store = MemoryStore::new();
    reserve(&store, 1, usd("0.50"), &[day_limit(1, "1")], START).unwrap();
    now(store.mark_sent(id(1), None)).unwrap();
    now(store.settle(id(1), Some(usd("0.10")))).unwrap();
    assert_eq!(used(&store, 1, START), Usage::new(usd("0.10"), 1));
    now(store.settle(id(1), Some(Usd::ZERO))).unwrap();
    assert_eq!(
        used(&store, 1, START).amount,
        usd("0.10"),
        "a second receipt lowers nothing"
    );
}

#[test]
fn a_receipt_for_more_than_was_reserved_counts_in_full() {
    let store = MemoryStore::new();
    reserve(&store, 1, usd("0.50"), &[day_limit(1, "1")], START).unwrap();
    now(store.settle(id(1), Some(Usd::MAX))).unwrap();
    assert_eq!(used(&store, 1, START).amount, Usd::MAX);
    assert!(matches!(
        reserve(&store, 2, usd("0.01"), &[day_limit(1, "1")], START),
        Ok(Reserved::Refused { .. })
    ));
}

#[test]
fn clones_share_their_books() {
    let store = MemoryStore::new();
    reserve(&store, 1, usd("0.50"), &[day_limit(1, "1")], START).unwrap();
    assert_eq!(used(&store.clone(), 1, START).count, 1);
}

#[test]
fn attack_090_of_a_hundred_claimants_one_is_first() {
    let store = MemoryStore::new();
    let start = std::sync::Barrier::new(100);
    let taken: usize = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..100)
            .map(|n| {
                let (store, start) = (store.clone(), &start);
                scope.spawn(move || {
                    start.wait();
                    let key = ClaimKey::from_bytes([1; 32]);
                    now(store.claim(key, id(n), b"", at(START), at(START + 1)))
                })
            })
            .collect();
        racers
            .into_iter()
            .map(|racer| usize::from(racer.join().unwrap() == Ok(Claim::Taken)))
            .sum()
    });
    assert_eq!(taken, 1);
}

#[test]
fn attack_079_a_claim_holds_to_its_last_millisecond() {
    let store = MemoryStore::new();
    let take = |n, millis| {
        let key = ClaimKey::from_bytes([1; 32]);
        now(store.claim(key, id(n), b"v", at(millis), at(millis + 300))).unwrap()
    };
    assert_eq!(take(1, START), Claim::Taken);
    let held = Claim::Held {
        holder: id(1),
        value: b"v".to_vec(),
    };
    assert_eq!(take(2, START + 299), held);
    assert_eq!(take(2, START + 300), held);
    assert_eq!(take(2, START + 301), Claim::Taken);
}

#[test]
fn attack_079_what_is_read_ends_with_its_claim() {
    let store = MemoryStore::new();
    let key = ClaimKey::from_bytes([1; 32]);
    let read = |millis| now(store.read(key, at(millis))).unwrap();
    assert_eq!(read(START), None);
    now(store.claim(key, id(1), b"v", at(START), at(START + 300))).unwrap();
    assert_eq!(read(START + 300).as_deref(), Some(&b"v"[..]));
    assert_eq!(read(START + 301), None);
}

#[test]
fn what_was_given_back_is_not_read() {
    let store = MemoryStore::new();
    let key = ClaimKey::from_bytes([1; 32]);
    now(store.claim(key, id(1), b"v", at(START), at(START + 9))).unwrap();
    now(store.give_back(key, id(1))).unwrap();
    assert_eq!(now(store.read(key, at(START))), Ok(None));
}

#[test]
fn reading_takes_and_prolongs_nothing() {
    let store = MemoryStore::new();
    let (key, other) = (ClaimKey::from_bytes([1; 32]), ClaimKey::from_bytes([2; 32]));
    now(store.claim(key, id(1), b"v", at(START), at(START + 9))).unwrap();
    now(store.read(key, at(START + 9))).unwrap();
    now(store.read(other, at(START + 9))).unwrap();
    let take = |key| now(store.claim(key, id(2), b"w", at(START + 10), at(START + 20))).unwrap();
    assert_eq!((take(key), take(other)), (Claim::Taken, Claim::Taken));
}

#[test]
fn only_its_holder_gives_a_claim_back() {
    let store = MemoryStore::new();
    let key = ClaimKey::from_bytes([1; 32]);
    let take = |n| now(store.claim(key, id(n), b"", at(START), at(START + 9))).unwrap();
    take(1);
    now(store.give_back(key, id(2))).unwrap();
    assert!(matches!(take(2), Claim::Held { .. }));
    store.give_back_now(key, id(1));
    assert_eq!(take(2), Claim::Taken);
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

#[test]
fn a_value_beyond_its_bound_is_refused() {
    let store = MemoryStore::new();
    let key = ClaimKey::from_bytes([1; 32]);
    let value = [0; Claim::MAX_VALUE_BYTES + 1];
    assert_eq!(
        now(store.claim(key, id(1), &value, at(START), at(START + 9))),
        Err(StoreError::Full)
    );
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
