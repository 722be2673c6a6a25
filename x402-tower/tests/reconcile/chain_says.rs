//! What becomes of a payment by what its chain says.

use std::time::Duration;

use x402_tower::UnixMillis;
use x402_tower::Usd;
use x402_tower::reconcile::{OracleError, Settlement};
use x402_tower::store::EntryState;

use crate::ground::{Answer, CENT, Ground, ScriptedOracle, VALID_BEFORE, id, run, sent};

#[tokio::test]
async fn used_is_settled_and_stays_counted() {
    let ground = Ground::with_unknown(1).await;
    let reconciler = ground.reconciler(&ScriptedOracle::says(Settlement::Used));
    assert_eq!(run(&reconciler).await, [1, 1, 0, 0, 0]);
    assert_eq!(ground.state(1).await, Some(EntryState::Settled));
    assert_eq!(ground.counted().await, CENT);
    assert_eq!(
        run(&reconciler).await,
        [0, 0, 0, 0, 0],
        "it is open no longer"
    );
}

#[tokio::test]
async fn unused_after_its_end_is_released_and_counts_no_longer() {
    let ground = Ground::with_unknown(1).await;
    ground.pass_the_end();
    let reconciler = ground.reconciler(&ScriptedOracle::says(Settlement::Unused));
    assert_eq!(run(&reconciler).await, [1, 0, 1, 0, 0]);
    assert_eq!(ground.state(1).await, None);
    assert_eq!(ground.counted().await, Usd::ZERO);
}

#[tokio::test]
async fn attack_074_unused_before_its_end_and_the_skew_stays_counted() {
    let ground = Ground::with_unknown(1).await;
    let reconciler = ground.reconciler(&ScriptedOracle::says(Settlement::Unused));
    let last = UnixMillis::from_millis((VALID_BEFORE + 60) * 1000 - 1);
    for moment in [ground.now(), UnixMillis::from_secs(VALID_BEFORE), last] {
        ground.clock.set(moment);
        assert_eq!(run(&reconciler).await, [1, 0, 0, 1, 0], "{moment:?}");
        assert_eq!(ground.counted().await, CENT);
    }
}

#[tokio::test]
async fn another_skew_moves_the_end() {
    let ground = Ground::with_unknown(1).await;
    ground.pass_the_end();
    let oracle = ScriptedOracle::says(Settlement::Unused);
    let longer = ground.reconciler(&oracle).skew(Duration::from_secs(61));
    assert_eq!(run(&longer).await, [1, 0, 0, 1, 0]);
    let shorter = ground.reconciler(&oracle).skew(Duration::ZERO);
    assert_eq!(run(&shorter).await, [1, 0, 1, 0, 0]);
}

#[tokio::test]
async fn what_the_chain_does_not_know_stays_counted() {
    let ground = Ground::with_unknown(1).await;
    ground.pass_the_end();
    let reconciler = ground.reconciler(&ScriptedOracle::says(Settlement::NotKnown));
    assert_eq!(run(&reconciler).await, [1, 0, 0, 1, 0]);
    assert_eq!(ground.state(1).await, Some(EntryState::Unknown));
    assert_eq!(ground.counted().await, CENT);
}

#[tokio::test]
async fn an_oracle_that_fails_changes_nothing_and_keeps_nobody_else_waiting() {
    let ground = Ground::with_unknown(2).await;
    ground.pass_the_end();
    let oracle =
        ScriptedOracle::says(Settlement::Unused).about(1, Answer::Fails(OracleError::Unreachable));
    assert_eq!(run(&ground.reconciler(&oracle)).await, [2, 0, 1, 0, 1]);
    assert_eq!(ground.state(1).await, Some(EntryState::Unknown));
    assert_eq!(ground.state(2).await, None);
}

#[tokio::test(start_paused = true)]
async fn an_oracle_that_never_answers_meets_its_deadline() {
    let ground = Ground::with_unknown(1).await;
    ground.pass_the_end();
    let reconciler = ground.reconciler(&ScriptedOracle::new(Answer::Hangs));
    assert_eq!(run(&reconciler).await, [1, 0, 0, 0, 1]);
    assert_eq!(ground.counted().await, CENT);
}

#[tokio::test]
async fn without_an_oracle_it_stays_counted_until_it_leaves_its_window() {
    let ground = Ground::with_unknown(1).await;
    ground.pass_the_end();
    let reconciler = ground.without_oracle();
    assert_eq!(run(&reconciler).await, [1, 0, 0, 1, 0]);
    assert_eq!(ground.counted().await, CENT);
    ground.clock.advance(2 * crate::ground::DAY);
    assert_eq!(ground.counted().await, Usd::ZERO);
    assert_eq!(run(&reconciler).await, [0, 0, 0, 0, 0]);
}

#[tokio::test]
async fn an_oracle_of_another_chain_is_not_asked() {
    let ground = Ground::with_unknown(1).await;
    ground.pass_the_end();
    let elsewhere = ScriptedOracle::on("eip155:1", Answer::Says(Settlement::Unused));
    assert_eq!(run(&ground.reconciler(&elsewhere)).await, [1, 0, 0, 1, 0]);
    assert_eq!(elsewhere.asked(), 0);
}

#[tokio::test]
async fn a_payment_that_is_under_way_is_not_looked_up_before_its_end() {
    let ground = Ground::with_unknown(0).await;
    ground.send(id(1), Some(&sent(1))).await;
    let oracle = ScriptedOracle::says(Settlement::Used);
    let reconciler = ground.reconciler(&oracle);
    assert_eq!(run(&reconciler).await, [1, 0, 0, 1, 0]);
    assert_eq!(oracle.asked(), 0);
    ground.pass_the_end();
    assert_eq!(run(&reconciler).await, [1, 1, 0, 0, 0]);
}
