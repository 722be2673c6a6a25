//! What people found out.

use x402_tower::Usd;
use x402_tower::reconcile::{OperatorVerdict, VerdictError};
use x402_tower::store::EntryState;

use crate::ground::{CENT, Ground, id};

fn released() -> OperatorVerdict {
    OperatorVerdict::released("the node of the exchange says so").unwrap()
}

fn settled() -> OperatorVerdict {
    OperatorVerdict::settled("the node of the exchange says so").unwrap()
}

#[tokio::test]
async fn an_operator_settles() {
    let ground = Ground::with_unknown(1).await;
    let was = ground.without_oracle().resolve(id(1), &settled()).await;
    assert_eq!(was.unwrap().state, EntryState::Unknown);
    assert_eq!(ground.state(1).await, Some(EntryState::Settled));
    assert_eq!(ground.counted().await, CENT);
}

#[tokio::test]
async fn an_operator_releases_what_is_over() {
    let ground = Ground::with_unknown(1).await;
    ground.pass_the_end();
    ground
        .without_oracle()
        .resolve(id(1), &released())
        .await
        .unwrap();
    assert_eq!(ground.counted().await, Usd::ZERO);
}

#[tokio::test]
async fn attack_074_an_operator_does_not_release_what_may_still_settle() {
    let ground = Ground::with_unknown(1).await;
    let refused = ground.without_oracle().resolve(id(1), &released()).await;
    assert_eq!(refused.unwrap_err().code(), "reconcile.may_settle");
    assert_eq!(ground.counted().await, CENT);
}

#[tokio::test]
async fn an_operator_who_insists_releases_what_may_still_settle() {
    let ground = Ground::with_unknown(1).await;
    let verdict = released().although_it_may_settle();
    ground
        .without_oracle()
        .resolve(id(1), &verdict)
        .await
        .unwrap();
    assert_eq!(ground.counted().await, Usd::ZERO);
}

#[tokio::test]
async fn what_is_not_open_is_not_resolved() {
    let ground = Ground::with_unknown(1).await;
    let reconciler = ground.without_oracle();
    reconciler.resolve(id(1), &settled()).await.unwrap();
    for n in [1, 2] {
        let refused = reconciler.resolve(id(n), &settled()).await;
        assert_eq!(refused.unwrap_err().code(), "reconcile.not_open");
    }
}

#[tokio::test]
async fn nothing_is_resolved_without_a_clock() {
    let ground = Ground::with_unknown(1).await;
    ground.clock.lose();
    let refused = ground.without_oracle().resolve(id(1), &settled()).await;
    assert_eq!(refused.unwrap_err().code(), "reconcile.no_clock");
}

#[test]
fn a_verdict_has_a_reason_of_bounded_length() {
    assert_eq!(
        OperatorVerdict::released(" \n").unwrap_err(),
        VerdictError::NoReason
    );
    let long = "x".repeat(OperatorVerdict::MAX_WHY_BYTES + 1);
    assert_eq!(
        OperatorVerdict::settled(&long).unwrap_err(),
        VerdictError::LongReason
    );
}
