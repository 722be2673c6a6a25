//! A record of every decision, which shows when somebody changed it.
//!
//! A log is a file of JSON lines. Each line carries a sequence number, the HMAC-SHA256 of the line before,
//! and its own, over all of its bytes up to there. Whoever has the key can tell, at the exact line, that a
//! record was edited, removed, reordered, repeated or put in.
//!
//! 1. **Written or not paid.** A record that cannot be written is an error, and the chain stays where it
//!    was. If part of a line can have been written, the log takes nothing more until it is opened again.
//! 2. **One chain over restarts.** Opening a log verifies its last line and goes on from there. A line that a
//!    crash cut short is set aside, and the chain records how long it was and what it hashed to.
//! 3. **One line stays one line.** Lines are printable ASCII; line breaks, terminal escapes and characters
//!    that turn the reading direction are escaped, wherever they came from.
//! 4. **One writer.** A file is locked as long as it is open, and each opening has a random id.
//!
//! **What a chain cannot show.** That its end is missing, unless somebody keeps a [`AuditHead`] elsewhere; and
//! that all of it was written anew by somebody who has the key.
//!
//! ```
//! use x402_tower::audit::{
//!     AuditBreakKind, AuditEventType, AuditKey, AuditLog, AuditRecord, FileSink, verify, verify_file,
//! };
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("audit.jsonl");
//! let key = AuditKey::load_or_create(folder.path().join("audit.key"))?;
//!
//! let log = AuditLog::open(FileSink::open(&path)?, &key)?;
//! let intent = AuditRecord::new(AuditEventType::PaymentIntent, 1_767_225_600_000)
//!     .decision_id("d-1")
//!     .resource_url("https://api.example.com/report")
//!     .amount_usd_micros(10_000);
//! assert_eq!(log.write(&intent)?, 1);
//! let settled = AuditRecord::new(AuditEventType::PaymentAllowed, 1_767_225_600_250).decision_id("d-1");
//! assert_eq!(log.write(&settled)?, 2);
//!
//! // An intact log adds up.
//! let summary = verify_file(&path, &key)?;
//! assert_eq!(summary.count(AuditEventType::PaymentAllowed), 1);
//! assert!(summary.dangling_intents.is_empty());
//!
//! // A cent more is noticed, at its line.
//! let forged = std::fs::read_to_string(&path)?.replace(r#""amount_usd":"0.01""#, r#""amount_usd":"0.02""#);
//! let found = verify(forged.as_bytes(), &key).unwrap_err();
//! assert_eq!(found.line, 1);
//! assert!(matches!(found.kind, AuditBreakKind::Edited));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod chain;
mod control;
mod error;
mod event;
mod file;
mod head;
mod key;
mod layer;
mod line;
mod log;
mod record;
mod sink;
mod summary;
mod text;
mod verify;
mod view;

#[cfg(test)]
mod tests;

pub use control::AuditControl;
pub use error::AuditError;
pub use event::AuditEventType;
pub use file::{FileSink, SyncPolicy};
pub use head::{AuditHead, AuditHeadError};
pub use key::AuditKey;
pub use layer::AuditLayer;
pub use line::MAX_LINE_BYTES;
pub use log::AuditLog;
pub use record::{AuditRecord, MAX_LIST_ENTRIES, MAX_PII_ENTITIES};
pub use sink::{AuditSink, NullSink, SinkTail, StreamSink, TornTail};
pub use summary::{AuditSummary, DanglingIntent, MAX_OPEN_INTENTS};
pub use verify::{AuditBreak, AuditBreakKind, verify, verify_file, verify_with_head};
