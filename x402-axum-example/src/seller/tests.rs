//! The seller's side of the protocol, with a facilitator that says what it is told to say.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, Request, StatusCode};
use axum::response::Response;
use axum::routing::post;
use parking_lot::Mutex;
use serde_json::Value;
use tokio::net::TcpListener;
use tower::ServiceExt;
use x402_tower::assets::AssetTable;
use x402_tower::service::ProvenUnsettled;
use x402_tower::wire::header::{
    self, PAYMENT_REQUIRED, PAYMENT_RESPONSE, PAYMENT_SIGNATURE, X_PAYMENT, X_PAYMENT_RESPONSE,
};
use x402_tower::wire::{Challenge, Receipt, Version};
use x402_tower::{Address, ChainId};

use super::*;

const VALID: &str = r#"{"isValid":true}"#;
const SETTLED: &str = r#"{"success":true,"transaction":"0xabc","network":"eip155:84532"}"#;
const SETTLED_V1: &str = r#"{"success":true,"transaction":"0xabc","network":"base-sepolia","payer":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"}"#;
const UNSETTLED: &str = r#"{"success":false,"errorReason":"insufficient_funds","transaction":"","network":"eip155:84532"}"#;

/// A facilitator that answers as it is told, and remembers what it was asked.
#[derive(Clone)]
struct Stub {
    verify: &'static str,
    settle: &'static str,
    asked: Arc<Mutex<Vec<Value>>>,
}

async fn answer(answer: &'static str, stub: &Stub, body: Bytes) -> (StatusCode, &'static str) {
    stub.asked
        .lock()
        .push(serde_json::from_slice(&body).unwrap());
    match answer {
        "" => (StatusCode::INTERNAL_SERVER_ERROR, ""),
        answer => (StatusCode::OK, answer),
    }
}

/// A seller, and what it asks its facilitator; an empty answer is a failure.
async fn seller(verify: &'static str, settle: &'static str) -> (Router, Stub) {
    let stub = Stub {
        verify,
        settle,
        asked: Arc::default(),
    };
    let facilitator =
        Router::new()
            .route(
                "/verify",
                post(|State(stub): State<Stub>, body| async move {
                    answer(stub.verify, &stub, body).await
                }),
            )
            .route(
                "/settle",
                post(|State(stub): State<Stub>, body| async move {
                    answer(stub.settle, &stub, body).await
                }),
            )
            .with_state(stub.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, facilitator).await });
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let client = FacilitatorClient::new(http, &Url::parse(&url).unwrap()).unwrap();
    let origin = Url::parse("http://seller.example").unwrap();
    (router(&origin, &usdc(), &client), stub)
}

fn usdc() -> Asset {
    let chain = ChainId::parse("eip155:84532").unwrap();
    let token = Address::parse(&chain, "0x036CbD53842c5426634e7929541eC2318f3dCF7e").unwrap();
    AssetTable::builtin().get(&chain, &token).unwrap().clone()
}

async fn get(seller: &Router, path: &str, payment: Option<(HeaderName, &Value)>) -> Response {
    let mut request = Request::get(path);
    if let Some((name, payment)) = payment {
        request = request.header(
            name,
            header::encode(payment.to_string().as_bytes()).unwrap(),
        );
    }
    let request = request.body(Body::empty()).unwrap();
    seller.clone().oneshot(request).await.unwrap()
}

async fn body(response: Response) -> Bytes {
    to_bytes(response.into_body(), 64 * 1024).await.unwrap()
}

fn challenge(headers: &HeaderMap) -> Challenge {
    Challenge::from_headers(headers).unwrap().unwrap()
}

fn authorization() -> Value {
    json!({
        "signature": format!("0x{}", "11".repeat(65)),
        "authorization": {
            "from": "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
            "to": SELLER,
            "value": "10000",
            "validAfter": "0",
            "validBefore": "1900000000",
            "nonce": format!("0x{}", "22".repeat(32)),
        },
    })
}

/// A payment for what `/report` asks for.
async fn payment_v2(seller: &Router) -> Value {
    let response = get(seller, "/report", None).await;
    let asked = challenge(response.headers());
    let accepted: Value = serde_json::from_slice(asked.requirements()[0].raw()).unwrap();
    json!({ "x402Version": 2, "accepted": accepted, "payload": authorization() })
}

/// A payment for what `/v1/report` asks for.
fn payment_v1() -> Value {
    json!({
        "x402Version": 1,
        "scheme": "exact",
        "network": "base-sepolia",
        "payload": authorization(),
    })
}

fn is_proven_unsettled(response: &Response) -> bool {
    response.extensions().get::<ProvenUnsettled>().is_some()
}

#[tokio::test]
async fn a_v2_challenge_names_the_url_with_its_query() {
    let (seller, _) = seller(VALID, SETTLED).await;
    let response = get(&seller, "/report?page=2", None).await;
    assert_eq!(response.status(), StatusCode::PAYMENT_REQUIRED);
    let asked = challenge(response.headers());
    assert_eq!(
        asked.resource_url().unwrap(),
        "http://seller.example/report?page=2"
    );
    assert_eq!(asked.requirements()[0].amount().to_string(), "10000");
}

#[tokio::test]
async fn a_v1_challenge_names_the_url_without_its_query() {
    let (seller, _) = seller(VALID, SETTLED_V1).await;
    let response = get(&seller, "/v1/report?page=2", None).await;
    assert_eq!(response.status(), StatusCode::PAYMENT_REQUIRED);
    let asked = Challenge::from_body(body(response).await).unwrap();
    assert_eq!(asked.version(), Version::V1);
    assert_eq!(
        asked.requirements()[0].resource(),
        Some("http://seller.example/v1/report")
    );
}

#[tokio::test]
async fn what_is_paid_for_comes_with_the_receipt() {
    let (seller, stub) = seller(VALID, SETTLED).await;
    let payment = payment_v2(&seller).await;
    let response = get(&seller, "/report", Some((PAYMENT_SIGNATURE, &payment))).await;
    assert_eq!(response.status(), StatusCode::OK);
    let receipt = &response.headers()[PAYMENT_RESPONSE];
    assert_eq!(header::decode(receipt, 1024).unwrap(), SETTLED.as_bytes());
    assert!(body(response).await.starts_with(br#"{"report":"#));
    let asked = stub.asked.lock();
    assert_eq!(asked.len(), 2, "one verification, one settlement");
    assert_eq!(asked[0], asked[1]);
    assert_eq!(asked[0]["paymentPayload"], payment);
    assert_eq!(asked[0]["paymentRequirements"], payment["accepted"]);
}

#[tokio::test]
async fn a_v1_payment_gets_a_v1_receipt() {
    let (seller, _) = seller(VALID, SETTLED_V1).await;
    let response = get(&seller, "/v1/report", Some((X_PAYMENT, &payment_v1()))).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.headers().contains_key(X_PAYMENT_RESPONSE));
}

#[tokio::test]
async fn a_payment_for_another_offer_is_asked_again() {
    let (seller, stub) = seller(VALID, SETTLED).await;
    let mut cheaper = payment_v2(&seller).await;
    cheaper["accepted"]["amount"] = json!("1");
    let response = get(&seller, "/report", Some((PAYMENT_SIGNATURE, &cheaper))).await;
    assert_eq!(response.status(), StatusCode::PAYMENT_REQUIRED);
    challenge(response.headers());
    assert!(stub.asked.lock().is_empty());
}

#[tokio::test]
async fn a_payment_of_the_other_version_is_asked_again() {
    let (seller, stub) = seller(VALID, SETTLED).await;
    let response = get(&seller, "/report", Some((X_PAYMENT, &payment_v1()))).await;
    assert_eq!(response.status(), StatusCode::PAYMENT_REQUIRED);
    assert!(stub.asked.lock().is_empty());
}

#[tokio::test]
async fn a_payment_that_is_not_valid_is_not_settled() {
    let (seller, stub) = seller(r#"{"isValid":false,"invalidReason":"expired"}"#, SETTLED).await;
    let payment = payment_v2(&seller).await;
    let response = get(&seller, "/report", Some((PAYMENT_SIGNATURE, &payment))).await;
    assert_eq!(response.status(), StatusCode::PAYMENT_REQUIRED);
    assert_eq!(challenge(response.headers()).error().unwrap(), "expired");
    assert!(is_proven_unsettled(&response));
    assert_eq!(stub.asked.lock().len(), 1);
}

#[tokio::test]
async fn a_payment_that_did_not_settle_buys_nothing() {
    let (seller, _) = seller(VALID, UNSETTLED).await;
    let payment = payment_v2(&seller).await;
    let response = get(&seller, "/report", Some((PAYMENT_SIGNATURE, &payment))).await;
    assert_eq!(response.status(), StatusCode::PAYMENT_REQUIRED);
    assert!(!response.headers().contains_key(PAYMENT_REQUIRED));
    let receipt = Receipt::from_headers(response.headers(), Version::V2).unwrap();
    assert!(!receipt.unwrap().success());
    assert!(!is_proven_unsettled(&response), "it may settle yet");
    assert_eq!(body(response).await, "{}");
}

#[tokio::test]
async fn a_facilitator_that_fails_to_verify_costs_nothing() {
    let (seller, _) = seller("", SETTLED).await;
    let payment = payment_v2(&seller).await;
    let response = get(&seller, "/report", Some((PAYMENT_SIGNATURE, &payment))).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(is_proven_unsettled(&response));
}

#[tokio::test]
async fn a_settlement_without_an_answer_is_neither_paid_nor_unpaid() {
    let (seller, _) = seller(VALID, "").await;
    let payment = payment_v2(&seller).await;
    let response = get(&seller, "/report", Some((PAYMENT_SIGNATURE, &payment))).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(!is_proven_unsettled(&response));
    assert!(!response.headers().contains_key(PAYMENT_RESPONSE));
}

#[tokio::test]
async fn a_header_that_cannot_be_read_is_asked_again() {
    let (seller, stub) = seller(VALID, SETTLED).await;
    let garbage = json!("no payment");
    let response = get(&seller, "/report", Some((PAYMENT_SIGNATURE, &garbage))).await;
    assert_eq!(response.status(), StatusCode::PAYMENT_REQUIRED);
    assert_eq!(
        challenge(response.headers()).error().unwrap(),
        "invalid_payload"
    );
    assert!(stub.asked.lock().is_empty());
}
