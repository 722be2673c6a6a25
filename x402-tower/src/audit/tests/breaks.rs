use proptest::prelude::*;

use super::super::*;
use super::*;

fn broken(lines: &[Vec<u8>]) -> AuditBreak {
    verify(lines.concat().as_slice(), &key()).unwrap_err()
}

fn replaced(line: &[u8], old: &str, new: &str) -> Vec<u8> {
    let text = String::from_utf8(line.to_vec()).unwrap();
    assert!(text.contains(old), "{text}");
    text.replace(old, new).into_bytes()
}

#[test]
fn attack_132_an_edited_record_is_found() {
    let mut lines = five_lines();
    lines[2] = replaced(&lines[2], "policy.over_limit", "policy.over_limbo");
    let found = broken(&lines);
    assert_eq!((found.line, found.code()), (3, "audit.edited"));
}

#[test]
fn attack_132_a_reader_without_the_key_sees_no_edit() {
    let mut lines = five_lines();
    lines[2] = replaced(&lines[2], "policy.over_limit", "policy.over_limbo");
    let read: Vec<serde_json::Value> = lines
        .iter()
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    assert_eq!(read[2]["code"], "policy.over_limbo");
    assert_eq!(broken(&lines).line, 3);
}

#[test]
fn attack_132_an_edited_hmac_is_found() {
    let mut lines = five_lines();
    let at = lines[2].len() - 4;
    lines[2][at] = if lines[2][at] == b'0' { b'1' } else { b'0' };
    let found = broken(&lines);
    assert_eq!((found.line, found.code()), (3, "audit.edited"));
}

#[test]
fn attack_132_an_upper_case_hmac_is_found() {
    let mut lines = five_lines();
    let at = lines[2].len() - 67;
    lines[2][at..].make_ascii_uppercase();
    assert_eq!(broken(&lines).line, 3);
}

#[test]
fn attack_132_a_removed_record_is_found() {
    let mut lines = five_lines();
    lines.remove(2);
    let found = broken(&lines);
    assert_eq!(found.line, 3);
    assert!(matches!(
        found.kind,
        AuditBreakKind::Removed {
            expected: 3,
            found: 4
        }
    ));
}

#[test]
fn attack_132_a_removed_first_record_is_found() {
    let mut lines = five_lines();
    lines.remove(0);
    let found = broken(&lines);
    assert_eq!(found.line, 1);
    assert!(matches!(
        found.kind,
        AuditBreakKind::Removed {
            expected: 1,
            found: 2
        }
    ));
}

#[test]
fn attack_132_reordered_records_are_found() {
    let mut lines = five_lines();
    lines.swap(1, 2);
    let found = broken(&lines);
    assert_eq!(found.line, 2);
    assert!(matches!(
        found.kind,
        AuditBreakKind::Reordered {
            expected: 2,
            found: 3,
            stands_in: 3
        }
    ));
}

#[test]
fn attack_132_a_repeated_record_is_found() {
    let mut lines = five_lines();
    lines.insert(3, lines[2].clone());
    let found = broken(&lines);
    assert_eq!(found.line, 4);
    assert!(matches!(found.kind, AuditBreakKind::Duplicate { seq: 3 }));
}

#[test]
fn a_record_that_was_moved_far_down_is_reordered_and_not_removed() {
    let mut lines = five_lines();
    let moved = lines.remove(1);
    lines.push(moved);
    let found = broken(&lines);
    assert_eq!(found.line, 2);
    assert!(matches!(
        found.kind,
        AuditBreakKind::Reordered { stands_in: 5, .. }
    ));
}

#[test]
fn a_forged_record_further_down_does_not_make_a_removal_a_reordering() {
    let mut lines = five_lines();
    let edited = replaced(&lines.remove(1), "settled", "decided");
    lines.push(edited);
    assert_eq!(broken(&lines).code(), "audit.removed");
}

#[test]
fn attack_134_a_second_writer_from_the_same_record_is_found() {
    let mut lines = five_lines();
    let tail = lines[1].clone();
    let fork = Fork {
        tail,
        line: Mutex::default(),
    };
    let fork = Arc::new(fork);
    let log = AuditLog::open(Arc::clone(&fork), &key()).unwrap();
    log.write(&intent("c")).unwrap();
    lines.insert(3, fork.line.lock().clone());
    let found = broken(&lines);
    assert_eq!((found.line, found.code()), (4, "audit.fork"));
    let wrote_it = log.writer().to_owned();
    assert!(matches!(found.kind, AuditBreakKind::Fork { seq: 3, writer } if writer == wrote_it));
}

#[test]
fn attack_134_a_branch_that_was_appended_later_is_a_fork_where_it_begins() {
    let mut lines = five_lines();
    let fork = Arc::new(Fork {
        tail: lines[1].clone(),
        line: Mutex::default(),
    });
    let log = AuditLog::open(Arc::clone(&fork), &key()).unwrap();
    log.write(&intent("c")).unwrap();
    lines.push(fork.line.lock().clone());
    let found = broken(&lines);
    assert_eq!((found.line, found.code()), (6, "audit.fork"));
}

#[derive(Debug)]
struct Fork {
    tail: Vec<u8>,
    line: Mutex<Vec<u8>>,
}

impl AuditSink for Fork {
    fn append(&self, line: &[u8]) -> Result<(), AuditError> {
        *self.line.lock() = line.to_vec();
        Ok(())
    }

    fn tail(&self) -> Result<SinkTail, AuditError> {
        Ok(SinkTail {
            last_line: Some(self.tail.clone()),
            ..SinkTail::default()
        })
    }
}

#[test]
fn attack_132_a_record_from_another_log_under_the_same_key_is_found() {
    let mut lines = five_lines();
    lines[2] = lines_of(&[intent("x"), intent("y"), intent("z")])[2].clone();
    let found = broken(&lines);
    assert_eq!((found.line, found.code()), (3, "audit.wrong_predecessor"));
}

#[test]
fn attack_135_a_torn_last_line_is_found() {
    let mut lines = five_lines();
    lines[4].truncate(30);
    let found = broken(&lines);
    assert_eq!(found.line, 5);
    assert!(matches!(
        found.kind,
        AuditBreakKind::TornLastLine { bytes: 30 }
    ));
}

#[test]
fn a_last_line_without_its_break_is_torn() {
    let mut lines = five_lines();
    lines[4].pop();
    let found = broken(&lines);
    assert_eq!((found.line, found.code()), (5, "audit.torn_last_line"));
}

#[test]
fn a_foreign_key_is_found_at_the_first_line() {
    let found = verify(five_lines().concat().as_slice(), &other_key()).unwrap_err();
    assert_eq!((found.line, found.code()), (1, "audit.foreign_key_line"));
}

#[test]
fn a_foreign_line_that_was_put_in_is_found() {
    let mut lines = five_lines();
    lines.insert(2, b"{\"seq\":3}\n".to_vec());
    let found = broken(&lines);
    assert_eq!((found.line, found.code()), (3, "audit.malformed"));
}

#[test]
fn an_empty_line_is_found() {
    let mut lines = five_lines();
    lines.insert(2, b"\n".to_vec());
    let found = broken(&lines);
    assert_eq!((found.line, found.code()), (3, "audit.malformed"));
}

#[test]
fn a_line_without_end_is_not_read_into_memory() {
    let endless = std::io::BufReader::new(std::io::repeat(b'{'));
    let found = verify(endless, &key()).unwrap_err();
    assert_eq!((found.line, found.code()), (1, "audit.malformed"));
}

#[test]
fn a_reader_that_fails_is_not_the_end_of_the_log() {
    struct Failing;
    impl std::io::Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::ConnectionReset.into())
        }
    }
    let first = five_lines().swap_remove(0);
    let reader = std::io::BufReader::new(std::io::Read::chain(first.as_slice(), Failing));
    let found = verify(reader, &key()).unwrap_err();
    assert_eq!((found.line, found.code()), (2, "audit.unreadable"));
}

#[test]
fn attack_131_a_removed_end_is_found_by_a_head() {
    let lines = five_lines();
    let head = verify(lines.concat().as_slice(), &key())
        .unwrap()
        .head
        .unwrap();
    let cut = lines[..3].concat();
    let found = verify_with_head(cut.as_slice(), &key(), &head).unwrap_err();
    assert_eq!(found.line, 4);
    assert!(matches!(
        found.kind,
        AuditBreakKind::Truncated { missing: 2 }
    ));
}

#[test]
fn attack_131_a_log_that_was_emptied_is_found_by_a_head() {
    let head = verify(five_lines().concat().as_slice(), &key())
        .unwrap()
        .head
        .unwrap();
    let found = verify_with_head(&b""[..], &key(), &head).unwrap_err();
    assert!(matches!(
        found.kind,
        AuditBreakKind::Truncated { missing: 5 }
    ));
}

#[test]
fn attack_133_a_log_written_anew_under_the_same_key_is_found_by_a_head() {
    let head = verify(five_lines().concat().as_slice(), &key())
        .unwrap()
        .head
        .unwrap();
    let found = verify_with_head(five_lines().concat().as_slice(), &key(), &head).unwrap_err();
    assert_eq!((found.line, found.code()), (5, "audit.rewritten"));
}

#[test]
fn a_log_that_grew_still_has_its_head() {
    let lines = five_lines();
    let head = verify(lines[..3].concat().as_slice(), &key())
        .unwrap()
        .head
        .unwrap();
    let summary = verify_with_head(lines.concat().as_slice(), &key(), &head).unwrap();
    assert_eq!(summary.records, 5);
}

#[test]
fn a_break_shows_nothing_of_the_line() {
    let mut lines = five_lines();
    lines[0] = replaced(&lines[0], "\"key_id\":\"", "\"key_id\":\"\\u001b[31mleak");
    let shown = broken(&lines).to_string();
    assert!(
        !shown.contains('\u{1b}') && !shown.contains("lk"),
        "{shown}"
    );
}

#[test]
fn every_break_names_its_line() {
    let mut lines = five_lines();
    lines.remove(2);
    assert!(
        broken(&lines)
            .to_string()
            .starts_with("line 3: record 4 stands where 3 belongs")
    );
}

proptest! {
    #[test]
    fn attack_132_any_changed_byte_is_found(at in any::<prop::sample::Index>(), new: u8) {
        let lines = five_lines();
        let mut log = lines.concat();
        let at = at.index(log.len() - 1);
        prop_assume!(log[at] != new);
        log[at] = new;
        let mut end = 0;
        let ends: Vec<_> = lines.iter().map(|line| { end += line.len(); end }).collect();
        let changed = ends.iter().position(|end| at < *end).unwrap() as u64 + 1;
        let found = verify(log.as_slice(), &key()).unwrap_err();
        prop_assert!(found.line == changed || found.line == changed + 1, "{found} after {changed}");
    }

    #[test]
    fn attack_131_any_cut_within_a_line_is_found(at in any::<prop::sample::Index>()) {
        let log = five_lines().concat();
        let cut = &log[..at.index(log.len())];
        let whole = cut.is_empty() || cut.ends_with(b"\n");
        prop_assert_eq!(verify(cut, &key()).is_ok(), whole);
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert_eq!(verify(bytes.as_slice(), &key()).is_ok(), bytes.is_empty());
    }
}
