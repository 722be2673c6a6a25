//! A body that nobody edits leaves byte for byte; one whose texts are all replaced keeps its shape and nothing else.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use x402_tower::wire::JsonText;

const LIMIT: usize = 1 << 24;

fuzz_target!(|input: (&[u8], &str)| {
    let (data, new) = input;
    let Ok(mut json) = JsonText::parse(Bytes::copy_from_slice(data), LIMIT) else {
        return;
    };
    assert_eq!(json.to_bytes(), data);
    assert!(!json.is_edited());
    let written = readable(new);
    for text in json.texts() {
        json.replace_text(&text, new)
            .expect("every text that is listed");
    }
    let bytes = json.to_bytes();
    let again = JsonText::parse(bytes.clone(), LIMIT).expect("an edited body is JSON");
    for text in again.texts() {
        // Keys that become alike get numbers.
        let keeps = match text.is_key {
            true => text.value.starts_with(&written),
            false => text.value == written,
        };
        assert!(keeps, "{:?} in {bytes:?} is not {written:?}", text.value);
    }
    // `serde_json` refuses numbers beyond f64, which RFC 8259 allows.
    if let (Ok(before), Ok(after)) = (serde_json::from_slice(data), serde_json::from_slice(&bytes))
    {
        assert_eq!(size(&before), size(&after));
    }
});

/// Control characters that no message may have are never written.
fn readable(text: &str) -> String {
    let shown = |c: char| {
        if c < ' ' && !"\t\n\r".contains(c) {
            '\u{fffd}'
        } else {
            c
        }
    };
    text.chars().map(shown).collect()
}

/// How many values there are, all the way down.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum::<usize>(),
        Value::Object(members) => members.values().map(size).sum::<usize>(),
        _ => 0,
    }
}
