//! Small payments that add up.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use x402_tower::Usd;
use x402_tower::mpa::{Approver, MpaConfig, MpaControl};
use x402_tower::store::MemoryStore;
use x402_tower::testing::RecordingSigner;

use crate::ground::{Attempt, Buyer, assert_paid, assert_refused, code, offer, secret};

const HOUR: Duration = Duration::from_secs(3600);

/// Approvals from 50 dollars on, and from 100 dollars to one recipient within an hour on.
fn adding_up() -> MpaConfig {
    from_fifty().with_cumulative(Usd::parse("100").unwrap(), HOUR)
}

fn from_fifty() -> MpaConfig {
    MpaConfig::new(1)
        .with_min_amount(Usd::parse("50").unwrap())
        .with_approver(Approver::hmac("alice", secret("alice")))
}

/// How many of 20 payments of 49.99 dollars leave.
async fn leaving(buyer: &Buyer) -> usize {
    let mut left = 0;
    for _ in 0..20 {
        left += usize::from(code(&buyer.pay(4999).await).is_none());
    }
    left
}

#[tokio::test]
async fn attack_018_payments_just_below_the_threshold_add_up() {
    assert_eq!(leaving(&Buyer::asking(adding_up())).await, 2);
    assert_eq!(
        leaving(&Buyer::asking(from_fifty())).await,
        20,
        "without the sum"
    );
    assert_eq!(
        leaving(&Buyer::unguarded()).await,
        20,
        "without the control"
    );
}

#[tokio::test]
async fn attack_018_parallel_payments_add_up_as_well() {
    let buyer = Buyer::asking(adding_up());
    let all = futures_util::future::join_all((0..20).map(|_| buyer.pay(4999))).await;
    assert_eq!(all.iter().filter(|paid| code(paid).is_none()).count(), 2);
}

#[tokio::test]
async fn the_payment_that_reaches_the_sum_needs_approvals() {
    let buyer = Buyer::asking(adding_up());
    for _ in 0..4 {
        assert_paid(&buyer.pay(2499).await);
    }
    assert_refused(&buyer.pay(4).await, "mpa.approval_required", 0, 1);
    assert_paid(&buyer.pay(3).await);
}

#[tokio::test]
async fn attack_018_processes_that_share_a_ledger_add_up_together() {
    let store = Arc::new(MemoryStore::new());
    let one = || {
        let control = MpaControl::new(adding_up()).unwrap();
        Buyer::with_control(control.with_ledger(store.clone()))
    };
    assert_eq!(leaving(&one()).await, 2);
    assert_eq!(leaving(&one()).await, 0);
}

#[tokio::test]
async fn what_was_approved_counts_in_the_sum() {
    let buyer = Buyer::asking(adding_up());
    let request = buyer.request_for(9000).await;
    let signature = secret("alice").sign(request.payload().as_bytes());
    let signed = request.signatures().with_signature("alice", &signature);
    assert_paid(&buyer.buy(Attempt::of(offer(9000)).signed(signed)).await);
    assert_refused(&buyer.pay(1000).await, "mpa.approval_required", 0, 1);
}

#[tokio::test]
async fn the_sum_rolls_out_of_the_window() {
    let buyer = Buyer::asking(adding_up());
    assert_eq!(leaving(&buyer).await, 2);
    buyer.clock.advance(HOUR * 2);
    assert_paid(&buyer.pay(4999).await);
}

#[tokio::test]
async fn another_recipient_and_another_agent_have_sums_of_their_own() {
    let buyer = Buyer::asking(adding_up());
    assert_eq!(leaving(&buyer).await, 2);
    let elsewhere = offer(4999).pay_to("0x1111111111111111111111111111111111111111");
    assert_paid(&buyer.buy(Attempt::of(elsewhere)).await);
    assert_paid(&buyer.buy(Attempt::of(offer(4999)).by("another")).await);
}

#[tokio::test]
async fn attack_018_another_chain_is_no_other_recipient() {
    let buyer = Buyer::asking(adding_up());
    assert_eq!(leaving(&buyer).await, 2);
    let elsewhere = offer(4999)
        .network("eip155:84532")
        .asset("0x036CbD53842c5426634e7929541eC2318f3dCF7e");
    let refused = buyer.buy(Attempt::of(elsewhere)).await;
    assert_refused(&refused, "mpa.approval_required", 0, 1);
}

#[tokio::test]
async fn a_payment_that_was_not_sent_does_not_count() {
    let store = Arc::new(MemoryStore::new());
    let buyer = |signer| {
        let control = MpaControl::new(adding_up()).unwrap();
        Buyer::with_control(control.with_ledger(store.clone())).with_signer(signer)
    };
    let failing = buyer(RecordingSigner::failing());
    for _ in 0..5 {
        assert_eq!(code(&failing.pay(4999).await), Some("signer.failed"));
    }
    assert_eq!(leaving(&buyer(RecordingSigner::new())).await, 2);
}

#[tokio::test]
async fn attack_145_a_caller_who_goes_away_before_the_signature_counts_nothing() {
    let store = Arc::new(MemoryStore::new());
    let buyer = |signer| {
        let control = MpaControl::new(adding_up()).unwrap();
        Buyer::with_control(control.with_ledger(store.clone())).with_signer(signer)
    };
    let hanging = buyer(RecordingSigner::hanging());
    for _ in 0..5 {
        assert!(
            hanging.pay(4999).now_or_never().is_none(),
            "it waits for the signer"
        );
    }
    assert_eq!(leaving(&buyer(RecordingSigner::new())).await, 2);
}
