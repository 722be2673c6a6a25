//! Test doubles for services, signers and controls that are guarded by this crate.
//!
//! | double | stands for | asserts |
//! |---|---|---|
//! | [`ManualClock`] | the clock | windows and expiries without waiting |
//! | [`RecordingSigner`] | the key | how often, and for what, a signature was asked for |
//! | [`ScriptedSeller`] | the server | what it was sent, under a script of answers |
//! | [`ScriptedStore`] | a store | what happens when it is late, hangs or fails |
//! | [`RecordingControl`] | a control | what it was told, in which order |
//! | [`ServiceProbe`] | any inner service | that `call` only follows a ready `poll_ready` |
//! | `RedisServer` (feature `redis`) | nothing: it is a real one | what a store does when it is stopped, paused, killed |
//!
//! [`store_suite`] puts engines to the test.
//!
//! None of them sleeps, and none but the server needs a network. They fail loudly where a test itself is wrong.
//!
//! ```
//! use std::sync::Arc;
//!
//! use bytes::Bytes;
//! use http::Request;
//! use http_body_util::Full;
//! use tower::ServiceExt;
//! use x402_tower::pay::{PayService, Payer};
//! use x402_tower::testing::{Offer, RecordingSigner, ScriptedChallenge, ScriptedSeller};
//! use x402_tower::{Chain, Context, PaymentRecord};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! let url = "https://api.example.com/report";
//! let seller = ScriptedSeller::new()
//!     .challenge(&ScriptedChallenge::v2(url, [Offer::usdc(10_000)]))
//!     .settle();
//! let signer = RecordingSigner::new();
//! let payer = Payer::new(Chain::new(vec![]).unwrap(), Context::buyer(), Arc::new(signer.clone()));
//!
//! let request = Request::get(url).body(Full::<Bytes>::default()).unwrap();
//! let response = PayService::with_payer(seller.clone(), payer).oneshot(request).await.unwrap();
//!
//! let paid = response.extensions().get::<PaymentRecord>().unwrap();
//! assert_eq!(paid.outcome().as_str(), "settled");
//! assert_eq!(signer.count(), 1);
//! assert_eq!(seller.requests().len(), 2);
//! # });
//! ```

mod body;
mod clock;
mod control;
mod offer;
mod probe;
#[cfg(feature = "redis")]
mod redis_server;
mod response;
mod scripted_store;
mod seller;
mod signer;
pub mod store_suite;

pub use body::{BodyBroken, ScriptedBody};
pub use clock::ManualClock;
pub use control::{ControlStep, RecordingControl, Transcript};
pub use offer::{Offer, ScriptedChallenge};
pub use probe::{ProbeFuture, ServiceProbe, StatefulInner};
#[cfg(feature = "redis")]
pub use redis_server::RedisServer;
pub use response::{rejection_for, settlement_for};
pub use scripted_store::{ScriptedStore, StoreConduct};
pub use seller::{ScriptedSeller, SeenRequest, SellerError};
pub use signer::{RecordingSigner, SignerCall, SigningDomain, Tamper};

/// Whoever the [`RecordingSigner`] signs for: the example payer of the x402 v2 specification.
pub const PAYER: &str = "0x857b06519E91e3A54538791bDbb0E22373e36b66";

/// Whoever an [`Offer`] pays unless it says otherwise: the example recipient of the x402 v2 specification.
pub const SELLER: &str = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

/// USDC on Base mainnet.
pub const USDC_BASE: &str = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913";
