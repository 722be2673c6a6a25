//! Payments that are allowed.

use axum::http::StatusCode;
use reqwest::header::HeaderMap;
use x402_tower::AgentId;
use x402_tower::payment::Outcome;
use x402_tower::wire::header::encode;
use x402_tower::wire::{PaymentPayload, Version, compose_v2};
use x402_tower_reqwest::payment_record;

use crate::Buyer;
use crate::controls::Recorder;
use crate::seller::{
    PAY_TO, REQUIREMENT_V2, Seller, challenge_v1, goods_on, honest, response, status,
};
use crate::signer::eip3009;

#[tokio::test]
async fn a_v2_challenge_is_paid() {
    let (seller, buyer) = (Seller::start(honest).await, Buyer::new());
    let response = buyer
        .client
        .get(seller.url("/report"))
        .send()
        .await
        .unwrap();
    let record = payment_record(&response).unwrap().clone();
    assert!(matches!(record.outcome(), Outcome::Settled(_)));
    assert_eq!(record.terms().amount.to_string(), "10000");
    assert_eq!(response.text().await.unwrap(), "goods");
    assert_eq!(
        buyer.recorder.events(),
        [
            "check buyer agent GET /report key=none",
            "sending",
            "finish settled"
        ]
    );
}

#[tokio::test]
async fn the_payment_of_a_v2_challenge_goes_in_its_header() {
    let (seller, buyer) = (Seller::start(honest).await, Buyer::new());
    buyer
        .client
        .get(seller.url("/report"))
        .send()
        .await
        .unwrap();
    let [unpaid, paid] = &seller.asked()[..] else {
        panic!("{:?}", seller.asked())
    };
    assert!(!unpaid.is_paid());
    let payment = PaymentPayload::from_headers(&paid.headers)
        .unwrap()
        .unwrap();
    assert_eq!(payment.version(), Version::V2);
    assert_eq!(payment.accepted().unwrap().raw(), REQUIREMENT_V2);
}

#[tokio::test]
async fn a_v1_challenge_is_paid() {
    let seller = Seller::start(|asked| {
        if asked.headers.contains_key("x-payment") {
            goods_on("base-sepolia")
        } else {
            challenge_v1(asked)
        }
    })
    .await;
    let buyer = Buyer::new();
    let response = buyer
        .client
        .get(seller.url("/report"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(
        payment_record(&response).unwrap().outcome().as_str(),
        "settled"
    );
}

#[tokio::test]
async fn method_body_and_headers_are_sent_again() {
    let (seller, buyer) = (Seller::start(honest).await, Buyer::new());
    let sent = buyer.client.post(seller.url("/orders"));
    sent.json(&serde_json::json!({"n": 1}))
        .header("x-shop", "a")
        .bearer_auth("token")
        .query(&[("page", "2")])
        .send()
        .await
        .unwrap();
    let [first, second] = &seller.asked()[..] else {
        panic!("{:?}", seller.asked())
    };
    assert_eq!(second.method, "POST");
    assert_eq!(second.path, "/orders?page=2");
    assert_eq!(second.body, r#"{"n":1}"#);
    let mut headers: HeaderMap = second.headers.clone();
    headers.remove("payment-signature").unwrap();
    assert_eq!(headers, first.headers);
}

#[tokio::test]
async fn the_agent_and_the_idempotency_key_reach_the_controls() {
    let (seller, buyer) = (Seller::start(honest).await, Buyer::new());
    let request = buyer.client.get(seller.url("/report"));
    let request = request.agent(AgentId::new("researcher").unwrap());
    let request = request.idempotency_key("first").idempotency_key("order-7");
    request.send().await.unwrap();
    assert_eq!(
        buyer.recorder.events()[0],
        "check buyer researcher GET /report key=order-7"
    );
}

#[tokio::test]
async fn a_request_that_is_not_asked_for_money_pays_nothing() {
    let seller = Seller::start(|_: &_| status(StatusCode::OK)).await;
    let buyer = Buyer::new();
    let response = buyer.client.get(seller.url("/free")).send().await.unwrap();
    assert!(payment_record(&response).is_none());
    assert_eq!(seller.asked().len(), 1);
    assert!(buyer.recorder.events().is_empty());
}

#[tokio::test]
async fn a_402_without_a_challenge_is_given_back_whole() {
    let seller = Seller::start(|_: &_| {
        response(402)
            .header("x-shop", "a")
            .body("<p>Call us</p>".into())
            .unwrap()
    })
    .await;
    let buyer = Buyer::new();
    let response = buyer
        .client
        .get(seller.url("/report"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::PAYMENT_REQUIRED);
    assert_eq!(response.url().as_str(), seller.url("/report"));
    assert_eq!(response.headers()["x-shop"], "a");
    assert_eq!(response.text().await.unwrap(), "<p>Call us</p>");
}

fn signed_elsewhere() -> axum::http::HeaderValue {
    let payload = eip3009(PAY_TO, "10000", 4_000_000_000, 7);
    encode(&compose_v2(REQUIREMENT_V2, None, None, &payload)).unwrap()
}

#[tokio::test]
async fn attack_044_payment_signed_elsewhere_meets_the_controls() {
    let (seller, buyer) = (Seller::start(honest).await, Buyer::new());
    let request = buyer.client.get(seller.url("/report"));
    let request = request.header("payment-signature", signed_elsewhere());
    let response = request.send().await.unwrap();
    assert_eq!(
        payment_record(&response).unwrap().outcome().as_str(),
        "settled"
    );
    assert_eq!(seller.asked().len(), 1);
    assert_eq!(
        buyer.recorder.events(),
        [
            "check third_party_payer agent GET /report key=none",
            "sending",
            "finish settled"
        ]
    );
}

#[tokio::test]
async fn attack_044_denied_payment_signed_elsewhere_does_not_leave() {
    let seller = Seller::start(honest).await;
    let buyer = Buyer::with(Recorder::denying());
    let request = buyer.client.get(seller.url("/report"));
    let request = request.header("payment-signature", signed_elsewhere());
    assert_eq!(request.send().await.unwrap_err().code(), "policy.test");
    assert!(seller.asked().is_empty());
}

#[tokio::test]
async fn attack_044_challenge_to_a_payment_signed_elsewhere_is_not_paid() {
    let seller = Seller::start(crate::seller::challenge_v2).await;
    let buyer = Buyer::new();
    let request = buyer.client.get(seller.url("/report"));
    let request = request.header("payment-signature", signed_elsewhere());
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::PAYMENT_REQUIRED);
    assert_eq!(
        payment_record(&response).unwrap().outcome().as_str(),
        "rejected"
    );
    assert_eq!(buyer.signer.signed(), 0);
}
