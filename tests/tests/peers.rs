//! The ground itself holds: every official buyer pays every official seller that speaks its version,
//! through the stub facilitator and without anything of ours between them.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a panic is a failed test"
)]

use serde_json::{Value, json};
use x402_tests::interop::x402_rs::{self, Version};
use x402_tests::interop::{
    Buyer, ClientCall, ClientReport, Exchange, PAY_TO, PAYER, PRICE_ATOMIC, Peer, Seller,
    StubFacilitator, run_client,
};

fn premium(address: &str) -> String {
    format!("{address}/premium")
}

/// One verification and one settlement of one authorization: ours, to the seller, for its price.
fn assert_paid_once(facilitator: &StubFacilitator) -> Exchange {
    let verified = facilitator.calls_to("/verify");
    let settled = facilitator.calls_to("/settle");
    assert_eq!(
        (verified.len(), settled.len()),
        (1, 1),
        "one verification, one settlement"
    );
    let settled = settled.into_iter().next().expect("there is one");
    let request = settled.request_json();
    let authorization = &request["paymentPayload"]["payload"]["authorization"];
    assert_eq!(
        verified[0].request_json()["paymentPayload"],
        request["paymentPayload"]
    );
    assert_eq!(authorization["value"], json!(PRICE_ATOMIC.to_string()));
    for (field, address) in [("from", PAYER), ("to", PAY_TO)] {
        let written = authorization[field].as_str().expect("an address");
        assert!(
            written.eq_ignore_ascii_case(address),
            "{field} is {written}"
        );
    }
    settled
}

/// The buyer got the goods and a receipt for the one payment it sent.
fn assert_served(report: &ClientReport) {
    assert_eq!(report.status, 200, "{report:?}");
    let body: Value = serde_json::from_str(&report.body).expect("a JSON body");
    assert_eq!(
        body,
        json!({"data": "premium market data", "echo": {"query": "latest market data"}})
    );
    let receipt = report.receipt.as_ref().expect("a receipt");
    assert_eq!(receipt.decoded["success"], json!(true));
    assert_eq!(report.sent.len(), 1, "one payment left the buyer");
}

async fn script_pays(buyer: Buyer, facilitator: &StubFacilitator, seller: &str) {
    let report = run_client(buyer, &premium(seller))
        .await
        .expect("the buyer finishes");
    assert_served(&report);
    assert_paid_once(facilitator);
}

async fn x402_rs_pays(facilitator: &StubFacilitator, seller: &str) {
    let request = x402_rs::client()
        .post(premium(seller))
        .json(&json!({"query": "latest market data"}));
    let response = request.send().await.expect("the buyer finishes");
    assert_eq!(response.status(), 200);
    let body: Value = response.json().await.expect("a JSON body");
    assert_eq!(body["data"], "premium market data");
    assert_paid_once(facilitator);
}

/// A seller whose facilitator settles nothing delivers nothing.
async fn unsettled_is_402(buyer: Buyer, facilitator: &StubFacilitator, seller: &str) {
    let report = run_client(buyer, &premium(seller))
        .await
        .expect("the buyer finishes");
    assert_eq!(report.status, 402, "{report:?}");
    assert!(!report.body.contains("\"echo\""), "{report:?}");
    assert_eq!(report.sent.len(), 1, "one payment left the buyer");
    assert_eq!(facilitator.calls_to("/settle").len(), 1);
}

async fn failing_facilitator() -> StubFacilitator {
    StubFacilitator::spawn_with(&[("SETTLE_FAIL", "1")]).await
}

/// A facilitator and a seller that uses it.
async fn market(seller: Seller) -> (StubFacilitator, Peer) {
    let facilitator = StubFacilitator::spawn().await;
    let seller = seller.spawn(facilitator.address()).await;
    (facilitator, seller)
}

async fn rust_market(version: Version) -> (StubFacilitator, String) {
    let facilitator = StubFacilitator::spawn().await;
    let seller = x402_rs::spawn_seller(version, facilitator.address()).await;
    (facilitator, seller)
}

#[tokio::test]
async fn fetch_v2_pays_express_v2() {
    let (facilitator, seller) = market(Seller::ExpressV2).await;
    script_pays(Buyer::FetchV2, &facilitator, seller.address()).await;
}

#[tokio::test]
async fn fetch_v2_pays_express_v1() {
    let (facilitator, seller) = market(Seller::ExpressV1).await;
    script_pays(Buyer::FetchV2, &facilitator, seller.address()).await;
}

#[tokio::test]
async fn fetch_v2_pays_fastapi() {
    let (facilitator, seller) = market(Seller::FastApi).await;
    script_pays(Buyer::FetchV2, &facilitator, seller.address()).await;
}

#[tokio::test]
async fn fetch_v2_pays_x402_axum_v2() {
    let (facilitator, seller) = rust_market(Version::V2).await;
    script_pays(Buyer::FetchV2, &facilitator, &seller).await;
}

#[tokio::test]
async fn fetch_v2_pays_x402_axum_v1() {
    let (facilitator, seller) = rust_market(Version::V1).await;
    script_pays(Buyer::FetchV2, &facilitator, &seller).await;
}

#[tokio::test]
async fn fetch_v1_pays_express_v1() {
    let (facilitator, seller) = market(Seller::ExpressV1).await;
    script_pays(Buyer::FetchV1, &facilitator, seller.address()).await;
}

#[tokio::test]
async fn fetch_v1_pays_x402_axum_v1() {
    let (facilitator, seller) = rust_market(Version::V1).await;
    script_pays(Buyer::FetchV1, &facilitator, &seller).await;
}

#[tokio::test]
async fn fetch_v1_cannot_pay_v2_and_sends_nothing() {
    let (facilitator, seller) = market(Seller::ExpressV2).await;
    let failure = run_client(Buyer::FetchV1, &premium(seller.address()))
        .await
        .unwrap_err();
    assert!(failure.sent.is_empty(), "{failure}");
    assert!(facilitator.calls_to("/verify").is_empty());
}

#[tokio::test]
async fn httpx_pays_express_v2() {
    let (facilitator, seller) = market(Seller::ExpressV2).await;
    script_pays(Buyer::Httpx, &facilitator, seller.address()).await;
}

#[tokio::test]
async fn httpx_pays_express_v1() {
    let (facilitator, seller) = market(Seller::ExpressV1).await;
    script_pays(Buyer::Httpx, &facilitator, seller.address()).await;
}

#[tokio::test]
async fn httpx_pays_fastapi() {
    let (facilitator, seller) = market(Seller::FastApi).await;
    script_pays(Buyer::Httpx, &facilitator, seller.address()).await;
}

#[tokio::test]
async fn httpx_pays_x402_axum_v2() {
    let (facilitator, seller) = rust_market(Version::V2).await;
    script_pays(Buyer::Httpx, &facilitator, &seller).await;
}

#[tokio::test]
async fn httpx_pays_x402_axum_v1() {
    let (facilitator, seller) = rust_market(Version::V1).await;
    script_pays(Buyer::Httpx, &facilitator, &seller).await;
}

#[tokio::test]
async fn x402_reqwest_pays_express_v2() {
    let (facilitator, seller) = market(Seller::ExpressV2).await;
    x402_rs_pays(&facilitator, seller.address()).await;
}

#[tokio::test]
async fn x402_reqwest_pays_express_v1() {
    let (facilitator, seller) = market(Seller::ExpressV1).await;
    x402_rs_pays(&facilitator, seller.address()).await;
}

#[tokio::test]
async fn x402_reqwest_pays_fastapi() {
    let (facilitator, seller) = market(Seller::FastApi).await;
    x402_rs_pays(&facilitator, seller.address()).await;
}

#[tokio::test]
async fn x402_reqwest_pays_x402_axum_v2() {
    let (facilitator, seller) = rust_market(Version::V2).await;
    x402_rs_pays(&facilitator, &seller).await;
}

#[tokio::test]
async fn x402_reqwest_pays_x402_axum_v1() {
    let (facilitator, seller) = rust_market(Version::V1).await;
    x402_rs_pays(&facilitator, &seller).await;
}

#[tokio::test]
async fn express_v2_answers_402_when_settlement_fails() {
    let facilitator = failing_facilitator().await;
    let seller = Seller::ExpressV2.spawn(facilitator.address()).await;
    unsettled_is_402(Buyer::FetchV2, &facilitator, seller.address()).await;
}

#[tokio::test]
async fn express_v1_answers_402_when_settlement_fails() {
    let facilitator = failing_facilitator().await;
    let seller = Seller::ExpressV1.spawn(facilitator.address()).await;
    unsettled_is_402(Buyer::FetchV1, &facilitator, seller.address()).await;
}

#[tokio::test]
async fn fastapi_answers_402_when_settlement_fails() {
    let facilitator = failing_facilitator().await;
    let seller = Seller::FastApi.spawn(facilitator.address()).await;
    unsettled_is_402(Buyer::Httpx, &facilitator, seller.address()).await;
}

#[tokio::test]
async fn x402_axum_v2_answers_402_when_settlement_fails() {
    let facilitator = failing_facilitator().await;
    let seller = x402_rs::spawn_seller(Version::V2, facilitator.address()).await;
    unsettled_is_402(Buyer::FetchV2, &facilitator, &seller).await;
}

#[tokio::test]
async fn x402_axum_v1_answers_402_when_settlement_fails() {
    let facilitator = failing_facilitator().await;
    let seller = x402_rs::spawn_seller(Version::V1, facilitator.address()).await;
    unsettled_is_402(Buyer::FetchV1, &facilitator, &seller).await;
}

#[tokio::test]
async fn a_refused_verification_settles_nothing() {
    let facilitator = StubFacilitator::spawn_with(&[("VERIFY_FAIL", "1")]).await;
    let seller = Seller::ExpressV2.spawn(facilitator.address()).await;
    let report = run_client(Buyer::FetchV2, &premium(seller.address()))
        .await
        .expect("the buyer finishes");
    assert_eq!(report.status, 402);
    assert_eq!(facilitator.calls_to("/verify").len(), 1);
    assert!(facilitator.calls_to("/settle").is_empty());
}

#[tokio::test]
async fn price_and_recipient_come_from_the_environment() {
    let pay_to = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
    let env = [("PRICE", "$0.02"), ("PAY_TO", pay_to)];
    for seller in [Seller::ExpressV2, Seller::ExpressV1, Seller::FastApi] {
        let facilitator = StubFacilitator::spawn().await;
        let server = seller.spawn_with(facilitator.address(), &env).await;
        let report = run_client(Buyer::Httpx, &premium(server.address()))
            .await
            .expect("the buyer finishes");
        assert_served(&report);
        let settled = facilitator.calls_to("/settle");
        let authorization =
            settled[0].request_json()["paymentPayload"]["payload"]["authorization"].take();
        assert_eq!(authorization["value"], "20000", "{seller:?}");
        assert_eq!(authorization["to"], pay_to, "{seller:?}");
    }
}

#[tokio::test]
async fn the_payment_identifier_reaches_the_facilitator() {
    let id = "order_0123456789abcdef";
    let facilitator = StubFacilitator::spawn().await;
    let env = [("PAYMENT_IDENTIFIER", "optional")];
    let seller = Seller::ExpressV2
        .spawn_with(facilitator.address(), &env)
        .await;
    let call = ClientCall::new(Buyer::FetchV2, &premium(seller.address())).env("PAYMENT_ID", id);
    assert_served(&call.run().await.expect("the buyer finishes"));
    let settled = assert_paid_once(&facilitator).request_json();
    assert_eq!(
        settled["paymentPayload"]["extensions"]["payment-identifier"]["info"]["id"],
        id
    );
}

#[tokio::test]
async fn the_reported_header_is_what_was_signed() {
    let (facilitator, seller) = market(Seller::ExpressV2).await;
    let report = run_client(Buyer::FetchV2, &premium(seller.address()))
        .await
        .expect("the buyer finishes");
    assert_served(&report);
    // The public test key signs deterministically: a resend of the reported bytes shows the same payment.
    let resent = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("TLS can be set up")
        .post(premium(seller.address()))
        .header(&report.sent[0].header, &report.sent[0].raw)
        .json(&json!({"query": "latest market data"}))
        .send()
        .await
        .expect("the seller answers");
    assert_eq!(
        resent.status(),
        200,
        "official sellers do not notice a replay"
    );
    let settled = facilitator.calls_to("/settle");
    assert_eq!(settled.len(), 2);
    assert_eq!(settled[0].request_text, settled[1].request_text);
}

#[tokio::test]
async fn a_call_has_the_method_and_body_it_was_given() {
    let (facilitator, seller) = market(Seller::FastApi).await;
    let call =
        ClientCall::new(Buyer::Httpx, &premium(seller.address())).body(r#"{"query":"gold"}"#);
    let report = call.run().await.expect("the buyer finishes");
    let body: Value = serde_json::from_str(&report.body).expect("a JSON body");
    assert_eq!(body["echo"], json!({"query": "gold"}));
    assert_paid_once(&facilitator);

    let free = ClientCall::new(Buyer::Httpx, &format!("{}/docs", seller.address())).method("GET");
    let report = free.run().await.expect("the buyer finishes");
    assert_eq!(report.status, 200);
    assert!(report.sent.is_empty(), "what is free is not paid for");
}

#[tokio::test]
async fn a_buyer_that_reaches_nobody_reports_its_error() {
    for buyer in [Buyer::FetchV2, Buyer::FetchV1, Buyer::Httpx] {
        // Port 1 on loopback: nothing listens there.
        let failure = run_client(buyer, "http://127.0.0.1:1/premium")
            .await
            .unwrap_err();
        assert!(!failure.error.is_empty(), "{buyer:?}");
        assert!(failure.sent.is_empty(), "{buyer:?}");
    }
}

#[tokio::test]
#[should_panic(expected = "set FACILITATOR_URL")]
async fn a_seller_that_cannot_start_says_why() {
    Peer::spawn("seller-express-v2.cjs", &[]).await;
}
