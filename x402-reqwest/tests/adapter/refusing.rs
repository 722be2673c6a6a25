//! What is not paid, and payments that go wrong.

use std::io::Write;

use axum::body::Body;
use axum::http::StatusCode;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;
use x402_tower::pay::MAX_REPLAY_BODY_BYTES;
use x402_tower::payment::Outcome;
use x402_tower_reqwest::{BuildError, GuardedClient, X402Error, payment_record};

use crate::Buyer;
use crate::controls::Recorder;
use crate::seller::{
    Reply, Seller, challenge_for, challenge_v1_json, challenge_v2, honest, response,
};

#[tokio::test]
async fn a_denial_is_a_typed_error() {
    let seller = Seller::start(honest).await;
    let buyer = Buyer::with(Recorder::denying());
    let error = buyer
        .client
        .get(seller.url("/report"))
        .send()
        .await
        .unwrap_err();
    assert!(error.is_policy_violation());
    assert_eq!(error.code(), "policy.test");
    assert_eq!(error.denial().unwrap().detail(), "the recorder denies");
    assert_eq!((buyer.signer.signed(), seller.asked().len()), (0, 1));
}

#[tokio::test]
async fn attack_041_streamed_body_is_found_out_before_signing() {
    let (seller, buyer) = (Seller::start(honest).await, Buyer::new());
    let chunks = stream::iter([Ok::<_, std::io::Error>("once only")]);
    let request = buyer.client.post(seller.url("/orders"));
    let request = request.body(reqwest::Body::wrap_stream(chunks));
    let error = request.send().await.unwrap_err();
    assert_eq!(error.code(), "request.body_not_replayable");
    assert_eq!((buyer.signer.signed(), seller.asked().len()), (0, 1));
    assert_eq!(
        buyer.recorder.events(),
        ["refused request.body_not_replayable"]
    );
}

#[tokio::test]
async fn attack_041_large_body_is_found_out_before_signing() {
    let (seller, buyer) = (Seller::start(honest).await, Buyer::new());
    let large = vec![0; usize::try_from(MAX_REPLAY_BODY_BYTES).unwrap() + 1];
    let request = buyer.client.post(seller.url("/orders")).body(large);
    let error = request.send().await.unwrap_err();
    assert_eq!(error.code(), "request.body_not_replayable");
    assert_eq!(buyer.signer.signed(), 0);
}

#[tokio::test]
async fn a_streamed_body_that_is_not_asked_for_money_arrives() {
    let seller = Seller::start(|_: &_| crate::seller::status(StatusCode::CREATED)).await;
    let buyer = Buyer::new();
    let chunks = stream::iter([Ok::<_, std::io::Error>("once "), Ok("only")]);
    let request = buyer.client.post(seller.url("/orders"));
    let request = request.body(reqwest::Body::wrap_stream(chunks));
    assert_eq!(request.send().await.unwrap().status(), StatusCode::CREATED);
    assert_eq!(seller.asked()[0].body, "once only");
}

#[tokio::test]
async fn attack_043_402_after_paying_is_the_answer() {
    let (seller, buyer) = (Seller::start(challenge_v2).await, Buyer::new());
    let response = buyer
        .client
        .get(seller.url("/report"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::PAYMENT_REQUIRED);
    let record = payment_record(&response).unwrap();
    assert!(matches!(record.outcome(), Outcome::Rejected(refusal) if refusal.status == 402));
    assert_eq!((buyer.signer.signed(), seller.payments()), (1, 1));
}

#[tokio::test]
async fn attack_047_forged_resource() {
    let seller = Seller::start(|_: &_| challenge_for("https://elsewhere.example/report")).await;
    let buyer = Buyer::new();
    let error = buyer
        .client
        .get(seller.url("/report"))
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.code(), "challenge.foreign_resource");
    assert_eq!(buyer.signer.signed(), 0);
}

/// A v1 challenge that is valid but for its length.
fn padded(json: &str, len: usize) -> String {
    format!("{json}{}", " ".repeat(len))
}

#[tokio::test]
async fn attack_024_oversize_402_body() {
    let seller = Seller::start(|asked: &_| {
        let json = padded(&challenge_v1_json(asked), 1 << 20);
        response(402).body(Body::from(json)).unwrap()
    })
    .await;
    let buyer = Buyer::new();
    let error = buyer
        .client
        .get(seller.url("/report"))
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.code(), "challenge.too_large");
    assert_eq!(buyer.signer.signed(), 0);
    assert_eq!(buyer.recorder.events(), ["refused challenge.too_large"]);
}

#[tokio::test]
async fn attack_024_never_ending_402_body() {
    let seller = Seller::start(|_: &_| {
        let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 8 * 1024]));
        response(402).body(Body::from_stream(endless)).unwrap()
    })
    .await;
    let buyer = Buyer::new();
    let error = buyer
        .client
        .get(seller.url("/report"))
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.code(), "challenge.too_large");
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn gzipped_challenge(padding: usize) -> impl Fn(&crate::seller::Asked) -> axum::response::Response {
    move |asked| {
        if asked.is_paid() {
            return crate::seller::goods();
        }
        let small = gzip(&padded(&challenge_v1_json(asked), padding));
        assert!(small.len() < 64 * 1024);
        response(402)
            .header("content-encoding", "gzip")
            .body(Body::from(small))
            .unwrap()
    }
}

#[tokio::test]
async fn attack_026_decoded_size_of_a_402_body_counts() {
    let seller = Seller::start(gzipped_challenge(16 << 20)).await;
    let buyer = Buyer::new();
    let error = buyer
        .client
        .get(seller.url("/report"))
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.code(), "challenge.too_large");
    assert_eq!(buyer.signer.signed(), 0);
}

#[tokio::test]
async fn a_compressed_challenge_that_the_client_decodes_is_paid() {
    let seller = Seller::start(gzipped_challenge(0)).await;
    let buyer = Buyer::new();
    let response = buyer
        .client
        .get(seller.url("/report"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn attack_145_dropped_after_the_payment_left() {
    let seller = Seller::start(|asked: &_| {
        if asked.is_paid() {
            Reply::Silence
        } else {
            Reply::Now(challenge_v2(asked))
        }
    })
    .await;
    let buyer = Buyer::new();
    tokio::select! {
        answer = buyer.client.get(seller.url("/report")).send() => panic!("{answer:?}"),
        () = seller.paid() => {}
    }
    assert_eq!(
        buyer.recorder.events().last().unwrap(),
        "abandon unknown cancelled"
    );
    assert_eq!(buyer.signer.signed(), 1);
}

#[tokio::test]
async fn a_connection_lost_after_the_payment_left_is_an_unknown_outcome() {
    let seller = Seller::start(|asked: &_| {
        if asked.is_paid() {
            Reply::HangUp
        } else {
            Reply::Now(challenge_v2(asked))
        }
    })
    .await;
    let buyer = Buyer::new();
    let url = seller.url("/report?secret=7");
    let error = buyer.client.get(url).send().await.unwrap_err();
    assert!(error.is_outcome_unknown());
    let X402Error::OutcomeUnknown { record, source } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(record.outcome().as_str(), "unknown");
    assert!(source.is_request());
    assert!(!format!("{error} {error:?}").contains("secret"));
    assert_eq!(seller.payments(), 1);
    assert_eq!(
        buyer.recorder.events().last().unwrap(),
        "finish unknown transport"
    );
}

#[tokio::test]
async fn a_connection_lost_before_any_payment_is_a_transport_error() {
    let seller = Seller::start(|_: &_| Reply::HangUp).await;
    let buyer = Buyer::new();
    let url = seller.url("/report?secret=7");
    let error = buyer.client.get(url).send().await.unwrap_err();
    assert!(error.is_transport());
    assert!(error.denial().is_none() && error.payment_record().is_none());
    assert!(!format!("{error} {error:?}").contains("secret"));
}

#[tokio::test]
async fn a_request_that_cannot_be_built_is_an_error_of_send() {
    let buyer = Buyer::new();
    let error = buyer.client.get("not a url").send().await.unwrap_err();
    assert_eq!(error.code(), "request.invalid");
}

#[test]
fn a_client_without_controls_is_not_built() {
    let built = GuardedClient::builder(reqwest::Client::builder()).build();
    assert!(matches!(built, Err(BuildError::NoGuard)));
}
