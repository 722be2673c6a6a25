//! A record of every decision, which shows when somebody changed it.
//!
//! A log is a file of JSON lines. Each line carries a sequence number, the HMAC-SHA256 of the line before,
//! and its own, over all of its bytes up to there. Whoever has the key can tell, at the exact line, that a
//! record was edited, removed, reordered, repeated or put in.
//!
//! 1. **Written or not paid.** A record that cannot be written is an error, and the chain stays where it
//!    was; behind the next one that can be stands how many were not. If part of a line can have been written,
//!    the log takes nothing more until it is opened again.
//! 2. **One chain over restarts.** Opening a log verifies its last line and goes on from there. A line that a
//!    crash cut short is set aside, and the chain records how long it was and what it hashed to.
//! 3. **One line stays one line.** Lines are printable ASCII; line breaks, terminal escapes and characters
//!    that turn the reading direction are escaped, wherever they came from.
//! 4. **One chain for all writers.** A file belongs to one process as long as it is open, or is shared by processes that
//!    take turns ([`FileSink::open_shared`]). Each opening has a random id, which is the `writer` of its records.
//! 5. **One record, one spelling.** Fields stand in one order, without space between them; those that are not known are
//!    left out; amounts are exact decimals in quotes, all other numbers whole; lists and counts are never empty. The seal
//!    is over the line's bytes up to `,"entry_hmac"`, so that a check needs no JSON reader.
//!
//! # What shows, and what does not
//!
//! | somebody who can write the file, and | shows |
//! |---|---|
//! | edits, removes, reorders, repeats or puts in a line | at that line |
//! | cuts the end off, within a line or between two | the head file says how many records are missing |
//! | cuts the end off and deletes or edits the head file | the head file is missing or broken |
//! | puts back an older copy of both the log and its head file | **no**, unless somebody keeps an [`AuditHead`] elsewhere: [`verify_file_with_head`] |
//! | has the key, and writes the log anew | **no**, unless somebody keeps an [`AuditHead`] elsewhere |
//! | continues an old copy and puts the two together | as a fork, at the first record that is there twice |
//!
//! A log that is not synced ([`SyncPolicy::Never`]) keeps its head after every 64th record and on closing: of what a
//! process wrote that was killed, up to 63 records can be cut off unseen. After a power cut it may have lost its end
//! for real, and then says so.
//!
//! An intent without an outcome is no break: a payment that a crash cut short, or that is under way. The summary names it
//! ([`AuditSummary::dangling_intents`]), until a [reconciliation](crate::reconcile) has found out what became of it.
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

mod broken;
mod chain;
mod channel;
mod commit;
mod continued;
mod control;
mod error;
mod event;
mod file;
mod head;
mod key;
mod layer;
mod line;
mod log;
mod place;
mod record;
mod sink;
mod summary;
mod text;
mod verify;
mod view;

#[cfg(test)]
mod tests;

pub use broken::{AuditBreak, AuditBreakKind};
pub use channel::{AuditLines, ChannelSink};
pub use commit::Commit;
pub use control::AuditControl;
pub use error::AuditError;
pub use event::AuditEventType;
pub use file::{FileSink, SyncPolicy, SyncPolicyError};
pub use head::{AuditHead, AuditHeadError, HeadSeal};
pub use key::AuditKey;
pub use layer::AuditLayer;
pub use line::MAX_LINE_BYTES;
pub use log::AuditLog;
pub use record::{AuditRecord, MAX_LIST_ENTRIES, MAX_PII_ENTITIES};
pub use sink::{AuditSink, KeptHead, NullSink, SinkTail, StreamSink, TornTail};
pub use summary::{AuditSummary, DanglingIntent, MAX_OPEN_INTENTS, MAX_WRITERS};
pub use verify::{verify, verify_each, verify_file, verify_file_with_head, verify_with_head};
