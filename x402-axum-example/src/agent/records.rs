//! Where the agent's audit log is.

use std::path::{Path, PathBuf};

use serde_json::Value;
use x402_tower::audit::{AuditBreak, AuditError, AuditKey, AuditSummary, FileSink, verify_file};

use crate::Failure;

/// A folder with an audit log and its key. It stays when the program ends, so that people can look at it.
#[derive(Debug)]
pub(crate) struct Records {
    folder: PathBuf,
    log: PathBuf,
    key: AuditKey,
}

impl Records {
    /// A new folder among the temporary files, open to its owner alone.
    pub(super) fn create() -> Result<Self, Failure> {
        let folder = tempfile::Builder::new()
            .prefix("x402-axum-example-")
            .tempdir()?
            .keep();
        Ok(Self {
            log: folder.join("audit.jsonl"),
            key: AuditKey::load_or_create(folder.join("audit.key"))?,
            folder,
        })
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn sink(&self) -> Result<FileSink, AuditError> {
        FileSink::open(&self.log)
    }

    pub(super) fn key(&self) -> &AuditKey {
        &self.key
    }

    /// The log's file.
    pub(crate) fn path(&self) -> &Path {
        &self.log
    }

    /// The revision of the policy that the last decision on record was made by.
    pub(crate) fn last_revision(&self) -> Result<Option<String>, Failure> {
        let written = std::fs::read_to_string(&self.log)?;
        let last: Value = serde_json::from_str(written.lines().last().ok_or("the log is empty")?)?;
        let revision = last.get("policy_revision").and_then(Value::as_str);
        Ok(revision.map(str::to_owned))
    }

    /// Checks the whole log from its first line to its last.
    pub(crate) fn verify(&self) -> Result<AuditSummary, AuditBreak> {
        verify_file(&self.log, &self.key)
    }
}
