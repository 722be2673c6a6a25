//! A client whose guard is given another policy while it runs.

use axum::body::Body;
use axum::response::Response;
use futures_util::stream;
use x402_tower::PolicyReloader;
use x402_tower::guard::GuardConfig;
use x402_tower::policy::PolicyConfig;
use x402_tower_reqwest::{GuardedClient, payment_record};

use crate::seller::{Asked, Seller, challenge_v1_json, challenge_v2, goods, honest, response};
use crate::signer::CountingSigner;

/// Enough for what the seller asks, and not enough.
const ENOUGH: &str = "max_per_call_usd = 0.01";
const TOO_LITTLE: &str = "max_per_call_usd = 0.005";

fn policy(text: &str) -> PolicyConfig {
    PolicyConfig::from_toml(text, "policy.toml").unwrap()
}

fn guard(text: &str) -> GuardConfig {
    GuardConfig::buyer().policy(policy(text)).build().unwrap()
}

fn client(guard: &GuardConfig) -> GuardedClient {
    GuardedClient::builder(reqwest::Client::builder())
        .guard(guard)
        .signer(CountingSigner::default())
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_client_follows_the_policy_that_is_loaded() {
    let seller = Seller::start(honest).await;
    let guard = guard(TOO_LITTLE);
    let client = client(&guard);
    let refused = client.get(seller.url("/one")).send().await.unwrap_err();
    assert_eq!(refused.code(), "policy.per_call");

    guard.reloader().replace(&policy(ENOUGH)).unwrap();
    let paid = client.get(seller.url("/one")).send().await.unwrap();
    assert_eq!(payment_record(&paid).unwrap().outcome().as_str(), "settled");

    guard.reloader().replace(&policy(TOO_LITTLE)).unwrap();
    let refused = client.get(seller.url("/two")).send().await.unwrap_err();
    assert_eq!(refused.code(), "policy.per_call");
}

/// A v1 challenge whose body comes in only after `reloader` has loaded another policy.
fn challenge_across_a_reload(asked: &Asked, reloader: PolicyReloader) -> Response {
    let json = challenge_v1_json(asked);
    let body = stream::once(async move {
        reloader.replace(&policy(TOO_LITTLE)).unwrap();
        Ok::<_, std::convert::Infallible>(json)
    });
    response(402).body(Body::from_stream(body)).unwrap()
}

#[tokio::test]
async fn attack_084_a_payment_is_decided_by_the_policy_that_it_began_with() {
    let guard = guard(ENOUGH);
    let reloader = guard.reloader();
    let before = reloader.status().revision;
    let seller = Seller::start({
        let reloader = reloader.clone();
        move |asked: &Asked| {
            if asked.is_paid() {
                goods()
            } else if asked.path == "/across" {
                challenge_across_a_reload(asked, reloader.clone())
            } else {
                challenge_v2(asked)
            }
        }
    })
    .await;
    let client = client(&guard);
    let paid = client.get(seller.url("/across")).send().await.unwrap();
    assert_ne!(reloader.status().revision, before, "loaded meanwhile");
    let record = payment_record(&paid).unwrap();
    assert_eq!(record.policy_revision(), Some(&*before));

    // Its twin: a payment that begins now is decided by the new one.
    let refused = client.get(seller.url("/after")).send().await.unwrap_err();
    assert_eq!(refused.code(), "policy.per_call");
}
