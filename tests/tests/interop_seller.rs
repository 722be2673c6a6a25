//! Official buyers pay our seller: a service with the guard in the seller's position around it. They notice nothing of
//! the guard; whoever sends a payment a second time does.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is a failed test"
)]

use serde_json::{Value, json};
use tokio::task::JoinSet;
use x402_tests::interop::x402_rs::{self, Version};
use x402_tests::interop::{
    Buyer, ClientReport, PRICE_ATOMIC, PaymentHeader, StubFacilitator, run_client,
};
use x402_tests::seller::HonestSeller;
use x402_tests::settled::{payments, settled_once};
use x402_tests::spawn_app;
use x402_tower::{GuardConfig, X402GuardLayer};

const EMAIL: &str = "alice@example.com";

fn guard() -> X402GuardLayer {
    let config = GuardConfig::seller().build();
    X402GuardLayer::new(config.expect("a seller needs no policy"))
}

/// A seller inside the guard, and its facilitator.
struct Shop {
    facilitator: StubFacilitator,
    seller: HonestSeller,
    premium: String,
}

impl Shop {
    async fn open(version: Version) -> Self {
        Self::open_with(version, &[]).await
    }

    async fn open_with(version: Version, facilitator: &[(&str, &str)]) -> Self {
        let facilitator = StubFacilitator::spawn_with(facilitator).await;
        let seller = HonestSeller::new(version, facilitator.address());
        let address = spawn_app(seller.router().layer(guard())).await;
        Self {
            facilitator,
            seller,
            premium: format!("{address}/premium"),
        }
    }

    /// Sold once, for a payment that a chain would settle.
    fn assert_sold_once(&self) {
        assert_eq!(self.seller.served(), 1);
        settled_once(&self.facilitator);
    }
}

/// x402-rs' seller inside the guard, and its facilitator.
async fn axum_shop(version: Version) -> (StubFacilitator, String) {
    let facilitator = StubFacilitator::spawn().await;
    let address =
        x402_rs::spawn_seller_with(version, facilitator.address(), |app| app.layer(guard())).await;
    (facilitator, format!("{address}/premium"))
}

async fn run(buyer: Buyer, url: &str) -> ClientReport {
    let report = run_client(buyer, url).await;
    report.unwrap_or_else(|failure| panic!("{buyer:?} at {url}: {failure}"))
}

fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn resend(url: &str, payment: &PaymentHeader) -> reqwest::Response {
    let request = http().post(url).header(&payment.header, &payment.raw);
    let request = request.json(&json!({"query": "latest market data"}));
    request.send().await.expect("the seller answers")
}

/// A refusal that says nothing but its code, and that no cache keeps.
async fn assert_refused(response: reqwest::Response, status: u16, code: &str) {
    assert_eq!(response.status(), status);
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
    assert_eq!(response.headers()["cache-control"], "no-store");
    let problem: Value = response.json().await.expect("a problem document");
    assert_eq!(problem["code"], code);
}

fn assert_served(report: &ClientReport) {
    assert_eq!(report.status, 200, "{report:?}");
    assert!(report.body.contains("premium market data"), "{report:?}");
    assert_eq!(report.headers["cache-control"], "no-store");
    let receipt = report.receipt.as_ref().expect("a receipt");
    assert_eq!(receipt.decoded["success"], json!(true));
    assert_eq!(report.sent.len(), 1, "one payment left the buyer");
}

/// Sold once to an official buyer; the same payment again is refused before any work is done.
async fn sells_once_to(buyer: Buyer, version: Version) {
    let shop = Shop::open(version).await;
    let report = run(buyer, &shop.premium).await;
    assert_served(&report);
    shop.assert_sold_once();

    let again = resend(&shop.premium, &report.sent[0]).await;
    assert_refused(again, 409, "replay.authorization").await;
    shop.assert_sold_once();
}

/// The same around a seller that nobody here wrote.
async fn x402_axum_sells_once_to(buyer: Buyer, version: Version) {
    let (facilitator, premium) = axum_shop(version).await;
    let report = run(buyer, &premium).await;
    assert_served(&report);
    let again = resend(&premium, &report.sent[0]).await;
    assert_refused(again, 409, "replay.authorization").await;
    settled_once(&facilitator);
}

async fn sells_to_x402_reqwest(version: Version) {
    let shop = Shop::open(version).await;
    let request = x402_rs::client().post(&shop.premium);
    let response = request.json(&json!({})).send().await.expect("it finishes");
    assert_eq!(response.status(), 200);
    shop.assert_sold_once();
}

/// A payment that no seller has seen: an official buyer signs it for a shop whose facilitator verifies nothing.
async fn unspent_payment(buyer: Buyer, version: Version) -> PaymentHeader {
    let shop = Shop::open_with(version, &[("VERIFY_FAIL", "1")]).await;
    let report = run(buyer, &shop.premium).await;
    assert_eq!((report.status, shop.seller.served()), (402, 0));
    report.sent.into_iter().next().expect("a payment")
}

/// Twenty copies at once: one is served, nineteen are refused.
async fn copies_are_served_once(buyer: Buyer, version: Version) {
    let payment = unspent_payment(buyer, version).await;
    let shop = Shop::open(version).await;
    let mut copies = JoinSet::new();
    for _ in 0..20 {
        let (url, payment) = (shop.premium.clone(), payment.clone());
        copies.spawn(async move { resend(&url, &payment).await.status().as_u16() });
    }
    let mut statuses = copies.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert_eq!(statuses[1..], [409; 19]);
    shop.assert_sold_once();
}

async fn challenge_is_not_stored(version: Version) {
    let shop = Shop::open(version).await;
    let response = http().post(&shop.premium).send().await.expect("a 402");
    assert_eq!(response.status(), 402);
    assert_eq!(response.headers()["cache-control"], "no-store");
}

#[tokio::test]
async fn fetch_v2_pays_our_v2_seller_once() {
    sells_once_to(Buyer::FetchV2, Version::V2).await;
}

#[tokio::test]
async fn fetch_v2_pays_our_v1_seller_once() {
    sells_once_to(Buyer::FetchV2, Version::V1).await;
}

#[tokio::test]
async fn fetch_v1_pays_our_v1_seller_once() {
    sells_once_to(Buyer::FetchV1, Version::V1).await;
}

#[tokio::test]
async fn httpx_pays_our_v2_seller_once() {
    sells_once_to(Buyer::Httpx, Version::V2).await;
}

#[tokio::test]
async fn httpx_pays_our_v1_seller_once() {
    sells_once_to(Buyer::Httpx, Version::V1).await;
}

#[tokio::test]
async fn x402_reqwest_pays_our_sellers() {
    sells_to_x402_reqwest(Version::V2).await;
    sells_to_x402_reqwest(Version::V1).await;
}

#[tokio::test]
async fn fetch_v2_pays_a_guarded_x402_axum_v2_once() {
    x402_axum_sells_once_to(Buyer::FetchV2, Version::V2).await;
}

#[tokio::test]
async fn fetch_v1_pays_a_guarded_x402_axum_v1_once() {
    x402_axum_sells_once_to(Buyer::FetchV1, Version::V1).await;
}

#[tokio::test]
async fn attack_090_copies_of_a_v2_payment_are_served_once() {
    copies_are_served_once(Buyer::FetchV2, Version::V2).await;
}

#[tokio::test]
async fn attack_090_copies_of_a_v1_payment_are_served_once() {
    copies_are_served_once(Buyer::FetchV1, Version::V1).await;
}

/// A v1 payment and a v2 payment are the same money where their authorization is the same.
#[tokio::test]
async fn attack_090_a_payment_of_one_version_is_not_served_again_as_the_other() {
    let facilitator = StubFacilitator::spawn().await;
    let (v1, v2) = (
        HonestSeller::new(Version::V1, facilitator.address()),
        HonestSeller::new(Version::V2, facilitator.address()),
    );
    let guard = guard();
    let old = spawn_app(v1.router().layer(guard.clone())).await;
    let new = spawn_app(v2.router().layer(guard)).await;
    let report = run(Buyer::FetchV2, &format!("{new}/premium")).await;
    assert_served(&report);

    let payment: Value = serde_json::from_str(&report.sent[0].json_text()).unwrap();
    let as_v1 = json!({
        "x402Version": 1,
        "scheme": "exact",
        "network": "base-sepolia",
        "payload": payment["payload"],
    });
    let as_v1 = PaymentHeader::of_json("x-payment", &as_v1.to_string());
    let again = resend(&format!("{old}/premium"), &as_v1).await;
    assert_refused(again, 409, "replay.other_request").await;
    assert_eq!((v1.served(), v2.served()), (0, 1));
}

/// The seller's claim that it did not settle is not proof: a payment that failed once is not served later.
#[tokio::test]
async fn an_unsettled_payment_stays_claimed() {
    let shop = Shop::open_with(Version::V2, &[("SETTLE_FAIL", "1")]).await;
    let report = run(Buyer::FetchV2, &shop.premium).await;
    assert_eq!(report.status, 402, "{report:?}");
    let again = resend(&shop.premium, &report.sent[0]).await;
    assert_refused(again, 409, "replay.authorization").await;
    assert_eq!(payments(&shop.facilitator, "/settle").len(), 1);
}

#[tokio::test]
async fn attack_126_challenges_leave_uncacheable() {
    challenge_is_not_stored(Version::V2).await;
    challenge_is_not_stored(Version::V1).await;
}

/// The challenge leaves without the buyer's address, so that no payment carries it to the facilitator.
#[tokio::test]
async fn an_address_in_the_query_leaves_in_no_challenge() {
    let (facilitator, premium) = axum_shop(Version::V2).await;
    let report = run(Buyer::FetchV2, &format!("{premium}?email={EMAIL}")).await;
    assert_served(&report);
    settled_once(&facilitator);
    let paid = payments(&facilitator, "/settle")[0].to_string();
    assert!(paid.contains("%3CREDACTED%3E") && !paid.contains("alice"));
}

/// Whoever signs for less than the offer that the payment claims to accept is refused before any work is done.
#[tokio::test]
async fn a_payment_whose_signature_says_something_else_is_refused() {
    let shop = Shop::open(Version::V2).await;
    let payment = unspent_payment(Buyer::FetchV2, Version::V2).await;
    let price = format!(r#""value":"{PRICE_ATOMIC}""#);
    let text = payment.json_text();
    assert!(text.contains(&price), "{text}");
    let cheaper = text.replace(&price, r#""value":"1""#);
    let cheaper = PaymentHeader::of_json("payment-signature", &cheaper);
    let response = resend(&shop.premium, &cheaper).await;
    assert_refused(response, 400, "payment.amount_mismatch").await;
    assert_eq!(shop.seller.served(), 0);
    assert!(payments(&shop.facilitator, "/verify").is_empty());
}
