//! What a buyer leaves on disk, for its next process and for the test.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use x402_tower::audit::{AuditKey, AuditLog, AuditSummary, FileSink, SyncPolicy, verify_file};

/// An audit key; nothing secret is under it.
const KEY: [u8; 32] = *b"the key of buyers that are kille";

/// A signature that was made: whatever became of it, somebody may have it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Signature {
    pub(crate) url: String,
    /// When it was made, and from when on it cannot be settled any more: Unix seconds by the buyer's clock.
    pub(crate) made: u64,
    pub(crate) ends: u64,
}

/// The folder of one buyer, through all of its processes.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.0.path().to_owned()
    }

    /// Every signature that was made, in order.
    pub(crate) fn signatures(&self) -> Vec<Signature> {
        let lines = std::fs::read_to_string(signatures(self.0.path())).unwrap_or_default();
        let lines = lines.lines().map(serde_json::from_str);
        lines.collect::<Result<_, _>>().unwrap()
    }

    /// What the audit log holds, which is not broken.
    pub(crate) fn verify(&self) -> AuditSummary {
        verify_file(audit(self.0.path()), &key()).unwrap()
    }
}

/// Opens the audit log that all processes of a buyer write to, each record on the disk before it counts.
pub(crate) fn open_audit(folder: &Path) -> Arc<AuditLog> {
    let sink = FileSink::open_shared(audit(folder), SyncPolicy::EveryRecord).unwrap();
    Arc::new(AuditLog::open(sink, &key()).unwrap())
}

/// Notes a signature, on the disk before anybody gets it.
pub(crate) fn note_signature(folder: &Path, signature: &Signature) {
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(signatures(folder));
    let mut file = file.unwrap();
    let line = format!("{}\n", serde_json::to_string(signature).unwrap());
    file.write_all(line.as_bytes()).unwrap();
    file.sync_data().unwrap();
}

fn signatures(folder: &Path) -> PathBuf {
    folder.join("signatures.jsonl")
}

fn audit(folder: &Path) -> PathBuf {
    folder.join("audit.jsonl")
}

fn key() -> AuditKey {
    AuditKey::from_bytes(KEY).unwrap()
}
