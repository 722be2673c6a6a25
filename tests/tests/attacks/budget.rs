//! Attack 66: many payments at once under one budget.

use std::convert::Infallible;

use http::{Request, Response};
use tokio::task::JoinSet;
use tower::{ServiceExt, service_fn};
use x402_tower::testing::{ScriptedBody, ScriptedChallenge, settlement_for};
use x402_tower::wire::header::PAYMENT_SIGNATURE;

use crate::ground::{Empty, Ground, cent, denial, get, outcome};

async fn seller(request: Request<Empty>) -> Result<Response<ScriptedBody>, Infallible> {
    // Everybody has seen the challenge before anybody pays.
    tokio::task::yield_now().await;
    let url = request.uri().to_string();
    Ok(if request.headers().contains_key(PAYMENT_SIGNATURE) {
        settlement_for(request.headers())
    } else {
        ScriptedChallenge::v2(&url, [cent()]).to_response()
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_066_two_hundred_at_once_under_a_budget_of_five() {
    let ground = Ground::new();
    let guard = ground.guard(service_fn(seller));
    let mut tasks = JoinSet::new();
    for n in 0..200 {
        let guard = guard.clone();
        tasks.spawn(async move {
            let url = format!("https://api.example.com/report/{n}");
            let answer = guard.oneshot(get(&url)).await.unwrap();
            (outcome(&answer), denial(&answer))
        });
    }
    let answers = tasks.join_all().await;
    let settled = answers.iter().filter(|a| **a == (Some("settled"), None));
    let denied = answers
        .iter()
        .filter(|a| **a == (None, Some("policy.window")));
    assert_eq!((settled.count(), denied.count()), (5, 195));
    assert_eq!(ground.signer.count(), 5);
    assert_eq!(ground.spent_micros().await, 50_000);
    let summary = ground.verify();
    assert_eq!(summary.records, 5 * 2 + 195);
    assert!(summary.dangling_intents.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_066_the_same_request_two_hundred_times_is_paid_once() {
    let ground = Ground::new();
    let guard = ground.guard(service_fn(seller));
    let mut tasks = JoinSet::new();
    for _ in 0..200 {
        let guard = guard.clone();
        tasks.spawn(async move {
            let answer = guard.oneshot(get(crate::ground::URL)).await.unwrap();
            outcome(&answer)
        });
    }
    let answers = tasks.join_all().await;
    assert_eq!(answers.iter().filter(|o| o.is_some()).count(), 1);
    assert_eq!(ground.signer.count(), 1);
    assert_eq!(
        ground.spent_micros().await,
        10_000,
        "duplicates count nothing"
    );
}
