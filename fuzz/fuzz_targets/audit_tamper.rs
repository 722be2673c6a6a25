//! A log that was changed is never intact; only its own beginning is, and with its head only the whole.

#![no_main]

mod tamper;

use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex};

use libfuzzer_sys::fuzz_target;
use x402_tower::audit::{AuditHead, AuditLog, StreamSink, verify, verify_with_head};

use tamper::{Edit, key, record, tampered};

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panicked").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A log of four records, and its head.
static LOG: LazyLock<(Vec<u8>, AuditHead)> = LazyLock::new(|| {
    let stream = Shared::default();
    let log = AuditLog::open(StreamSink::new(stream.clone()), &key()).expect("a new log");
    for id in ["a", "b", "c", "d"] {
        log.write(&record(id)).expect("memory takes it");
    }
    let head = log.head().expect("four records");
    let bytes = stream.0.lock().expect("nobody panicked").clone();
    (bytes, head)
});

fuzz_target!(|input: (Vec<Edit>, &str)| {
    let (edits, text) = input;
    let (original, head) = &*LOG;
    let log = tampered(original, &edits);
    match verify(&*log, &key()) {
        Ok(summary) => assert_eq!(whole_lines(&log), Some(summary.records)),
        Err(found) => {
            assert_eq!(whole_lines(&log), None);
            assert!(found.line >= 1);
        }
    }
    assert_eq!(
        verify_with_head(&*log, &key(), head).is_ok(),
        log == *original
    );

    assert_eq!(head.to_string().parse(), Ok(*head));
    if let Ok(other) = text.parse::<AuditHead>() {
        assert_eq!(other.to_string().parse(), Ok(other));
        // No other log ends like this one.
        let found = verify_with_head(&original[..], &key(), &other).is_ok();
        assert!(!found || other == *head || other.seq() == 0 || other.seq() < head.seq());
    }
});

/// How many records `log` begins with; `None` unless it is so many lines of the original and nothing else.
fn whole_lines(log: &[u8]) -> Option<u64> {
    let original = &LOG.0;
    let whole = original.starts_with(log) && (log.is_empty() || log.ends_with(b"\n"));
    whole.then(|| log.iter().filter(|byte| **byte == b'\n').count() as u64)
}
