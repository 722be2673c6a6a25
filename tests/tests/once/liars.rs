//! Sellers that settle and say something else, over real sockets. Whatever they say: one signature, and the money counts.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use base64::prelude::{BASE64_STANDARD, Engine};
use futures_util::{StreamExt, stream};
use parking_lot::Mutex;
use reqwest::StatusCode;
use serde_json::{Value, json};
use x402_tests::spawn_app;
use x402_tower::testing::settlement_for;
use x402_tower_reqwest::{GuardedClient, X402Error, payment_record};

use crate::ground::{Ground, cent};

/// What a seller does with the first payment that it gets. It settles it in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lie {
    AskAgain,
    Fail,
    Reset,
    Hang,
    NoReceipt,
    OtherAmount,
    NeverDelivers,
}

const LIES: [Lie; 7] = [
    Lie::AskAgain,
    Lie::Fail,
    Lie::Reset,
    Lie::Hang,
    Lie::NoReceipt,
    Lie::OtherAmount,
    Lie::NeverDelivers,
];

/// A seller, and the chain behind it: a payment moves money once.
#[derive(Clone)]
struct Liar(Arc<Mutex<Books>>);

#[derive(Default)]
struct Books {
    arrived: Vec<String>,
    settled: HashSet<String>,
}

impl Liar {
    async fn start(lie: Lie) -> (Self, String) {
        let liar = Self(Arc::default());
        let (own, url) = (liar.clone(), Arc::new(Mutex::new(String::new())));
        let at = Arc::clone(&url);
        let app = Router::new().fallback(move |request: Request| {
            let (own, at) = (own.clone(), Arc::clone(&at));
            async move {
                let at = at.lock().clone();
                own.answer(lie, &at, request).await
            }
        });
        let address = spawn_app(app).await;
        *url.lock() = format!("{address}/report");
        let url = url.lock().clone();
        (liar, url)
    }

    async fn answer(&self, lie: Lie, url: &str, request: Request) -> axum::response::Response {
        let headers = request.headers();
        let Some(payment) = headers.get("payment-signature") else {
            return challenge(url);
        };
        let payment = payment.to_str().unwrap().to_owned();
        let fresh = {
            let mut books = self.0.lock();
            books.arrived.push(payment.clone());
            books.settled.insert(nonce(&payment))
        };
        if !fresh {
            // What a facilitator finds out about a nonce that the token has seen.
            return receipt(
                402,
                &json!({
                    "success": false, "errorReason": "authorization_is_used", "transaction": "",
                    "network": "eip155:8453",
                }),
            );
        }
        let honest = settlement_for(headers);
        match lie {
            Lie::AskAgain => challenge(url),
            Lie::Fail => status(500),
            // Unwinds the connection's task without a panic message.
            Lie::Reset => std::panic::resume_unwind(Box::new(())),
            Lie::Hang => core::future::pending().await,
            Lie::NoReceipt => status(200),
            Lie::OtherAmount => {
                let text = honest.headers()["payment-response"].as_bytes();
                let mut json: Value =
                    serde_json::from_slice(&BASE64_STANDARD.decode(text).unwrap()).unwrap();
                json["amount"] = "1".into();
                receipt(200, &json)
            }
            Lie::NeverDelivers => {
                let (parts, _) = honest.into_parts();
                let begun = Ok::<_, std::io::Error>(Bytes::from_static(b"a rep"));
                let stuck = stream::iter([begun]).chain(stream::pending());
                axum::response::Response::from_parts(parts, Body::from_stream(stuck))
            }
        }
    }

    fn arrived(&self) -> Vec<String> {
        self.0.lock().arrived.clone()
    }

    fn settled(&self) -> usize {
        self.0.lock().settled.len()
    }
}

fn status(code: u16) -> axum::response::Response {
    let mut response = axum::response::Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(code).unwrap();
    response
}

fn receipt(code: u16, json: &Value) -> axum::response::Response {
    let mut response = status(code);
    let value = BASE64_STANDARD.encode(json.to_string()).parse().unwrap();
    response.headers_mut().insert("payment-response", value);
    response
}

fn challenge(url: &str) -> axum::response::Response {
    let challenge = x402_tower::testing::ScriptedChallenge::v2(url, [cent()]);
    let mut response = status(402);
    let text = BASE64_STANDARD.encode(challenge.to_json().to_string());
    response
        .headers_mut()
        .insert("payment-required", text.parse().unwrap());
    response
}

fn nonce(payment: &str) -> String {
    let json: Value = serde_json::from_slice(&BASE64_STANDARD.decode(payment).unwrap()).unwrap();
    json["payload"]["authorization"]["nonce"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn client(ground: &Ground) -> GuardedClient {
    let policy = x402_tower::policy::PolicyConfig::new()
        .with_daily_limit(x402_tower::Usd::parse("0.05").unwrap())
        .with_insecure_http(true);
    let config = ground.builder().policy(policy).build().unwrap();
    GuardedClient::builder(reqwest::Client::builder().no_proxy())
        .guard(&config)
        .signer(ground.signer.clone())
        .build()
        .unwrap()
}

/// Pays, and comes back with the outcome's name.
async fn pay(ground: &Ground, url: &str) -> Result<&'static str, X402Error> {
    let request = client(ground).get(url).timeout(Duration::from_millis(400));
    let response = request.send().await?;
    Ok(payment_record(&response).unwrap().outcome().as_str())
}

#[tokio::test]
async fn attack_074_and_120_whatever_a_seller_says_it_is_paid_once_and_counted() {
    for lie in LIES {
        let ground = Ground::new();
        let (seller, url) = Liar::start(lie).await;
        let first = pay(&ground, &url).await;
        match (lie, &first) {
            (Lie::NeverDelivers, Ok("settled")) | (Lie::AskAgain, Ok("rejected")) => {}
            (Lie::Fail | Lie::NoReceipt | Lie::OtherAmount, Ok("unknown")) => {}
            (Lie::Reset | Lie::Hang, Err(error)) if error.is_outcome_unknown() => {}
            _ => panic!("{lie:?}: {first:?}"),
        }
        assert_eq!(ground.spent_micros().await, 10_000, "{lie:?}");

        let second = pay(&ground, &url).await;
        match (lie, &second) {
            (Lie::NeverDelivers, Err(error)) => assert_eq!(error.code(), "replay.duplicate"),
            (_, Ok("settled_earlier")) => {}
            _ => panic!("{lie:?}: {second:?}"),
        }
        let third = pay(&ground, &url).await.unwrap_err();
        assert_eq!(third.code(), "replay.duplicate", "{lie:?}");

        let arrived: HashSet<_> = seller.arrived().into_iter().collect();
        assert_eq!(arrived.len(), 1, "{lie:?}: the same bytes every time");
        assert_eq!((ground.signer.count(), seller.settled()), (1, 1), "{lie:?}");
        assert_eq!(ground.spent_micros().await, 10_000, "{lie:?}");
        assert!(ground.verify().dangling_intents.is_empty(), "{lie:?}");
    }
}

#[tokio::test]
async fn attack_123_what_was_paid_and_not_delivered_is_not_paid_again() {
    let ground = Ground::new();
    let (seller, url) = Liar::start(Lie::NeverDelivers).await;
    assert_eq!(pay(&ground, &url).await.unwrap(), "settled");
    for _ in 0..3 {
        let error = pay(&ground, &url).await.unwrap_err();
        assert_eq!(error.code(), "replay.duplicate");
    }
    assert_eq!((seller.settled(), ground.spent_micros().await), (1, 10_000));
}
