//! Real processes at one audit log: what they share, and what a kill leaves behind.
//!
//! A test runs this very program again, with `writer_process` as its only test, for each process that writes.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a missing field or answer must fail the test; a writer reports on its standard output"
)]

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use x402_tower::audit::{
    AuditEventType, AuditKey, AuditLog, AuditRecord, AuditSummary, FileSink, StreamSink,
    SyncPolicy, verify, verify_file,
};

const LOG: &str = "X402_TEST_AUDIT_LOG";
const RECORDS: &str = "X402_TEST_AUDIT_RECORDS";
const WAY: &str = "X402_TEST_AUDIT_WAY";

/// What a writer prints before the number of each record that counts as written.
const WROTE: &str = "wrote ";

fn key() -> AuditKey {
    AuditKey::from_bytes(*b"the key of the processes' logs..").unwrap()
}

struct Place {
    _folder: tempfile::TempDir,
    log: PathBuf,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.jsonl");
    Place {
        _folder: folder,
        log,
    }
}

/// How a process writes.
#[derive(Clone, Copy)]
enum Way {
    /// In turns with others.
    Shared(SyncPolicy),
    /// As without this crate's file sink: appends to a file that is open, and looks at nothing else.
    PlainFile,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::Shared(sync) => sync.as_str(),
            Self::PlainFile => "plain",
        }
    }

    fn open(name: &str, path: &Path) -> AuditLog {
        let Ok(sync) = name.parse() else {
            let mut options = OpenOptions::new();
            let file = options.create(true).append(true).open(path).unwrap();
            return AuditLog::open(StreamSink::new(file), &key()).unwrap();
        };
        AuditLog::open(FileSink::open_shared(path, sync).unwrap(), &key()).unwrap()
    }
}

#[test]
#[ignore = "not a test but the process that the others start"]
fn writer_process() {
    let path = PathBuf::from(std::env::var_os(LOG).unwrap());
    let records: u64 = std::env::var(RECORDS).unwrap().parse().unwrap();
    let log = Way::open(&std::env::var(WAY).unwrap(), &path);
    let mut out = std::io::stdout().lock();
    for _ in 0..records {
        let record = AuditRecord::new(AuditEventType::PaymentIntent, 1_767_225_600_000);
        let seq = log.write(&record.resource_url("https://api.example.com/report"));
        writeln!(out, "\n{WROTE}{}", seq.unwrap()).unwrap();
        out.flush().unwrap();
    }
}

struct Writer {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl Writer {
    fn start(log: &Path, way: Way, records: u64) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", "writer_process", "--nocapture"]);
        command.env(LOG, log).env(WAY, way.name());
        command.env(RECORDS, records.to_string());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, said }
    }

    /// The number of the next record that it has written; `None` when it is gone.
    fn next(&mut self) -> Option<u64> {
        self.said
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix(WROTE)?.parse().ok())
    }

    /// All further numbers, when it has ended by itself.
    fn finish(mut self) -> Vec<u64> {
        let numbers = std::iter::from_fn(|| self.next()).collect();
        assert!(self.child.wait().unwrap().success());
        numbers
    }

    /// Kills it where it stands (`SIGKILL`); the numbers that it still got out.
    fn kill(mut self) -> Vec<u64> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::iter::from_fn(|| self.next()).collect()
    }
}

fn verified(log: &Path) -> AuditSummary {
    verify_file(log, &key()).unwrap()
}

#[test]
fn attack_134_processes_that_share_a_file_keep_one_chain() {
    for (sync, records) in [
        (SyncPolicy::Never, 250),
        (SyncPolicy::Grouped, 25),
        (SyncPolicy::EveryRecord, 25),
    ] {
        let place = place();
        let start = |_| Writer::start(&place.log, Way::Shared(sync), records);
        let writers: Vec<_> = (0..4).map(start).collect();
        let numbers: Vec<_> = writers.into_iter().flat_map(Writer::finish).collect();
        let told_apart: BTreeSet<_> = numbers.iter().copied().collect();
        assert_eq!(told_apart, (1..=4 * records).collect(), "{sync}");
        let summary = verified(&place.log);
        assert_eq!((summary.records, summary.writers), (4 * records, 4));
    }
}

#[test]
fn attack_134_with_a_plain_file_two_processes_fork_the_chain() {
    let place = place();
    let mut writers = [(); 2].map(|()| Writer::start(&place.log, Way::PlainFile, 3));
    let firsts = writers.each_mut().map(Writer::next);
    assert_eq!(firsts, [Some(1), Some(1)], "both think they are the first");
    for writer in writers {
        writer.finish();
    }
    let bytes = std::fs::read(&place.log).unwrap();
    assert_eq!(
        verify(bytes.as_slice(), &key()).unwrap_err().code(),
        "audit.fork"
    );
}

#[test]
fn attack_135_writers_that_are_killed_lose_nothing_that_counted_as_written() {
    let place = place();
    let way = Way::Shared(SyncPolicy::Never);
    let mut counted = BTreeSet::new();
    for round in 0..6 {
        let mut victims = [(); 2].map(|()| Writer::start(&place.log, way, u64::MAX));
        for _ in 0..=round * 3 {
            for victim in &mut victims {
                counted.extend(victim.next());
            }
        }
        for victim in victims {
            counted.extend(victim.kill());
        }
    }
    counted.extend(Writer::start(&place.log, way, 1).finish());
    let summary = verified(&place.log);
    assert!(counted.len() > 6 * 2);
    assert!(
        counted.last() <= summary.last_seq.as_ref(),
        "{counted:?} {summary:?}"
    );
    assert_eq!(summary.last_seq, Some(summary.records), "no gap");
}

#[test]
fn attack_135_a_process_that_died_in_its_turn_holds_nobody_up() {
    let place = place();
    let log = AuditLog::open(
        FileSink::open_shared(&place.log, SyncPolicy::Never).unwrap(),
        &key(),
    )
    .unwrap();
    let mut victim = Writer::start(&place.log, Way::Shared(SyncPolicy::Never), u64::MAX);
    victim.next().unwrap();
    victim.kill();
    let record = AuditRecord::new(AuditEventType::PaymentIntent, 1_767_225_600_000);
    assert!(log.write(&record).unwrap() > 1);
    drop(log);
    assert_eq!(verified(&place.log).writers, 2);
}

#[test]
fn processes_that_start_together_make_one_log() {
    let place = place();
    let way = Way::Shared(SyncPolicy::Never);
    let writers: Vec<_> = (0..8).map(|_| Writer::start(&place.log, way, 1)).collect();
    let numbers: BTreeSet<_> = writers.into_iter().flat_map(Writer::finish).collect();
    assert_eq!(numbers, (1..=8).collect());
    assert_eq!(verified(&place.log).records, 8);
}
