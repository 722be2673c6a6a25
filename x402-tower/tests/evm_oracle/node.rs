//! A JSON-RPC server on this machine that knows one block and one nonce.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use x402_tower::ChainId;
use x402_tower::evm::JsonRpcOracle;
use x402_tower::reconcile::{OracleError, Settlement, SettlementOracle};
use x402_tower::store::SentPayment;

pub(crate) const VALID_BEFORE: u64 = 1_767_225_660;
pub(crate) const HASH: &str = "0xabababababababababababababababababababababababababababababababab";
pub(crate) const USED: &str = "0x0000000000000000000000000000000000000000000000000000000000000001";
pub(crate) const UNUSED: &str =
    "0x0000000000000000000000000000000000000000000000000000000000000000";

/// What a node answers; a chain whose newest block is past the payment's end, on which the nonce is unused.
#[derive(Clone)]
pub(crate) struct Script {
    pub(crate) chain_id: Value,
    pub(crate) block: Value,
    pub(crate) state: Value,
    /// In place of a right answer to the call.
    pub(crate) lie: Option<Lie>,
}

#[derive(Clone)]
pub(crate) enum Lie {
    /// An error object.
    Error(i64),
    /// A status, and no answer.
    Status(u16),
    /// These bytes.
    Bytes(Vec<u8>),
    /// Another number than the question's.
    OtherId,
    /// A redirect to an endpoint that says used.
    Redirect(String),
    /// Nothing, for ever.
    Silence,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            chain_id: json!("0x2105"),
            block: block(VALID_BEFORE),
            state: json!(UNUSED),
            lie: None,
        }
    }
}

pub(crate) fn block(timestamp: u64) -> Value {
    let hashes = vec![HASH; 100];
    json!({ "hash": HASH, "timestamp": format!("{timestamp:#x}"), "transactions": hashes, "number": "0x10" })
}

/// A node under its script, and every question that it was asked.
pub(crate) struct Node {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Value>>>,
}

type Shared = (Script, Arc<Mutex<Vec<Value>>>);

impl Node {
    pub(crate) async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1/a-key", listener.local_addr().unwrap());
        let asked = Arc::<Mutex<Vec<Value>>>::default();
        let routes = Router::new().route("/v1/a-key", post(answer));
        let app = routes.with_state((script, Arc::clone(&asked)));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, asked }
    }

    pub(crate) fn asked(&self) -> Vec<Value> {
        self.asked.lock().clone()
    }
}

async fn answer(State((script, asked)): State<Shared>, Json(question): Json<Value>) -> Response {
    let method = question["method"].as_str().unwrap().to_owned();
    let id = question["id"].clone();
    asked.lock().push(question);
    let result = match method.as_str() {
        "eth_chainId" => script.chain_id,
        "eth_getBlockByNumber" => script.block,
        _ => return answer_call(script, id).await,
    };
    Json(json!({ "jsonrpc": "2.0", "id": id, "result": result })).into_response()
}

async fn answer_call(script: Script, id: Value) -> Response {
    match script.lie {
        None => Json(json!({ "jsonrpc": "2.0", "id": id, "result": script.state })).into_response(),
        Some(Lie::Error(code)) => {
            let error = json!({ "code": code, "message": "a-key is over its limit" });
            Json(json!({ "jsonrpc": "2.0", "id": id, "error": error })).into_response()
        }
        Some(Lie::Status(status)) => StatusCode::from_u16(status).unwrap().into_response(),
        Some(Lie::Bytes(bytes)) => Body::from(bytes).into_response(),
        Some(Lie::OtherId) => {
            let other = json!({ "jsonrpc": "2.0", "id": 1, "result": script.state });
            Json(other).into_response()
        }
        Some(Lie::Redirect(to)) => {
            (StatusCode::TEMPORARY_REDIRECT, [("location", to)]).into_response()
        }
        Some(Lie::Silence) => std::future::pending().await,
    }
}

pub(crate) fn base() -> ChainId {
    ChainId::parse("eip155:8453").unwrap()
}

pub(crate) fn oracle(nodes: &[&Node]) -> JsonRpcOracle {
    let mut oracle = JsonRpcOracle::new().unwrap();
    for node in nodes {
        oracle = oracle.endpoint(&base(), &node.url).unwrap();
    }
    oracle.deadline(Duration::from_secs(20))
}

/// What an oracle says about the payment when a node answers by `script`.
pub(crate) async fn says(script: Script) -> Result<Settlement, OracleError> {
    let node = Node::start(script).await;
    oracle(&[&node]).settlement(&payment("eip3009", "cc")).await
}

/// A payment of this kind, whose nonce is one byte again and again.
pub(crate) fn payment(kind: &str, nonce_byte: &str) -> SentPayment {
    SentPayment::from_json(&format!(
        r#"{{
            "agent": "researcher",
            "origin": "https://api.example.com",
            "scheme": "exact",
            "chain": "eip155:8453",
            "asset": "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913",
            "pay_to": "0x209693Bc6afc0C5328bA36FaF03C514EF312287C",
            "amount": "10000",
            "payer": "0x857b06519E91e3A54538791bDbb0E22373e36b66",
            "kind": "{kind}",
            "nonce": "{nonce}",
            "valid_before_ms": {valid_before}
        }}"#,
        nonce = nonce_byte.repeat(32),
        valid_before = VALID_BEFORE * 1000,
    ))
    .unwrap()
}
