//! Agents that poll on purpose.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tower::ServiceExt;
use x402_tower::policy::PolicyConfig;
use x402_tower::testing::{Offer, ScriptedSeller};
use x402_tower::{ControlService, GuardConfig};

use crate::buyer::{buy, charging};
use crate::ground::{Ground, URL, call, denial, key, settling};
use crate::signed::{Signed, post};

/// A client that may repeat a request `times` times.
fn polling(ground: &Ground, times: u16, seller: &ScriptedSeller) -> ControlService<ScriptedSeller> {
    let control = ground.control().with_max_repeats(times);
    let chain = x402_tower::Chain::single(control);
    ControlService::new(seller.clone(), chain, ground.buyer_context())
}

/// What each of several payments for one request is told, one after the other.
async fn told(
    client: &ControlService<ScriptedSeller>,
    nonces: core::ops::Range<u64>,
) -> Vec<Option<&'static str>> {
    let mut told = Vec::new();
    for nonce in nonces {
        let payment = Signed {
            until: crate::ground::NOW + 3600,
            ..Signed::new(nonce)
        };
        told.push(denial(&call(client, payment.sent()).await));
    }
    told
}

const DUPLICATE: Option<&str> = Some("replay.duplicate");

#[tokio::test]
async fn a_request_is_paid_once_and_repeated_as_often_as_was_said() {
    for times in [0, 1, 4] {
        let (ground, seller) = (Ground::new(), settling(10));
        let client = polling(&ground, times, &seller);
        let mut expected = vec![None; usize::from(times) + 1];
        expected.extend([DUPLICATE; 2]);
        let nonces = 0..u64::from(times) + 3;
        assert_eq!(told(&client, nonces).await, expected, "{times}");
    }
}

#[tokio::test]
async fn a_repeat_is_free_again_when_the_first_one_runs_out() {
    let (ground, seller) = (Ground::new(), settling(10));
    let payer = |times| {
        let control = ground.control().with_max_repeats(times);
        ground.payer_through(
            vec![Arc::new(control)],
            &charging(1, |_| Offer::usdc(10_000)),
        )
    };
    assert_eq!(denial(&buy(&payer(1)).await), None);
    ground.clock.advance(Duration::from_secs(200));
    assert_eq!(denial(&buy(&payer(1)).await), None);
    assert_eq!(denial(&buy(&payer(1)).await), DUPLICATE);
    ground.clock.advance(Duration::from_secs(101));
    assert_eq!(denial(&buy(&payer(1)).await), None, "the first one ran out");
    assert_eq!(
        denial(&buy(&payer(1)).await),
        DUPLICATE,
        "the second one did not"
    );
    assert!(seller.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_066_of_a_hundred_polls_at_once_as_many_pass_as_may() {
    for times in [0, 6, 20] {
        let (ground, seller) = (Ground::new(), settling(100));
        let client = polling(&ground, times, &seller);
        let mut polls = JoinSet::new();
        for nonce in 0..100 {
            let client = client.clone();
            polls.spawn(async move { denial(&call(&client, Signed::new(nonce).sent()).await) });
        }
        let told = polls.join_all().await;
        let passed = told.iter().filter(|denial| denial.is_none()).count();
        assert_eq!(passed, usize::from(times) + 1);
        assert_eq!(seller.requests().len(), passed);
        assert!(
            told.iter()
                .flatten()
                .all(|code| *code == "replay.duplicate")
        );
    }
}

#[tokio::test]
async fn a_poll_with_a_key_of_its_own_is_no_repeat() {
    let (ground, seller) = (Ground::new(), settling(2));
    let client = polling(&ground, 5, &seller);
    let named = |nonce| {
        let mut request = post(URL, "question");
        let value = "order 7".parse().unwrap();
        request.headers_mut().insert("idempotency-key", value);
        Signed::new(nonce).on(request)
    };
    assert_eq!(denial(&call(&client, named(1)).await), None);
    assert_eq!(denial(&call(&client, named(2)).await), DUPLICATE);
}

#[tokio::test]
async fn the_same_authorization_is_no_repeat() {
    let (ground, seller) = (Ground::new(), settling(2));
    let client = polling(&ground, 5, &seller);
    assert_eq!(denial(&call(&client, Signed::new(1).sent()).await), None);
    let copy = call(&client, Signed::new(1).sent()).await;
    assert_eq!(denial(&copy), Some("replay.authorization"));
}

#[tokio::test]
async fn a_guard_is_told_how_often_a_request_may_be_repeated() {
    let ground = Ground::new();
    let config = GuardConfig::buyer()
        .policy(PolicyConfig::new())
        .claims(Arc::clone(&ground.claims))
        .fingerprint_key(key())
        .clock(Arc::new(ground.clock.clone()))
        .max_repeats(1)
        .build()
        .unwrap();
    let payer = config.payer(ground.signer.clone()).unwrap();
    let seller = charging(3, |_| Offer::usdc(10_000));
    let mut told = Vec::new();
    for _ in 0..3 {
        let service = x402_tower::pay::PayService::with_payer(seller.clone(), payer.clone());
        told.push(denial(
            &service.oneshot(post(URL, "question")).await.unwrap(),
        ));
    }
    assert_eq!(told, [None, None, DUPLICATE]);
}
