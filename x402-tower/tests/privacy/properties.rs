//! A redacted message is the original with nothing but the findings replaced.

use proptest::prelude::*;
use serde_json::{Map, Value};
use x402_tower::pii::{Detector, RedactionTemplate, redact, redact_url};
use x402_tower::pii::{PiiAction, PiiControl};
use x402_tower::testing::{ScriptedBody, ScriptedSeller};

use crate::ground::*;

/// JSON with personal data here and there, in keys and in values.
fn json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        Just(EMAIL.to_owned()),
        Just(format!("pay {EMAIL} by card {CARD} now")),
        Just(SSN.to_owned()),
        Just(format!("https://a.example/{EMAIL}?n=1")),
        "[a-z \"\\\\\n€]{0,8}",
    ];
    let leaf = prop_oneof![
        text.clone().prop_map(Value::from),
        any::<u16>().prop_map(Value::from),
        Just(Value::from(4_111_111_111_111_111u64)),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ];
    leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(text.clone(), inner, 0..4)
                .prop_map(|members| { Value::Object(members.into_iter().collect::<Map<_, _>>()) }),
        ]
    })
}

fn clean(text: &str) -> String {
    let (detector, template) = (Detector::new(), RedactionTemplate::default());
    if text.starts_with("http") {
        redact_url(text, &detector.scan_url(text), &template).into_owned()
    } else {
        redact(text, &detector.scan(text), &template).into_owned()
    }
}

/// The same shape, in the same order, with every text redacted and every other value as it was.
fn assert_redacted(before: &Value, after: &Value) -> Result<(), TestCaseError> {
    match (before, after) {
        (Value::String(before), Value::String(after)) => prop_assert_eq!(&clean(before), after),
        (Value::Array(before), Value::Array(after)) => {
            prop_assert_eq!(before.len(), after.len());
            for (before, after) in before.iter().zip(after) {
                assert_redacted(before, after)?;
            }
        }
        (Value::Object(before), Value::Object(after)) => {
            prop_assert_eq!(before.len(), after.len(), "no member is lost");
            for (key, value) in before {
                let wanted = clean(key);
                // Keys that become alike get numbers; then any of the members may be meant.
                let mut candidates = after.iter().filter(|(key, _)| key.starts_with(&wanted));
                prop_assert!(candidates.any(|(_, after)| assert_redacted(value, after).is_ok()));
            }
        }
        (Value::Number(number), after) if number.to_string() == CARD => {
            prop_assert_eq!(after, "<REDACTED>");
        }
        (before, after) => prop_assert_eq!(before, after),
    }
    Ok(())
}

fn sent(body: &str) -> String {
    let seller = ScriptedSeller::new().respond(http::Response::new(ScriptedBody::default()));
    let pii = PiiControl::new().with_request_bodies(PiiAction::Redact);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(buy(Some(pii), &seller, post(URL, "application/json", body)));
    let seen = seller.requests().remove(0);
    let body = String::from_utf8(seen.body.unwrap().to_vec()).unwrap();
    assert_eq!(seen.headers["content-length"], body.len().to_string());
    body
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_redacted_body_is_the_original_with_the_findings_replaced(value in json(), pretty in any::<bool>()) {
        let body = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let redacted = sent(&body);
        let after: Value = serde_json::from_str(&redacted).unwrap();
        assert_redacted(&value, &after)?;
        prop_assert!(!redacted.contains("alice@") && !redacted.contains(CARD) && !redacted.contains(SSN));
        // What is redacted already stays as it is, so a resent request is the same request.
        prop_assert_eq!(sent(&redacted), redacted);
    }

    #[test]
    fn a_body_without_findings_leaves_byte_for_byte(spaces in "[ \n\t]{0,3}", number in "-?[1-9][0-9]{0,6}(\\.[0-9]{1,3})?([eE][0-9])?", words in "[a-z ]{0,12}") {
        let body = format!("{spaces}{{\"a\":{spaces}{number},\"b\" :[\"{words}\",null,true ]}}{spaces}");
        prop_assert_eq!(sent(&body), body);
    }
}
