//! Clients that are built from a guard's configuration.

use x402_tower::guard::GuardConfig;
use x402_tower::policy::PolicyConfig;
use x402_tower_reqwest::{BuildError, GuardedClient, payment_record};

use crate::Buyer;
use crate::seller::{Seller, honest, status};
use crate::signer::CountingSigner;

fn guard() -> GuardConfig {
    let policy = PolicyConfig::from_toml("max_per_call_usd = 0.01", "policy.toml").unwrap();
    GuardConfig::buyer().policy(policy).build().unwrap()
}

#[tokio::test]
async fn a_guard_pays_within_its_policy() {
    let seller = Seller::start(honest).await;
    let client = GuardedClient::builder(reqwest::Client::builder())
        .guard(&guard())
        .signer(CountingSigner::default())
        .build()
        .unwrap();
    let response = client.get(seller.url("/report")).send().await.unwrap();
    assert_eq!(
        payment_record(&response).unwrap().outcome().as_str(),
        "settled"
    );
}

fn watching(policy: &str) -> GuardedClient {
    let policy = PolicyConfig::from_toml(policy, "policy.toml").unwrap();
    let guard = GuardConfig::buyer().policy(policy).build().unwrap();
    GuardedClient::builder(reqwest::Client::builder())
        .guard(&guard)
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_guard_without_a_signer_hands_out_a_challenge_that_its_policy_allows() {
    let seller = Seller::start(honest).await;
    let client = watching("max_per_call_usd = 0.01");
    let response = client.get(seller.url("/report")).send().await.unwrap();
    assert_eq!(response.status(), 402);
    assert!(response.headers().contains_key("payment-required"));
    assert_eq!(response.url().as_str(), seller.url("/report"));
    assert_eq!(seller.payments(), 0);
}

#[tokio::test]
async fn a_guard_without_a_signer_withholds_a_challenge_that_its_policy_forbids() {
    let seller = Seller::start(honest).await;
    let client = watching("max_per_call_usd = 0.009");
    let error = client.get(seller.url("/report")).send().await.unwrap_err();
    assert_eq!(error.code(), "policy.per_call");
}

#[tokio::test]
async fn a_second_request_with_the_same_key_is_a_replay() {
    let seller = Seller::start(honest).await;
    let client = GuardedClient::builder(reqwest::Client::builder())
        .guard(&guard())
        .signer(CountingSigner::default())
        .build()
        .unwrap();
    let order = || {
        let request = client.post(seller.url("/orders")).body("one");
        request.idempotency_key("order-7").send()
    };
    order().await.unwrap();
    let error = order().await.unwrap_err();
    assert!(error.is_replay_detected());
    assert_eq!(error.code(), "replay.duplicate");
    assert_eq!(seller.payments(), 1);
}

#[test]
fn a_sellers_guard_does_not_pay() {
    let seller = GuardConfig::seller().build().unwrap();
    let built = GuardedClient::builder(reqwest::Client::builder())
        .guard(&seller)
        .signer(CountingSigner::default())
        .build();
    assert_eq!(built.unwrap_err().code(), "config.seller_pays");
}

#[test]
fn a_payer_takes_no_second_signer() {
    let built = GuardedClient::builder(reqwest::Client::builder())
        .payer(Buyer::new().payer)
        .signer(CountingSigner::default())
        .build();
    assert!(matches!(built, Err(BuildError::TwoSigners)));
}

#[tokio::test]
async fn nothing_that_is_shown_holds_a_credential() {
    let seller = Seller::start(|_: &_| status(axum::http::StatusCode::OK)).await;
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("x-api-key", "s3cr3t".parse().unwrap());
    let builder = GuardedClient::builder(reqwest::Client::builder().default_headers(headers))
        .guard(&guard())
        .signer(CountingSigner::default());
    let mut shown = format!("{builder:?}");
    let client = builder.build().unwrap();
    let request = client.get(seller.url("/?key=s3cr3t")).bearer_auth("s3cr3t");
    shown += &format!("{client:?}{request:?}");
    assert!(shown.contains("GuardedClient") && !shown.contains("s3cr3t"));
}
