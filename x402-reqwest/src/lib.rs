//! The `x402-tower` controls around `reqwest`: a client that pays [x402](https://www.x402.org) challenges, and only
//! those that its controls allow.
//!
//! Nothing here decides about money. The controls, the signer and the reading of challenges are those of
//! [`x402_tower`]; this crate carries them into [`reqwest`] and [`reqwest_middleware`].
//!
//! | use | for |
//! |---|---|
//! | [`GuardedClient`] | a client of its own, with redirects in hand |
//! | [`GuardMiddleware`] | a middleware stack that exists, with retries or tracing outside |
//! | [`FacilitatorMiddleware`] | the client that a seller calls `/verify` and `/settle` with |
//! | [`X402Error`] | the one error of both: why nothing was paid, or that nobody knows how it ended |
//! | [`payment_record`] | what was paid for a response |
//!
//! # One payment allowed, one refused
//!
//! ```
//! # mod seller {
//! #     use axum::{body::Body, extract::Request, http::Response};
//! #     use base64::{Engine, engine::general_purpose::STANDARD};
//! #
//! #     /// Asks a cent for the report and five dollars for everything else.
//! #     pub async fn start() -> std::io::Result<String> {
//! #         let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! #         let origin = format!("http://{}", listener.local_addr()?);
//! #         let own = origin.clone();
//! #         let app = axum::Router::new().fallback(move |request: Request| std::future::ready(answer(&own, &request)));
//! #         tokio::spawn(async move { axum::serve(listener, app).await });
//! #         Ok(origin)
//! #     }
//! #
//! #     fn answer(origin: &str, request: &Request) -> Response<Body> {
//! #         if request.headers().contains_key("payment-signature") {
//! #             let receipt = r#"{"success":true,"transaction":"0xabababababababababababababababababababababababababababababababab","network":"eip155:84532"}"#;
//! #             let paid = Response::builder().header("payment-response", STANDARD.encode(receipt));
//! #             return paid.body(Body::from("the report")).unwrap();
//! #         }
//! #         let path = request.uri().path();
//! #         let amount = if path == "/report" { "10000" } else { "5000000" };
//! #         let challenge = format!(
//! #             r#"{{"x402Version":2,"resource":{{"url":"{origin}{path}"}},"accepts":[{{"scheme":"exact","network":"eip155:84532","amount":"{amount}","asset":"0x036CbD53842c5426634e7929541eC2318f3dCF7e","payTo":"0x209693Bc6afc0C5328bA36FaF03C514EF312287C","maxTimeoutSeconds":60,"extra":{{"name":"USDC","version":"2"}}}}]}}"#
//! #         );
//! #         let asks = Response::builder().status(402).header("payment-required", STANDARD.encode(challenge));
//! #         asks.body(Body::empty()).unwrap()
//! #     }
//! # }
//! use x402_tower::evm::LocalEvmSigner;
//! use x402_tower::guard::GuardConfig;
//! use x402_tower::policy::PolicyConfig;
//! use x402_tower_reqwest::{GuardedClient, payment_record, reqwest};
//!
//! # const KEY: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"; // anvil's first account
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! # let seller = seller::start().await?;
//! let policy = PolicyConfig::from_toml("max_per_call_usd = 0.10\ndaily_limit_usd = 5.00", "policy.toml")?;
//! let client = GuardedClient::builder(reqwest::Client::builder())
//!     .guard(&GuardConfig::buyer().policy(policy).build()?)
//!     .signer(LocalEvmSigner::from_hex(KEY)?)
//!     .build()?;
//!
//! // A cent is within the policy.
//! let response = client.get(format!("{seller}/report")).send().await?;
//! assert_eq!(payment_record(&response).unwrap().outcome().as_str(), "settled");
//! assert_eq!(response.text().await?, "the report");
//!
//! // Five dollars are not: nothing was signed.
//! let refused = client.get(format!("{seller}/yacht")).send().await.unwrap_err();
//! assert!(refused.is_policy_violation());
//! assert_eq!(refused.code(), "policy.per_call");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! # What it promises
//!
//! - **A logical request is paid at most once.** A 402 after the payment is an answer and not another challenge; a retry
//!   outside that comes back after a payment is refused ([`GuardMiddleware`] says how that is told).
//! - **A payment never follows a redirect.** [`GuardedClient`] follows redirects itself, and only those of unpaid GET and
//!   HEAD requests within one origin.
//! - **A payment that may have left counts.** When the connection breaks after that, the error is
//!   [`X402Error::OutcomeUnknown`]; when the caller drops the future, the controls are told so.
//! - **A body that cannot be sent again is not paid for**, which is found out before anything is signed.
//! - **Challenges are read under a cap and a deadline**, counted after decompression.
//!
//! # In a middleware stack that exists
//!
//! ```
//! use x402_tower::guard::GuardConfig;
//! use x402_tower::policy::PolicyConfig;
//! use x402_tower_reqwest::{GuardMiddleware, X402Error, reqwest, reqwest_middleware};
//!
//! # use x402_tower::pay::Signer;
//! # fn build(signer: impl Signer) -> Result<reqwest_middleware::ClientWithMiddleware, Box<dyn std::error::Error>> {
//! let guard = GuardConfig::buyer().policy(PolicyConfig::load("policy.toml")?).build()?;
//! let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
//! let client = reqwest_middleware::ClientBuilder::new(http)
//!     // retries, tracing and whatever else come first, the guard last
//!     .with(GuardMiddleware::new(guard.payer(signer)?))
//!     .build();
//! # Ok(client)
//! # }
//!
//! fn explain(error: &reqwest_middleware::Error) -> String {
//!     match X402Error::from_middleware(error) {
//!         Some(refused) => format!("{}: {refused}", refused.code()),
//!         None => error.to_string(),
//!     }
//! }
//! ```

mod builder;
mod client;
mod error;
mod facilitator;
mod kept;
mod middleware;
mod outgoing;
mod redirect;
mod request;

pub use builder::{BuildError, GuardedClientBuilder};
pub use client::GuardedClient;
pub use error::X402Error;
pub use facilitator::FacilitatorMiddleware;
pub use middleware::GuardMiddleware;
pub use request::GuardedRequestBuilder;

pub use reqwest;
pub use reqwest_middleware;

use x402_tower::PaymentRecord;

/// What was paid for this response and how it ended; `None` where nothing was.
#[must_use]
pub fn payment_record(response: &reqwest::Response) -> Option<&PaymentRecord> {
    response.extensions().get()
}

/// The project's first page is true.
#[doc = include_str!("../../README.md")]
#[cfg(doctest)]
struct ReadmeDoctests;
