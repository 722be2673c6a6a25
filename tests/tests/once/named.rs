//! Requests with an `Idempotency-Key`.

use std::time::Duration;

use x402_tower::testing::ScriptedSeller;

use crate::ground::{Ground, URL, denial, outcome};
use crate::shared::{asking, assert_one_payment, named, send, send_in_vain};

const KEY: &str = "order-2026-11-27-0001";

#[tokio::test]
async fn attack_087_a_named_request_is_paid_once() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new().challenge(&asking()).fail();
    let seller = seller.challenge(&asking()).settle();
    send_in_vain(&ground, &seller, named(URL, KEY)).await;
    let answer = send(&ground, &seller, named(URL, KEY)).await;
    assert_eq!(outcome(&answer), Some("settled"));
    assert_one_payment(&ground, &seller, 2);
}

#[tokio::test]
async fn attack_088_a_key_is_not_used_for_another_request() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new().challenge(&asking()).fail();
    let seller = seller.challenge(&asking());
    send_in_vain(&ground, &seller, named(URL, KEY)).await;
    let other = format!("{URL}?page=2");
    let refused = send(&ground, &seller, named(&other, KEY)).await;
    assert_eq!(denial(&refused), Some("replay.key_reused"));
    assert_one_payment(&ground, &seller, 1);
}

#[tokio::test]
async fn two_keys_are_two_requests() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new().challenge(&asking()).settle();
    let seller = seller.challenge(&asking()).settle();
    for key in ["order-a", "order-b"] {
        let answer = send(&ground, &seller, named(URL, key)).await;
        assert_eq!(outcome(&answer), Some("settled"), "{key}");
    }
    assert_eq!(ground.signer.count(), 2);
}

#[tokio::test]
async fn a_settled_key_is_refused_for_a_day() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new().challenge(&asking()).settle();
    let seller = seller.challenge(&asking()).challenge(&asking());
    send(&ground, &seller, named(URL, KEY)).await;
    for hours in [1, 22] {
        ground.clock.advance(Duration::from_secs(hours * 3600));
        let refused = send(&ground, &seller, named(URL, KEY)).await;
        assert_eq!(denial(&refused), Some("replay.duplicate"), "{hours}");
    }
    assert_one_payment(&ground, &seller, 1);
}

#[tokio::test]
async fn agents_do_not_share_keys() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new().challenge(&asking()).settle();
    let seller = seller.challenge(&asking()).settle();
    for agent in ["one", "two"] {
        let mut request = named(URL, KEY);
        let agent = x402_tower::AgentId::new(agent).unwrap();
        request.extensions_mut().insert(agent);
        let answer = send(&ground, &seller, request).await;
        assert_eq!(outcome(&answer), Some("settled"));
    }
}
