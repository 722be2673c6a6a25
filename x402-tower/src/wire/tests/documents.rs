//! The JSON reader (attacks 29, 30, 32) against an independent one.

use bytes::Bytes;
use proptest::prelude::*;

use crate::wire::json::{Document, JsonError, Kind, Limits, MAX_DEPTH, Value};

fn parse(json: &[u8]) -> Result<Document, JsonError> {
    Document::parse(Bytes::copy_from_slice(json), Limits::default())
}

fn code(json: impl AsRef<[u8]>) -> &'static str {
    parse(json.as_ref()).map_or_else(|error| error.code(), |_| "accepted")
}

#[test]
fn attack_029_duplicate_keys_after_unescaping() {
    for json in [
        r#"{"payTo":1,"payTo":2}"#,
        r#"{"payTo":1,"pay\u0054o":2}"#,
        r#"{"\u0070ayTo":1,"p\u0061yTo":1}"#,
        r#"{"a":{"b":1,"c":2,"b":3}}"#,
        r#"[{"":1,"":2}]"#,
        r#"{"\ud83d\ude00":1,"😀":2}"#,
        r#"{"a/b":1,"a\/b":2}"#,
    ] {
        assert_eq!(code(json), "wire.duplicate_key", "{json}");
    }
    assert_eq!(code(r#"{"a":{"b":1},"b":{"a":1},"A":1}"#), "accepted");
}

#[test]
fn attack_029_duplicate_keys_in_large_objects() {
    let members = |last: &str| {
        let keys: Vec<_> = (0..2_000).map(|index| format!(r#""k{index}":0"#)).collect();
        format!("{{{},{last}:0}}", keys.join(","))
    };
    assert_eq!(code(members(r#""k1999""#)), "wire.duplicate_key");
    assert_eq!(code(members(r#""\u006b0""#)), "wire.duplicate_key");
    assert_eq!(code(members(r#""k2000""#)), "accepted");
}

#[test]
fn attack_030_deep_nesting() {
    let arrays = |depth| "[".repeat(depth) + &"]".repeat(depth);
    let objects = |depth| r#"{"a":"#.repeat(depth) + "0" + &"}".repeat(depth);
    for nested in [arrays(MAX_DEPTH), objects(MAX_DEPTH)] {
        assert_eq!(code(nested), "accepted");
    }
    for nested in [
        arrays(MAX_DEPTH + 1),
        objects(MAX_DEPTH + 1),
        arrays(6_000),
        "[".repeat(60_000),
    ] {
        assert_eq!(code(nested), "wire.depth");
    }
    let flat = Document::parse("[[]]".into(), Limits::default().with_depth(1));
    assert_eq!(flat.unwrap_err(), JsonError::TooDeep { limit: 1 });
}

#[test]
fn attack_032_text_that_is_not_plain_utf8() {
    assert_eq!(code(b"\"\xff\""), "wire.utf8");
    assert_eq!(code(b"\"\xed\xa0\x80\""), "wire.utf8");
    assert_eq!(code(b"\"\xc0\x80\""), "wire.utf8");
    assert_eq!(code("\u{feff}{}"), "wire.utf8");
    assert_eq!(code(b"{\0}"), "wire.json");
    for surrogate in [
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\ud800\u0041""#,
        r#""\ud800x""#,
        r#"{"\udfff":1}"#,
    ] {
        assert_eq!(code(surrogate), "wire.surrogate", "{surrogate}");
    }
    for control in [
        "\"\0\"",
        "\"\n\"",
        "\"\x1b[31m\"",
        r#""\u0000""#,
        r#""\u001B""#,
        r#""\b""#,
        r#""\f""#,
    ] {
        assert_eq!(code(control), "wire.control_character", "{control:?}");
    }
    assert_eq!(code(r#""\t\n\r\u0009\u20ac\ud83d\ude00 € 😀""#), "accepted");
}

#[test]
fn what_rfc_8259_does_not_allow_is_refused() {
    for json in [
        "",
        " ",
        "{",
        "}",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{,}",
        r#"{"a":1,}"#,
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a" 1}"#,
        "{a:1}",
        "{'a':1}",
        "{1:1}",
        "[1]]",
        "{}{}",
        "nul",
        "nulll",
        "True",
        "NaN",
        "Infinity",
        "-",
        "-a",
        "01",
        "-01",
        "1.",
        ".1",
        "1.e1",
        "1e",
        "1e+",
        "+1",
        "0x1",
        "1_0",
        "\"",
        r#""\""#,
        r#""\x41""#,
        r#""\u12""#,
        r#""\u123g""#,
        r#""\u+123""#,
        "// c\n1",
        "[1}",
        r#"{"a":1]"#,
        "\u{a0}1",
        "\u{b}1",
        "1\0",
    ] {
        assert_eq!(code(json), "wire.json", "{json:?}");
    }
}

#[test]
fn a_text_above_the_cap_is_refused() {
    let limits = Limits::bytes(4);
    assert!(Document::parse("[12]".into(), limits).is_ok());
    assert_eq!(
        Document::parse("[123]".into(), limits).unwrap_err(),
        JsonError::TooLarge { limit: 4 }
    );
}

#[test]
fn only_plain_digits_are_a_u64() {
    let json = "[0,18446744073709551615,18446744073709551616,-0,1.0,1e2,\"1\",null]";
    let document = parse(json.as_bytes()).unwrap();
    let numbers: Vec<_> = document.root().items().map(Value::as_u64).collect();
    assert_eq!(
        numbers,
        [Some(0), Some(u64::MAX), None, None, None, None, None, None]
    );
}

#[test]
fn debug_never_shows_content() {
    let document = parse(br#"{"signature":"0xsecret"}"#).unwrap();
    let shown = format!(
        "{document:?} {:?} {:?}",
        document.root(),
        document.root().entries()
    );
    assert!(!shown.contains("secret"), "{shown}");
}

/// Whether our reading of `ours` is what `serde_json` reads.
fn agrees(ours: Value<'_>, theirs: &serde_json::Value) -> bool {
    match theirs {
        serde_json::Value::Null => ours.is_null(),
        serde_json::Value::Bool(flag) => ours.as_bool() == Some(*flag),
        serde_json::Value::Number(number) => {
            ours.kind() == Kind::Number
                && ours
                    .as_u64()
                    .is_none_or(|ours| number.as_u64() == Some(ours))
                && serde_json::from_str::<serde_json::Number>(ours.raw())
                    .ok()
                    .as_ref()
                    == Some(number)
        }
        serde_json::Value::String(text) => ours.as_str().as_deref() == Some(text),
        serde_json::Value::Array(items) => {
            ours.kind() == Kind::Array
                && ours.items().count() == items.len()
                && ours
                    .items()
                    .zip(items)
                    .all(|(ours, theirs)| agrees(ours, theirs))
        }
        serde_json::Value::Object(members) => {
            ours.kind() == Kind::Object
                && ours.entries().count() == members.len()
                && ours.entries().all(|(key, ours)| {
                    members
                        .get(&*key)
                        .is_some_and(|theirs| agrees(ours, theirs))
                })
        }
    }
}

/// Text without the control characters that we refuse.
fn text() -> impl Strategy<Value = String> {
    "[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]{0,12}"
}

pub(super) fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        text().prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 64, 20, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..20).prop_map(Into::into),
            prop::collection::btree_map(text(), inner, 0..20)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn valid_json_reads_as_serde_json_reads_it(value in json(), pretty in any::<bool>()) {
        let bytes = if pretty { serde_json::to_vec_pretty(&value) } else { serde_json::to_vec(&value) }.unwrap();
        let document = parse(&bytes).unwrap();
        prop_assert!(agrees(document.root(), &serde_json::from_slice(&bytes).unwrap()));
    }

    #[test]
    fn arbitrary_bytes_never_panic_and_are_never_wider_than_json(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(document) = parse(&bytes) {
            let theirs = serde_json::from_slice(&bytes).unwrap();
            prop_assert!(agrees(document.root(), &theirs));
        }
    }

    #[test]
    fn json_like_text_never_panics_and_is_never_wider_than_json(text in r#"[\[\]{}:,"\\u0-9a-f eE.+\-tn/]{0,40}"#) {
        if let Ok(document) = parse(text.as_bytes()) {
            // `serde_json` refuses numbers beyond f64, which the grammar allows.
            if let Ok(theirs) = serde_json::from_str(&text) {
                prop_assert!(agrees(document.root(), &theirs));
            } else {
                prop_assert!(text.contains(['e', 'E']));
            }
        }
    }
}
