//! Composable [`tower`](https://docs.rs/tower) layers that guard [x402](https://www.x402.org) payments.
//!
//! x402 lets a server answer `402 Payment Required` and an agent pay by signing a stablecoin authorization and asking
//! again. Nothing in the protocol stops the agent from leaking personal data, overspending, paying twice, paying the
//! wrong party or leaving no record. These layers do, around any HTTP service that speaks x402 v1 or v2.
//!
//! | layer | does | module |
//! |---|---|---|
//! | [`X402GuardLayer`] | all of the below, in order, in one service | [`guard`] |
//! | [`PayLayer`] | answers 402s: reads the challenge, chooses, opens the payment | [`pay`] |
//! | [`EgressLayer`](egress::EgressLayer) | screens the agent's own requests before they leave | [`egress`] |
//! | [`AuditLayer`](audit::AuditLayer) | writes the intent before a signature exists, and the outcome after | [`audit`] |
//! | [`PiiLayer`](pii::PiiLayer) | redacts, blocks or reports personal data | [`pii`] |
//! | [`PolicyLayer`](policy::PolicyLayer) | allowlists, limits, money set aside before it is spent | [`policy`] |
//! | [`ReplayLayer`](replay::ReplayLayer) | lets each payment happen once | [`replay`] |
//! | [`MpaLayer`] | asks n of m approvers about large payments | [`mpa`] |
//! | [`SignLayer`] | signs what has passed all of them, and compares what was signed | [`pay`] |
//! | [`FacilitatorGuardLayer`] | screens and binds what a seller sends to its facilitator | [`facilitator`] |
//!
//! They stand in four positions: around a client whose payments our [`Signer`] makes, around a client whose payments
//! somebody else signs (an official SDK, another crate), around a service that sells, and around the client that a seller
//! calls its facilitator with. In each, a request without a payment passes through in place, without an allocation, a box
//! or a lock.
//!
//! A refusal is an `application/problem+json` response with a stable code and the typed [`Denial`] in its extensions; a
//! payment that was made leaves its [`PaymentRecord`] there. The errors of the service inside pass through untouched.
//!
//! # What holds
//!
//! 1. Controls decide on the offer before anything is signed; after signing, the very bytes that would leave are compared
//!    with what was decided.
//! 2. Rules look at the URL that was requested, never at what the challenge says of itself.
//! 3. A signature that may have left counts as spent, whatever the server says next.
//! 4. A store that does not answer, an asset nobody priced, an amount that is not plain digits, a clock that is missing:
//!    each denies, with a reason.
//! 5. Money is integers, from the wire to the limit.
//!
//! What became of a payment that may have been settled is found out by [`reconcile`], from its chain and never from a server.
//!
//! # Features
//!
//! | name | what it adds | default |
//! |---|---|---|
//! | `evm` | `evm::LocalEvmSigner` for EIP-3009 over any `alloy_signer::Signer`; digests and recovery | no |
//! | `evm-oracle` | `evm::JsonRpcOracle`: asks EVM nodes what became of payments, for [`reconcile`] | no |
//! | `x402-rs` | `x402_rs::SchemeClientSigner`: x402-rs' scheme clients as signers | no |
//! | `otel` | `telemetry::otel_layer`: spans as OpenTelemetry traces | no |
//! | `webhook` | `mpa::HttpWebhooks`: asks approvers over HTTP, with rustls | no |
//! | `watch` | `guard::PolicyReloader::watch`: loads the policy file again when it changes | no |
//! | `sqlite` | `store::SqliteStore`: state that outlives its process and is shared on one machine, in a file | no |
//! | `redis` | `store::RedisStore`: state that many machines share, in Redis or Valkey | no |
//! | `schema` | `policy::json_schema`: the JSON Schema of policy files | no |
//! | `failpoints` | `failpoints`: points of the flow at which tests kill the process; for tests only | no |
//! | `testing` | `testing`: a manual clock, a recording signer, a scripted seller, a contract probe | no |
//!
//! Reading a body under its deadline (a challenge's, a screened request's), and waiting for approvals or for another caller of
//! the same request, needs a tokio runtime with its timer enabled.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[macro_use]
mod failpoint;

pub mod address;
pub mod assets;
pub mod audit;
mod byte_scan;
pub mod chain;
pub mod clock;
pub mod context;
pub mod control;
pub mod denial;
mod digest;
pub mod egress;
#[cfg(feature = "evm")]
pub mod evm;
pub mod facilitator;
#[cfg(feature = "failpoints")]
pub mod failpoints;
mod file_lock;
mod fingerprint_key;
mod flight;
pub mod guard;
pub mod idempotency;
mod key_file;
pub mod money;
pub mod mpa;
pub mod network;
mod offers;
pub mod outgoing;
pub mod pay;
pub mod payment;
pub mod pii;
pub mod policy;
mod private_file;
pub mod reconcile;
pub mod replay;
mod requested_url;
pub mod screening;
mod secret_text;
pub mod service;
mod settlement;
pub mod shadow;
pub mod step;
pub mod store;
pub mod telemetry;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod unwind;
pub mod wire;
#[cfg(feature = "x402-rs")]
pub mod x402_rs;

pub use address::{Address, AddressError};
pub use assets::AssetTable;
pub use chain::{Chain, OrderError};
pub use clock::{Clock, SystemClock, UnixMillis};
pub use context::{Context, ResourceMatch};
pub use control::{Control, ControlKind, Mode};
pub use denial::{Denial, DenialKind};
pub use facilitator::FacilitatorGuardLayer;
pub use guard::{ConfigError, GuardConfig, PolicyReloader, X402GuardLayer};
pub use idempotency::{Idempotency, SealingKey, SettledRepeat};
pub use money::{AmountError, AtomicAmount, Usd, UsdError};
pub use mpa::MpaLayer;
pub use network::{ChainId, NetworkError};
pub use pay::{Approved, PayLayer, SignLayer, SignedPayment, Signer, SignerError};
pub use payment::{AgentId, Exchange, Outcome, Payment, PaymentId, PaymentRecord, Position, Terms};
pub use private_file::PrivateFileError;
pub use screening::{Purpose, Screening};
pub use service::{ControlService, GuardBody, Prepared};
pub use shadow::Shadow;
pub use step::Step;
pub use wire::{Challenge, Receipt, Requirement};
