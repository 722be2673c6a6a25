//! What our JSON reader accepts, `serde_json` reads the same way.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use x402_tower::wire::json::{Document, Limits, Value};

fuzz_target!(|data: &[u8]| {
    let Ok(document) = Document::parse(Bytes::copy_from_slice(data), Limits::default()) else {
        return;
    };
    // `serde_json` refuses numbers beyond f64, which RFC 8259 allows.
    if let Ok(theirs) = serde_json::from_slice::<serde_json::Value>(data) {
        compare(document.root(), &theirs);
    }
});

fn compare(ours: Value<'_>, theirs: &serde_json::Value) {
    match theirs {
        serde_json::Value::Null => assert!(ours.is_null()),
        serde_json::Value::Bool(flag) => assert_eq!(ours.as_bool(), Some(*flag)),
        serde_json::Value::Number(number) => {
            assert!(
                ours.as_u64()
                    .is_none_or(|ours| number.as_u64() == Some(ours))
            );
        }
        serde_json::Value::String(text) => {
            assert_eq!(ours.as_str().as_deref(), Some(text.as_str()))
        }
        serde_json::Value::Array(items) => {
            assert_eq!(ours.items().count(), items.len());
            ours.items()
                .zip(items)
                .for_each(|(ours, theirs)| compare(ours, theirs));
        }
        serde_json::Value::Object(members) => {
            assert_eq!(ours.entries().count(), members.len());
            ours.entries()
                .for_each(|(key, ours)| compare(ours, &members[&*key]));
        }
    }
}
