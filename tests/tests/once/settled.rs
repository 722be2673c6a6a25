//! Requests that were paid and have settled.

use http_body_util::BodyExt;
use tower::ServiceExt;
use x402_tower::testing::{ScriptedChallenge, ScriptedSeller};
use x402_tower::{PaymentRecord, SettledRepeat};

use crate::ground::{BOTH, Ground, URL, cent, denial, get, outcome};
use crate::shared::{asking, assert_one_payment, named, send, send_in_vain};

#[tokio::test]
async fn a_repeat_is_a_replay() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new().challenge(&asking()).settle();
    let seller = seller.challenge(&asking()).challenge(&asking());
    send(&ground, &seller, get(URL)).await;
    let again = send(&ground, &seller, get(URL)).await;
    assert_eq!(denial(&again), Some("replay.duplicate"));
    assert_one_payment(&ground, &seller, 1);
}

#[tokio::test]
async fn a_repeat_gets_the_stored_receipt_where_that_is_asked_for() {
    for version in BOTH {
        for request in [get(URL), named(URL, "order-1")] {
            let ground = Ground::new();
            let asking = ScriptedChallenge::new(version, URL, [cent()]);
            let seller = ScriptedSeller::new().challenge(&asking).settle();
            let seller = seller.challenge(&asking);
            let first = send(&ground, &seller, request.clone()).await;

            let repeat = SettledRepeat::Receipt;
            let config = ground.builder().settled_repeat(repeat).build().unwrap();
            let guard = ground.guard_with(config, seller.clone());
            let again = guard.oneshot(request).await.unwrap();
            assert_eq!(again.status(), 200);
            assert_eq!(outcome(&again), Some("settled"));
            let name = if first.headers().contains_key("payment-response") {
                "payment-response"
            } else {
                "x-payment-response"
            };
            assert_eq!(again.headers()[name], first.headers()[name]);
            let id = |answer: &crate::ground::Answer| {
                answer.extensions().get::<PaymentRecord>().unwrap().id()
            };
            assert_eq!(id(&again), id(&first));
            let body = again.into_body().collect().await.unwrap().to_bytes();
            let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(body["code"], "request.settled");
            assert_one_payment(&ground, &seller, 1);
        }
    }
}

#[tokio::test]
async fn attack_120_a_used_nonce_on_a_resend_means_that_it_had_settled() {
    for reason in [
        "invalid_exact_evm_nonce_already_used",
        "authorization_is_used",
        "FiatTokenV2: authorization is used or canceled",
    ] {
        let ground = Ground::new();
        let seller = ScriptedSeller::new().challenge(&asking()).fail();
        let seller = seller.challenge(&asking()).reject(reason);
        send_in_vain(&ground, &seller, get(URL)).await;
        let again = send(&ground, &seller, get(URL)).await;
        assert_eq!(outcome(&again), Some("settled_earlier"), "{reason}");
        assert_eq!(ground.spent_micros().await, 10_000);
        assert_one_payment(&ground, &seller, 2);

        let seller = ScriptedSeller::new().challenge(&asking());
        let third = send(&ground, &seller, get(URL)).await;
        assert_eq!(denial(&third), Some("replay.duplicate"), "{reason}");
    }
}

#[tokio::test]
async fn a_used_nonce_is_also_understood_from_a_challenge() {
    for version in BOTH {
        let ground = Ground::new();
        let asking = ScriptedChallenge::new(version, URL, [cent()]);
        let used = asking.clone().error("authorization is used or canceled");
        let seller = ScriptedSeller::new().challenge(&asking).fail();
        let seller = seller.challenge(&asking).challenge(&used);
        send_in_vain(&ground, &seller, get(URL)).await;
        let again = send(&ground, &seller, get(URL)).await;
        assert_eq!(outcome(&again), Some("settled_earlier"));
        assert_eq!(again.status(), 402);
    }
}

#[tokio::test]
async fn a_first_payment_that_is_called_used_is_only_refused() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new().challenge(&asking());
    let seller = seller.reject("authorization_is_used");
    let first = send(&ground, &seller, get(URL)).await;
    assert_eq!(outcome(&first), Some("rejected"));
    assert_eq!(ground.spent_micros().await, 10_000);
}
