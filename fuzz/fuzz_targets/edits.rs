//! Any edits of any document leave a document that can be read again.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use x402_tower::wire::json::{Document, Edits, Limits, Value};

fuzz_target!(|input: (&[u8], Vec<(u8, u8)>, &str)| {
    let (data, choices, text) = input;
    let limits = Limits::bytes(1 << 20);
    let Ok(document) = Document::parse(Bytes::copy_from_slice(data), limits) else {
        return;
    };
    let mut values = Vec::new();
    collect(document.root(), &mut values);
    let mut edits = Edits::default();
    for (place, edit) in choices {
        let value = values[usize::from(place) % values.len()];
        match edit % 4 {
            0 => edits.replace_string(value.id(), text),
            1 => edits.remove(value.id()),
            2 => edits
                .replace_json(value.id(), "[1e999]")
                .expect("valid JSON"),
            // Only objects have members; elsewhere the insertion is ignored.
            _ => edits
                .set_member(value, "\u{1F511}", "{}")
                .expect("valid JSON"),
        }
    }
    let edited = document.apply(&edits);
    Document::parse(edited, limits).expect("an edited document is a document");
});

fn collect<'a>(value: Value<'a>, into: &mut Vec<Value<'a>>) {
    into.push(value);
    value.items().for_each(|item| collect(item, into));
    value
        .entries()
        .for_each(|(_, member)| collect(member, into));
}
