//! A retry sends the same payment again.

use x402_tower::policy::KillSwitch;
use x402_tower::testing::{ScriptedBody, ScriptedSeller};

use tower::ServiceExt;

use crate::ground::{Ground, URL, denial, get, outcome};
use crate::shared::{asking, assert_one_payment, send, send_in_vain};

fn status(code: u16) -> http::Response<ScriptedBody> {
    let mut response = http::Response::new(ScriptedBody::whole("no"));
    *response.status_mut() = code.try_into().unwrap();
    response
}

/// A seller that gets one payment, answers it by `lose`, and settles it the second time.
fn losing(lose: impl FnOnce(ScriptedSeller) -> ScriptedSeller) -> ScriptedSeller {
    let seller = lose(ScriptedSeller::new().challenge(&asking()));
    seller.challenge(&asking()).settle()
}

#[tokio::test]
async fn attack_087_a_lost_answer_is_asked_for_with_the_same_payment() {
    let ground = Ground::new();
    let seller = losing(ScriptedSeller::fail);
    send_in_vain(&ground, &seller, get(URL)).await;
    let answer = send(&ground, &seller, get(URL)).await;
    assert_eq!(outcome(&answer), Some("settled"));
    assert_one_payment(&ground, &seller, 2);
    assert_eq!(ground.spent_micros().await, 10_000, "counted once");
}

#[tokio::test]
async fn attack_074_a_refusal_is_answered_with_the_same_payment() {
    for code in [402, 500, 504] {
        let ground = Ground::new();
        let seller = losing(|seller| seller.respond(status(code)));
        let first = send(&ground, &seller, get(URL)).await;
        assert_ne!(outcome(&first), Some("settled"), "{code}");
        assert_eq!(
            ground.spent_micros().await,
            10_000,
            "{code}: it may be settled"
        );
        let second = send(&ground, &seller, get(URL)).await;
        assert_eq!(outcome(&second), Some("settled"), "{code}");
        assert_one_payment(&ground, &seller, 2);
        assert_eq!(ground.spent_micros().await, 10_000, "{code}");
    }
}

#[tokio::test]
async fn a_resend_is_on_record_under_the_intent_that_it_has() {
    let ground = Ground::new();
    let seller = losing(ScriptedSeller::fail);
    send_in_vain(&ground, &seller, get(URL)).await;
    send(&ground, &seller, get(URL)).await;
    assert_eq!(
        ground.events(),
        [
            "PAYMENT_INTENT",
            "PAYMENT_UNKNOWN unknown",
            "PAYMENT_RESENT",
            "PAYMENT_ALLOWED settled"
        ]
    );
    let ids: std::collections::HashSet<_> = ground
        .records()
        .iter()
        .map(|record| record["decision_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 1);
    assert!(ground.verify().dangling_intents.is_empty());
}

#[tokio::test]
async fn an_engaged_kill_switch_also_stops_resends() {
    let ground = Ground::new();
    let seller = losing(ScriptedSeller::fail);
    send_in_vain(&ground, &seller, get(URL)).await;

    let switch = KillSwitch::new();
    switch.engage();
    let config = ground
        .builder()
        .kill_switch(switch.clone())
        .build()
        .unwrap();
    let stopped = ground.guard_with(config.clone(), seller.clone());
    let stopped = stopped.oneshot(get(URL)).await.unwrap();
    assert_eq!(denial(&stopped), Some("policy.kill_switch"));
    assert_one_payment(&ground, &seller, 1);
    assert_eq!(
        ground.spent_micros().await,
        10_000,
        "it may have left before"
    );
}

#[tokio::test]
async fn a_payment_that_was_never_signed_leaves_nothing_to_send_again() {
    let ground = Ground::new().signing_with(x402_tower::testing::RecordingSigner::failing());
    let seller = ScriptedSeller::new().challenge(&asking());
    let first = send(&ground, &seller, get(URL)).await;
    assert_eq!(denial(&first), Some("signer.failed"));
    assert_eq!(ground.spent_micros().await, 0);

    let ground = ground.signing_with(x402_tower::testing::RecordingSigner::new());
    let seller = ScriptedSeller::new().challenge(&asking()).settle();
    let second = send(&ground, &seller, get(URL)).await;
    assert_eq!(outcome(&second), Some("settled"));
}

#[tokio::test]
async fn what_is_asked_for_the_second_time_does_not_matter() {
    let ground = Ground::new();
    let dearer =
        x402_tower::testing::ScriptedChallenge::v2(URL, [x402_tower::testing::Offer::usdc(20_000)]);
    let seller = ScriptedSeller::new()
        .challenge(&asking())
        .fail()
        .challenge(&dearer)
        .settle();
    send_in_vain(&ground, &seller, get(URL)).await;
    send(&ground, &seller, get(URL)).await;
    assert_one_payment(&ground, &seller, 2);
    assert_eq!(ground.spent_micros().await, 10_000);
}

#[tokio::test]
async fn another_url_method_or_body_is_another_request() {
    let ground = Ground::new();
    let seller = losing(ScriptedSeller::fail);
    send_in_vain(&ground, &seller, get(URL)).await;
    let other = format!("{URL}?page=2");
    let answer = send(&ground, &seller, get(&other)).await;
    assert_eq!(outcome(&answer), Some("settled"));
    assert_eq!(ground.signer.count(), 2);
    assert_eq!(ground.spent_micros().await, 20_000);
}
