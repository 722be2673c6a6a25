//! One fact a test, at the public surface.

mod breaks;
mod channel;
mod decisions;
mod files;
mod heads;
mod keys;
mod log;
mod shared;
mod text;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

use super::{AuditEventType, AuditKey, AuditLog, AuditRecord, StreamSink, verify_file};

/// 2026-01-01T00:00:00Z.
const NOW: u64 = 1_767_225_600_000;

fn key() -> AuditKey {
    AuditKey::from_bytes(std::array::from_fn(|at| u8::try_from(at).unwrap())).unwrap()
}

fn other_key() -> AuditKey {
    AuditKey::from_bytes(std::array::from_fn(|at| u8::try_from(at + 1).unwrap())).unwrap()
}

fn intent(id: &str) -> AuditRecord<'_> {
    AuditRecord::new(AuditEventType::PaymentIntent, NOW).decision_id(id)
}

fn settled(id: &str) -> AuditRecord<'_> {
    AuditRecord::new(AuditEventType::PaymentAllowed, NOW)
        .decision_id(id)
        .outcome("settled")
}

/// A stream whose bytes the test can see.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn bytes(&self) -> Vec<u8> {
        self.0.lock().clone()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The lines that some records make in a new log.
fn lines_of(records: &[AuditRecord<'_>]) -> Vec<Vec<u8>> {
    let stream = Shared::default();
    let log = AuditLog::open(StreamSink::new(stream.clone()), &key()).unwrap();
    for record in records {
        log.write(record).unwrap();
    }
    stream
        .bytes()
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}

/// A new log in a folder of its own.
struct Place {
    folder: tempfile::TempDir,
    path: PathBuf,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    Place { folder, path }
}

/// The codes of what a check of a file finds.
fn code_of(path: &Path) -> Result<u64, &'static str> {
    verify_file(path, &key())
        .map(|summary| summary.records)
        .map_err(|found| found.code())
}

/// Cuts the last `count` lines off.
fn cut_lines(path: &Path, count: usize) {
    let text = fs::read_to_string(path).unwrap();
    let mut lines: Vec<_> = text.split_inclusive('\n').collect();
    lines.truncate(lines.len() - count);
    fs::write(path, lines.concat()).unwrap();
}

/// Five records: two payments and a denial.
fn five_lines() -> Vec<Vec<u8>> {
    lines_of(&[
        intent("a"),
        settled("a"),
        AuditRecord::new(AuditEventType::PolicyBlocked, NOW).code("policy.over_limit"),
        intent("b"),
        settled("b"),
    ])
}
