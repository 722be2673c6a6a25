//! JSON-RPC 2.0 over HTTP: one question, one bounded answer.

use bytes::BytesMut;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::reconcile::OracleError;

/// Answers are matched to questions by their connection; the number shows an answer that was made for nobody.
const ID: u64 = 402;

#[derive(Serialize)]
struct Question<'a> {
    jsonrpc: &'static str,
    id: u64,
    method: &'static str,
    params: &'a Value,
}

#[derive(Deserialize)]
struct Answer {
    jsonrpc: String,
    id: u64,
    #[serde(default)]
    result: Value,
    error: Option<Refusal>,
}

/// What it says beside its number is a stranger's text, and is not read.
#[derive(Deserialize)]
struct Refusal {
    code: i64,
}

/// A client that goes where it is told, and nowhere else.
pub(super) fn client() -> Result<Client, reqwest::Error> {
    Client::builder()
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .no_gzip()
        .no_brotli()
        .no_deflate()
        .no_zstd()
        .referer(false)
        .build()
}

/// Asks, and answers with the result: `null` where there is none. Dropping it ends the request.
pub(super) async fn ask(
    client: &Client,
    url: &Url,
    method: &'static str,
    params: &Value,
    max_bytes: usize,
) -> Result<Value, OracleError> {
    let question = Question {
        jsonrpc: "2.0",
        id: ID,
        method,
        params,
    };
    // The errors name the URL, whose path may be a key.
    let unreachable = |_| OracleError::Unreachable;
    let sent = client.post(url.clone()).json(&question).send().await;
    let mut response = sent.map_err(unreachable)?;
    if response.status() != StatusCode::OK {
        return Err(OracleError::Unreachable);
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len().saturating_add(chunk.len()) > max_bytes {
            return Err(OracleError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    let answer: Answer = serde_json::from_slice(&body).map_err(|_| OracleError::Malformed)?;
    match (answer.error, answer.result) {
        _ if answer.jsonrpc != "2.0" || answer.id != ID => Err(OracleError::Malformed),
        (Some(Refusal { code }), Value::Null) => Err(OracleError::Refused { code }),
        (Some(_), _) => Err(OracleError::Malformed),
        (None, result) => Ok(result),
    }
}
