//! All controls in one layer, in the one safe order.
//!
//! ```text
//!  request ──► Pay ─► Audit ─► Pii ─► Policy ─► Replay ─► Sign ──► transport
//!              402?   opens    redact  rules,    claim     intent, signer, compare, header
//!                     the      block   limits,
//!                     record   warn    reserve
//!  response ◄───────────────── outcome, told to each control in reverse ◄──┘
//! ```
//!
//! [`GuardConfig`] says which controls there are and refuses what cannot be right; [`X402GuardLayer`] runs them.
//! [`PolicyReloader`] puts another policy in force while they run.

mod approvals;
mod assemble;
mod audit_sync;
mod builder;
mod config;
mod error;
mod layer;
mod reload;

pub use builder::GuardConfigBuilder;
pub use config::GuardConfig;
pub use error::ConfigError;
pub use layer::{Paying, Watching, X402GuardLayer};
pub use reload::{FailedReload, PolicyReloader, ReloadError, ReloadStatus};
#[cfg(feature = "watch")]
pub use reload::{PolicyWatch, WatchError, WatchOptions};
