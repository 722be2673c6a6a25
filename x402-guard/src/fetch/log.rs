//! The audit log that a run writes to.

use std::path::{Path, PathBuf};
use std::time::Duration;

use x402_tower::audit::{AuditError, AuditKey, AuditLog, FileSink, SyncPolicy};
use x402_tower::policy::PolicyConfig;

use crate::fetch::error::SetupError;
use crate::fetch::state::StateDir;
use crate::shown::note;

/// How long a run waits for a process that keeps the log to itself, in seconds.
pub(crate) const LOCK_WAIT_SECONDS: u32 = 10;

const TRIES_PER_SECOND: u32 = 10;

/// Opens the log that the policy names, else the state directory's.
pub(crate) async fn open(policy: &PolicyConfig, state: &StateDir) -> Result<AuditLog, SetupError> {
    let opened = open_kept(policy, state, SyncPolicy::default()).await?;
    Ok(opened.log)
}

/// A log, and what it is checked with.
pub(crate) struct Opened {
    pub(crate) log: AuditLog,
    pub(crate) path: PathBuf,
    pub(crate) key: AuditKey,
}

/// As [`open`], brought to the disk as `usual` where the policy says nothing. Its key is in the environment, or in a file
/// that is made where it is missing.
pub(crate) async fn open_kept(
    policy: &PolicyConfig,
    state: &StateDir,
    usual: SyncPolicy,
) -> Result<Opened, SetupError> {
    let named = policy.audit.as_ref().and_then(|audit| audit.path.as_ref());
    let (path, key_path) = match named {
        Some(path) => (PathBuf::from(path), PathBuf::from(format!("{path}.key"))),
        None => (state.audit_log(), state.audit_key()),
    };
    let key = match AuditKey::from_env().map_err(SetupError::ChainKey)? {
        Some(key) => key,
        None => {
            let is_new = !key_path.exists();
            let key = AuditKey::load_or_create(&key_path).map_err(|source| SetupError::Audit {
                path: key_path.clone(),
                source,
            })?;
            if is_new {
                note(format_args!(
                    "made the log's key, {}; whoever can read it can write the log anew: to be safe from that, keep a key \
                     elsewhere and give it in X402_CHAIN_KEY",
                    key_path.display()
                ));
            }
            key
        }
    };
    let sync = policy.audit.as_ref().and_then(|audit| audit.sync);
    let sink = lock(&path, sync.map_or(usual, SyncPolicy::from)).await?;
    match AuditLog::open(sink, &key) {
        Ok(log) => Ok(Opened { log, path, key }),
        Err(source) => Err(SetupError::Audit { path, source }),
    }
}

/// Opens the file to share it with other runs, as soon as nobody keeps it to themselves.
async fn lock(path: &Path, sync: SyncPolicy) -> Result<FileSink, SetupError> {
    for attempt in 0..=LOCK_WAIT_SECONDS.saturating_mul(TRIES_PER_SECOND) {
        match FileSink::open_shared(path, sync) {
            Ok(sink) => return Ok(sink),
            Err(AuditError::Locked { .. }) => {}
            Err(source) => {
                return Err(SetupError::Audit {
                    path: path.to_owned(),
                    source,
                });
            }
        }
        if attempt == 0 {
            note(format_args!(
                "waiting for a process that keeps {} to itself",
                path.display()
            ));
        }
        tokio::time::sleep(Duration::from_secs(1) / TRIES_PER_SECOND).await;
    }
    Err(SetupError::Busy {
        path: path.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_log_that_stays_in_use_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        let held = FileSink::open(&path).unwrap();
        let error = lock(&path, SyncPolicy::default()).await.unwrap_err();
        assert!(matches!(error, SetupError::Busy { .. }));
        assert!(error.to_string().contains("--state-dir"));
        drop(held);
        assert!(lock(&path, SyncPolicy::default()).await.is_ok());
    }
}
