use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::*;
use super::*;

/// Refuses while it is told to, without having taken anything.
#[derive(Debug, Default)]
struct Flaky {
    refuses: AtomicBool,
    panics: AtomicBool,
    lines: Mutex<Vec<u8>>,
}

impl AuditSink for Flaky {
    fn append(&self, line: &[u8]) -> Result<(), AuditError> {
        assert!(!self.panics.load(Ordering::Relaxed), "a sink that panics");
        if self.refuses.load(Ordering::Relaxed) {
            let source = io::ErrorKind::StorageFull.into();
            return Err(AuditError::Io {
                action: "write the record",
                source,
            });
        }
        self.lines.lock().extend_from_slice(line);
        Ok(())
    }
}

/// Takes `room` bytes, then fails.
struct Short {
    room: usize,
}

impl Write for Short {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.room);
        self.room -= taken;
        if taken == 0 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn sequence_numbers_count_from_one() {
    let log = AuditLog::open(NullSink::new(), &key()).unwrap();
    assert_eq!(log.write(&intent("a")).unwrap(), 1);
    assert_eq!(log.write(&settled("a")).unwrap(), 2);
}

#[test]
fn an_intact_log_adds_up() {
    let summary = verify(five_lines().concat().as_slice(), &key()).unwrap();
    assert_eq!(summary.records, 5);
    assert_eq!(summary.count(AuditEventType::PaymentIntent), 2);
    assert_eq!(summary.count(AuditEventType::PaymentAllowed), 2);
    assert_eq!(summary.count(AuditEventType::PolicyBlocked), 1);
    assert_eq!((summary.first_seq, summary.last_seq), (Some(1), Some(5)));
    assert_eq!(summary.writers, 1);
}

#[test]
fn an_empty_log_is_unbroken() {
    assert_eq!(verify(&b""[..], &key()).unwrap(), AuditSummary::default());
}

#[test]
fn attack_139_an_intent_without_outcome_dangles() {
    let lines = lines_of(&[intent("a"), intent("b"), settled("a")]);
    let summary = verify(lines.concat().as_slice(), &key()).unwrap();
    let dangling: Vec<_> = summary
        .dangling_intents
        .iter()
        .map(|open| (open.decision_id.as_str(), open.seq))
        .collect();
    assert_eq!(dangling, [("b", 2)]);
}

#[test]
fn a_denial_after_the_intent_ends_it() {
    let denied = AuditRecord::new(AuditEventType::PaymentError, NOW).decision_id("a");
    let lines = lines_of(&[intent("a"), denied]);
    let summary = verify(lines.concat().as_slice(), &key()).unwrap();
    assert!(summary.dangling_intents.is_empty());
}

#[test]
fn an_intent_that_cannot_be_followed_is_counted() {
    let lines = lines_of(&[AuditRecord::new(AuditEventType::PaymentIntent, NOW)]);
    let summary = verify(lines.concat().as_slice(), &key()).unwrap();
    assert_eq!(summary.unfollowed_intents, 1);
}

#[test]
fn no_more_intents_are_followed_than_there_is_room_for() {
    let stream = Shared::default();
    let log = AuditLog::open(StreamSink::new(stream.clone()), &key()).unwrap();
    for number in 0..MAX_OPEN_INTENTS + 3 {
        log.write(&intent(&number.to_string())).unwrap();
    }
    let summary = verify(stream.bytes().as_slice(), &key()).unwrap();
    assert_eq!(summary.dangling_intents.len(), MAX_OPEN_INTENTS);
    assert_eq!(summary.unfollowed_intents, 3);
}

#[test]
fn a_refused_record_does_not_move_the_chain() {
    let sink = Arc::new(Flaky::default());
    let log = AuditLog::open(Arc::clone(&sink), &key()).unwrap();
    log.write(&intent("a")).unwrap();
    sink.refuses.store(true, Ordering::Relaxed);
    assert_eq!(log.write(&settled("a")).unwrap_err().code(), "audit.io");
    sink.refuses.store(false, Ordering::Relaxed);
    assert_eq!(log.write(&settled("a")).unwrap(), 2);
    let summary = verify(sink.lines.lock().as_slice(), &key()).unwrap();
    assert_eq!(summary.count(AuditEventType::PaymentAllowed), 1);
}

#[test]
fn how_many_records_were_refused_is_on_record() {
    let sink = Arc::new(Flaky::default());
    let log = AuditLog::open(Arc::clone(&sink), &key()).unwrap();
    assert!(log.check(NOW).is_ok_and(|commit| commit.is_done()));
    assert_eq!(log.head(), None);
    sink.refuses.store(true, Ordering::Relaxed);
    for _ in 0..3 {
        assert!(log.write(&intent("a")).is_err());
    }
    assert_eq!(log.check(NOW).unwrap_err().code(), "audit.io");
    sink.refuses.store(false, Ordering::Relaxed);
    // Either makes the note: the question, or the next record.
    log.check(NOW).unwrap().wait().unwrap();
    assert_eq!(log.write(&intent("a")).unwrap(), 2);
    let text = String::from_utf8(sink.lines.lock().clone()).unwrap();
    let note = text.lines().next().unwrap();
    assert!(
        note.contains("LOG_RECOVERED") && note.contains("before: 3"),
        "{note}"
    );
    assert!(note.contains("audit.io"), "{note}");
    let summary = verify(text.as_bytes(), &key()).unwrap();
    assert_eq!(summary.count(AuditEventType::LogRecovered), 1);
}

#[test]
fn a_stream_that_takes_nothing_leaves_the_log_open() {
    let log = AuditLog::open(StreamSink::new(Short { room: 0 }), &key()).unwrap();
    assert_eq!(log.write(&intent("a")).unwrap_err().code(), "audit.io");
    assert_eq!(log.write(&intent("a")).unwrap_err().code(), "audit.io");
}

#[test]
fn a_stream_that_breaks_within_a_line_closes_the_log() {
    let log = AuditLog::open(StreamSink::new(Short { room: 10 }), &key()).unwrap();
    assert_eq!(log.write(&intent("a")).unwrap_err().code(), "audit.torn");
    assert_eq!(
        log.write(&intent("a")).unwrap_err().code(),
        "audit.poisoned"
    );
}

#[test]
fn attack_144_a_sink_that_panics_closes_the_log() {
    let sink = Arc::new(Flaky::default());
    let log = AuditLog::open(Arc::clone(&sink), &key()).unwrap();
    sink.panics.store(true, Ordering::Relaxed);
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| log.write(&intent("a"))));
    assert!(caught.is_err());
    sink.panics.store(false, Ordering::Relaxed);
    assert_eq!(
        log.write(&intent("a")).unwrap_err().code(),
        "audit.poisoned"
    );
}

#[test]
fn threads_share_one_chain() {
    let stream = Shared::default();
    let log = AuditLog::open(StreamSink::new(stream.clone()), &key()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    log.write(&intent("a")).unwrap();
                }
            });
        }
    });
    assert_eq!(
        verify(stream.bytes().as_slice(), &key()).unwrap().records,
        200
    );
}

#[test]
fn a_log_shows_neither_key_nor_records() {
    let log = AuditLog::open(StreamSink::new(Shared::default()), &key()).unwrap();
    log.write(&intent("secret-decision")).unwrap();
    let shown = format!("{log:?}");
    assert!(!shown.contains("secret-decision"));
    assert!(!shown.contains("000102"));
}

#[test]
fn a_head_reads_back_from_its_text() {
    let log = AuditLog::open(NullSink::new(), &key()).unwrap();
    log.write(&intent("a")).unwrap();
    let head = log.head().unwrap();
    assert_eq!(head.to_string().parse(), Ok(head));
}

#[test]
fn a_head_has_one_spelling() {
    let hex = "ab".repeat(32);
    assert!(format!("7:{hex}").parse::<AuditHead>().is_ok());
    for wrong in [
        format!("+7:{hex}"),
        format!("7:{}", hex.to_uppercase()),
        format!(":{hex}"),
    ] {
        assert_eq!(wrong.parse::<AuditHead>(), Err(AuditHeadError), "{wrong}");
    }
}

#[test]
fn a_summary_names_the_log_s_head() {
    let stream = Shared::default();
    let log = AuditLog::open(StreamSink::new(stream.clone()), &key()).unwrap();
    log.write(&intent("a")).unwrap();
    let summary = verify(stream.bytes().as_slice(), &key()).unwrap();
    assert_eq!(summary.head, log.head());
}
