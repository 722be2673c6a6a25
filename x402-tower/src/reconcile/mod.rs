//! Finding out what became of payments of which nobody knows it.
//!
//! A payment whose signature may have left stays counted until it is known where the money went. A [`Reconciler`] looks at
//! what a [`Ledger`](crate::store::Ledger) has open, asks a [`SettlementOracle`] about each, and settles or releases what
//! can be known:
//!
//! | the chain says | and | the payment |
//! |---|---|---|
//! | used | | is settled: it stays counted, and is open no longer |
//! | unused | its `validBefore` and the [skew](Reconciler::skew) have passed | is released: it counts no longer |
//! | unused | it could still be settled | stays as it is (attack 74) |
//! | nothing, or nobody was asked | | stays counted, until it has left its windows |
//!
//! An oracle that errs, is late or does not know changes nothing. What a server says is no oracle: it is the one who would
//! gain. Where nothing can be asked, a person can look the payment up and [say what they found](Reconciler::resolve).
//!
//! Every resolution is on record as [`PAYMENT_RESOLVED`](crate::audit::AuditEventType::PaymentResolved) before the ledger
//! is changed, and is not made where it cannot be written. Dropping a reconciliation at any point, killing the process or
//! running several at once frees nothing that is not on record and nothing twice; the next run looks again at what was not
//! finished.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use x402_tower::reconcile::Reconciler;
//! use x402_tower::store::MemoryStore;
//! use x402_tower::{Clock, SystemClock};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! let store = Arc::new(MemoryStore::new()); // the one that the guard counts in
//! let reconciler = Reconciler::new(store.clone(), Arc::new(SystemClock::new()))
//!     .with_signed_payments(store)
//!     .skew(Duration::from_secs(60));
//!
//! assert_eq!(reconciler.run_once().await?.looked, 0);
//! let background = tokio::spawn(reconciler.run_every(Duration::from_secs(60)));
//! # background.abort();
//! # Ok::<(), x402_tower::reconcile::ReconcileError>(()) }).unwrap();
//! ```

mod error;
mod oracle;
mod reconciler;
mod report;
mod resolving;
mod verdict;

pub use error::ReconcileError;
pub use oracle::{OracleError, Settlement, SettlementOracle};
pub use reconciler::Reconciler;
pub use report::ReconcileReport;
pub use verdict::{OperatorVerdict, VerdictError};
