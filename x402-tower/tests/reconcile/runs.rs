//! How runs are bounded, repeated and broken off.

use std::time::Duration;

use futures_util::FutureExt;
use metrics_exporter_prometheus::PrometheusBuilder;
use x402_tower::reconcile::Settlement;
use x402_tower::store::EntryState;

use crate::ground::{Answer, CENT, Ground, ScriptedOracle, run};

#[tokio::test]
async fn a_run_asks_so_often_and_the_next_goes_on_from_there() {
    let ground = Ground::with_unknown(5).await;
    let oracle =
        ScriptedOracle::says(Settlement::NotKnown).about(5, Answer::Says(Settlement::Used));
    let reconciler = ground.reconciler(&oracle).lookups(2, 1);
    assert_eq!(run(&reconciler).await, [2, 0, 0, 2, 0]);
    assert_eq!(run(&reconciler).await, [2, 0, 0, 2, 0]);
    assert_eq!(
        run(&reconciler).await,
        [2, 1, 0, 1, 0],
        "the last, and round again"
    );
    assert_eq!(oracle.asked(), 6);
}

#[tokio::test]
async fn a_run_looks_at_no_payment_twice() {
    let ground = Ground::with_unknown(3).await;
    let oracle = ScriptedOracle::says(Settlement::NotKnown);
    let reconciler = ground.reconciler(&oracle).lookups(2, 1);
    run(&reconciler).await;
    let all = reconciler.clone().lookups(10, 1);
    assert_eq!(run(&all).await, [3, 0, 0, 3, 0]);
}

#[tokio::test]
async fn payments_are_looked_up_so_many_at_once() {
    let ground = Ground::with_unknown(20).await;
    let oracle = ScriptedOracle::says(Settlement::NotKnown);
    run(&ground.reconciler(&oracle).lookups(100, 3)).await;
    assert_eq!(oracle.asked(), 20);
    assert_eq!(oracle.most_busy(), 3);
}

#[tokio::test]
async fn a_run_that_is_dropped_while_an_oracle_is_asked_changes_nothing() {
    let ground = Ground::with_unknown(1).await;
    ground.pass_the_end();
    let oracle = ScriptedOracle::new(Answer::Hangs);
    let reconciler = ground.reconciler(&oracle);
    let mut under_way = Box::pin(reconciler.run_once());
    while oracle.asked() == 0 {
        assert!((&mut under_way).now_or_never().is_none());
        tokio::task::yield_now().await;
    }
    drop(under_way);
    assert_eq!(ground.state(1).await, Some(EntryState::Unknown));
    assert_eq!(ground.counted().await, CENT);
}

#[tokio::test]
async fn two_reconcilers_at_once_resolve_a_payment_once() {
    let ground = Ground::with_unknown(8).await;
    ground.pass_the_end();
    let oracle = ScriptedOracle::says(Settlement::Unused);
    let (one, two) = (ground.reconciler(&oracle), ground.reconciler(&oracle));
    let (one, two) = tokio::join!(run(&one), run(&two));
    assert_eq!(one[2] + two[2], 8);
    assert_eq!(one[4] + two[4], 0);
}

#[tokio::test(start_paused = true)]
async fn the_background_step_runs_at_once_and_after_every_interval() {
    let ground = Ground::with_unknown(1).await;
    let oracle = ScriptedOracle::says(Settlement::NotKnown);
    let reconciler = ground.reconciler(&oracle);
    let background = tokio::spawn(reconciler.run_every(Duration::from_secs(60)));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(oracle.asked(), 1);
    tokio::time::sleep(Duration::from_secs(120)).await;
    assert_eq!(oracle.asked(), 3);
    background.abort();
}

#[tokio::test(start_paused = true)]
async fn the_background_step_outlives_a_run_that_fails() {
    let ground = Ground::with_unknown(1).await;
    let now = ground.now();
    ground.clock.lose();
    let oracle = ScriptedOracle::says(Settlement::NotKnown);
    let reconciler = ground.reconciler(&oracle);
    let background = tokio::spawn(reconciler.run_every(Duration::from_secs(60)));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(oracle.asked(), 0);
    ground.clock.set(now);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(oracle.asked(), 1);
    background.abort();
}

#[tokio::test]
async fn without_a_clock_nothing_is_reconciled() {
    let ground = Ground::with_unknown(1).await;
    ground.clock.lose();
    let oracle = ScriptedOracle::says(Settlement::Used);
    let refused = ground.reconciler(&oracle).run_once().await;
    assert_eq!(refused.unwrap_err().code(), "reconcile.no_clock");
    assert_eq!(oracle.asked(), 0);
}

#[tokio::test]
async fn what_came_of_it_is_counted() {
    let ground = Ground::with_unknown(3).await;
    ground.pass_the_end();
    let oracle = ScriptedOracle::says(Settlement::Unused)
        .about(1, Answer::Says(Settlement::NotKnown))
        .about(2, Answer::Says(Settlement::Used));
    let recorder = PrometheusBuilder::new().build_recorder();
    let local = metrics::set_default_local_recorder(&recorder);
    run(&ground.reconciler(&oracle)).await;
    drop(local);
    let page = recorder.handle().render();
    for series in [
        "x402_reconciliations_total{result=\"settled\"} 1",
        "x402_reconciliations_total{result=\"released\"} 1",
        "x402_reconciliations_total{result=\"left\"} 1",
        "x402_reservations_total{state=\"released\"} 1",
    ] {
        assert!(page.contains(series), "{series} is missing:\n{page}");
    }
}
