//! The facilitator without a chain, and what it was asked.

use super::Peer;
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

/// One call that reached the facilitator, and its answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Exchange {
    /// The method.
    pub method: String,
    /// The path: `/supported`, `/verify` or `/settle`.
    pub path: String,
    /// Names and values of the request headers by turns, in wire order and case.
    pub request_headers: Vec<String>,
    /// The request body, byte for byte (the peers send UTF-8).
    pub request_text: String,
    /// The status of the answer.
    pub status: u16,
    /// The answer.
    pub response_body: Value,
}

impl Exchange {
    /// The request body as JSON.
    ///
    /// # Panics
    ///
    /// If it is none.
    pub fn request_json(&self) -> Value {
        serde_json::from_str(&self.request_text)
            .unwrap_or_else(|error| panic!("{} {} sent no JSON ({error})", self.method, self.path))
    }
}

/// A running stub facilitator (x402 v1 and v2), which records every exchange.
#[derive(Debug)]
pub struct StubFacilitator {
    peer: Peer,
    log: TempDir,
}

impl StubFacilitator {
    /// One that verifies and settles everything.
    ///
    /// # Panics
    ///
    /// As [`Peer::spawn`].
    pub async fn spawn() -> Self {
        Self::spawn_with(&[]).await
    }

    /// One with more variables: `SETTLE_FAIL=1` refuses every settlement, `VERIFY_FAIL=1` every verification.
    ///
    /// # Panics
    ///
    /// As [`Peer::spawn`].
    pub async fn spawn_with(env: &[(&str, &str)]) -> Self {
        let log = TempDir::new().expect("a folder for the exchange log");
        let file = log.path().join("exchanges.jsonl");
        let mut all = vec![(
            "EXCHANGE_LOG",
            file.to_str()
                .expect("the temporary folder has a UTF-8 name"),
        )];
        all.extend_from_slice(env);
        let peer = Peer::spawn("stub-facilitator.cjs", &all).await;
        Self { peer, log }
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        self.peer.address()
    }

    /// Everything it was asked so far, in order. An exchange is here before its answer has left.
    ///
    /// # Panics
    ///
    /// If the log cannot be read.
    pub fn exchanges(&self) -> Vec<Exchange> {
        let text = match std::fs::read_to_string(self.log.path().join("exchanges.jsonl")) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
            Err(error) => panic!("cannot read the exchange log: {error}"),
        };
        text.lines()
            .map(|line| serde_json::from_str(line).expect("an exchange a line"))
            .collect()
    }

    /// The exchanges with one path.
    ///
    /// # Panics
    ///
    /// If the log cannot be read.
    pub fn calls_to(&self, path: &str) -> Vec<Exchange> {
        self.exchanges()
            .into_iter()
            .filter(|exchange| exchange.path == path)
            .collect()
    }
}
