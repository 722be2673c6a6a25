//! What gives access to money or machines, on its way out (attack 117).

use http::{HeaderValue, Response, header};
use serde_json::json;
use tower::{Layer, ServiceExt};
use x402_tower::Context;
use x402_tower::pii::{Detector, EntityType, PiiAction, PiiControl};
use x402_tower::service::ControlLayer;
use x402_tower::testing::{ScriptedBody, ScriptedChallenge, ScriptedSeller};

use crate::ground::*;

const KEY: &str = "private_key=0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
const PHRASE: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";
const WEB_TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
const SERVICE_KEY: &str = concat!("sk_", "live_51HqLyjWDarjtT1zdp7dcABCD");

const SECRETS: [&str; 4] = [KEY, PHRASE, WEB_TOKEN, SERVICE_KEY];

fn in_url(secret: &str) -> String {
    format!("{URL}?note={}", secret.replace(' ', "%20"))
}

fn describing(secret: &str) -> ScriptedChallenge {
    ScriptedChallenge::v2(URL, [cent()]).description(&format!("report for {secret}, as ordered"))
}

#[tokio::test]
async fn attack_117_a_secret_denies_the_payment_whatever_happens_to_personal_data() {
    for secret in SECRETS {
        let challenges = [
            ScriptedChallenge::v2(&in_url(secret), [cent()]),
            describing(secret),
            ScriptedChallenge::v2(URL, [cent().extra("note", secret)]),
        ];
        for (place, challenge) in challenges.iter().enumerate() {
            for action in [PiiAction::Redact, PiiAction::Warn, PiiAction::Block] {
                let seller = ScriptedSeller::new().challenge(challenge).settle();
                let pii = PiiControl::new().with_action(action);
                let answer = buy(Some(pii), &seller, get(URL)).await;
                assert_eq!(
                    denial(&answer),
                    Some("pii.secret"),
                    "{action} {secret} in {place}"
                );
                assert_eq!(seller.paid_requests(), 0);
                let body = text(answer.into_body()).await;
                assert!(!body.contains(secret), "{body}");
            }
        }
    }
}

#[tokio::test]
async fn attack_117_without_the_control_a_secret_leaves() {
    let seller = ScriptedSeller::new()
        .challenge(&describing(PHRASE))
        .settle();
    buy(None, &seller, get(URL)).await;
    let paid = decoded(&seller.requests()[1].headers, "payment-signature");
    assert!(paid.contains(PHRASE));
}

#[tokio::test]
async fn attack_117_a_leaving_challenge_with_a_secret_is_kept_back() {
    let v1 = ScriptedChallenge::v1(URL, [cent().description(WEB_TOKEN)]);
    for challenge in [v1, describing(WEB_TOKEN)] {
        let seller = ScriptedSeller::new().respond(challenge.to_response());
        let layer = ControlLayer::new(chain(Some(PiiControl::new())), Context::seller());
        let answer = layer.layer(seller).oneshot(get(URL)).await.unwrap();
        assert_eq!(denial(&answer), Some("pii.secret"));
        assert!(!text(answer.into_body()).await.contains(WEB_TOKEN));
    }
}

#[tokio::test]
async fn attack_117_screened_parts_of_the_agents_own_requests_are_denied_too() {
    for action in [PiiAction::Redact, PiiAction::Warn, PiiAction::Block] {
        let pii = PiiControl::new()
            .with_request_urls(action)
            .with_request_headers(action, [header::REFERER])
            .with_request_bodies(action);
        for secret in SECRETS {
            let mut referring = get(URL);
            let value = HeaderValue::from_str(secret).unwrap();
            referring.headers_mut().insert("referer", value);
            let requests = [
                get(&in_url(secret)),
                referring,
                post(
                    URL,
                    "application/json",
                    &json!({ "a": [secret] }).to_string(),
                ),
                post(URL, "text/plain", secret),
                post(
                    URL,
                    "application/x-www-form-urlencoded",
                    &format!("a={}", secret.replace(' ', "+")),
                ),
                post(URL, "multipart/form-data; boundary=x", secret),
            ];
            for request in requests {
                let seller = ScriptedSeller::new().respond(Response::new(ScriptedBody::default()));
                let answer = buy(Some(pii.clone()), &seller, request).await;
                assert_eq!(denial(&answer), Some("pii.secret"), "{action} {secret}");
                assert!(seller.requests().is_empty());
                assert!(!text(answer.into_body()).await.contains(secret));
            }
        }
    }
}

#[tokio::test]
async fn a_secret_in_a_header_that_is_not_screened_reaches_the_seller() {
    let seller = honest(URL);
    let mut request = get(URL);
    let value = HeaderValue::from_str(&format!("Bearer {WEB_TOKEN}")).unwrap();
    request.headers_mut().insert("authorization", value.clone());
    let answer = buy(Some(PiiControl::new()), &seller, request).await;
    assert_eq!(denial(&answer), None);
    assert_eq!(seller.requests()[0].headers["authorization"], value);
}

#[tokio::test]
async fn attack_117_a_receipt_cannot_be_denied_so_secrets_are_taken_out() {
    let explained = |why: &str| {
        format!(
            r#"{{"success":false,"errorReason":"{why}","transaction":"","network":"eip155:8453"}}"#
        )
    };
    let mut response = Response::new(ScriptedBody::default());
    let value = HeaderValue::try_from(encoded(&explained(WEB_TOKEN))).unwrap();
    response.headers_mut().insert("payment-response", value);
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, [cent()]))
        .respond(response);
    let answer = buy(Some(PiiControl::new()), &seller, get(URL)).await;
    assert_eq!(
        decoded(answer.headers(), "payment-response"),
        explained("<REDACTED>")
    );
    assert_eq!(record(&answer).findings(), [("SECRET", 1)]);
}

#[tokio::test]
async fn another_action_for_secrets_holds_for_secrets_alone() {
    let both = format!("for {EMAIL} with {SERVICE_KEY}");
    let paid_with = async |personal: PiiAction, secret: PiiAction| {
        let challenge = ScriptedChallenge::v2(URL, [cent()]).description(&both);
        let seller = ScriptedSeller::new().challenge(&challenge).settle();
        let pii = PiiControl::new()
            .with_action(personal)
            .with_secret_action(secret);
        let answer = buy(Some(pii), &seller, get(URL)).await;
        match denial(&answer) {
            Some(code) => code.to_owned(),
            None => decoded(&seller.requests()[1].headers, "payment-signature"),
        }
    };
    let paid = paid_with(PiiAction::Warn, PiiAction::Redact).await;
    assert!(
        paid.contains(&format!("for {EMAIL} with <REDACTED>")),
        "{paid}"
    );
    let paid = paid_with(PiiAction::Redact, PiiAction::Warn).await;
    assert!(
        paid.contains(&format!("for <REDACTED> with {SERVICE_KEY}")),
        "{paid}"
    );
    let paid = paid_with(PiiAction::Warn, PiiAction::Warn).await;
    assert!(paid.contains(&both), "{paid}");
    let code = paid_with(PiiAction::Block, PiiAction::Redact).await;
    assert_eq!(code, "pii.blocked");
}

#[tokio::test]
async fn a_detector_without_secrets_denies_none() {
    let seller = ScriptedSeller::new()
        .challenge(&describing(PHRASE))
        .settle();
    let detector = Detector::with_entities([EntityType::EmailAddress]);
    let pii = PiiControl::new().with_detector(detector);
    let answer = buy(Some(pii), &seller, get(URL)).await;
    assert_eq!(denial(&answer), None);
}
