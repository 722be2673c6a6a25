//! The log of this service, which is checked from its first line before anything is added to it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use tokio::sync::oneshot;
use x402_tower::audit::{AuditBreak, AuditBreakKind, AuditKey, AuditLog, SyncPolicy, verify_file};
use x402_tower::policy::PolicyConfig;

use crate::audit::broken;
use crate::fetch::log;
use crate::fetch::state::StateDir;
use crate::serve::error::ServeError;

/// An open log, and whether what was in it is known to be intact.
#[derive(Debug)]
pub(crate) struct CheckedLog {
    pub(crate) log: Arc<AuditLog>,
    path: PathBuf,
    key: AuditKey,
    intact: AtomicBool,
}

impl CheckedLog {
    /// Opens the log. Unless the policy says otherwise, records that come together are brought to the disk together, by a
    /// thread of the log's own: they are as safe, and nobody else's request waits for the disk.
    pub(crate) async fn open(policy: &PolicyConfig, state: &StateDir) -> Result<Self, ServeError> {
        let opened = log::open_kept(policy, state, SyncPolicy::Grouped).await?;
        Ok(Self {
            log: Arc::new(opened.log),
            path: opened.path,
            key: opened.key,
            intact: AtomicBool::new(false),
        })
    }

    /// Whether [`check`](Self::check) has come to its end.
    pub(crate) fn is_intact(&self) -> bool {
        self.intact.load(Ordering::Acquire)
    }

    /// Checks every line, in bounded memory, on a thread that nobody has to wait for.
    pub(crate) async fn check(&self) -> Result<(), ServeError> {
        let (path, key) = (self.path.clone(), self.key.clone());
        let (tell, told) = oneshot::channel();
        tracing::info!(path = %path.display(), "checks the audit log");
        thread::Builder::new()
            .name("x402-audit-check".to_owned())
            .spawn(move || {
                // Whoever asked may have been told to stop meanwhile.
                let _unheard = tell.send(found(verify_file(path, &key).map(|log| log.records)));
            })
            .map_err(ServeError::Runtime)?;
        let broken_off = || ServeError::Runtime(std::io::Error::other("the check broke off"));
        let checked = told.await.map_err(|_| broken_off())?;
        let records = checked.map_err(|found| ServeError::Log {
            path: self.path.clone(),
            problem: broken(&found),
        })?;
        tracing::info!(records, "the audit log is intact");
        self.intact.store(true, Ordering::Release);
        Ok(())
    }
}

/// A line that a crash cut short was set aside when the log was opened, and is on record with the next one.
fn found(checked: Result<u64, AuditBreak>) -> Result<u64, AuditBreak> {
    match checked {
        Err(found) if matches!(found.kind, AuditBreakKind::TornLastLine { .. }) => {
            Ok(found.line.saturating_sub(1))
        }
        checked => checked,
    }
}
