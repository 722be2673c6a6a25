//! A folder of logs, and reports over them.

use std::fs;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use clap::Parser;
use serde_json::Value;
use tempfile::TempDir;
use x402_tower::audit::{
    AuditEventType, AuditKey, AuditLog, AuditRecord, FileSink, StreamSink, SyncPolicy,
};

use crate::report::args::{Format, ReportArgs};
use crate::report::{document, written};

/// 2026-01-01T00:00:00Z.
pub(super) const NEW_YEAR: u64 = 1_767_225_600_000;
pub(super) const DAY: u64 = 86_400_000;
pub(super) const SELLER: &str = "0x209693bc6afc0c5328ba36faf03c514ef312287c";

/// Files under one key.
pub(super) struct Logs(TempDir);

impl Logs {
    pub(super) fn new() -> Self {
        let logs = Self(tempfile::tempdir().unwrap());
        AuditKey::load_or_create(logs.path("audit.key")).unwrap();
        logs
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(super) fn key(&self) -> AuditKey {
        AuditKey::load(self.path("audit.key")).unwrap()
    }

    /// A log of these records, as the library keeps it.
    pub(super) fn log(&self, name: &str, records: &[AuditRecord<'_>]) -> PathBuf {
        let path = self.path(name);
        let sink = FileSink::open_with(&path, SyncPolicy::Never).unwrap();
        let log = AuditLog::open(sink, &self.key()).unwrap();
        for record in records {
            log.write(record).unwrap();
        }
        drop(log);
        path
    }

    /// The same records as a stream, without a head file.
    pub(super) fn stream(&self, records: &[AuditRecord<'_>]) -> String {
        let path = self.path("stream");
        let stream = BufWriter::new(fs::File::create(&path).unwrap());
        let log = AuditLog::open(StreamSink::new(stream), &self.key()).unwrap();
        for record in records {
            log.write(record).unwrap();
        }
        drop(log);
        fs::read_to_string(path).unwrap()
    }

    pub(super) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }
}

pub(super) fn args(files: &[&Path], more: &[&str]) -> ReportArgs {
    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        args: ReportArgs,
    }
    let files = files.iter().map(|path| path.to_str().unwrap());
    let line = ["report", "--audit"].into_iter().chain(files);
    let args = line.chain(more.iter().copied());
    Cli::try_parse_from(args).unwrap().args
}

/// The report as an object, and whether all is as it was asked for.
pub(super) fn report(files: &[&Path], more: &[&str]) -> (Value, bool) {
    let (document, falls_short) = document(&args(files, more)).unwrap();
    let text = written(&document, Format::Json).unwrap();
    (serde_json::from_str(&text).unwrap(), !falls_short)
}

pub(super) fn text(files: &[&Path], more: &[&str], format: Format) -> String {
    let (document, _) = document(&args(files, more)).unwrap();
    written(&document, format).unwrap()
}

/// A record of a payment of five cents by `researcher` to `SELLER`.
pub(super) fn record(event: AuditEventType, id: &str, at: u64) -> AuditRecord<'_> {
    AuditRecord::new(event, at)
        .agent_id("researcher")
        .decision_id(id)
        .position("buyer")
        .method("GET")
        .resource_url("https://api.example.com/report")
        .origin("https://api.example.com")
        .amount_usd_micros(50_000)
        .amount("50000")
        .asset("0x833589fcd6edb6e08f4c7c32d4f71b54bda02913")
        .network("eip155:8453")
        .scheme("exact")
        .pay_to(SELLER)
}

pub(super) fn intent(id: &str, at: u64) -> AuditRecord<'_> {
    record(AuditEventType::PaymentIntent, id, at)
}

pub(super) fn settled(id: &str, at: u64) -> AuditRecord<'_> {
    record(AuditEventType::PaymentAllowed, id, at).outcome("settled")
}

pub(super) fn unknown(id: &str, at: u64) -> AuditRecord<'_> {
    let record = record(AuditEventType::PaymentUnknown, id, at);
    record.outcome("unknown").reason("no_receipt")
}

pub(super) fn resolved<'a>(id: &'a str, outcome: &'a str, at: u64) -> AuditRecord<'a> {
    // As a reconciliation writes it: without position, method and URL.
    AuditRecord::new(AuditEventType::PaymentResolved, at)
        .decision_id(id)
        .agent_id("researcher")
        .origin("https://api.example.com")
        .amount_usd_micros(50_000)
        .amount("50000")
        .asset("0x833589fcd6edb6e08f4c7c32d4f71b54bda02913")
        .network("eip155:8453")
        .pay_to(SELLER)
        .outcome(outcome)
        .reason("chain")
}

/// How many payments ended like this, and what they are worth.
pub(super) fn worth(of: &Value, outcome: &str) -> (u64, u64) {
    let worth = &of["outcomes"][outcome];
    (
        worth["payments"].as_u64().unwrap(),
        worth["usd_micros"].as_u64().unwrap(),
    )
}

pub(super) fn row<'v>(rows: &'v Value, field: &str, name: &str) -> &'v Value {
    let rows = rows["rows"].as_array().unwrap();
    let found = rows.iter().find(|row| row[field] == name);
    found.unwrap_or_else(|| panic!("no {name} among {rows:?}"))
}
