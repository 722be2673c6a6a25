//! What every engine has to do, as facts that can be asked of it.
//!
//! A fact is an async function that opens the store of a [`Subject`], uses it through its public traits, and panics where
//! the engine does not do what the traits promise. [`store_suite!`](crate::store_suite) makes a test of each.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use x402_tower::store::MemoryStore;
//! use x402_tower::testing::ManualClock;
//! use x402_tower::testing::store_suite::Subject;
//! use x402_tower::{Clock, UnixMillis};
//!
//! /// A fresh store, and the clock of its callers.
//! struct Fresh(Arc<MemoryStore>, ManualClock);
//!
//! impl Fresh {
//!     fn new() -> Self {
//!         Self(Arc::default(), ManualClock::from_secs(1_700_000_000))
//!     }
//! }
//!
//! impl Subject for Fresh {
//!     type Store = MemoryStore;
//!
//!     async fn open(&self) -> Arc<MemoryStore> {
//!         Arc::clone(&self.0)
//!     }
//!
//!     fn now(&self) -> UnixMillis {
//!         self.1.now().unwrap()
//!     }
//!
//!     async fn advance(&self, by: Duration) {
//!         self.1.advance(by);
//!     }
//! }
//!
//! x402_tower::store_suite!(Fresh::new());
//! # fn main() {}
//! ```

pub mod claims;
mod engine;
pub mod ledger;
pub mod signed_payments;
mod subject;
mod tests;

pub use subject::Subject;
