//! A seller on a real socket, with a chain that settles each authorization once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::StatusCode;
use http::header::HOST;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::sync::Notify;
use x402_tests::interop::{PAY_TO, PAYER, PRICE_ATOMIC, USDC_BASE_SEPOLIA};
use x402_tests::spawn_app;

/// How long an authorization for it can be settled, in seconds.
pub(crate) const LIFETIME: u64 = 60;

/// What it does with the first payment for a path, in place of selling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behave {
    /// Reads it, and says nothing.
    KeepsQuiet,
    /// Settles it, and says nothing.
    SettlesQuietly,
    /// Settles it, and says that it failed (attack 74).
    SettlesAndLies,
}

/// Clones are the same seller.
#[derive(Clone)]
pub(crate) struct Seller {
    address: Arc<str>,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    /// Path and nonce of every payment that arrived.
    arrived: Vec<(String, String)>,
    /// Nonce, and what it paid for.
    settled: BTreeMap<String, String>,
    plans: BTreeMap<String, (Behave, Arc<Notify>)>,
}

impl Seller {
    pub(crate) async fn open() -> Self {
        let seen = Arc::<Mutex<Seen>>::default();
        let app = Router::new().fallback(sell).with_state(Arc::clone(&seen));
        Self {
            address: spawn_app(app).await.into(),
            seen,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// Plans what it does with the first payment for a path; the answer hears of it when it has.
    pub(crate) fn plan(&self, path: &str, behave: Behave) -> Arc<Notify> {
        let done = Arc::<Notify>::default();
        let plan = (behave, Arc::clone(&done));
        self.seen.lock().plans.insert(path.to_owned(), plan);
        done
    }

    /// The different authorizations that arrived for paths that begin so.
    pub(crate) fn arrived(&self, prefix: &str) -> BTreeSet<String> {
        let seen = self.seen.lock();
        let arrived = seen.arrived.iter();
        let here = arrived.filter(|(path, _)| path.starts_with(prefix));
        here.map(|(_, nonce)| nonce.clone()).collect()
    }

    /// How many cents were settled for paths that begin so.
    pub(crate) fn settled(&self, prefix: &str) -> u64 {
        let seen = self.seen.lock();
        let paths = seen.settled.values();
        let here = paths.filter(|path| path.starts_with(prefix));
        u64::try_from(here.count()).unwrap()
    }
}

async fn sell(State(seen): State<Arc<Mutex<Seen>>>, request: Request) -> Response {
    let host = request.headers().get(HOST).unwrap().to_str().unwrap();
    let path = request.uri().path().to_owned();
    let Some(payment) = request.headers().get("payment-signature") else {
        return challenge(&format!("http://{host}{path}"));
    };
    let payment = BASE64_STANDARD.decode(payment).unwrap();
    let payment: Value = serde_json::from_slice(&payment).unwrap();
    let nonce = payment["payload"]["authorization"]["nonce"]
        .as_str()
        .unwrap()
        .trim_start_matches("0x")
        .to_owned();
    let (behave, is_new) = {
        let mut seen = seen.lock();
        seen.arrived.push((path.clone(), nonce.clone()));
        let plan = seen.plans.remove(&path);
        let settles = !matches!(plan, Some((Behave::KeepsQuiet, _)));
        let is_new = !seen.settled.contains_key(&nonce);
        if settles {
            seen.settled.insert(nonce.clone(), path);
        }
        (plan, is_new)
    };
    if let Some((behave, done)) = behave {
        done.notify_one();
        if behave == Behave::SettlesAndLies {
            return refusal("unexpected_settle_error");
        }
        return std::future::pending().await;
    }
    if !is_new {
        return refusal("nonce_already_used");
    }
    let receipt = json!({
        "success": true,
        "transaction": format!("0x{nonce}"),
        "network": "eip155:84532",
        "payer": PAYER,
    });
    ([("payment-response", encode(&receipt))], "goods").into_response()
}

fn challenge(url: &str) -> Response {
    let challenge = json!({
        "x402Version": 2,
        "error": "PAYMENT-SIGNATURE header is required",
        "resource": { "url": url, "description": "goods", "mimeType": "text/plain" },
        "accepts": [{
            "scheme": "exact",
            "network": "eip155:84532",
            "amount": PRICE_ATOMIC.to_string(),
            "asset": USDC_BASE_SEPOLIA,
            "payTo": PAY_TO,
            "maxTimeoutSeconds": LIFETIME,
            "extra": { "name": "USDC", "version": "2" },
        }],
    });
    let header = [("payment-required", encode(&challenge))];
    (StatusCode::PAYMENT_REQUIRED, header).into_response()
}

fn refusal(reason: &str) -> Response {
    let receipt = json!({
        "success": false,
        "errorReason": reason,
        "transaction": "",
        "network": "eip155:84532",
        "payer": PAYER,
    });
    let header = [("payment-response", encode(&receipt))];
    (StatusCode::PAYMENT_REQUIRED, header).into_response()
}

fn encode(value: &Value) -> String {
    BASE64_STANDARD.encode(value.to_string())
}
