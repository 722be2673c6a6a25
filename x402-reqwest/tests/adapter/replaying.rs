//! Payments that somebody else signed, for requests whose bodies are streams.

use futures_util::stream;
use x402_tower::guard::GuardConfig;
use x402_tower::policy::PolicyConfig;
use x402_tower::wire::compose_v2;
use x402_tower::wire::header::encode;
use x402_tower::{Clock, SystemClock};
use x402_tower_reqwest::{GuardedClient, payment_record};

use crate::seller::{PAY_TO, REQUIREMENT_V2, Seller, honest};
use crate::signer::eip3009;

fn signed_elsewhere(nonce: usize) -> reqwest::header::HeaderValue {
    let until = SystemClock::new().now().unwrap().as_secs() + 60;
    let payload = eip3009(PAY_TO, "10000", until, nonce);
    encode(&compose_v2(REQUIREMENT_V2, None, None, &payload)).unwrap()
}

fn client(guard: &GuardConfig) -> GuardedClient {
    GuardedClient::builder(reqwest::Client::builder())
        .guard(guard)
        .build()
        .unwrap()
}

fn streamed(chunks: [&'static str; 2]) -> reqwest::Body {
    reqwest::Body::wrap_stream(stream::iter(chunks.map(Ok::<_, std::io::Error>)))
}

#[tokio::test]
async fn attack_087_streams_of_the_same_content_are_the_same_request() {
    let seller = Seller::start(honest).await;
    let guard = GuardConfig::buyer().policy(PolicyConfig::new());
    let client = client(&guard.build().unwrap());
    let mut told = Vec::new();
    for (nonce, chunks) in [
        (1, ["one ", "order"]),
        (2, ["one", " order"]),
        (3, ["another ", "order"]),
    ] {
        let request = client.post(seller.url("/orders")).body(streamed(chunks));
        let request = request.header("payment-signature", signed_elsewhere(nonce));
        told.push(request.send().await.err().map(|error| error.code()));
    }
    assert_eq!(told, [None, Some("replay.duplicate"), None]);
    let bodies: Vec<_> = seller.asked().into_iter().map(|asked| asked.body).collect();
    assert_eq!(bodies, ["one order", "another order"]);
}

#[tokio::test]
async fn a_stream_over_the_cap_does_not_leave() {
    let seller = Seller::start(honest).await;
    let guard = GuardConfig::buyer().policy(PolicyConfig::new());
    let client = client(&guard.paid_body_limit(8).build().unwrap());
    let request = client.post(seller.url("/orders"));
    let request = request.body(streamed(["one ", "order"]));
    let request = request.header("payment-signature", signed_elsewhere(1));
    let error = request.send().await.unwrap_err();
    assert_eq!(error.code(), "request.body_too_large");
    assert!(seller.asked().is_empty());
}

#[tokio::test]
async fn without_a_replay_control_a_stream_of_any_length_leaves() {
    let seller = Seller::start(honest).await;
    let guard = GuardConfig::buyer().policy(PolicyConfig::new());
    let guard = guard.paid_body_limit(8).without_replay();
    let client = client(&guard.build().unwrap());
    let request = client.post(seller.url("/orders"));
    let request = request.body(streamed(["one ", "order"]));
    let request = request.header("payment-signature", signed_elsewhere(1));
    let response = request.send().await.unwrap();
    assert!(payment_record(&response).is_some());
    assert_eq!(seller.asked()[0].body, "one order");
}
