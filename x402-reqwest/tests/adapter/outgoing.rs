//! The agent's own requests, as they arrive at a seller (attack 110, defect P10).

use std::sync::Arc;

use axum::body::Body;
use reqwest_retry::RetryTransientMiddleware;
use reqwest_retry::policies::ExponentialBackoff;
use x402_tower::pay::Payer;
use x402_tower::pii::{PiiAction, PiiControl};
use x402_tower::{Chain, Context, Control};
use x402_tower_reqwest::{GuardMiddleware, GuardedClient, payment_record};

use crate::seller::{Asked, Seller, base64, challenge_v2, goods, honest, response};
use crate::signer::CountingSigner;

const EMAIL: &str = "alice@example.com";
const ORDER: &str = r#"{"to":"alice@example.com", "n":1}"#;
const REDACTED: &str = r#"{"to":"<REDACTED>", "n":1}"#;

fn payer(pii: Option<PiiControl>) -> Payer {
    let control = pii.map(|pii| Arc::new(pii) as Arc<dyn Control>);
    let chain = Chain::new(control.into_iter().collect()).unwrap();
    Payer::new(chain, Context::buyer(), Arc::new(CountingSigner::default()))
}

fn client(pii: Option<PiiControl>) -> GuardedClient {
    GuardedClient::builder(reqwest::Client::builder())
        .payer(payer(pii))
        .build()
        .unwrap()
}

fn screening(action: PiiAction) -> PiiControl {
    PiiControl::new()
        .with_request_urls(action)
        .with_request_headers(action, [http::header::COOKIE])
        .with_request_bodies(action)
}

async fn order(client: &GuardedClient, seller: &Seller) -> Result<reqwest::Response, String> {
    client
        .post(seller.url("/orders"))
        .query(&[("to", EMAIL)])
        .header("cookie", format!("user={EMAIL}"))
        .header("content-type", "application/json")
        .body(ORDER)
        .send()
        .await
        .map_err(|error| error.code().to_owned())
}

#[tokio::test]
async fn defect_p10_first_and_paid_request_leave_redacted() {
    let seller = Seller::start(honest).await;
    let client = client(Some(screening(PiiAction::Redact)));
    let answer = order(&client, &seller).await.unwrap();
    let record = payment_record(&answer).unwrap();
    assert_eq!(record.outcome().as_str(), "settled");
    assert_eq!(record.findings(), [("EMAIL_ADDRESS", 3)]);
    let asked = seller.asked();
    assert_eq!(asked.len(), 2);
    for asked in asked {
        assert_eq!(asked.path, "/orders?to=%3CREDACTED%3E");
        assert_eq!(asked.headers["cookie"], "user=<REDACTED>");
        assert_eq!(asked.body, REDACTED);
        assert_eq!(asked.headers["content-length"], REDACTED.len().to_string());
    }
}

#[tokio::test]
async fn defect_p10_without_the_control_it_leaks() {
    let seller = Seller::start(honest).await;
    for pii in [None, Some(PiiControl::new())] {
        order(&client(pii), &seller).await.unwrap();
    }
    for asked in seller.asked() {
        assert_eq!(asked.path, "/orders?to=alice%40example.com");
        assert_eq!(asked.headers["cookie"], format!("user={EMAIL}"));
        assert_eq!(asked.body, ORDER);
    }
}

#[tokio::test]
async fn attack_110_a_blocked_request_never_leaves() {
    let seller = Seller::start(honest).await;
    let client = client(Some(screening(PiiAction::Block)));
    assert_eq!(
        order(&client, &seller).await.unwrap_err(),
        "pii.request_url"
    );
    assert!(seller.asked().is_empty());
}

#[tokio::test]
async fn a_stream_cannot_be_screened() {
    let seller = Seller::start(honest).await;
    let stream = || {
        let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>(ORDER)]);
        reqwest::Body::wrap_stream(chunks)
    };
    let pii = PiiControl::new().with_request_bodies(PiiAction::Redact);
    let request = client(Some(pii)).post(seller.url("/")).body(stream());
    let error = request.send().await.unwrap_err();
    assert_eq!(error.code(), "pii.request_unreadable");
    assert!(error.is_pii_blocked() && seller.asked().is_empty());
}

#[tokio::test]
async fn a_retry_outside_sends_the_same_redacted_request() {
    let seller = Seller::start(|asked: &Asked| {
        if asked.is_paid() {
            goods()
        } else if asked.body == REDACTED && asked.headers.contains_key("x-fail") {
            response(503).body(Body::empty()).unwrap()
        } else {
            challenge_v2(asked)
        }
    })
    .await;
    let retry = RetryTransientMiddleware::new_with_policy(
        ExponentialBackoff::builder()
            .retry_bounds(std::time::Duration::ZERO, std::time::Duration::ZERO)
            .build_with_max_retries(2),
    );
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let stack = reqwest_middleware::ClientBuilder::new(http)
        .with(retry)
        .with(GuardMiddleware::new(payer(Some(screening(
            PiiAction::Redact,
        )))))
        .build();
    let request = stack
        .post(seller.url(&format!("/orders/{EMAIL}")))
        .header("x-fail", "1")
        .header("content-type", "application/json")
        .body(ORDER);
    let _ = request.send().await;
    let asked = seller.asked();
    assert_eq!(asked.len(), 3, "one and two retries");
    for asked in asked {
        assert_eq!(asked.path, "/orders/%3CREDACTED%3E");
        assert_eq!(asked.body, REDACTED);
    }
}

#[tokio::test]
async fn attack_111_a_challenge_that_answers_a_payment_is_shown_redacted() {
    fn again(asked: &Asked) -> axum::response::Response {
        if !asked.is_paid() {
            return challenge_v2(asked);
        }
        let receipt = format!(r#"{{"success":false,"errorReason":"no funds of {EMAIL}"}}"#);
        let mut response = challenge_v2(asked);
        *response.body_mut() = Body::from(format!("Dear {EMAIL}"));
        let value = base64(receipt).parse().unwrap();
        response.headers_mut().insert("payment-response", value);
        response
    }
    for (pii, leaks) in [(Some(PiiControl::new()), false), (None, true)] {
        let seller = Seller::start(again).await;
        let answer = client(pii).get(seller.url("/")).send().await.unwrap();
        assert_eq!(answer.status(), 402);
        assert_eq!(
            payment_record(&answer).unwrap().outcome().as_str(),
            "rejected"
        );
        let receipt = answer.headers()["payment-response"].to_str().unwrap();
        let leaked = base64(format!(
            r#"{{"success":false,"errorReason":"no funds of {EMAIL}"}}"#
        ));
        assert_eq!(receipt == leaked, leaks);
        assert_eq!(answer.text().await.unwrap().contains(EMAIL), leaks);
    }
}
