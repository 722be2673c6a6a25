//! The official buyers that run as scripts: one request, paid for, and a report.

use super::program::{cannot_start, command};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

/// How long one paid request may take, the start of the interpreter included.
const CALL_DEADLINE: Duration = Duration::from_secs(90);

/// An official buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Buyer {
    /// `@x402/fetch`: x402 v2, and v1 through `registerV1`.
    FetchV2,
    /// `x402-fetch`: x402 v1 only.
    FetchV1,
    /// The Python SDK on httpx: x402 v1 and v2.
    Httpx,
}

impl Buyer {
    fn script(self) -> &'static str {
        match self {
            Self::FetchV2 => "buyer-fetch-v2.cjs",
            Self::FetchV1 => "buyer-fetch-v1.cjs",
            Self::Httpx => "buyer_httpx.py",
        }
    }
}

/// A header that carries a payment or a receipt, as it was on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PaymentHeader {
    /// Its lower-case name.
    pub header: String,
    /// Its value, byte for byte.
    pub raw: String,
    /// The JSON inside, where the buyer decoded it.
    #[serde(default)]
    pub decoded: Value,
}

impl PaymentHeader {
    /// A header that nobody has decoded.
    #[must_use]
    pub fn new(header: &str, raw: &str) -> Self {
        Self {
            header: header.to_owned(),
            raw: raw.to_owned(),
            decoded: Value::Null,
        }
    }

    /// A header that carries `json`.
    #[must_use]
    pub fn of_json(header: &str, json: &str) -> Self {
        Self::new(header, &STANDARD.encode(json))
    }

    /// The JSON text inside, byte for byte.
    ///
    /// # Panics
    ///
    /// If it is not base64 of UTF-8.
    #[must_use]
    pub fn json_text(&self) -> String {
        let json = STANDARD.decode(&self.raw).expect("base64");
        String::from_utf8(json).expect("UTF-8")
    }
}

/// How a request of a buyer ended.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct ClientReport {
    /// The status of the last response.
    pub status: u16,
    /// Its headers, with lower-case names.
    pub headers: BTreeMap<String, String>,
    /// Its body as text.
    pub body: String,
    /// Its receipt, if it had one.
    pub receipt: Option<PaymentHeader>,
    /// Every payment header that left the buyer, in order.
    pub sent: Vec<PaymentHeader>,
}

/// A buyer gave up: it printed an error instead of a response.
#[derive(Clone, Debug, Deserialize, thiserror::Error)]
#[error("the buyer gave up after {} payment header(s): {error}", sent.len())]
#[non_exhaustive]
pub struct ClientFailure {
    /// What it said.
    pub error: String,
    /// Every payment header that had left it before.
    pub sent: Vec<PaymentHeader>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Printed {
    Report(ClientReport),
    Failure(ClientFailure),
}

/// One request that a buyer is to make.
#[derive(Clone, Debug)]
#[must_use = "a call does nothing until it is run"]
pub struct ClientCall {
    buyer: Buyer,
    url: String,
    method: String,
    body: Option<String>,
    env: Vec<(String, String)>,
}

impl ClientCall {
    /// `POST` to `url` with a small JSON body.
    pub fn new(buyer: Buyer, url: &str) -> Self {
        Self {
            buyer,
            url: url.to_owned(),
            method: "POST".to_owned(),
            body: None,
            env: Vec::new(),
        }
    }

    /// Another method.
    pub fn method(mut self, method: &str) -> Self {
        method.clone_into(&mut self.method);
        self
    }

    /// Another body (JSON).
    pub fn body(mut self, body: &str) -> Self {
        self.body = Some(body.to_owned());
        self
    }

    /// An environment variable of the script (`PAYMENT_ID`: see the README of the scripts).
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Makes the request.
    ///
    /// # Errors
    ///
    /// If the buyer itself gave up.
    ///
    /// # Panics
    ///
    /// If the script cannot be run, does not end before the deadline, or prints something else than its report.
    pub async fn run(self) -> Result<ClientReport, ClientFailure> {
        let script = self.buyer.script();
        let child = command(script)
            .args([&self.url, &self.method])
            .args(&self.body)
            .envs(self.env)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}", cannot_start(script, &error)));
        let output = tokio::time::timeout(CALL_DEADLINE, child.wait_with_output())
            .await
            .unwrap_or_else(|_| panic!("{script} did not end within {CALL_DEADLINE:?}"))
            .unwrap_or_else(|error| panic!("{script} cannot be waited for: {error}"));
        match (
            serde_json::from_slice(&output.stdout),
            output.status.success(),
        ) {
            (Ok(Printed::Report(report)), true) => Ok(report),
            (Ok(Printed::Failure(failure)), false) => Err(failure),
            _ => panic!(
                "{script} ended with {} and no report:\n{}\n{}",
                output.status,
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            ),
        }
    }
}

/// Lets `buyer` make its default request to `url` and pay for it.
///
/// # Errors
///
/// If the buyer itself gave up.
///
/// # Panics
///
/// As [`ClientCall::run`].
pub async fn run_client(buyer: Buyer, url: &str) -> Result<ClientReport, ClientFailure> {
    ClientCall::new(buyer, url).run().await
}
