//! Our buyer pays sellers that nobody here wrote, and leaves behind what it should: one authorization that a chain
//! would settle, one intent, one outcome.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is a failed test"
)]

use std::sync::Arc;

use alloy_signer_local::PrivateKeySigner;
use http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tower::{ServiceBuilder, ServiceExt};
use x402_chain_eip155::{V1Eip155ExactClient, V2Eip155ExactClient};
use x402_tests::agent::{Agent, POLICY};
use x402_tests::interop::{PAY_TO, PAYER_KEY, PRICE_ATOMIC, Seller, StubFacilitator};
use x402_tests::market::{Market, Shop};
use x402_tests::settled::{authorization, payments, settled_once};
use x402_tests::transport::Transport;
use x402_tower::audit::AuditEventType::{
    PaymentAllowed, PaymentIntent, PaymentRejected, PiiBlocked, PolicyBlocked,
};
use x402_tower::x402_rs::SchemeClientSigner;
use x402_tower::{Outcome, PaymentRecord, X402GuardLayer};
use x402_tower_reqwest::{X402Error, payment_record, reqwest};

const EMAIL: &str = "alice@example.com";

fn order() -> Value {
    json!({"query": "latest market data"})
}

/// A policy that allows exactly one of these payments a day.
fn one_payment_a_day() -> String {
    POLICY.replace("daily_limit_usd = 0.10", "daily_limit_usd = 0.01")
}

fn blocking() -> String {
    POLICY.replace(r#"action = "redact""#, r#"action = "block""#)
}

/// What x402-rs signs with, behind our controls.
fn x402_rs_agent() -> Agent {
    let key: PrivateKeySigner = PAYER_KEY.parse().expect("a constant key");
    let key = Arc::new(key);
    let signer = SchemeClientSigner::new()
        .with(V1Eip155ExactClient::new(Arc::clone(&key)))
        .with(V2Eip155ExactClient::new(key));
    Agent::with_signer(POLICY, signer)
}

async fn buy(agent: &Agent, url: &str) -> Result<reqwest::Response, X402Error> {
    agent.client().post(url).json(&order()).send().await
}

fn assert_settled(record: &PaymentRecord) {
    assert_eq!(record.terms().amount, PRICE_ATOMIC.into());
    assert!(
        record.terms().pay_to.as_str().eq_ignore_ascii_case(PAY_TO),
        "{record:?}"
    );
    match record.outcome() {
        Outcome::Settled(receipt) => assert!(receipt.transaction().starts_with("0xabab")),
        other => panic!("the payment ended otherwise: {other:?}"),
    }
}

/// One signature, settled once, one intent and one outcome.
fn assert_paid_once(agent: &Agent, market: &Market) {
    assert_eq!(agent.signatures(), 1);
    settled_once(market.facilitator());
    agent.assert_audited(&[PaymentIntent, PaymentAllowed]);
}

async fn adapter_pays(agent: &Agent, shop: Shop) {
    let market = Market::open(shop).await;
    let response = buy(agent, &market.premium()).await.expect("a paid answer");
    assert_eq!(response.status(), 200);
    assert_settled(payment_record(&response).expect("a record"));
    let body: Value = response.json().await.expect("a JSON body");
    assert_eq!(
        body,
        json!({"data": "premium market data", "echo": order()})
    );
    assert_paid_once(agent, &market);
}

async fn layer_pays(shop: Shop) {
    let market = Market::open(shop).await;
    let agent = Agent::new(POLICY);
    let transport = Transport::new();
    let left = transport.left();
    let guard = X402GuardLayer::new(agent.config())
        .with_signer(agent.signer())
        .expect("a buyer's configuration");
    let client = ServiceBuilder::new().layer(guard).service(transport);

    let request = Request::post(market.premium())
        .header("content-type", "application/json")
        .body(reqwest::Body::from(order().to_string()))
        .unwrap();
    let response = client.oneshot(request).await.expect("a paid answer");
    assert_eq!(response.status(), 200);
    assert_settled(response.extensions().get().expect("a record"));
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let body: Value = serde_json::from_slice(&body).expect("a JSON body");
    assert_eq!(body["echo"], order());

    assert_paid_once(&agent, &market);
    let left = left.all();
    assert_eq!(left.len(), 1, "one payment left");
    let sent: Value = serde_json::from_str(&left[0].json_text()).unwrap();
    assert_eq!(
        authorization(&sent["payload"]),
        settled_once(market.facilitator()),
        "the facilitator saw the authorization that left"
    );
}

/// The seller's word that nothing was settled frees nothing.
async fn rejection_stays_counted(shop: Shop) {
    let market = Market::open_with(shop, &[("SETTLE_FAIL", "1")]).await;
    let agent = Agent::new(&one_payment_a_day());
    let response = buy(&agent, &market.premium()).await.expect("an answer");
    assert_eq!(response.status(), 402, "{shop:?}");
    let record = payment_record(&response).expect("a record");
    assert!(
        matches!(record.outcome(), Outcome::Rejected(refusal) if refusal.status == 402),
        "{shop:?}: {record:?}"
    );
    agent.assert_audited(&[PaymentIntent, PaymentRejected]);

    let other = json!({"query": "yesterday's market data"});
    let next = agent.client().post(market.premium()).json(&other).send();
    let denied = next.await.unwrap_err();
    assert_eq!(denied.code(), "policy.window", "{shop:?}: {denied}");
    assert_eq!(agent.signatures(), 1);
    assert_eq!(payments(market.facilitator(), "/settle").len(), 1);
    agent.assert_audited(&[PaymentIntent, PaymentRejected, PolicyBlocked]);
}

/// Everything that the facilitator was sent, as it was on the wire.
fn facilitator_read(market: &Market) -> String {
    let exchanges = market.facilitator().exchanges();
    exchanges
        .iter()
        .map(|it| it.request_text.as_str())
        .collect()
}

async fn address_in_the_query_stays_here(shop: Shop) {
    let market = Market::open(shop).await;
    let agent = Agent::new(POLICY);
    let url = format!("{}?email={EMAIL}", market.premium());
    let response = buy(&agent, &url).await.expect("a paid answer");
    assert_eq!(response.status(), 200, "{shop:?}");
    assert_settled(payment_record(&response).expect("a record"));
    assert_paid_once(&agent, &market);

    assert!(!facilitator_read(&market).contains("alice"), "{shop:?}");
    if shop.version() == 2 {
        let resource = &payments(market.facilitator(), "/settle")[0]["resource"]["url"];
        let redacted = format!("{}?email=%3CREDACTED%3E", market.premium());
        assert_eq!(*resource, json!(redacted), "{shop:?}");
    }
    assert!(!agent.audit_text().contains("alice"));
}

#[tokio::test]
async fn adapter_pays_express_v2() {
    adapter_pays(&Agent::new(POLICY), Shop::ExpressV2).await;
}

#[tokio::test]
async fn adapter_pays_express_v1() {
    adapter_pays(&Agent::new(POLICY), Shop::ExpressV1).await;
}

#[tokio::test]
async fn adapter_pays_fastapi() {
    adapter_pays(&Agent::new(POLICY), Shop::FastApi).await;
}

#[tokio::test]
async fn adapter_pays_x402_axum_v2() {
    adapter_pays(&Agent::new(POLICY), Shop::AxumV2).await;
}

/// x402-axum 2.0.2 names the receipt of a v1 payment as v2 does; it is read all the same.
#[tokio::test]
async fn adapter_pays_x402_axum_v1() {
    adapter_pays(&Agent::new(POLICY), Shop::AxumV1).await;
}

#[tokio::test]
async fn adapter_with_the_x402_rs_signer_pays_express_v2() {
    adapter_pays(&x402_rs_agent(), Shop::ExpressV2).await;
}

#[tokio::test]
async fn adapter_with_the_x402_rs_signer_pays_express_v1() {
    adapter_pays(&x402_rs_agent(), Shop::ExpressV1).await;
}

#[tokio::test]
async fn layer_pays_express_v2() {
    layer_pays(Shop::ExpressV2).await;
}

#[tokio::test]
async fn layer_pays_express_v1() {
    layer_pays(Shop::ExpressV1).await;
}

#[tokio::test]
async fn layer_pays_x402_axum_v2() {
    layer_pays(Shop::AxumV2).await;
}

#[tokio::test]
async fn attack_074_express_v2_says_unsettled_and_the_money_stays_counted() {
    rejection_stays_counted(Shop::ExpressV2).await;
}

#[tokio::test]
async fn attack_074_express_v1_says_unsettled_and_the_money_stays_counted() {
    rejection_stays_counted(Shop::ExpressV1).await;
}

#[tokio::test]
async fn attack_074_fastapi_says_unsettled_and_the_money_stays_counted() {
    rejection_stays_counted(Shop::FastApi).await;
}

#[tokio::test]
async fn attack_074_x402_axum_says_unsettled_and_the_money_stays_counted() {
    rejection_stays_counted(Shop::AxumV2).await;
    rejection_stays_counted(Shop::AxumV1).await;
}

#[tokio::test]
async fn express_v2_tells_its_facilitator_no_address_of_the_query() {
    address_in_the_query_stays_here(Shop::ExpressV2).await;
}

#[tokio::test]
async fn fastapi_tells_its_facilitator_no_address_of_the_query() {
    address_in_the_query_stays_here(Shop::FastApi).await;
}

#[tokio::test]
async fn x402_axum_v2_tells_its_facilitator_no_address_of_the_query() {
    address_in_the_query_stays_here(Shop::AxumV2).await;
}

#[tokio::test]
async fn an_address_in_the_query_that_blocks_is_never_signed_for() {
    let market = Market::open(Shop::ExpressV2).await;
    let agent = Agent::new(&blocking());
    let url = format!("{}?email={EMAIL}", market.premium());
    let denied = buy(&agent, &url).await.unwrap_err();
    assert!(denied.is_pii_blocked(), "{denied}");
    assert!(!denied.to_string().contains("alice"));
    assert_eq!(agent.signatures(), 0);
    assert!(payments(market.facilitator(), "/verify").is_empty());
    agent.assert_audited(&[PiiBlocked]);
    assert!(!agent.audit_text().contains("alice"));
}

#[tokio::test]
async fn a_paid_request_is_not_paid_again() {
    let market = Market::open(Shop::ExpressV2).await;
    let agent = Agent::new(POLICY);
    buy(&agent, &market.premium()).await.expect("a paid answer");
    let denied = buy(&agent, &market.premium()).await.unwrap_err();
    assert_eq!(denied.code(), "replay.duplicate", "{denied}");
    assert_eq!(agent.signatures(), 1);
    settled_once(market.facilitator());
}

/// Servers of the official SDK compare the extensions that come back with those that they sent.
#[tokio::test]
async fn extensions_are_echoed_as_express_v2_wants_them() {
    for identifier in ["optional", "required"] {
        let facilitator = StubFacilitator::spawn().await;
        let seller = Seller::ExpressV2
            .spawn_with(facilitator.address(), &[("PAYMENT_IDENTIFIER", identifier)])
            .await;
        let agent = Agent::new(POLICY);
        let url = format!("{}/premium", seller.address());
        let response = buy(&agent, &url).await.expect("a paid answer");
        assert_eq!(response.status(), 200, "{identifier}");
        settled_once(&facilitator);
        let extensions = &payments(&facilitator, "/settle")[0]["extensions"];
        let required = &extensions["payment-identifier"]["info"]["required"];
        assert_eq!(*required, json!(identifier == "required"));
    }
}

#[tokio::test]
async fn attack_066_parallel_purchases_stay_within_one_budget() {
    let market = Market::open(Shop::AxumV2).await;
    let agent = Agent::new(&POLICY.replace("daily_limit_usd = 0.10", "daily_limit_usd = 0.03"));
    let mut purchases = JoinSet::new();
    for number in 0..10 {
        let request = agent.client().post(market.premium());
        purchases.spawn(request.json(&json!({ "query": number })).send());
    }
    let (bought, refused): (Vec<_>, Vec<_>) = purchases
        .join_all()
        .await
        .into_iter()
        .partition(Result::is_ok);
    assert_eq!((bought.len(), refused.len()), (3, 7));
    for error in refused.into_iter().filter_map(Result::err) {
        assert_eq!(error.code(), "policy.window", "{error}");
    }
    assert_eq!(agent.signatures(), 3);
    assert_eq!(payments(market.facilitator(), "/settle").len(), 3);
}
