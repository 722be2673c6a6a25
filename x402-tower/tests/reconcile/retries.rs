//! What is kept for a retry of the request, and what approvals count.

use std::time::Duration;

use x402_tower::reconcile::Settlement;
use x402_tower::store::{Put, SignedPayments};

use crate::ground::{Ground, ScriptedOracle, id, request, run};

/// Keeps a signed payment of payment `owner` for request 1.
async fn keep(ground: &Ground, owner: u8) {
    let now = ground.now();
    let value = [id(owner).as_bytes().as_slice(), b"sealed"].concat();
    let until = now.saturating_add(Duration::from_secs(86_400));
    let put = ground.store.put(request(1), None, &value, now, until).await;
    assert!(matches!(put, Ok(Put::Done(_))), "{put:?}");
}

async fn is_kept(ground: &Ground) -> bool {
    let kept = ground.store.load(request(1), ground.now()).await;
    kept.unwrap().is_some()
}

async fn reconcile(ground: &Ground, settlement: Settlement) {
    let oracle = ScriptedOracle::says(settlement);
    let reconciler = ground.reconciler(&oracle);
    let reconciler = reconciler.with_signed_payments(ground.store.clone());
    run(&reconciler).await;
}

#[tokio::test]
async fn a_released_payment_is_forgotten_so_that_its_request_may_be_paid_anew() {
    let ground = Ground::with_unknown(1).await;
    keep(&ground, 1).await;
    ground.pass_the_end();
    reconcile(&ground, Settlement::Unused).await;
    assert!(!is_kept(&ground).await);
}

#[tokio::test]
async fn a_settled_payment_is_kept() {
    let ground = Ground::with_unknown(1).await;
    keep(&ground, 1).await;
    reconcile(&ground, Settlement::Used).await;
    assert!(is_kept(&ground).await);
}

#[tokio::test]
async fn attack_074_a_later_payment_of_the_same_request_is_kept() {
    let ground = Ground::with_unknown(1).await;
    keep(&ground, 2).await;
    ground.pass_the_end();
    reconcile(&ground, Settlement::Unused).await;
    assert_eq!(ground.state(1).await, None);
    assert!(is_kept(&ground).await);
}

#[tokio::test]
async fn what_is_not_released_yet_is_kept() {
    let ground = Ground::with_unknown(1).await;
    keep(&ground, 1).await;
    reconcile(&ground, Settlement::Unused).await;
    assert!(is_kept(&ground).await);
}
