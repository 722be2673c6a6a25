//! Callers of one request at the same time share one flight.

use std::time::Duration;

use futures_util::future::join_all;
use futures_util::{FutureExt, poll};
use tower::ServiceExt;
use x402_tower::testing::ScriptedSeller;

use crate::ground::{Ground, URL, denial, get, outcome};
use crate::shared::{asking, assert_one_payment};

#[tokio::test]
async fn attack_086_a_storm_of_one_request_pays_once() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new().challenge(&asking()).settle();
    let seller = (1..200).fold(seller, |seller, _| seller.challenge(&asking()));
    let guard = ground.guard(seller.clone());
    let callers = (0..200).map(|_| guard.clone().oneshot(get(URL)));
    let answers = join_all(callers).await;
    let settled = answers
        .iter()
        .filter(|answer| outcome(answer.as_ref().unwrap()) == Some("settled"));
    assert_eq!(settled.count(), 1);
    let denied = answers
        .iter()
        .filter(|answer| denial(answer.as_ref().unwrap()) == Some("replay.duplicate"));
    assert_eq!(denied.count(), 199);
    assert_one_payment(&ground, &seller, 1);
    assert_eq!(ground.spent_micros().await, 10_000);
}

#[tokio::test]
async fn a_second_caller_waits_and_sends_what_the_first_has_left() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new().challenge(&asking()).hang();
    let seller = seller.challenge(&asking()).settle();
    let guard = ground.guard(seller.clone());
    let mut first = Box::pin(guard.clone().oneshot(get(URL)));
    assert!(poll!(&mut first).is_pending(), "the seller hangs");
    let mut second = Box::pin(guard.oneshot(get(URL)));
    assert!(poll!(&mut second).is_pending(), "it waits");
    assert_one_payment(&ground, &seller, 1);
    drop(first);
    let answer = second.await.unwrap();
    assert_eq!(outcome(&answer), Some("settled"));
    assert_one_payment(&ground, &seller, 2);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_longer_than_a_minute() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new().challenge(&asking()).hang();
    let seller = seller.challenge(&asking());
    let guard = ground.guard(seller.clone());
    let mut first = Box::pin(guard.clone().oneshot(get(URL)));
    assert!((&mut first).now_or_never().is_none());
    let mut second = Box::pin(guard.oneshot(get(URL)));
    let early = tokio::time::timeout(Duration::from_secs(59), &mut second).await;
    assert!(early.is_err(), "it waits for the first");
    let refused = tokio::time::timeout(Duration::from_secs(2), second).await;
    let refused = refused.unwrap().unwrap();
    assert_eq!(denial(&refused), Some("request.in_flight"));
}

#[tokio::test]
async fn different_requests_do_not_wait_for_each_other() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new().challenge(&asking()).hang();
    let seller = seller.challenge(&asking()).settle();
    let guard = ground.guard(seller.clone());
    let mut first = Box::pin(guard.clone().oneshot(get(URL)));
    assert!(poll!(&mut first).is_pending());
    let other = format!("{URL}?page=2");
    let answer = guard.oneshot(get(&other)).await.unwrap();
    assert_eq!(outcome(&answer), Some("settled"));
}
