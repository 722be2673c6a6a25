//! The approver's side of a webhook: who asks, about what, and a signed answer (see `x402_tower::mpa`).

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::json;
use subtle::ConstantTimeEq;
use tokio::sync::watch;
use x402_tower::mpa::ApprovalSecret;
use x402_tower::{Clock, SystemClock, Usd};

/// Where an approver is asked.
pub(super) const PATH: &str = "approve";

/// Largest question that is read; one takes about one KiB.
const MAX_BODY_BYTES: usize = 16 * 1024;
/// How old a question may be, in seconds, before it is taken for a repeated one.
const MAX_AGE_SECONDS: u64 = 60;

/// One approver.
#[derive(Debug)]
pub(super) struct Webhook {
    secret: ApprovalSecret,
    /// The highest price that is approved; `None` for somebody who never answers.
    most: Option<Usd>,
    said: Mutex<Option<bool>>,
    stopped: watch::Receiver<bool>,
}

/// What is read of a question.
#[derive(Debug, Deserialize)]
struct Question {
    request: Payment,
}

#[derive(Debug, Deserialize)]
struct Payment {
    request_id: String,
    digest: String,
    price_usd: Option<String>,
}

impl Webhook {
    pub(super) fn new(
        secret: ApprovalSecret,
        most: Option<Usd>,
        stopped: watch::Receiver<bool>,
    ) -> Self {
        Self {
            secret,
            most,
            said: Mutex::new(None),
            stopped,
        }
    }

    pub(super) fn secret(&self) -> &ApprovalSecret {
        &self.secret
    }

    /// What was said since the last time; `None` for nothing.
    pub(super) fn take_answer(&self) -> Option<bool> {
        self.said.lock().take()
    }

    /// Whether whoever shares the secret asked this, just now.
    fn is_genuine(&self, headers: &HeaderMap, body: &[u8]) -> bool {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let (Some(timestamp), Some(signature)) = (text("x-mpa-timestamp"), text("x-mpa-signature"))
        else {
            return false;
        };
        let head = format!("x402-tower/mpa/webhook-request/v1\n{timestamp}\n");
        let expected = self.secret.sign(&[head.as_bytes(), body].concat());
        let recent = SystemClock::new()
            .now()
            .zip(timestamp.parse::<u64>().ok())
            .is_some_and(|(now, asked)| now.as_secs().abs_diff(asked) <= MAX_AGE_SECONDS);
        recent && bool::from(expected.as_bytes().ct_eq(signature.as_bytes()))
    }

    /// The answer to a genuine question, which says what it answers.
    fn answer(&self, payment: &Payment, most: Usd) -> Response {
        let price = payment.price_usd.as_deref().map(Usd::parse);
        let approved = matches!(price, Some(Ok(price)) if price <= most);
        *self.said.lock() = Some(approved);
        let answer = json!({
            "approved": approved,
            "request_id": payment.request_id,
            "digest": payment.digest,
        })
        .to_string();
        let hmac = self.secret.sign(answer.as_bytes());
        let json = "application/json".to_owned();
        (
            [(CONTENT_TYPE.as_str(), json), ("x-mpa-hmac", hmac)],
            answer,
        )
            .into_response()
    }
}

/// The approver as a service.
pub(super) fn router(webhook: Arc<Webhook>) -> Router {
    Router::new()
        .route(&format!("/{PATH}"), post(asked))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(webhook)
}

async fn asked(State(webhook): State<Arc<Webhook>>, headers: HeaderMap, body: Bytes) -> Response {
    if !webhook.is_genuine(&headers, &body) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Ok(question) = serde_json::from_slice::<Question>(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    match webhook.most {
        Some(most) => webhook.answer(&question.request, most),
        None => {
            let mut stopped = webhook.stopped.clone();
            // An error says that nobody is left to ask for the end.
            let _ = stopped.wait_for(|stop| *stop).await;
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use serde_json::Value;
    use tower::ServiceExt;

    use super::*;

    const MOST: Usd = Usd::from_micros(60_000);

    fn secret() -> ApprovalSecret {
        ApprovalSecret::new("3f8a1c5de27b49601122334455667788").unwrap()
    }

    fn question(price: &str) -> String {
        json!({ "request": { "request_id": "r1", "digest": "d1", "price_usd": price } }).to_string()
    }

    async fn ask(body: String, timestamp: u64) -> (StatusCode, Option<String>, Bytes) {
        let (_stop, stopped) = watch::channel(false);
        let head = format!("x402-tower/mpa/webhook-request/v1\n{timestamp}\n");
        let request = Request::post("/approve")
            .header("x-mpa-timestamp", timestamp)
            .header(
                "x-mpa-signature",
                secret().sign(format!("{head}{body}").as_bytes()),
            )
            .body(Body::from(body))
            .unwrap();
        let webhook = Arc::new(Webhook::new(secret(), Some(MOST), stopped));
        let response = router(webhook).oneshot(request).await.unwrap();
        let hmac = response.headers().get("x-mpa-hmac");
        let hmac = hmac.map(|hmac| hmac.to_str().unwrap().to_owned());
        let status = response.status();
        (
            status,
            hmac,
            to_bytes(response.into_body(), 4096).await.unwrap(),
        )
    }

    fn now() -> u64 {
        SystemClock::new().now().unwrap().as_secs()
    }

    #[tokio::test]
    async fn a_price_within_bounds_is_approved_in_a_signed_answer_to_that_question() {
        let (status, hmac, body) = ask(question("0.06"), now()).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(hmac, Some(secret().sign(&body)));
        let answer: Value = serde_json::from_slice(&body).unwrap();
        let expected = json!({ "approved": true, "request_id": "r1", "digest": "d1" });
        assert_eq!(answer, expected);
    }

    #[tokio::test]
    async fn a_higher_price_or_none_is_refused() {
        for price in ["0.060001", "", "-1"] {
            let (_, _, body) = ask(question(price), now()).await;
            let answer: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(answer["approved"], false, "{price}");
        }
    }

    #[tokio::test]
    async fn an_old_question_is_not_answered() {
        let (status, _, _) = ask(question("0.01"), now() - 61).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }

    #[tokio::test]
    async fn a_question_that_nobody_signed_is_not_answered() {
        let (_stop, stopped) = watch::channel(false);
        let webhook = Arc::new(Webhook::new(secret(), Some(MOST), stopped));
        let request = Request::post("/approve").body(Body::from(question("0.01")));
        let response = router(Arc::clone(&webhook))
            .oneshot(request.unwrap())
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(webhook.take_answer(), None);
    }
}
