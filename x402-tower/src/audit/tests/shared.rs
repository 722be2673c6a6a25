//! Several openings of one file, as several processes have them. That real processes do, is shown in
//! `tests/audit_processes.rs`.

use std::fs::{self, OpenOptions};
use std::io::Write;

use super::super::*;
use super::*;

fn share(place: &Place) -> AuditLog {
    share_synced(place, SyncPolicy::Never)
}

fn share_synced(place: &Place, sync: SyncPolicy) -> AuditLog {
    AuditLog::open(FileSink::open_shared(&place.path, sync).unwrap(), &key()).unwrap()
}

#[test]
fn attack_134_writers_in_turn_keep_one_chain() {
    for sync in [
        SyncPolicy::EveryRecord,
        SyncPolicy::Grouped,
        SyncPolicy::Never,
    ] {
        let place = place();
        let (one, other) = (share_synced(&place, sync), share_synced(&place, sync));
        assert_eq!(one.write(&intent("a")).unwrap(), 1);
        assert_eq!(other.write(&intent("b")).unwrap(), 2);
        assert_eq!(one.write(&settled("a")).unwrap(), 3);
        assert_eq!(one.write(&intent("c")).unwrap(), 4);
        assert_eq!(other.write(&settled("b")).unwrap(), 5);
        drop((one, other));
        let summary = verify_file(&place.path, &key()).unwrap();
        assert_eq!((summary.records, summary.writers), (5, 2), "{sync}");
    }
}

#[test]
fn attack_134_writers_at_once_keep_one_chain() {
    let place = place();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let log = share(&place);
                for _ in 0..100 {
                    log.write(&intent("a")).unwrap();
                }
            });
        }
    });
    let summary = verify_file(&place.path, &key()).unwrap();
    assert_eq!((summary.records, summary.writers), (400, 4));
}

#[test]
fn attack_134_without_turns_the_same_writers_fork_the_chain() {
    let place = place();
    let append = || {
        let mut options = OpenOptions::new();
        let file = options.create(true).append(true).open(&place.path).unwrap();
        AuditLog::open(StreamSink::new(file), &key()).unwrap()
    };
    let (one, other) = (append(), append());
    one.write(&intent("a")).unwrap();
    other.write(&intent("b")).unwrap();
    let found = verify(fs::read(&place.path).unwrap().as_slice(), &key()).unwrap_err();
    assert_eq!((found.line, found.code()), (2, "audit.fork"));
}

#[test]
fn a_log_that_one_keeps_to_itself_is_not_shared() {
    let place = place();
    let _own = AuditLog::open(FileSink::open(&place.path).unwrap(), &key()).unwrap();
    let error = FileSink::open_shared(&place.path, SyncPolicy::Never).unwrap_err();
    assert_eq!(error.code(), "audit.locked");
}

#[test]
fn a_turn_that_does_not_come_denies() {
    let place = place();
    let sink = FileSink::open_shared(&place.path, SyncPolicy::Never).unwrap();
    let log = AuditLog::open(sink.impatient(), &key()).unwrap();
    log.write(&intent("a")).unwrap();
    let stopped = OpenOptions::new().read(true).open(&place.path).unwrap();
    stopped.try_lock().unwrap();
    assert_eq!(log.write(&settled("a")).unwrap_err().code(), "audit.locked");
    stopped.unlock().unwrap();
    assert_eq!(log.write(&settled("a")).unwrap(), 2, "and comes later");
}

#[test]
fn attack_135_a_line_that_another_writer_left_torn_is_recovered_by_the_next() {
    let place = place();
    let log = share(&place);
    log.write(&intent("a")).unwrap();
    let mut crashed = OpenOptions::new().append(true).open(&place.path).unwrap();
    crashed.write_all(b"{\"seq\":2,\"wri").unwrap();
    assert_eq!(log.write(&settled("a")).unwrap(), 3);
    drop(log);
    let summary = verify_file(&place.path, &key()).unwrap();
    assert_eq!(summary.count(AuditEventType::LogRecovered), 1);
}

#[test]
fn attack_135_a_line_torn_after_another_writer_s_record_is_recovered() {
    let place = place();
    let (one, other) = (share(&place), share(&place));
    one.write(&intent("a")).unwrap();
    other.write(&intent("b")).unwrap();
    let mut crashed = OpenOptions::new().append(true).open(&place.path).unwrap();
    crashed.write_all(b"{").unwrap();
    assert_eq!(one.write(&settled("a")).unwrap(), 4);
    assert_eq!(other.write(&settled("b")).unwrap(), 5);
    drop((one, other));
    assert_eq!(code_of(&place.path), Ok(5));
}

#[test]
fn attack_132_a_record_that_somebody_else_put_in_is_not_continued() {
    let place = place();
    let log = share(&place);
    log.write(&intent("a")).unwrap();
    let mut forger = OpenOptions::new().append(true).open(&place.path).unwrap();
    forger.write_all(b"{\"seq\":2}\n").unwrap();
    // Also not by the one after: what it was refused for is known by then.
    for _ in 0..2 {
        assert_eq!(
            log.write(&settled("a")).unwrap_err().code(),
            "audit.broken_tail"
        );
    }
    assert_eq!(log.check(NOW).unwrap_err().code(), "audit.broken_tail");
}

#[test]
fn attack_132_a_record_that_was_repeated_is_not_continued() {
    let place = place();
    let log = share(&place);
    log.write(&intent("a")).unwrap();
    let again = fs::read(&place.path).unwrap();
    let mut forger = OpenOptions::new().append(true).open(&place.path).unwrap();
    forger.write_all(&again).unwrap();
    // Also not by the one after: what it was refused for is known by then.
    for _ in 0..2 {
        assert_eq!(
            log.write(&settled("a")).unwrap_err().code(),
            "audit.broken_tail"
        );
    }
    assert_eq!(log.check(NOW).unwrap_err().code(), "audit.broken_tail");
}

#[test]
fn attack_131_a_shared_log_that_was_cut_takes_no_more_records() {
    let place = place();
    let log = share(&place);
    log.write(&intent("a")).unwrap();
    log.write(&settled("a")).unwrap();
    cut_lines(&place.path, 1);
    assert_eq!(log.write(&intent("b")).unwrap_err().code(), "audit.changed");
}

#[test]
fn a_shared_head_never_goes_back() {
    let place = place();
    let (one, other) = (share(&place), share(&place));
    one.write(&intent("a")).unwrap();
    other.write(&intent("b")).unwrap();
    drop(other);
    drop(one);
    cut_lines(&place.path, 1);
    assert_eq!(code_of(&place.path), Err("audit.truncated"));
}

#[test]
fn much_that_others_added_is_read_in_bounds() {
    let place = place();
    let (one, other) = (share(&place), share(&place));
    one.write(&intent("a")).unwrap();
    let long = "x".repeat(8000);
    for _ in 0..40 {
        other
            .write(&intent("b").resource_url(long.as_str()))
            .unwrap();
    }
    assert_eq!(one.write(&settled("a")).unwrap(), 42);
    drop((one, other));
    assert_eq!(code_of(&place.path), Ok(42));
}
