//! Attack 48 with attack 145: several first payments at once, dropped and failing anywhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use proptest::prelude::*;
use tokio::task::yield_now;
use x402_tower::store::MemoryStore;
use x402_tower::testing::{Offer, RecordingSigner, ScriptedSeller, ScriptedStore, StoreConduct};
use x402_tower::{Control, ControlKind, Denial, Payment, Step};

use crate::ground::{
    Bought, Ground, HONEST, LOOK_ALIKE, URL, assert_denied, assert_paid, dime, interleave, offering,
};

const BLOCK: &str = r#"recipient_pinning = "block""#;

fn other() -> Offer {
    dime().pay_to(LOOK_ALIKE)
}

/// One poll of the first flow, `n` times, then the second to its end, then the first.
fn first_then_second(n: usize) -> Vec<usize> {
    let mut schedule = vec![0; n];
    schedule.extend([1; 200]);
    schedule
}

struct Race {
    paid: [usize; 2],
    signed: usize,
}

/// Two first payments to different recipients at once; the first is polled `n` times before the second begins.
fn race(policy: &str, n: usize) -> Race {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let _entered = runtime.enter();
    let ground = Ground::under(policy).slowed();
    let (one, two) = (
        offering(URL, dime()).settle(),
        offering(URL, other()).settle(),
    );
    let signer = RecordingSigner::new();
    let mut flows = [
        ground.slow_flow(&one, &signer),
        ground.slow_flow(&two, &signer),
    ];
    interleave(&mut flows, &first_then_second(n));
    Race {
        paid: [one.paid_requests(), two.paid_requests()],
        signed: signer.count(),
    }
}

/// More polls than one purchase in which everything waits needs.
const POLLS: usize = 60;

#[test]
fn attack_048_of_two_first_payments_at_once_one_recipient_is_paid() {
    for n in 0..POLLS {
        let race = race(BLOCK, n);
        assert_eq!(race.paid.iter().sum::<usize>(), 1, "after {n} polls");
        assert_eq!(race.signed, 1, "after {n} polls: the signer was called");
    }
}

#[test]
fn attack_048_without_pinning_both_recipients_are_paid() {
    assert!((0..POLLS).all(|n| race("", n).paid == [1, 1]));
}

#[test]
fn either_of_two_first_payments_may_be_the_first() {
    assert_eq!(race(BLOCK, 0).paid, [0, 1]);
    assert_eq!(race(BLOCK, POLLS).paid, [1, 0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// The first candidate fails to sign and gives back what a second payment to the same recipient relies on, while a
    /// third one asks for another recipient.
    #[test]
    fn attack_048_a_candidate_that_gives_up_does_not_let_another_recipient_in(
        schedule in prop::collection::vec(0usize..4, 0..160),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let _entered = runtime.enter();
        let ground = Ground::under(BLOCK).slowed();
        let sellers = [
            offering(URL, dime()).settle(),
            offering(URL, dime()).settle(),
            offering(URL, other()).settle(),
            offering(URL, other()).settle(),
        ];
        let failing = RecordingSigner::failing();
        let signing = RecordingSigner::new();
        let signers = [&failing, &signing, &signing, &failing];
        let mut flows: Vec<_> = sellers
            .iter()
            .zip(signers)
            .map(|(seller, signer)| ground.slow_flow(seller, signer))
            .collect();
        interleave(&mut flows, &schedule);
        let [_, honest, thief, _] = sellers.each_ref().map(ScriptedSeller::paid_requests);
        prop_assert!(honest + thief <= 1, "both were paid");
    }
}

#[tokio::test]
async fn payments_at_once_to_one_recipient_all_pass() {
    let ground = Ground::under(BLOCK).slowed();
    let sellers = [(); 4].map(|()| offering(URL, dime()).settle());
    let signer = RecordingSigner::new();
    let mut flows = sellers.each_ref().map(|s| ground.slow_flow(s, &signer));
    let schedule: Vec<usize> = (0..400).map(|n| n % 4).collect();
    interleave(&mut flows, &schedule);
    assert_eq!(sellers.map(|s| s.paid_requests()), [1; 4]);
    drop(flows);
    assert_eq!(ground.pin().await.unwrap().recipient.as_str(), HONEST);
}

/// Runs a first purchase in which everything waits, drops it after `polls`, and says whether it ended by itself.
fn dropped_after(polls: usize, ground: &Ground, seller: &ScriptedSeller) -> bool {
    let mut flow = ground.slow_flow(seller, &ground.signer);
    let mut cx = Context::from_waker(Waker::noop());
    (0..polls).any(|_| flow.as_mut().poll(&mut cx).is_ready())
}

#[tokio::test]
async fn attack_145_a_first_payment_dropped_at_every_await() {
    let (mut before, mut after) = (0, 0);
    for polls in 0.. {
        assert!(polls < 200, "it never ends");
        let ground = Ground::under(BLOCK).slowed();
        let seller = offering(URL, other()).settle();
        let ended = dropped_after(polls, &ground, &seller);
        let left = seller.paid_requests() == 1;
        let again = Ground::reloaded(&ground, BLOCK).buy(dime()).await;
        if left {
            after += 1;
            assert_denied(&again, "policy.recipient_changed");
        } else if again.end == "settled" {
            before += 1;
        } else {
            assert_eq!(ground.signer.count(), 1, "{polls}: it left a candidate");
            // It was about to leave: held to be safe, until it could no longer be settled.
            assert_denied(&again, "policy.recipient_changed");
            ground.clock.advance(Duration::from_secs(3600));
            assert_paid(&ground.buy(dime()).await);
        }
        if ended {
            break;
        }
    }
    assert!(
        before >= 8 && after >= 3,
        "{before} before the send, {after} after it"
    );
}

/// Approvals that wait as often as they are polled, until the test is done with them.
struct Waiting(Arc<AtomicBool>);

impl Control for Waiting {
    fn kind(&self) -> ControlKind {
        ControlKind::Mpa
    }

    fn check<'a>(&'a self, _payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        Step::wait(async {
            while !self.0.load(Ordering::SeqCst) {
                yield_now().await;
            }
            Ok(())
        })
    }
}

#[tokio::test]
async fn attack_048_a_first_payment_that_waited_too_long_finds_the_pin_of_another() {
    let approved = Arc::new(AtomicBool::new(false));
    let mut waiting = Ground::under(BLOCK);
    waiting.inner = vec![Arc::new(Waiting(Arc::clone(&approved)))];
    let seller = offering(URL, other()).settle();
    let mut flow = waiting.slow_flow(&seller, &waiting.signer);
    let mut cx = Context::from_waker(Waker::noop());
    assert!((0..50).all(|_| flow.as_mut().poll(&mut cx).is_pending()));

    let meanwhile = waiting.reloaded(BLOCK);
    assert_denied(&meanwhile.buy(dime()).await, "policy.recipient_changed");
    meanwhile.clock.advance(Duration::from_secs(3600));
    assert_paid(&meanwhile.buy(dime()).await);
    meanwhile.clock.advance(Duration::from_secs(3600));
    // The store learns of the time from whoever comes by.
    assert_paid(&meanwhile.buy_at("https://other.example/", dime()).await);

    approved.store(true, Ordering::SeqCst);
    let answer = flow.await.unwrap();
    assert_denied(&Bought::of(&answer, &seller), "policy.recipient_changed");
}

#[tokio::test]
async fn attack_080_a_store_that_fails_at_any_moment_before_the_send_denies() {
    let policy =
        "recipient_pinning = \"block\"\nfirst_contact_cap_usd = 1\nmax_quote_drift_percent = 10";
    for operations in 0.. {
        let mut ground = Ground::under(policy);
        let memory = MemoryStore::clone(&ground.store);
        let conduct = StoreConduct::FailAfter(operations);
        ground.claims = Arc::new(ScriptedStore::new(memory, conduct));
        let seller = offering(URL, dime()).settle();
        let answer = ground.ask(&seller, URL).await;
        let bought = Bought::of(&answer, &seller);
        if bought.end == "settled" {
            assert!(operations >= 7, "{operations} operations decided");
            break;
        }
        assert_denied(&bought, "store.unavailable");
    }
}
