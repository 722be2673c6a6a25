//! Webhook approvers: what they are shown, and which of their answers count.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use http::{Response, StatusCode};
use x402_tower::mpa::{Approver, MAX_ANSWER_BYTES, MpaConfig, MpaControl, Shortfall};
use x402_tower::pii::PiiControl;
use x402_tower::policy::{PolicyConfig, PolicyControl, Rules};
use x402_tower::store::{Claims, MemoryStore};
use x402_tower::testing::{ScriptedStore, StoreConduct};
use x402_tower::{Control, Usd};

use crate::approvers::{
    Approvers, Conduct, answers, bound, replies, says, sealed, unsigned, webhook,
};
use crate::ground::{
    Attempt, Buyer, NOW, assert_paid, assert_refused, code, not_approved, offer, secret,
};

const NAMES: [&str; 3] = ["alice", "bob", "carol"];

/// `threshold` of alice, bob and carol, who do what they are told to.
fn of_three(threshold: usize, conduct: [Conduct; 3]) -> (Buyer, Approvers) {
    let approvers = NAMES
        .into_iter()
        .zip(conduct)
        .fold(Approvers::default(), |all, (name, conduct)| {
            all.with(name, conduct)
        });
    let config = NAMES
        .into_iter()
        .fold(MpaConfig::new(threshold), |config, name| {
            config.with_approver(webhook(name))
        });
    (
        Buyer::asking(config.with_webhook_transport(approvers.clone())),
        approvers,
    )
}

/// A threshold of one, and alice, who does this.
fn alone(conduct: Conduct) -> Buyer {
    let approvers = Approvers::default().with("alice", conduct);
    let config = MpaConfig::new(1).with_approver(webhook("alice"));
    Buyer::asking(config.with_webhook_transport(approvers))
}

#[tokio::test]
async fn all_approve() {
    let conduct = NAMES.map(|name| says(name, true));
    assert_paid(&of_three(3, conduct).0.pay(500).await);
}

#[tokio::test]
async fn exactly_as_many_approvals_as_needed() {
    let conduct = [says("alice", true), says("bob", false), says("carol", true)];
    assert_paid(&of_three(2, conduct).0.pay(500).await);
}

#[tokio::test]
async fn fewer_approvals_than_needed_are_denied() {
    let conduct = [
        says("alice", true),
        says("bob", false),
        says("carol", false),
    ];
    let (buyer, _) = of_three(2, conduct);
    let refused = buyer.pay(500).await;
    assert_refused(&refused, "mpa.denied", 1, 2);
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(buyer.signer.count(), 0);
    assert_paid(&Buyer::unguarded().pay(500).await);
}

#[tokio::test]
async fn a_webhook_that_fails_counts_as_denied() {
    let failing = answers(|_| {
        let mut response = sealed("alice", r#"{"approved":true}"#.into());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    });
    let (buyer, _) = of_three(2, [failing, Conduct::Breaks, says("carol", true)]);
    assert_refused(&buyer.pay(500).await, "mpa.denied", 1, 2);
}

#[tokio::test]
async fn the_denial_is_informative() {
    let (buyer, _) = of_three(2, NAMES.map(|name| says(name, false)));
    let told = not_approved(&buyer.pay(500).await);
    assert_eq!(told.shortfall, Shortfall::Refused);
    assert_eq!(
        told.to_string(),
        "0 of 2 approvals; ask the approvers why, or pay less"
    );
}

#[tokio::test(start_paused = true)]
async fn one_who_hangs_does_not_sink_two_of_three() {
    let conduct = [Conduct::Hangs, says("bob", true), says("carol", true)];
    let buyer = of_three(2, conduct).0;
    assert_paid(&buyer.pay(500).now_or_never().expect("nobody is waited for"));
}

#[tokio::test(start_paused = true)]
async fn two_who_refuse_end_two_of_three_at_once() {
    let conduct = [Conduct::Hangs, says("bob", false), says("carol", false)];
    let buyer = of_three(2, conduct).0;
    let refused = buyer.pay(500).now_or_never().expect("nobody is waited for");
    assert_refused(&refused, "mpa.denied", 0, 2);
}

#[tokio::test(start_paused = true)]
async fn attack_104_who_does_not_answer_in_time_has_not_approved() {
    let conduct = [says("alice", true), Conduct::Hangs, Conduct::Hangs];
    let (buyer, _) = of_three(2, conduct);
    let refused = buyer.pay(500).await;
    assert_refused(&refused, "mpa.timeout", 1, 2);
    assert_eq!(refused.status(), StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(buyer.signer.count(), 0);
    assert_paid(&Buyer::unguarded().pay(500).await);
}

/// Approved after half of the authorization's life, it could not be settled any more.
#[tokio::test(start_paused = true)]
#[allow(clippy::disallowed_methods)] // tokio's paused clock is the one that the wait runs on
async fn nobody_is_waited_for_until_the_authorization_is_over() {
    let buyer = alone(Conduct::Hangs);
    let start = tokio::time::Instant::now();
    let brief = offer(500).max_timeout_seconds(20);
    assert_refused(&buyer.buy(Attempt::of(brief)).await, "mpa.timeout", 0, 1);
    assert_eq!(start.elapsed().as_secs(), 10);
}

#[tokio::test]
async fn a_valid_hmac_counts() {
    assert_paid(&alone(says("alice", true)).pay(500).await);
}

#[tokio::test]
async fn a_missing_hmac_counts_as_denied() {
    let bare = answers(|request| {
        let question = serde_json::from_slice(request.body()).unwrap();
        Response::new(bound(&question, true).into())
    });
    assert_refused(&alone(bare).pay(500).await, "mpa.denied", 0, 1);
}

#[tokio::test]
async fn a_wrong_hmac_counts_as_denied() {
    assert_refused(
        &alone(says("mallory", true)).pay(500).await,
        "mpa.denied",
        0,
        1,
    );
}

#[tokio::test]
async fn two_hmacs_count_as_denied() {
    let twice = answers(|request| {
        let question = serde_json::from_slice(request.body()).unwrap();
        let mut response = sealed("alice", bound(&question, true));
        let again = response.headers()["x-mpa-hmac"].clone();
        response.headers_mut().append("x-mpa-hmac", again);
        response
    });
    assert_refused(&alone(twice).pay(500).await, "mpa.denied", 0, 1);
}

#[tokio::test]
async fn without_a_shared_secret_no_hmac_is_checked() {
    let plain = answers(|_| Response::new(Bytes::from_static(br#"{"approved":true}"#)));
    let approvers = Approvers::default().with("alice", plain);
    let config = MpaConfig::new(1).with_approver(unsigned("alice"));
    let buyer = Buyer::asking(config.with_webhook_transport(approvers.clone()));
    assert_paid(&buyer.pay(500).await);
    assert!(
        !approvers.asked()[0]
            .headers()
            .contains_key("x-mpa-signature")
    );
}

/// A signed answer to an earlier question, given again.
#[tokio::test]
async fn attack_096_an_answer_to_one_request_is_none_to_another() {
    let first: Arc<parking_lot::Mutex<Option<String>>> = Arc::default();
    let replayed = {
        let first = first.clone();
        answers(move |request| {
            let question = serde_json::from_slice(request.body()).unwrap();
            let body = first
                .lock()
                .get_or_insert_with(|| bound(&question, true))
                .clone();
            sealed("alice", body)
        })
    };
    let approvers = Approvers::default().with("alice", replayed);
    let buyer = |approver: Approver| {
        let config = MpaConfig::new(1).with_approver(approver);
        Buyer::asking(config.with_webhook_transport(approvers.clone()))
    };
    let careful = buyer(webhook("alice"));
    assert_paid(&careful.pay(500).await);
    assert_refused(&careful.pay(900_000).await, "mpa.denied", 0, 1);
    let careless = buyer(webhook("alice").dangerous_accept_unbound_answers());
    assert_paid(&careless.pay(900_000).await);
}

#[tokio::test]
async fn attack_100_only_the_literal_true_approves() {
    let lies = [
        r#"{"approved":"true"}"#,
        r#"{"approved":"false"}"#,
        r#"{"approved":1}"#,
        r#"{"approved":[true]}"#,
        r#"{"approved":{"value":true}}"#,
        r#"{"approved":null}"#,
        r#"{"approved":TRUE}"#,
        r#"{"Approved":true}"#,
        r#"{"approved":true,"approved":true}"#,
        r#"{"approved":false,"approved":true}"#,
        r#"{"approved":true,"appr\u006fved":false}"#,
        r#"{"approved":true,"APPROVED":false}"#,
        r#"{"result":{"approved":true}}"#,
        r#"[{"approved":true}]"#,
        r#"{"approved":true}{"approved":false}"#,
        r#"{"approved":true"#,
        "approved=true",
        "true",
        "",
        "\u{feff}{\"approved\":true}",
    ];
    let answered_with = |body| {
        let approvers = Approvers::default().with("alice", replies("alice", body));
        let trusting = webhook("alice").dangerous_accept_unbound_answers();
        let config = MpaConfig::new(1).with_approver(trusting);
        Buyer::asking(config.with_webhook_transport(approvers))
    };
    for lie in lies {
        let refused = answered_with(lie).pay(500).await;
        assert_eq!(code(&refused), Some("mpa.denied"), "{lie}");
    }
    assert_paid(&answered_with(r#" { "approved" : true } "#).pay(500).await);
}

#[tokio::test]
async fn attack_100_an_answer_that_is_too_long_is_none() {
    let padded = |bytes: usize| {
        answers(move |request| {
            let question = serde_json::from_slice(request.body()).unwrap();
            let body = bound(&question, true);
            let padding = " ".repeat(bytes - body.len());
            sealed("alice", body + &padding)
        })
    };
    assert_paid(&alone(padded(MAX_ANSWER_BYTES)).pay(500).await);
    let over = alone(padded(MAX_ANSWER_BYTES + 1));
    assert_refused(&over.pay(500).await, "mpa.denied", 0, 1);
}

#[tokio::test]
async fn a_status_other_than_200_is_no_approval() {
    for status in [201, 202, 204, 302, 400, 402, 500] {
        let conduct = answers(move |request| {
            let question = serde_json::from_slice(request.body()).unwrap();
            let mut response = sealed("alice", bound(&question, true));
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            response
        });
        assert_refused(&alone(conduct).pay(500).await, "mpa.denied", 0, 1);
    }
}

#[tokio::test]
async fn a_webhook_and_a_countersignature_meet_the_threshold_together() {
    let (buyer, approvers) = mixed(says("alice", true));
    let request = buyer.request_for(500).await;
    assert!(
        approvers.asked().is_empty(),
        "nobody is bothered before it can be enough"
    );
    let signature = secret("bob").sign(request.payload().as_bytes());
    let signed = request.signatures().with_signature("bob", &signature);
    assert_paid(&buyer.buy(Attempt::of(offer(500)).signed(signed)).await);
}

#[tokio::test]
async fn a_countersignature_and_a_webhook_that_refuses_stay_below() {
    let (buyer, _) = mixed(says("alice", false));
    let request = buyer.request_for(500).await;
    let signature = secret("bob").sign(request.payload().as_bytes());
    let signed = request.signatures().with_signature("bob", &signature);
    let refused = buyer.buy(Attempt::of(offer(500)).signed(signed)).await;
    assert_refused(&refused, "mpa.denied", 1, 2);
}

/// Both of alice, by webhook, and bob, by countersignature.
fn mixed(alice: Conduct) -> (Buyer, Approvers) {
    let approvers = Approvers::default().with("alice", alice);
    let config = MpaConfig::new(2)
        .with_approver(webhook("alice"))
        .with_approver(Approver::hmac("bob", secret("bob")))
        .with_webhook_transport(approvers.clone());
    (Buyer::asking(config), approvers)
}

#[tokio::test]
async fn a_question_says_what_is_to_be_approved() {
    let (buyer, approvers) = of_three(3, NAMES.map(|name| says(name, true)));
    assert_paid(&buyer.pay(500).await);
    let question = &approvers.questions()[0];
    assert_eq!(question["approver_id"], "alice");
    assert_eq!(question["threshold"], 3);
    let request = &question["request"];
    assert_eq!(request["amount"], "5000000");
    assert_eq!(request["price_usd"], "5.00");
    assert_eq!(
        request["pay_to"],
        x402_tower::testing::SELLER.to_lowercase()
    );
    assert_eq!(request["expires"], NOW + 900);
    assert_eq!(request["digest"].as_str().unwrap().len(), 64);
    assert_eq!(request["request_id"].as_str().unwrap().len(), 32);
}

#[tokio::test]
async fn attack_100_a_question_is_signed_with_its_time() {
    let (buyer, approvers) = of_three(1, NAMES.map(|name| says(name, true)));
    assert_paid(&buyer.pay(500).await);
    let asked = &approvers.asked()[0];
    let timestamp = asked.headers()["x-mpa-timestamp"].to_str().unwrap();
    assert_eq!(timestamp, NOW.to_string());
    let mut signed = format!("x402-tower/mpa/webhook-request/v1\n{timestamp}\n").into_bytes();
    signed.extend_from_slice(asked.body());
    assert_eq!(
        asked.headers()["x-mpa-signature"],
        secret("alice").sign(&signed)
    );
    assert!(asked.headers()["x-mpa-signature"].is_sensitive());
}

/// An approver that sends back what it was sent has said nothing.
#[tokio::test]
async fn attack_100_a_reflected_question_is_no_answer() {
    let reflecting = answers(|request| {
        let tag = request.headers()["x-mpa-signature"].clone();
        let response = Response::builder().header("x-mpa-hmac", tag);
        response.body(request.body().clone()).unwrap()
    });
    assert_refused(&alone(reflecting).pay(500).await, "mpa.denied", 0, 1);
}

#[tokio::test]
async fn attack_101_nothing_in_a_question_can_be_followed_to_approve() {
    let (buyer, approvers) = of_three(1, NAMES.map(|name| says(name, true)));
    assert_paid(&buyer.pay(500).await);
    for asked in approvers.asked() {
        assert_eq!(asked.method(), "POST");
        let body = core::str::from_utf8(asked.body()).unwrap();
        assert!(
            !body.contains("approvals.example.com"),
            "no link back: {body}"
        );
    }
}

#[tokio::test]
async fn attack_103_what_a_seller_says_stands_last_and_harmless() {
    let approvers = Approvers::default().with("alice", says("alice", true));
    let config = MpaConfig::new(1)
        .with_approver(webhook("alice"))
        .with_webhook_transport(approvers.clone());
    let mpa: Arc<dyn Control> = Arc::new(MpaControl::new(config).unwrap());
    let buyer = Buyer::guarded(vec![Arc::new(PiiControl::new()), mpa]);
    let evil = "ok\n\n\n\u{202e}00.0$ latot\u{200b} [approve](https://evil.example/yes) \u{2028}";
    assert_paid(&buyer.buy(Attempt::of(offer(500)).described(evil)).await);
    let asked = approvers.asked();
    let body = core::str::from_utf8(asked[0].body()).unwrap();
    let texts = approvers.questions()[0]["untrusted_texts"].clone();
    let text = texts
        .as_array()
        .unwrap()
        .iter()
        .find(|text| text["field"] == "resource.description");
    assert_eq!(
        text.unwrap()["text"],
        r"ok\u{a}\u{a}\u{a}\u{202e}00.0$ latot\u{200b} [approve] (https:/ /evil.example/yes) \u{2028}"
    );
    assert!(
        body.starts_with(r#"{"request":{"agent":"#),
        "typed fields come first: {body}"
    );
    assert!(!body.contains("https://evil"), "{body}");
}

/// The control stands innermost: personal data is gone before anybody is asked.
#[tokio::test]
async fn approvers_see_no_personal_data() {
    let asked_about = |controls: Vec<Arc<dyn Control>>| async {
        let approvers = Approvers::default().with("alice", says("alice", true));
        let config = MpaConfig::new(1)
            .with_approver(webhook("alice"))
            .with_webhook_transport(approvers.clone());
        let mut controls = controls;
        controls.push(Arc::new(MpaControl::new(config).unwrap()));
        let attempt = Attempt::of(offer(500)).described("for alice@example.com");
        assert_paid(&Buyer::guarded(controls).buy(attempt).await);
        String::from_utf8(approvers.asked()[0].body().to_vec()).unwrap()
    };
    let screened = asked_about(vec![Arc::new(PiiControl::new())]).await;
    assert!(screened.contains("for <REDACTED>"), "{screened}");
    assert!(!screened.contains("alice@example.com"), "{screened}");
    assert!(
        screened.contains("https://api.example.com/report?[query]"),
        "{screened}"
    );
    let unscreened = asked_about(vec![]).await;
    assert!(!unscreened.contains("alice@example.com"), "{unscreened}");
    assert!(
        unscreened.contains(r#""url":"https://api.example.com""#),
        "{unscreened}"
    );
}

#[tokio::test(start_paused = true)]
async fn attack_102_approvers_are_not_flooded() {
    let flood = async |most: usize| {
        let approvers = Approvers::default().with("alice", Conduct::Hangs);
        let config = MpaConfig::new(1)
            .with_approver(webhook("alice"))
            .with_webhook_transport(approvers.clone())
            .with_max_pending(most);
        let buyer = Buyer::asking(config);
        let all = futures_util::future::join_all((0..100).map(|_| buyer.pay(500))).await;
        let busy = all
            .iter()
            .filter(|refused| code(refused) == Some("mpa.busy"));
        let busy = busy.count();
        // Whoever waited has made room.
        assert_refused(&buyer.pay(500).await, "mpa.timeout", 0, 1);
        (busy, approvers.asked().len())
    };
    assert_eq!(flood(3).await, (97, 3 + 1));
    assert_eq!(flood(usize::MAX).await, (0, 100 + 1), "without the cap");
}

#[tokio::test]
async fn attack_104_a_store_that_is_down_denies_what_was_signed() {
    let config = MpaConfig::new(1).with_approver(Approver::hmac("alice", secret("alice")));
    let buyer = |claims: Arc<dyn Claims>| {
        Buyer::with_control(MpaControl::new(config.clone()).unwrap().with_claims(claims))
    };
    let down = ScriptedStore::new(MemoryStore::new(), StoreConduct::Fail);
    let broken = buyer(Arc::new(down));
    let request = broken.request_for(500).await;
    let signature = secret("alice").sign(request.payload().as_bytes());
    let signed = request.signatures().with_signature("alice", &signature);
    let attempt = || Attempt::of(offer(500)).signed(signed.clone());
    let refused = broken.buy(attempt()).await;
    assert_eq!(code(&refused), Some("store.unavailable"));
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_paid(&buyer(Arc::new(MemoryStore::new())).buy(attempt()).await);
}

#[tokio::test]
async fn attack_105_nobody_is_asked_about_what_the_policy_denies() {
    let approvers = Approvers::default().with("alice", says("alice", true));
    let config = MpaConfig::new(1)
        .with_approver(webhook("alice"))
        .with_webhook_transport(approvers.clone());
    let policy = PolicyConfig::new().with_max_per_call(Usd::parse("1").unwrap());
    let buyer = Buyer::guarded(vec![
        Arc::new(PolicyControl::new(Rules::compile(&policy).unwrap())),
        Arc::new(MpaControl::new(config).unwrap()),
    ]);
    assert_eq!(code(&buyer.pay(500).await), Some("policy.per_call"));
    assert!(approvers.asked().is_empty());
}

#[tokio::test]
async fn attack_099_the_webhook_of_the_initiator_is_not_asked() {
    let (buyer, approvers) = of_three(2, NAMES.map(|name| says(name, true)));
    assert_paid(&buyer.buy(Attempt::of(offer(500)).by("alice")).await);
    let asked: Vec<_> = approvers
        .questions()
        .iter()
        .map(|q| q["approver_id"].clone())
        .collect();
    assert_eq!(asked, ["bob", "carol"]);
    let (buyer, _) = of_three(3, NAMES.map(|name| says(name, true)));
    let refused = buyer.buy(Attempt::of(offer(500)).by("alice")).await;
    assert_refused(&refused, "mpa.denied", 0, 3);
}
