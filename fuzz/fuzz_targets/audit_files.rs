//! No change to a log or its head file passes for the log, and opening a changed log does not make it whole.

#![no_main]

mod tamper;

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;
use x402_tower::audit::{AuditLog, FileSink, SyncPolicy, verify_file};

use tamper::{Edit, key, record, tampered};

/// A log of four records in a file, and the head file after each of them, the empty log first.
static FILES: LazyLock<(Vec<u8>, Vec<Vec<u8>>)> = LazyLock::new(|| {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("audit.jsonl");
    let sink = FileSink::open(&path).expect("a new file");
    let log = AuditLog::open(sink, &key()).expect("a new log");
    let read = |name| fs::read(folder.path().join(name)).expect("a file");
    let mut heads = vec![read("audit.jsonl.head")];
    for id in ["a", "b", "c", "d"] {
        log.write(&record(id)).expect("the disk takes it");
        heads.push(read("audit.jsonl.head"));
    }
    (read("audit.jsonl"), heads)
});

fuzz_target!(|input: (Vec<Edit>, Vec<Edit>, u8)| {
    let (log_edits, head_edits, age) = input;
    let (original, heads) = &*FILES;
    let log = tampered(original, &log_edits);
    let kept = usize::from(age) % heads.len();
    let head = tampered(&heads[kept], &head_edits);

    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("audit.jsonl");
    write(&path, &log);
    write(&folder.path().join("audit.jsonl.head"), &head);

    // What a crash can leave of a log whose first record was being written; an older copy of both is the same to us.
    let new = |log: &[u8], head: &[u8]| head.is_empty() && !log.contains(&b'\n');
    // An older head vouches for the records that it counts; what follows them vouches for itself.
    let vouched = |log: &[u8], head: &[u8]| {
        let kept = heads.iter().position(|known| known == head);
        let counted = |kept: usize| {
            original
                .split_inclusive(|b| *b == b'\n')
                .take(kept)
                .map(<[u8]>::len)
                .sum()
        };
        kept.is_some_and(|kept| {
            original
                .get(..counted(kept))
                .is_some_and(|lines| log.starts_with(lines))
        })
    };
    if let Ok(summary) = verify_file(&path, &key()) {
        assert!(summary.records == 0 || vouched(&log, &head));
        assert!(original.starts_with(&log));
    }
    let Ok(sink) = FileSink::open_with(&path, SyncPolicy::Never) else {
        return;
    };
    let Ok(opened) = AuditLog::open(sink, &key()) else {
        return;
    };
    if opened.write(&record("e")).is_err() {
        return;
    }
    drop(opened);
    if verify_file(&path, &key()).is_ok() && !new(&log, &head) {
        let now = fs::read(&path).expect("the log");
        let untouched = |kept: usize| vouched(&now, &heads[kept]);
        let was = heads.iter().position(|known| *known == head);
        assert!(
            was.is_some_and(untouched),
            "{:?} with {:?}",
            String::from_utf8_lossy(&now),
            String::from_utf8_lossy(&head)
        );
    }
});

fn write(path: &Path, bytes: &[u8]) {
    let mut options = OpenOptions::new();
    let file = options.create_new(true).write(true).mode(0o600).open(path);
    file.expect("a new file")
        .write_all(bytes)
        .expect("the disk takes it");
}
