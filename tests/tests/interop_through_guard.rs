//! Official buyers pay official sellers through the guard: it lets their payments pass byte for byte, keeps personal
//! data out of them, and holds back the challenges that policy would not pay.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is a failed test"
)]

use serde_json::{Value, json};
use tokio::task::JoinSet;
use x402_tests::agent::{Agent, POLICY};
use x402_tests::interop::{Buyer, ClientCall, ClientReport, PaymentHeader, run_client, x402_rs};
use x402_tests::market::{Market, Shop};
use x402_tests::proxy::GuardedProxy;
use x402_tests::settled::{payments, settled_once};
use x402_tower::audit::AuditEventType::{
    ChallengeDenied, PaymentAllowed, PaymentIntent, PaymentRejected, PolicyBlocked, ReplayBlocked,
};

const EMAIL: &str = "alice@example.com";
const MARKER: &str = "%3CREDACTED%3E";

/// A market behind a guard that signs nothing itself.
struct Guarded {
    market: Market,
    agent: Agent,
    proxy: GuardedProxy,
}

impl Guarded {
    async fn open(shop: Shop) -> Self {
        Self::around(Market::open(shop).await, POLICY).await
    }

    async fn around(market: Market, policy: &str) -> Self {
        let agent = Agent::new(policy);
        let proxy = GuardedProxy::spawn(market.address(), agent.config()).await;
        Self {
            market,
            agent,
            proxy,
        }
    }

    /// What is sold, as the buyer reaches it.
    fn premium(&self) -> String {
        format!("{}/premium", self.proxy.address())
    }

    /// The payment that arrived left unchanged, was settled once, and is on record.
    fn assert_passed_unchanged(&self) -> PaymentHeader {
        let left = self.proxy.left().all();
        assert_eq!(left.len(), 1, "one payment");
        assert_eq!(self.proxy.arrived().all(), left, "byte for byte");
        settled_once(self.market.facilitator());
        self.agent.assert_audited(&[PaymentIntent, PaymentAllowed]);
        left.into_iter().next().unwrap()
    }
}

/// A policy under which these sellers charge too much, by the smallest amount there is.
fn tight() -> String {
    POLICY.replace("max_per_call_usd = 0.01", "max_per_call_usd = 0.009999")
}

fn assert_served(report: &ClientReport) {
    assert_eq!(report.status, 200, "{report:?}");
    let body: Value = serde_json::from_str(&report.body).expect("a JSON body");
    assert_eq!(
        body,
        json!({"data": "premium market data", "echo": {"query": "latest market data"}})
    );
    let receipt = report.receipt.as_ref().expect("a receipt");
    assert_eq!(receipt.decoded["success"], json!(true));
}

async fn script_pays(buyer: Buyer, shop: Shop) {
    let guarded = Guarded::open(shop).await;
    let report = run_client(buyer, &guarded.premium())
        .await
        .expect("the buyer finishes");
    assert_served(&report);
    // The sellers of v2 say `private` themselves, which is enough (attack 126).
    let cached = report.headers["cache-control"].as_str();
    assert!(["private", "no-store"].contains(&cached), "{cached}");
    assert_eq!(report.sent, [guarded.assert_passed_unchanged()]);
}

/// The challenge is held back, so that the buyer has nothing to sign.
async fn overspend_is_never_signed(buyer: Buyer, shop: Shop) {
    let guarded = Guarded::around(Market::open(shop).await, &tight()).await;
    let report = run_client(buyer, &guarded.premium())
        .await
        .expect("the buyer finishes");
    assert_eq!(report.status, 403, "{report:?}");
    assert_eq!(report.headers["content-type"], "application/problem+json");
    let problem: Value = serde_json::from_str(&report.body).expect("a problem document");
    assert_eq!(problem["code"], "policy.per_call");
    assert_eq!(report.headers.get("payment-required"), None);
    assert!(report.sent.is_empty(), "{:?}", report.sent);
    assert!(guarded.proxy.arrived().all().is_empty());
    guarded.agent.assert_audited(&[ChallengeDenied]);
}

/// The buyer is shown a challenge without the address, echoes that, and is served.
async fn address_in_the_query_is_not_echoed(buyer: Buyer, shop: Shop) {
    let guarded = Guarded::open(shop).await;
    let url = format!("{}?email={EMAIL}", guarded.premium());
    let report = run_client(buyer, &url).await.expect("the buyer finishes");
    assert_served(&report);
    let passed = guarded.assert_passed_unchanged().json_text();
    assert!(passed.contains(MARKER) && !passed.contains("alice"));
    let settled = &payments(guarded.market.facilitator(), "/settle")[0];
    let clean = format!("{}?email={MARKER}", guarded.market.premium());
    assert_eq!(settled["resource"]["url"], json!(clean));
    assert!(!settled.to_string().contains("alice"));
    assert!(!guarded.agent.audit_text().contains("alice"));
}

/// The buyer sees the seller's own refusal, which frees no money (attack 74).
async fn unsettled_stays_counted(buyer: Buyer, shop: Shop) {
    let market = Market::open_with(shop, &[("SETTLE_FAIL", "1")]).await;
    let daily = POLICY.replace("daily_limit_usd = 0.10", "daily_limit_usd = 0.01");
    let guarded = Guarded::around(market, &daily).await;
    let report = run_client(buyer, &guarded.premium())
        .await
        .expect("the buyer finishes");
    assert_eq!(report.status, 402, "{report:?}");
    guarded
        .agent
        .assert_audited(&[PaymentIntent, PaymentRejected]);

    let again = run_client(buyer, &guarded.premium())
        .await
        .expect("the buyer finishes");
    assert_eq!(again.status, 403, "{again:?}");
    assert!(again.body.contains("policy.window"), "{again:?}");
    assert_eq!(guarded.proxy.left().all().len(), 1);
}

async fn resend(guarded: &Guarded, url: &str, payment: &PaymentHeader) -> reqwest::Response {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http.post(url).header(&payment.header, &payment.raw);
    let request = request.json(&json!({"query": "latest market data"}));
    let response = request.send().await;
    response.unwrap_or_else(|error| panic!("{} does not answer: {error}", guarded.proxy.address()))
}

#[tokio::test]
async fn fetch_v2_pays_express_v2() {
    script_pays(Buyer::FetchV2, Shop::ExpressV2).await;
}

#[tokio::test]
async fn fetch_v2_pays_express_v1() {
    script_pays(Buyer::FetchV2, Shop::ExpressV1).await;
}

#[tokio::test]
async fn fetch_v2_pays_fastapi() {
    script_pays(Buyer::FetchV2, Shop::FastApi).await;
}

/// A v1 payment names no token; the guard knows it from the challenge that it let pass.
#[tokio::test]
async fn fetch_v1_pays_express_v1() {
    script_pays(Buyer::FetchV1, Shop::ExpressV1).await;
}

#[tokio::test]
async fn httpx_pays_express_v2() {
    script_pays(Buyer::Httpx, Shop::ExpressV2).await;
}

#[tokio::test]
async fn httpx_pays_express_v1() {
    script_pays(Buyer::Httpx, Shop::ExpressV1).await;
}

#[tokio::test]
async fn httpx_pays_x402_axum_v1() {
    script_pays(Buyer::Httpx, Shop::AxumV1).await;
}

#[tokio::test]
async fn x402_reqwest_pays_x402_axum_v2() {
    let guarded = Guarded::open(Shop::AxumV2).await;
    let request = x402_rs::client()
        .post(guarded.premium())
        .json(&json!({"query": "latest market data"}));
    let response = request.send().await.expect("the buyer finishes");
    assert_eq!(response.status(), 200);
    guarded.assert_passed_unchanged();
}

#[tokio::test]
async fn overspend_of_fetch_v2_at_express_v2_is_never_signed() {
    overspend_is_never_signed(Buyer::FetchV2, Shop::ExpressV2).await;
}

#[tokio::test]
async fn overspend_of_fetch_v1_at_express_v1_is_never_signed() {
    overspend_is_never_signed(Buyer::FetchV1, Shop::ExpressV1).await;
}

#[tokio::test]
async fn overspend_of_httpx_at_fastapi_is_never_signed() {
    overspend_is_never_signed(Buyer::Httpx, Shop::FastApi).await;
}

#[tokio::test]
async fn fetch_v2_echoes_no_address_to_express_v2() {
    address_in_the_query_is_not_echoed(Buyer::FetchV2, Shop::ExpressV2).await;
}

#[tokio::test]
async fn fetch_v2_echoes_no_address_to_fastapi() {
    address_in_the_query_is_not_echoed(Buyer::FetchV2, Shop::FastApi).await;
}

#[tokio::test]
async fn httpx_echoes_no_address_to_x402_axum_v2() {
    address_in_the_query_is_not_echoed(Buyer::Httpx, Shop::AxumV2).await;
}

/// Signed for a challenge that no guard saw: everything but the address passes byte for byte, and is accepted.
#[tokio::test]
async fn a_payment_that_holds_an_address_is_redacted_and_still_settles() {
    for shop in [Shop::ExpressV2, Shop::FastApi, Shop::AxumV2] {
        let guarded = Guarded::open(shop).await;
        let url = format!("{}?email={EMAIL}", guarded.market.premium());
        let report = run_client(Buyer::FetchV2, &url).await.expect("it finishes");
        let sent = &report.sent[0];
        assert!(sent.json_text().contains(EMAIL) || sent.json_text().contains("alice%40"));

        let response = resend(&guarded, &guarded.premium(), sent).await;
        assert_eq!(response.status(), 200, "{shop:?}");
        let left = guarded.proxy.left().all();
        assert_eq!(left.len(), 1);
        let clean = sent
            .json_text()
            .replace(EMAIL, MARKER)
            .replace("alice%40example.com", MARKER);
        assert_eq!(left[0].json_text(), clean, "{shop:?}");
        guarded
            .agent
            .assert_audited(&[PaymentIntent, PaymentAllowed]);
    }
}

/// Without the challenge that it answers nobody knows in which token it pays.
#[tokio::test]
async fn a_v1_payment_whose_challenge_the_guard_never_saw_is_denied() {
    let guarded = Guarded::open(Shop::ExpressV1).await;
    let report = run_client(Buyer::FetchV1, &guarded.market.premium())
        .await
        .expect("the buyer finishes");
    let response = resend(&guarded, &guarded.premium(), &report.sent[0]).await;
    assert_eq!(response.status(), 400);
    let problem: Value = response.json().await.expect("a problem document");
    assert_eq!(problem["code"], "payment.asset_unknown");
    assert!(guarded.proxy.left().all().is_empty());
}

/// Official sellers serve a payment as often as it comes; the guard sends it once.
#[tokio::test]
async fn a_payment_leaves_once() {
    let guarded = Guarded::open(Shop::ExpressV2).await;
    let report = run_client(Buyer::FetchV2, &guarded.premium())
        .await
        .expect("the buyer finishes");
    assert_served(&report);
    let response = resend(&guarded, &guarded.premium(), &report.sent[0]).await;
    assert_eq!(response.status(), 409);
    let problem: Value = response.json().await.expect("a problem document");
    assert_eq!(problem["code"], "replay.authorization");
    assert_eq!(guarded.proxy.left().all().len(), 1);
    settled_once(guarded.market.facilitator());
    guarded
        .agent
        .assert_audited(&[PaymentIntent, PaymentAllowed, ReplayBlocked]);
}

#[tokio::test]
async fn fetch_v2_left_unsettled_by_express_v2_stays_counted() {
    unsettled_stays_counted(Buyer::FetchV2, Shop::ExpressV2).await;
}

#[tokio::test]
async fn fetch_v1_left_unsettled_by_express_v1_stays_counted() {
    unsettled_stays_counted(Buyer::FetchV1, Shop::ExpressV1).await;
}

#[tokio::test]
async fn httpx_left_unsettled_by_fastapi_stays_counted() {
    unsettled_stays_counted(Buyer::Httpx, Shop::FastApi).await;
}

#[tokio::test]
async fn fetch_v2_left_unsettled_by_x402_axum_v2_stays_counted() {
    unsettled_stays_counted(Buyer::FetchV2, Shop::AxumV2).await;
}

#[tokio::test]
async fn attack_066_parallel_buyers_stay_within_one_budget() {
    let daily = POLICY.replace("daily_limit_usd = 0.10", "daily_limit_usd = 0.03");
    let guarded = Guarded::around(Market::open(Shop::AxumV2).await, &daily).await;
    let mut buyers = JoinSet::new();
    for buyer in 0..10 {
        let url = guarded.premium();
        buyers.spawn(async move {
            // Each its own request: the same one, from one agent, would be a duplicate.
            let request = x402_rs::client().post(url).json(&json!({ "buyer": buyer }));
            request.send().await.expect("an answer").status().as_u16()
        });
    }
    let mut statuses = buyers.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses[..3], [200; 3]);
    assert_eq!(statuses[3..], [403; 7]);
    assert_eq!(guarded.proxy.left().all().len(), 3);
    let settled = payments(guarded.market.facilitator(), "/settle");
    assert_eq!(settled.len(), 3);
}

/// A buyer that signs without asking through the guard is stopped all the same (attack 44).
#[tokio::test]
async fn attack_044_overspend_that_was_signed_elsewhere_never_leaves() {
    let market = Market::open(Shop::ExpressV2).await;
    let report = run_client(Buyer::FetchV2, &market.premium())
        .await
        .expect("the buyer finishes");
    let guarded = Guarded::around(market, &tight()).await;
    let response = resend(&guarded, &guarded.premium(), &report.sent[0]).await;
    assert_eq!(response.status(), 403);
    let problem: Value = response.json().await.expect("a problem document");
    assert_eq!(problem["code"], "policy.per_call");
    assert!(guarded.proxy.left().all().is_empty());
    guarded.agent.assert_audited(&[PolicyBlocked]);
}

/// What is free passes, and leaves no record.
#[tokio::test]
async fn what_is_free_is_not_paid_for() {
    let guarded = Guarded::open(Shop::FastApi).await;
    let docs = format!("{}/docs", guarded.proxy.address());
    let call = ClientCall::new(Buyer::Httpx, &docs).method("GET");
    let report = call.run().await.expect("the buyer finishes");
    assert_eq!(report.status, 200);
    assert!(report.body.contains("swagger"), "{}", report.body);
    guarded.agent.assert_audited(&[]);
}
