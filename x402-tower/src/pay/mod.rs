//! 402 → choose → check → sign → compare → send.
//!
//! 1. The challenge is read under a cap and a deadline; what is malformed, redirected from elsewhere or about another
//!    resource is denied.
//! 2. The cheapest offer that the controls would allow and the signer can pay is chosen.
//! 3. Every control decides on it; then the intent is journalled.
//! 4. The [`Signer`] is given an [`Approved`] payment, and what it makes is compared with it.
//! 5. The payment counts as spent, and leaves.
//! 6. Whatever comes back, also another 402, is an outcome.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! use std::convert::Infallible;
//!
//! use bytes::Bytes;
//! use http::{Request, Response};
//! use http_body_util::Full;
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//! use x402_tower::policy::{PolicyConfig, PolicyControl, PolicyLayer, Rules};
//! use x402_tower::{
//!     Approved, ControlKind, Denial, PayLayer, PaymentRecord, Requirement, SignLayer, SignedPayment,
//!     Signer, SignerError, Step, Terms,
//! };
//!
//! # use base64::prelude::{BASE64_STANDARD, Engine};
//! # fn challenge(amount: &str) -> String {
//! #     BASE64_STANDARD.encode(format!(r#"{{"x402Version":2,"accepts":[{{"scheme":"exact",
//! #         "network":"eip155:8453","amount":"{amount}","asset":"0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913",
//! #         "payTo":"0x{}","maxTimeoutSeconds":60}}]}}"#, "22".repeat(20)))
//! # }
//! /// A seller: a cent for the report, a quarter of a dollar for the archive.
//! async fn seller(request: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, Infallible> {
//!     if request.headers().contains_key("payment-signature") {
//!         return Ok(Response::new("here you are".into()));
//!     }
//!     let amount = if request.uri().path() == "/report" { "10000" } else { "250000" };
//!     let response = Response::builder().status(402).header("payment-required", challenge(amount));
//!     Ok(response.body(Full::default()).unwrap())
//! }
//!
//! /// A signer of your own: a key service, a wallet. `evm::LocalEvmSigner` is one that is here.
//! #[derive(Debug)]
//! struct Wallet;
//!
//! impl Signer for Wallet {
//!     fn can_sign(&self, _: &Requirement, terms: &Terms) -> bool {
//!         terms.scheme == "exact"
//!     }
//!
//!     fn sign<'a>(&'a self, approved: &'a Approved<'a>) -> Step<'a, Result<SignedPayment, SignerError>> {
//!         let (terms, until) = (approved.terms(), approved.valid_before());
//!         let payload = format!(
//!             r#"{{"signature":"0x{signature}","authorization":{{"from":"0x{payer}","to":"{to}",
//!                "value":"{value}","validAfter":"0","validBefore":"{until}","nonce":"0x{nonce}"}}}}"#,
//!             signature = "33".repeat(65),
//!             payer = "11".repeat(20),
//!             to = terms.pay_to,
//!             value = terms.amount,
//!             nonce = "44".repeat(32),
//!         );
//!         Step::ready(SignedPayment::compose(approved, &payload))
//!     }
//! }
//!
//! let policy = PolicyConfig::from_toml("max_per_call_usd = 0.10", "policy.toml")?;
//! let client = ServiceBuilder::new()
//!     .layer(PayLayer::new())
//!     .layer(PolicyLayer::new(PolicyControl::new(Rules::compile(&policy)?)))
//!     .layer(
//!         SignLayer::new(Wallet)
//!             .without(ControlKind::Audit)
//!             .without(ControlKind::Pii)
//!             .without(ControlKind::Replay),
//!     )
//!     .service(service_fn(seller));
//!
//! let report = Request::get("https://seller.example/report").body(Full::default())?;
//! let bought = client.clone().oneshot(report).await?;
//! assert_eq!(bought.status(), 200);
//! assert_eq!(bought.extensions().get::<PaymentRecord>().unwrap().terms().amount.to_string(), "10000");
//!
//! let archive = Request::get("https://seller.example/archive").body(Full::default())?;
//! let refused = client.clone().oneshot(archive).await?;
//! assert_eq!(refused.extensions().get::<Denial>().unwrap().code(), "policy.per_call");
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod answered;
mod begin;
mod choose;
mod compare;
mod kept;
mod layer;
mod mode;
mod payer;
mod reserved;
mod service;
mod sign;
mod sign_future;
mod signature;
mod signer;

pub use answer::{Answer, AnsweringUri, check_answering_origin};
pub use answered::{Answered, StoredReceipt};
pub use kept::{MAX_REPLAY_BODY_BYTES, body_not_replayable};
pub use layer::PayLayer;
pub use payer::Payer;
pub use reserved::ReservedPayment;
pub use service::PayService;
pub use sign::{SignLayer, SignService};
pub use sign_future::SignFuture;
pub use signer::{Approved, SignedPayment, Signer, SignerError};
