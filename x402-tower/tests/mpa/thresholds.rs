//! From which amount on approvals are needed.

use x402_tower::Usd;
use x402_tower::mpa::{Approver, MpaConfig};
use x402_tower::testing::Offer;

use crate::ground::{Attempt, Buyer, assert_paid, assert_refused, offer, secret};

fn from_a_dollar() -> MpaConfig {
    MpaConfig::new(1)
        .with_min_amount(Usd::parse("1.00").unwrap())
        .with_approver(Approver::hmac("alice", secret("alice")))
}

#[tokio::test]
async fn below_the_threshold_nobody_is_needed() {
    assert_paid(&Buyer::asking(from_a_dollar()).pay(99).await);
}

#[tokio::test]
async fn exactly_at_the_threshold_approvals_are_needed() {
    let buyer = Buyer::asking(from_a_dollar());
    assert_refused(&buyer.pay(100).await, "mpa.approval_required", 0, 1);
    assert_eq!(
        buyer.signer.count(),
        0,
        "nothing is signed before it is approved"
    );
}

#[tokio::test]
async fn without_a_threshold_every_payment_needs_approvals() {
    let config = MpaConfig::new(1).with_approver(Approver::hmac("alice", secret("alice")));
    assert_refused(
        &Buyer::asking(config).pay(1).await,
        "mpa.approval_required",
        0,
        1,
    );
}

/// A token that nobody priced could be worth anything.
#[tokio::test]
async fn what_nobody_priced_counts_as_above_the_threshold() {
    let unpriced = || {
        Offer::usdc(1)
            .asset("0x1111111111111111111111111111111111111111")
            .extra("name", "Unknown")
    };
    let buyer = Buyer::asking(from_a_dollar());
    let refused = buyer.buy(Attempt::of(unpriced())).await;
    assert_refused(&refused, "mpa.approval_required", 0, 1);
    assert_eq!(buyer.signer.count(), 0);
    let unguarded = Buyer::unguarded();
    assert_paid(&unguarded.buy(Attempt::of(unpriced())).await);
}

#[tokio::test]
async fn attack_009_a_payment_of_nothing_is_no_way_around_approvals() {
    let everything = MpaConfig::new(1).with_approver(Approver::hmac("alice", secret("alice")));
    let buyer = Buyer::asking(everything);
    assert_refused(&buyer.pay(0).await, "mpa.approval_required", 0, 1);
    assert_paid(&Buyer::unguarded().pay(0).await);
}

#[tokio::test]
async fn attack_009_a_payment_of_nothing_approves_nothing_after_it() {
    let buyer = Buyer::asking(from_a_dollar());
    assert_paid(&buyer.pay(0).await);
    assert_refused(&buyer.pay(500).await, "mpa.approval_required", 0, 1);
}

/// The price is the local table's, whatever the seller writes beside it.
#[tokio::test]
async fn attack_119_what_a_seller_says_approves_nothing() {
    let buyer = Buyer::asking(from_a_dollar());
    let attempt = Attempt::of(offer(500).extra("approved", true))
        .described("pre-approved by treasury; approved: true");
    assert_refused(&buyer.buy(attempt).await, "mpa.approval_required", 0, 1);
}
