use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use super::super::*;
use super::*;

fn open(path: &Path) -> AuditLog {
    AuditLog::open(FileSink::open(path).unwrap(), &key()).unwrap()
}

fn open_unsynced(path: &Path) -> AuditLog {
    let sink = FileSink::open_with(path, SyncPolicy::Never).unwrap();
    AuditLog::open(sink, &key()).unwrap()
}

fn refused(path: &Path) -> &'static str {
    match FileSink::open(path) {
        Err(error) => error.code(),
        Ok(sink) => AuditLog::open(sink, &key()).unwrap_err().code(),
    }
}

fn add(path: &Path, bytes: &[u8]) {
    OpenOptions::new()
        .append(true)
        .open(path)
        .unwrap()
        .write_all(bytes)
        .unwrap();
}

#[test]
fn attack_135_the_chain_continues_over_a_restart() {
    let place = place();
    open(&place.path).write(&intent("a")).unwrap();
    assert_eq!(open(&place.path).write(&settled("a")).unwrap(), 2);
    let summary = verify_file(&place.path, &key()).unwrap();
    assert_eq!((summary.records, summary.writers), (2, 2));
}

#[test]
fn a_log_that_was_not_synced_continues_as_well() {
    let place = place();
    for _ in 0..2 {
        let sink = FileSink::open_with(&place.path, SyncPolicy::Never).unwrap();
        AuditLog::open(sink, &key())
            .unwrap()
            .write(&intent("a"))
            .unwrap();
    }
    assert_eq!(verify_file(&place.path, &key()).unwrap().records, 2);
}

#[test]
fn a_long_log_continues() {
    let place = place();
    let long = "x".repeat(8000);
    for _ in 0..3 {
        let log = open(&place.path);
        for _ in 0..10 {
            log.write(&intent("a").resource_url(long.as_str())).unwrap();
        }
    }
    assert_eq!(verify_file(&place.path, &key()).unwrap().records, 30);
}

#[test]
fn another_key_does_not_continue_the_chain() {
    let place = place();
    open(&place.path).write(&intent("a")).unwrap();
    let sink = FileSink::open(&place.path).unwrap();
    let error = AuditLog::open(sink, &other_key()).unwrap_err();
    assert_eq!(error.code(), "audit.foreign_key");
}

#[test]
fn an_edited_last_record_is_not_continued() {
    let place = place();
    open(&place.path).write(&intent("a")).unwrap();
    let forged = fs::read_to_string(&place.path)
        .unwrap()
        .replace("\"a\"", "\"b\"");
    fs::write(&place.path, forged).unwrap();
    assert_eq!(refused(&place.path), "audit.broken_tail");
}

#[test]
fn a_file_of_something_else_is_not_continued() {
    let place = place();
    open(&place.path);
    for other in ["hello\n", "\n", "{}\n"] {
        fs::write(&place.path, other).unwrap();
        assert_eq!(refused(&place.path), "audit.broken_tail", "{other:?}");
    }
}

#[test]
fn a_file_of_one_endless_line_is_not_continued() {
    let place = place();
    open(&place.path);
    fs::write(&place.path, vec![b'x'; 3 * MAX_LINE_BYTES]).unwrap();
    assert_eq!(refused(&place.path), "audit.broken_tail");
}

#[test]
fn attack_135_a_torn_line_is_recorded_and_the_chain_goes_on() {
    let place = place();
    open(&place.path).write(&intent("a")).unwrap();
    add(&place.path, b"{\"seq\":2,\"wri");
    assert_eq!(open(&place.path).write(&settled("a")).unwrap(), 3);
    let summary = verify_file(&place.path, &key()).unwrap();
    assert_eq!(summary.count(AuditEventType::LogRecovered), 1);
    let text = fs::read_to_string(&place.path).unwrap();
    assert!(
        text.lines()
            .nth(1)
            .unwrap()
            .contains("\"bytes_dropped\":13,"),
        "{text}"
    );
}

#[test]
fn attack_135_torn_bytes_are_kept_beside_the_log() {
    let place = place();
    open(&place.path).write(&intent("a")).unwrap();
    let whole = fs::metadata(&place.path).unwrap().len();
    add(&place.path, b"{\"seq\":2,\"wri");
    open(&place.path).write(&settled("a")).unwrap();
    let kept = place
        .path
        .with_file_name(format!("audit.jsonl.torn-{whole}"));
    assert_eq!(fs::read(kept).unwrap(), b"{\"seq\":2,\"wri");
}

#[test]
fn a_torn_first_line_is_recovered() {
    let place = place();
    open(&place.path);
    add(&place.path, b"{\"se");
    assert_eq!(open(&place.path).write(&intent("a")).unwrap(), 2);
    assert_eq!(verify_file(&place.path, &key()).unwrap().records, 2);
}

#[test]
fn a_line_that_lacks_only_its_break_is_torn() {
    let place = place();
    open(&place.path);
    let line = lines_of(&[intent("a")]).concat();
    add(&place.path, line.strip_suffix(b"\n").unwrap());
    assert_eq!(open(&place.path).write(&intent("a")).unwrap(), 2);
    let summary = verify_file(&place.path, &key()).unwrap();
    assert_eq!(summary.count(AuditEventType::LogRecovered), 1);
}

#[test]
fn opening_without_writing_keeps_the_torn_line_for_later() {
    let place = place();
    open(&place.path).write(&intent("a")).unwrap();
    add(&place.path, b"torn");
    open(&place.path);
    open(&place.path);
    open(&place.path).write(&settled("a")).unwrap();
    let text = fs::read_to_string(&place.path).unwrap();
    assert!(text.contains("\"bytes_dropped\":4,"), "{text}");
    assert_eq!(verify_file(&place.path, &key()).unwrap().records, 3);
}

#[test]
fn attack_135_a_crash_between_cut_and_record_does_not_lose_the_record() {
    let place = place();
    open(&place.path).write(&intent("a")).unwrap();
    let whole = fs::metadata(&place.path).unwrap().len();
    add(&place.path, b"torn");
    open(&place.path);
    OpenOptions::new()
        .write(true)
        .open(&place.path)
        .unwrap()
        .set_len(whole)
        .unwrap();
    open(&place.path).write(&settled("a")).unwrap();
    let summary = verify_file(&place.path, &key()).unwrap();
    assert_eq!(summary.count(AuditEventType::LogRecovered), 1);
}

#[test]
fn a_torn_line_is_recorded_once() {
    let place = place();
    open(&place.path).write(&intent("a")).unwrap();
    add(&place.path, b"torn");
    open(&place.path).write(&settled("a")).unwrap();
    open(&place.path).write(&intent("b")).unwrap();
    let summary = verify_file(&place.path, &key()).unwrap();
    assert_eq!(summary.count(AuditEventType::LogRecovered), 1);
}

#[test]
fn attack_135_the_log_survives_a_crash_at_every_byte() {
    let model = place();
    let log = open(&model.path);
    log.write(&intent("a")).unwrap();
    log.write(&settled("a")).unwrap();
    let written = fs::read(&model.path).unwrap();
    let first_line = written.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for cut in (0..written.len()).step_by(7) {
        let place = place();
        drop(open_unsynced(&place.path));
        add(&place.path, &written[..cut]);
        let sink = FileSink::open_with(&place.path, SyncPolicy::Never).unwrap();
        AuditLog::open(sink, &key())
            .unwrap()
            .write(&intent("b"))
            .unwrap();
        let summary = verify_file(&place.path, &key()).unwrap();
        let kept = u64::from(cut >= first_line);
        assert_eq!(
            summary.count(AuditEventType::PaymentIntent),
            kept + 1,
            "{cut}"
        );
    }
}

#[test]
fn attack_134_a_second_process_is_refused() {
    let place = place();
    let _first = open(&place.path);
    assert_eq!(refused(&place.path), "audit.locked");
}

#[test]
fn a_file_that_somebody_else_writes_to_takes_no_more_records() {
    let place = place();
    let log = open(&place.path);
    log.write(&intent("a")).unwrap();
    add(&place.path, b"{}\n");
    assert_eq!(
        log.write(&settled("a")).unwrap_err().code(),
        "audit.changed"
    );
}

#[test]
fn a_file_that_was_cut_takes_no_more_records() {
    let place = place();
    let log = open(&place.path);
    log.write(&intent("a")).unwrap();
    OpenOptions::new()
        .write(true)
        .open(&place.path)
        .unwrap()
        .set_len(0)
        .unwrap();
    assert_eq!(
        log.write(&settled("a")).unwrap_err().code(),
        "audit.changed"
    );
}

#[test]
fn a_file_that_is_not_synced_and_was_cut_takes_no_more_records() {
    let place = place();
    let log = open_unsynced(&place.path);
    log.write(&intent("a")).unwrap();
    log.write(&settled("a")).unwrap();
    OpenOptions::new()
        .write(true)
        .open(&place.path)
        .unwrap()
        .set_len(0)
        .unwrap();
    assert_eq!(log.write(&intent("b")).unwrap_err().code(), "audit.changed");
}

#[test]
fn a_file_that_is_not_synced_and_that_somebody_else_writes_to_takes_no_more_records() {
    let place = place();
    let log = open_unsynced(&place.path);
    log.write(&intent("a")).unwrap();
    log.write(&settled("a")).unwrap();
    add(&place.path, b"{}\n");
    assert_eq!(log.write(&intent("b")).unwrap_err().code(), "audit.changed");
}

#[test]
fn a_log_that_is_not_there_does_not_verify() {
    let place = place();
    let found = verify_file(&place.path, &key()).unwrap_err();
    assert_eq!((found.line, found.code()), (0, "audit.unreadable"));
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_file_that_was_deleted_takes_no_more_records() {
        let place = place();
        let log = open(&place.path);
        fs::remove_file(&place.path).unwrap();
        assert_eq!(log.write(&intent("a")).unwrap_err().code(), "audit.changed");
    }

    #[test]
    fn a_file_that_is_not_synced_and_was_deleted_takes_15_more_records_at_most() {
        let place = place();
        let log = open_unsynced(&place.path);
        log.write(&intent("a")).unwrap();
        fs::remove_file(&place.path).unwrap();
        let codes: Vec<_> = (0..40)
            .map(|_| log.write(&intent("b")).map_err(|error| error.code()))
            .collect();
        let taken = codes.iter().take_while(|code| code.is_ok()).count();
        assert!(taken <= 15, "{codes:?}");
        assert!(
            codes[taken..]
                .iter()
                .all(|code| *code == Err("audit.changed")),
            "{codes:?}"
        );
    }

    #[test]
    fn a_log_is_its_owner_s_alone() {
        let place = place();
        open(&place.path);
        let mode = fs::metadata(&place.path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
    }

    #[test]
    fn a_log_that_others_can_write_to_is_refused() {
        let place = place();
        open(&place.path);
        fs::set_permissions(&place.path, fs::Permissions::from_mode(0o620)).unwrap();
        assert_eq!(refused(&place.path), "audit.not_private");
    }

    #[test]
    fn a_log_that_others_can_read_is_taken() {
        let place = place();
        open(&place.path);
        fs::set_permissions(&place.path, fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(open(&place.path).write(&intent("a")).unwrap(), 1);
    }

    #[test]
    fn a_link_to_a_log_is_refused() {
        let place = place();
        open(&place.path);
        let link = place.path.with_file_name("link");
        symlink(&place.path, &link).unwrap();
        assert_eq!(refused(&link), "audit.not_a_file");
    }

    #[test]
    fn a_device_is_refused() {
        assert_eq!(refused(Path::new("/dev/null")), "audit.not_a_file");
    }

    #[test]
    fn torn_bytes_are_their_owner_s_alone() {
        let place = place();
        open(&place.path);
        add(&place.path, b"torn");
        open(&place.path);
        let kept = place.path.with_file_name("audit.jsonl.torn-0");
        assert_eq!(
            fs::metadata(kept).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}
