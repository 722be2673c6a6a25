//! A log that nobody wrote with the key never verifies as holding a record, and never panics.

#![no_main]

use libfuzzer_sys::fuzz_target;
use x402_tower::audit::{AuditKey, verify};

fuzz_target!(|log: &[u8]| {
    let key =
        AuditKey::from_bytes(*b"0123456789abcdefghijklmnopqrstuv").expect("32 bytes are a key");
    if let Ok(summary) = verify(log, &key) {
        assert_eq!(summary.records, 0);
    }
});
