//! `POST /v1/payments` and `PUT /v1/payments/{id}/outcome`.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;
use x402_tower::pay::ReservedPayment;
use x402_tower::wire::Version;
use x402_tower::wire::header::{PAYMENT_REQUIRED, PAYMENT_RESPONSE, X_PAYMENT_RESPONSE};
use x402_tower::{AgentId, Challenge, Exchange, Outcome, Position};

use super::asked::{Asking, Named, Whole};
use super::budget::now;
use super::{Api, answer, read};
use crate::policy::print::dollars;
use crate::serve::problem::Problem;

/// Payments whose end nobody has told yet. A further one is refused: they would not be forgotten.
const MAX_OPEN: usize = 10_000;

/// What was set aside and has not ended, by its id. When the process ends they stay counted.
#[derive(Debug, Clone)]
pub(crate) struct OpenPayments {
    by_id: Arc<Mutex<HashMap<String, Open>>>,
    room: Arc<Semaphore>,
}

/// A payment, whose it is, and its place among the open ones.
#[derive(Debug)]
struct Open {
    agent: AgentId,
    payment: ReservedPayment,
    _place: OwnedSemaphorePermit,
}

impl Default for OpenPayments {
    fn default() -> Self {
        Self {
            by_id: Arc::default(),
            room: Arc::new(Semaphore::new(MAX_OPEN)),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish<'a> {
    url: String,
    method: Option<String>,
    /// The challenge as the seller wrote it: the object of a body, or the text of `PAYMENT-REQUIRED`.
    #[serde(borrow)]
    challenge: &'a RawValue,
    /// Names the request, so that it is paid once.
    idempotency_key: Option<String>,
    /// SHA-256 of the request's body, in hexadecimal; requests without one are told apart by their URL.
    body_sha256: Option<String>,
}

/// What may be signed, and nothing else.
#[derive(Serialize)]
struct Granted {
    id: String,
    /// Which entry of `accepts`, counted from zero.
    accepts_index: usize,
    scheme: String,
    network: String,
    asset: Option<String>,
    pay_to: String,
    /// In atomic units.
    amount: String,
    amount_usd: Option<String>,
    /// The longest that the authorization may stay valid.
    lifetime_seconds: u64,
    /// Texts that have to be sent as they stand here, because personal data was taken out of them.
    redacted: Vec<RedactedText>,
}

#[derive(Serialize)]
struct RedactedText {
    path: String,
    text: String,
}

/// Decides on a challenge, and sets the money aside.
pub(super) async fn reserve(
    State(api): State<Api>,
    Asking(agent): Asking,
    Whole(body): Whole,
) -> Result<Response<Body>, Problem> {
    let wish: Wish<'_> = read(&body)?;
    let wrong = |text: &str| Problem::new(StatusCode::BAD_REQUEST, "api.question", text);
    let url = Url::parse(&wish.url)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| {
            wrong("the URL cannot be read; write it with http:// or https:// and a host")
        })?;
    let method = wish.method.as_deref().unwrap_or("GET");
    let method = Method::from_bytes(method.as_bytes())
        .map_err(|_| wrong("the method is not a token of HTTP"))?;
    let challenge = challenge(wish.challenge)?;
    let mut exchange = Exchange::new(
        Position::ThirdPartyPayer,
        agent.id.clone(),
        method,
        url,
        now(&api.guards)?,
    );
    match &wish.body_sha256 {
        Some(text) => {
            let mut digest = [0; 32];
            const_hex::decode_to_slice(text, &mut digest)
                .map_err(|_| wrong("body_sha256 is not 64 hexadecimal digits"))?;
            exchange = exchange.with_body_digest(digest);
        }
        None if matches!(*exchange.method(), Method::GET | Method::HEAD) => {
            exchange = exchange.with_body_digest(Sha256::digest(b"").into());
        }
        // What tells a repeat from another request is asked for where it matters.
        None => {}
    }
    if let Some(key) = &wish.idempotency_key {
        if key.is_empty() || key.len() > 256 || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(wrong(
                "the idempotency key must have 1 to 256 visible ASCII characters",
            ));
        }
        exchange = exchange.with_idempotency_key(key);
    }
    let Ok(place) = Arc::clone(&api.open.room).try_acquire_owned() else {
        let detail = "too many payments are open whose outcome was never told; tell it, or restart the guard: they stay counted";
        return Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "api.too_many_open",
            detail,
        ));
    };
    let reserved = api.payer.reserve(exchange, &challenge).await;
    let reserved = reserved.map_err(|denial| Problem::of(&denial))?;
    let payment = reserved.payment();
    let terms = payment.terms();
    let granted = Granted {
        id: payment.id().to_string(),
        accepts_index: reserved.choice(),
        scheme: terms.scheme.clone(),
        network: terms.chain.to_string(),
        asset: terms.asset.as_ref().map(ToString::to_string),
        pay_to: terms.pay_to.to_string(),
        amount: terms.amount.to_string(),
        amount_usd: terms.price.map(dollars),
        lifetime_seconds: terms.lifetime_seconds,
        redacted: payment
            .texts()
            .iter()
            .filter_map(|text| {
                Some(RedactedText {
                    path: text.path().to_owned(),
                    text: text.replacement()?.to_owned(),
                })
            })
            .collect(),
    };
    let open = Open {
        agent: agent.id.clone(),
        payment: reserved,
        _place: place,
    };
    api.open.by_id.lock().insert(granted.id.clone(), open);
    Ok(answer(StatusCode::CREATED, &granted))
}

/// A challenge as an object, or as the header that carries it.
fn challenge(raw: &RawValue) -> Result<Challenge, Problem> {
    let wrong = |text: String| Problem::new(StatusCode::BAD_REQUEST, "api.challenge", text);
    let in_header = |value: &str| {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_str(value)
            .map_err(|_| wrong("the challenge is not the text of a header".into()))?;
        headers.insert(PAYMENT_REQUIRED, value);
        Challenge::from_headers(&headers)
            .map_err(|error| wrong(error.to_string()))?
            .ok_or_else(|| wrong("the challenge is empty".into()))
    };
    if let Ok(text) = serde_json::from_str::<String>(raw.get()) {
        return in_header(&text);
    }
    // Version 1 stands in bodies, version 2 in headers.
    match Challenge::from_body(Bytes::copy_from_slice(raw.get().as_bytes())) {
        Ok(challenge) => Ok(challenge),
        Err(error) => {
            in_header(&BASE64_STANDARD.encode(raw.get())).map_err(|_| wrong(error.to_string()))
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    outcome: Ending,
    /// The text of `PAYMENT-RESPONSE` or `X-PAYMENT-RESPONSE`, where there was one.
    receipt: Option<String>,
}

/// How a payment ended, by whoever signed it.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ending {
    Settled,
    Rejected,
    Unknown,
    NotSent,
}

#[derive(Serialize)]
struct Concluded {
    id: String,
    outcome: &'static str,
    /// Whether the money counts against the limits from now on.
    counted: bool,
}

/// Hears how a payment ended. A settlement is believed with its receipt; without one the outcome is unknown.
pub(super) async fn conclude(
    State(api): State<Api>,
    Asking(agent): Asking,
    Named(id): Named,
    Whole(body): Whole,
) -> Result<Response<Body>, Problem> {
    let told: Told = read(&body)?;
    let open = {
        let mut by_id = api.open.by_id.lock();
        let own = by_id.get(&id).is_some_and(|open| open.agent == agent.id);
        if own { by_id.remove(&id) } else { None }
    };
    let Some(Open {
        payment: reserved, ..
    }) = open
    else {
        let detail = "no open payment of this agent has this id; what a restart left open is found with x402-guard ledger unknown";
        return Err(Problem::new(
            StatusCode::NOT_FOUND,
            "api.unknown_payment",
            detail,
        ));
    };
    let mut headers = HeaderMap::new();
    if let Some(receipt) = &told.receipt {
        let name = match reserved.payment().version() {
            Version::V1 => X_PAYMENT_RESPONSE,
            _ => PAYMENT_RESPONSE,
        };
        if let Ok(value) = HeaderValue::from_str(receipt) {
            headers.insert(name, value);
        }
    }
    // In a task of its own: a caller that goes away after it has told the outcome must not turn it into an unknown one.
    let told = tokio::spawn(async move {
        match told.outcome {
            Ending::Settled => reserved.conclude(StatusCode::OK, &headers).await,
            Ending::Rejected => {
                reserved
                    .conclude(StatusCode::PAYMENT_REQUIRED, &headers)
                    .await
            }
            Ending::Unknown => reserved.fail().await,
            Ending::NotSent => reserved.give_back().await,
        }
    });
    let record = told.await.map_err(|_| {
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "api.not_concluded",
            "writing the outcome broke off; the payment stays counted, see x402-guard ledger unknown",
        )
    })?;
    let (outcome, counted) = match record.outcome() {
        Outcome::Settled(_) | Outcome::SettledEarlier(_) => ("settled", true),
        Outcome::Rejected(_) => ("rejected", true),
        Outcome::NotSent(_) => ("not_sent", false),
        _ => ("unknown", true),
    };
    Ok(answer(
        StatusCode::OK,
        &Concluded {
            id,
            outcome,
            counted,
        },
    ))
}
