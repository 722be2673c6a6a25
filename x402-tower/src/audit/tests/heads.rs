//! The head file: what it shows of a log whose end is gone, and what it cannot.

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;

use super::super::head::{HEAD_LINE_BYTES, read_head_line};
use super::super::*;
use super::*;

fn head_of(place: &Place) -> PathBuf {
    place.folder.path().join("audit.jsonl.head")
}

fn open(place: &Place, sync: SyncPolicy) -> AuditLog {
    AuditLog::open(FileSink::open_with(&place.path, sync).unwrap(), &key()).unwrap()
}

fn refused(place: &Place) -> &'static str {
    let sink = FileSink::open_with(&place.path, SyncPolicy::Never).unwrap();
    AuditLog::open(sink, &key()).unwrap_err().code()
}

/// A closed log of so many records.
fn closed(records: usize) -> Place {
    let place = place();
    let log = open(&place, SyncPolicy::Never);
    for _ in 0..records {
        log.write(&intent("a")).unwrap();
    }
    drop(log);
    place
}

#[test]
fn attack_131_whole_lines_that_were_cut_off_are_counted() {
    let place = closed(5);
    cut_lines(&place.path, 2);
    let found = verify_file(&place.path, &key()).unwrap_err();
    assert_eq!(found.line, 4);
    assert!(matches!(
        found.kind,
        AuditBreakKind::Truncated { missing: 2 }
    ));
}

#[test]
fn defect_p07_a_restart_continues_the_chain_and_a_cut_end_shows() {
    let place = closed(2);
    open(&place, SyncPolicy::Never).write(&intent("b")).unwrap();
    assert_eq!(code_of(&place.path), Ok(3));
    cut_lines(&place.path, 1);
    assert_eq!(code_of(&place.path), Err("audit.truncated"));
}

#[test]
fn attack_131_without_the_head_file_a_cut_between_lines_is_not_visible() {
    let place = closed(5);
    cut_lines(&place.path, 2);
    let bytes = fs::read(&place.path).unwrap();
    assert_eq!(verify(bytes.as_slice(), &key()).unwrap().records, 3);
}

#[test]
fn attack_131_a_log_that_was_emptied_is_not_new() {
    let place = closed(5);
    fs::write(&place.path, "").unwrap();
    assert_eq!(code_of(&place.path), Err("audit.truncated"));
    assert_eq!(refused(&place), "audit.truncated");
}

#[test]
fn attack_131_a_record_that_was_kept_and_is_torn_now_was_cut() {
    let place = closed(2);
    let mut bytes = fs::read(&place.path).unwrap();
    bytes.pop();
    fs::write(&place.path, bytes).unwrap();
    assert_eq!(code_of(&place.path), Err("audit.torn_last_line"));
    assert_eq!(refused(&place), "audit.truncated");
}

#[test]
fn attack_131_a_log_that_was_deleted_is_not_new() {
    let place = closed(5);
    fs::remove_file(&place.path).unwrap();
    assert_eq!(refused(&place), "audit.truncated");
}

#[test]
fn attack_131_a_log_that_was_cut_is_not_continued() {
    let place = closed(5);
    cut_lines(&place.path, 1);
    assert_eq!(refused(&place), "audit.truncated");
}

#[test]
fn attack_131_every_policy_that_syncs_shows_a_cut_while_the_log_is_open() {
    for sync in [SyncPolicy::EveryRecord, SyncPolicy::Grouped] {
        let place = place();
        let log = open(&place, sync);
        log.write(&intent("a")).unwrap();
        log.write(&settled("a")).unwrap();
        cut_lines(&place.path, 1);
        assert_eq!(code_of(&place.path), Err("audit.truncated"), "{sync}");
    }
}

#[test]
fn a_log_that_is_not_synced_keeps_its_head_after_every_64th_record() {
    let place = place();
    let log = open(&place, SyncPolicy::Never);
    for _ in 0..70 {
        log.write(&intent("a")).unwrap();
    }
    let text = fs::read_to_string(&place.path).unwrap();
    let lines: Vec<_> = text.split_inclusive('\n').collect();
    fs::write(&place.path, lines[..64].concat()).unwrap();
    assert_eq!(code_of(&place.path), Ok(64));
    fs::write(&place.path, lines[..63].concat()).unwrap();
    assert_eq!(code_of(&place.path), Err("audit.truncated"));
}

#[test]
fn attack_131_a_head_file_that_is_gone_shows() {
    let place = closed(2);
    fs::remove_file(head_of(&place)).unwrap();
    let found = verify_file(&place.path, &key()).unwrap_err();
    assert_eq!((found.line, found.code()), (0, "audit.head_missing"));
    assert!(!found.is_certain());
    assert_eq!(refused(&place), "audit.head_missing");
}

#[test]
fn attack_131_a_head_file_that_was_emptied_shows() {
    let place = closed(2);
    fs::write(head_of(&place), "").unwrap();
    assert_eq!(code_of(&place.path), Err("audit.head_missing"));
    assert_eq!(refused(&place), "audit.head_missing");
}

#[test]
fn attack_131_a_head_file_that_was_edited_shows() {
    let place = closed(2);
    let head = fs::read_to_string(head_of(&place)).unwrap();
    for (old, new) in [
        ("{\"seq\":2,", "{\"seq\":1,"),
        ("} ", "}  "),
        ("\n", "\n\n"),
    ] {
        assert!(head.contains(old));
        fs::write(head_of(&place), head.replacen(old, new, 1)).unwrap();
        assert_eq!(code_of(&place.path), Err("audit.head_broken"), "{new:?}");
        assert_eq!(refused(&place), "audit.head_broken", "{new:?}");
    }
}

#[test]
fn attack_131_the_tags_of_a_shorter_log_make_no_head_for_it() {
    let place = closed(3);
    let head = fs::read_to_string(head_of(&place)).unwrap();
    let record: serde_json::Value = {
        let text = fs::read_to_string(&place.path).unwrap();
        serde_json::from_str(text.lines().next().unwrap()).unwrap()
    };
    let view: serde_json::Value = serde_json::from_str(&head).unwrap();
    let tag = |value: &serde_json::Value| value["entry_hmac"].as_str().unwrap().to_owned();
    let forged = head
        .replace("{\"seq\":3,", "{\"seq\":1,")
        .replace(&tag(&view), &tag(&record));
    fs::write(head_of(&place), forged).unwrap();
    cut_lines(&place.path, 2);
    assert_eq!(code_of(&place.path), Err("audit.head_broken"));
}

#[test]
fn attack_133_a_log_written_anew_does_not_fit_the_head_that_was_kept() {
    let place = closed(2);
    let kept = fs::read(head_of(&place)).unwrap();
    for path in [&place.path, &head_of(&place)] {
        fs::remove_file(path).unwrap();
    }
    let log = open(&place, SyncPolicy::Never);
    log.write(&intent("x")).unwrap();
    log.write(&intent("y")).unwrap();
    drop(log);
    fs::write(head_of(&place), kept).unwrap();
    assert_eq!(code_of(&place.path), Err("audit.rewritten"));
    assert_eq!(refused(&place), "audit.rewritten");
}

#[test]
fn attack_131_both_taken_back_together_needs_a_head_that_was_kept_elsewhere() {
    let place = closed(2);
    let older = [&place.path, &head_of(&place)].map(|path| fs::read(path).unwrap());
    open(&place, SyncPolicy::Never)
        .write(&settled("a"))
        .unwrap();
    let elsewhere = verify_file(&place.path, &key()).unwrap().head.unwrap();
    for (path, bytes) in [&place.path, &head_of(&place)].into_iter().zip(older) {
        fs::write(path, bytes).unwrap();
    }
    assert_eq!(code_of(&place.path), Ok(2), "not visible on this machine");
    let found = verify_file_with_head(&place.path, &key(), &elsewhere).unwrap_err();
    assert_eq!((found.line, found.code()), (3, "audit.truncated"));
}

#[test]
fn a_head_under_another_key_is_foreign() {
    let (place, other) = (closed(1), place());
    let sink = FileSink::open_with(&other.path, SyncPolicy::Never).unwrap();
    AuditLog::open(sink, &other_key()).unwrap();
    fs::copy(head_of(&other), head_of(&place)).unwrap();
    assert_eq!(code_of(&place.path), Err("audit.foreign_head"));
    assert_eq!(refused(&place), "audit.foreign_key");
}

#[test]
fn a_line_that_is_broken_is_named_before_a_head_that_is() {
    let place = closed(2);
    fs::write(head_of(&place), "{}").unwrap();
    let text = fs::read_to_string(&place.path).unwrap();
    fs::write(&place.path, text.replacen("\"a\"", "\"b\"", 1)).unwrap();
    let found = verify_file(&place.path, &key()).unwrap_err();
    assert_eq!((found.line, found.code()), (1, "audit.edited"));
}

#[test]
fn a_crash_before_the_head_was_kept_loses_nothing() {
    let place = closed(1);
    let earlier = fs::read(head_of(&place)).unwrap();
    open(&place, SyncPolicy::Never)
        .write(&settled("a"))
        .unwrap();
    fs::write(head_of(&place), earlier).unwrap();
    assert_eq!(code_of(&place.path), Ok(2));
    assert_eq!(
        open(&place, SyncPolicy::Never).write(&intent("b")).unwrap(),
        3
    );
}

#[test]
fn a_crash_before_the_first_head_leaves_a_new_log() {
    let place = place();
    drop(FileSink::open(&place.path).unwrap());
    fs::remove_file(head_of(&place)).unwrap();
    assert_eq!(
        open(&place, SyncPolicy::Never).write(&intent("a")).unwrap(),
        1
    );
    assert_eq!(code_of(&place.path), Ok(1));
}

#[cfg(unix)]
#[test]
fn a_head_file_that_was_deleted_under_way_denies() {
    let place = place();
    let log = open(&place, SyncPolicy::EveryRecord);
    log.write(&intent("a")).unwrap();
    fs::remove_file(head_of(&place)).unwrap();
    assert_eq!(
        log.write(&settled("a")).unwrap_err().code(),
        "audit.changed"
    );
}

#[cfg(unix)]
#[test]
fn a_head_file_is_its_owner_s_alone_and_no_link() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let place = closed(1);
    let mode = fs::metadata(head_of(&place)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    let moved = place.folder.path().join("moved");
    fs::rename(head_of(&place), &moved).unwrap();
    symlink(&moved, head_of(&place)).unwrap();
    let error = FileSink::open(&place.path).unwrap_err();
    assert_eq!(error.code(), "audit.not_a_file");
}

proptest! {
    #[test]
    fn attack_131_any_changed_byte_of_a_head_is_found(at in any::<prop::sample::Index>(), new: u8) {
        let chain = key().chain();
        let lines = five_lines().concat();
        let head = verify(lines.as_slice(), &key()).unwrap().head;
        let mut line = HeadSeal::new(&chain, head).line().into_bytes();
        prop_assert_eq!(line.len(), HEAD_LINE_BYTES);
        prop_assert_eq!(read_head_line(&line, &chain), Ok(head));
        let at = at.index(line.len());
        prop_assume!(line[at] != new);
        line[at] = new;
        prop_assert!(read_head_line(&line, &chain).is_err());
    }

    #[test]
    fn any_bytes_are_read_as_a_head_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(read_head_line(&bytes, &key().chain()).is_err());
    }
}

#[test]
fn a_log_kept_in_another_way_has_no_head_to_fit() {
    let log = AuditLog::open(NullSink::new(), &key()).unwrap();
    assert_eq!(log.write(&intent("a")).unwrap(), 1);
}
