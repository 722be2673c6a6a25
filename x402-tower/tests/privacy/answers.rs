//! What comes back of a payment, and what a signer writes into it (attack 111).

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode};
use std::sync::Arc;
use tower::{Layer, ServiceBuilder, ServiceExt};
use x402_tower::pay::{PayService, Payer};
use x402_tower::pii::{PiiAction, PiiControl, PiiLayer};
use x402_tower::service::ControlLayer;
use x402_tower::testing::{RecordingSigner, ScriptedBody, ScriptedChallenge, ScriptedSeller};
use x402_tower::wire::compose_v2;
use x402_tower::{
    Approved, Context, ControlKind, PayLayer, Requirement, SignLayer, SignedPayment, Signer,
    SignerError, Step, Terms,
};

use crate::ground::*;

fn receipt(json: &str) -> Response<ScriptedBody> {
    let mut response = Response::new(ScriptedBody::default());
    let value = HeaderValue::try_from(encoded(json)).unwrap();
    response.headers_mut().insert("payment-response", value);
    response
}

const FAILED: &str = r#"{"success":false,"errorReason":"no funds of alice@example.com","errorMessage":"ask alice@example.com" , "transaction":"","network":"eip155:8453"}"#;

fn refusing(json: &str) -> ScriptedSeller {
    ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, [cent()]))
        .respond(receipt(json))
}

#[tokio::test]
async fn attack_111_a_receipt_explains_a_failure_without_names() {
    for action in [PiiAction::Redact, PiiAction::Block] {
        let seller = refusing(FAILED);
        let pii = PiiControl::new().with_action(action);
        let answer = buy(Some(pii), &seller, get(URL)).await;
        assert_eq!(
            decoded(answer.headers(), "payment-response"),
            FAILED.replace(EMAIL, "<REDACTED>"),
            "{action}: whoever paid has to learn of it"
        );
        assert_eq!(record(&answer).outcome().as_str(), "rejected");
        assert_eq!(record(&answer).findings(), [("EMAIL_ADDRESS", 2)]);
        assert_eq!(record(&answer).kept_findings(), []);
    }
    let twin = buy(None, &refusing(FAILED), get(URL)).await;
    assert_eq!(decoded(twin.headers(), "payment-response"), FAILED);
}

#[tokio::test]
async fn attack_111_what_may_be_signed_in_a_receipt_is_kept_and_reported() {
    let json = format!(
        r#"{{"success":true,"transaction":"0x{}","network":"eip155:8453","extensions":{{"offer-receipt":{{"info":{{"receipt":"{EMAIL}"}}}}}}}}"#,
        "ab".repeat(32)
    );
    let answer = buy(Some(PiiControl::new()), &refusing(&json), get(URL)).await;
    assert_eq!(decoded(answer.headers(), "payment-response"), json);
    assert_eq!(record(&answer).outcome().as_str(), "settled");
    assert_eq!(record(&answer).kept_findings(), [("EMAIL_ADDRESS", 1)]);
}

#[tokio::test]
async fn a_receipt_under_a_signature_is_kept_as_it_came() {
    let mut response = receipt(FAILED);
    let input = r#"sig=("payment-response");keyid="k""#.parse().unwrap();
    response.headers_mut().insert("signature-input", input);
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, [cent()]))
        .respond(response);
    let answer = buy(Some(PiiControl::new()), &seller, get(URL)).await;
    assert_eq!(decoded(answer.headers(), "payment-response"), FAILED);
    assert_eq!(record(&answer).kept_findings(), [("EMAIL_ADDRESS", 2)]);
}

#[tokio::test]
async fn a_receipt_that_passes_a_seller_is_redacted_too() {
    let signed = honest(URL);
    buy(None, &signed, get(URL)).await;
    let mut request = get(URL);
    let header = signed.requests()[1].headers["payment-signature"].clone();
    request.headers_mut().insert("payment-signature", header);
    let clock = Arc::new(x402_tower::testing::ManualClock::from_secs(NOW));
    let context = Context::seller().with_clock(clock);
    let service = ScriptedSeller::new().respond(receipt(FAILED));
    let layer = ControlLayer::new(chain(Some(PiiControl::new())), context);
    let answer = layer.layer(service).oneshot(request).await.unwrap();
    assert!(!decoded(answer.headers(), "payment-response").contains(EMAIL));
}

/// Another 402 in answer to a payment, with personal data wherever text may stand.
fn asking_again() -> ScriptedChallenge {
    ScriptedChallenge::v2(&format!("{URL}?q={EMAIL}"), [cent().extra("note", EMAIL)])
        .error(&format!("{EMAIL} has not paid"))
        .description(&format!("for {EMAIL}"))
}

fn asked_twice(again: &ScriptedChallenge, body: &'static str) -> ScriptedSeller {
    let mut second = again.to_response();
    if !body.is_empty() {
        *second.body_mut() = ScriptedBody::whole(body);
    }
    ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, [cent()]))
        .respond(second)
}

#[tokio::test]
async fn attack_111_the_challenge_that_answers_a_payment_is_shown_redacted() {
    let again = asking_again();
    let answer = buy(Some(PiiControl::new()), &asked_twice(&again, ""), get(URL)).await;
    assert_eq!(answer.status(), StatusCode::PAYMENT_REQUIRED);
    assert_eq!(record(&answer).outcome().as_str(), "rejected");
    let shown = decoded(answer.headers(), "payment-required");
    assert_eq!(shown.matches(EMAIL).count(), 1, "extra is never changed");
    assert!(shown.contains("%3CREDACTED%3E") && shown.contains("for <REDACTED>"));

    let twin = buy(None, &asked_twice(&again, ""), get(URL)).await;
    assert_eq!(
        decoded(twin.headers(), "payment-required")
            .matches(EMAIL)
            .count(),
        4
    );
}

#[tokio::test]
async fn the_body_beside_a_challenge_is_shown_redacted() {
    let again = asking_again();
    for (body, redacted) in [
        (
            r#"{"hello" : "alice@example.com"}"#,
            r#"{"hello" : "<REDACTED>"}"#,
        ),
        (
            "<p>Dear alice@example.com, please pay</p>",
            "<p>Dear <REDACTED>, please pay</p>",
        ),
    ] {
        let seller = asked_twice(&again, body);
        let answer = buy(Some(PiiControl::new()), &seller, get(URL)).await;
        assert_eq!(
            answer.headers()["content-length"],
            redacted.len().to_string()
        );
        assert_eq!(text(answer.into_body()).await, redacted);
        let twin = buy(None, &asked_twice(&again, body), get(URL)).await;
        assert_eq!(text(twin.into_body()).await, body);
    }
}

#[tokio::test]
async fn a_challenge_that_answers_a_payment_may_be_blocked_but_the_record_stays() {
    let pii = PiiControl::new().with_action(PiiAction::Block);
    let answer = buy(Some(pii), &asked_twice(&asking_again(), ""), get(URL)).await;
    assert_eq!(denial(&answer), Some("pii.blocked"));
    assert_eq!(record(&answer).outcome().as_str(), "rejected");
    assert!(!text(answer.into_body()).await.contains(EMAIL));
}

#[tokio::test]
async fn a_stack_of_single_layers_shows_nothing_either() {
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, [cent()]))
        .respond({
            let mut response = asking_again().to_response();
            let headers = receipt(FAILED);
            let value = headers.headers()["payment-response"].clone();
            response.headers_mut().insert("payment-response", value);
            response
        });
    let client = ServiceBuilder::new()
        .layer(PayLayer::with_context(context()))
        .layer(PiiLayer::new(PiiControl::new()).with_context(context()))
        .layer(
            SignLayer::new(RecordingSigner::new())
                .with_context(context())
                .without(ControlKind::Audit)
                .without(ControlKind::Policy)
                .without(ControlKind::Replay),
        )
        .service(seller);
    let answer = client.oneshot(get(URL)).await.unwrap();
    assert!(!decoded(answer.headers(), "payment-response").contains(EMAIL));
    let shown = decoded(answer.headers(), "payment-required");
    assert_eq!(shown.matches(EMAIL).count(), 1, "extra is never changed");
}

/// A signer that writes more into a payment than the offer said.
#[derive(Debug)]
struct Talkative;

impl Signer for Talkative {
    fn can_sign(&self, _: &Requirement, _: &Terms) -> bool {
        true
    }

    fn sign<'a>(
        &'a self,
        approved: &'a Approved<'a>,
    ) -> Step<'a, Result<SignedPayment, SignerError>> {
        let payload = format!(
            r#"{{"signature":"0x{}","authorization":{{"from":"0x{}","to":"{}","value":"{}","validAfter":"0","validBefore":"{}","nonce":"0x{}"}}}}"#,
            "5a".repeat(65),
            "11".repeat(20),
            approved.terms().pay_to,
            approved.terms().amount,
            approved.valid_before(),
            "44".repeat(32),
        );
        let resource = format!(r#"{{"url":"{URL}","description":"paid by {EMAIL}"}}"#);
        let json = compose_v2(
            approved.requirement().raw(),
            Some(&resource),
            Some(r#"{"payment-identifier":{"info":{"id":"alice@example.com"}}}"#),
            &payload,
        );
        let value = HeaderValue::try_from(encoded(std::str::from_utf8(&json).unwrap())).unwrap();
        Step::ready(Ok(SignedPayment::from_header(
            x402_tower::wire::Version::V2,
            value,
        )))
    }
}

async fn bought_by_talkative(pii: Option<PiiControl>, seller: &ScriptedSeller) -> Answer {
    let payer = Payer::new(chain(pii), context(), Arc::new(Talkative));
    PayService::with_payer(seller.clone(), payer)
        .oneshot(get(URL))
        .await
        .unwrap()
}

#[tokio::test]
async fn attack_111_what_the_signer_adds_is_screened_before_it_leaves() {
    let seller = honest(URL);
    let answer = bought_by_talkative(Some(PiiControl::new()), &seller).await;
    let paid = decoded(&seller.requests()[1].headers, "payment-signature");
    assert!(paid.contains("paid by <REDACTED>"));
    assert_eq!(paid.matches(EMAIL).count(), 1, "an echoed extension stays");
    assert_eq!(record(&answer).findings(), [("EMAIL_ADDRESS", 2)]);
    assert_eq!(record(&answer).kept_findings(), [("EMAIL_ADDRESS", 1)]);

    let leak = honest(URL);
    bought_by_talkative(None, &leak).await;
    let paid = decoded(&leak.requests()[1].headers, "payment-signature");
    assert!(paid.contains("paid by alice@example.com"));
}

#[tokio::test]
async fn attack_111_a_signed_text_is_denied_where_personal_data_blocks() {
    let seller = honest(URL);
    let pii = PiiControl::new().with_action(PiiAction::Block);
    let answer = bought_by_talkative(Some(pii), &seller).await;
    assert_eq!(denial(&answer), Some("pii.blocked"));
    assert_eq!(seller.paid_requests(), 0);
}

#[tokio::test]
async fn an_answer_without_findings_is_the_sellers_own() {
    let body = Bytes::from_static(b" {\"a\":1} ");
    let mut response = Response::new(ScriptedBody::whole(body.clone()));
    let value = format!(
        r#" {{"success":true,"transaction":"0x{}","network":"eip155:8453"}}"#,
        "ab".repeat(32)
    );
    let value = HeaderValue::try_from(encoded(&value)).unwrap();
    response
        .headers_mut()
        .insert("payment-response", value.clone());
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, [cent()]))
        .respond(response);
    let answer = buy(Some(PiiControl::new()), &seller, get(URL)).await;
    assert_eq!(answer.headers()["payment-response"], value);
    assert_eq!(text(answer.into_body()).await.as_bytes(), body);
}
