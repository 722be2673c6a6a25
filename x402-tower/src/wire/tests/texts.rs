//! Which texts are seen, and which of them may change.

use super::*;
use crate::wire::{FacilitatorRequest, PaymentPayload, TextField, Version, compose_v2};

const RESOURCE: &str = r#"{"url":"https://api.example.com/?q=bob","description":"for bob","mimeType":"text/plain","serviceName":"s","tags":["a","b"],"iconUrl":"https://i.example.com"}"#;
const EXTENSIONS: &str = r#"{"bazaar":{"info":{"output":{"example":{"name":"bob","n":1}}},"schema":{"$schema":"https://json-schema.org","type":"object","properties":{"q":{"type":"string","description":"whose"}}}},"payment-identifier":{"info":{"required":true,"id":"pay_bob"}}}"#;
const PAYLOAD: &str = r#"{"permissionContext":"bob"}"#;

/// Path, and whether the text may be rewritten and is a URL.
fn listed(texts: &[TextField]) -> Vec<(&str, bool, bool)> {
    texts
        .iter()
        .map(|text| (text.path.as_str(), text.rewritable, text.is_url))
        .collect()
}

fn full_v2() -> String {
    let requirement = REQUIREMENT_V2
        .replace(
            r#""version":"2""#,
            r#""version":"2","memo":"m","note":{"deep":["x"]}"#,
        )
        .replacen('{', r#"{"label":"l","#, 1);
    format!(
        r#"{{"x402Version":2,"error":"e","resource":{RESOURCE},"accepts":[{requirement}],"extensions":{EXTENSIONS},"odd key":"o"}}"#
    )
}

fn payment() -> PaymentPayload {
    let json = compose_v2(REQUIREMENT_V2, Some(RESOURCE), Some(EXTENSIONS), PAYLOAD);
    PaymentPayload::parse(Version::V2, json).unwrap()
}

#[test]
fn every_text_of_a_v2_challenge_is_listed() {
    let challenge = read_v2(&full_v2()).unwrap();
    assert_eq!(
        listed(&challenge.texts()),
        [
            ("error", true, false),
            ("resource.url", true, true),
            ("resource.description", true, false),
            ("resource.serviceName", true, false),
            ("resource.tags[0]", true, false),
            ("resource.tags[1]", true, false),
            ("resource.iconUrl", true, true),
            ("accepts[0].label", false, false),
            ("accepts[0].extra.memo", false, false),
            ("accepts[0].extra.note.deep[0]", false, false),
            ("extensions.bazaar.info.output.example.name", false, false),
            (
                "extensions.bazaar.schema.properties.q.description",
                false,
                false
            ),
            ("extensions.payment-identifier.info.id", false, false),
            ("*", false, false),
        ]
    );
}

#[test]
fn every_text_of_a_v1_challenge_is_listed() {
    let challenge = read_v1(&challenge_v1(REQUIREMENT_V1)).unwrap();
    assert_eq!(
        listed(&challenge.texts()),
        [
            ("error", true, false),
            ("accepts[0].resource", true, true),
            ("accepts[0].description", true, false),
            ("accepts[0].outputSchema.input.type", true, false),
            ("accepts[0].outputSchema.input.note", true, false),
        ]
    );
}

#[test]
fn only_the_resource_of_a_payment_may_change() {
    let texts = payment().texts();
    let rewritable: Vec<_> = texts
        .iter()
        .filter(|text| text.rewritable)
        .map(|text| text.path.as_str())
        .collect();
    assert_eq!(
        rewritable,
        [
            "resource.url",
            "resource.description",
            "resource.serviceName",
            "resource.tags[0]",
            "resource.tags[1]",
            "resource.iconUrl"
        ]
    );
    assert!(
        texts
            .iter()
            .any(|text| text.path == "extensions.payment-identifier.info.id")
    );
    assert!(!texts.iter().any(|text| text.path.starts_with("payload")));
}

#[test]
fn on_its_way_to_the_facilitator_the_catalogue_entry_may_change_too() {
    let payment = String::from_utf8(payment().to_bytes().to_vec()).unwrap();
    let json = format!(
        r#"{{"x402Version":2,"paymentPayload":{payment},"paymentRequirements":{REQUIREMENT_V2}}}"#
    );
    let mut request = FacilitatorRequest::parse(json.clone().into()).unwrap();
    let text = |path: &str| {
        request
            .texts()
            .into_iter()
            .find(|text| text.path == path)
            .unwrap()
    };
    let example = text("paymentPayload.extensions.bazaar.info.output.example.name");
    let id = text("paymentPayload.extensions.payment-identifier.info.id");
    request.replace_text(&example, "[NAME]").unwrap();
    assert_eq!(
        request.replace_text(&id, "x").unwrap_err(),
        WireError::NotRewritable
    );
    assert_eq!(
        request.to_bytes(),
        json.replace(r#""name":"bob""#, r#""name":"[NAME]""#)
    );
}

#[test]
fn v1_requirements_keep_their_text_fields_on_the_way_to_the_facilitator() {
    let payment = r#"{"x402Version":1,"scheme":"exact","network":"unknown","payload":{}}"#;
    let json = format!(
        r#"{{"x402Version":1,"paymentPayload":{payment},"paymentRequirements":{REQUIREMENT_V1}}}"#
    );
    let mut request = FacilitatorRequest::parse(json.clone().into()).unwrap();
    for text in request.texts() {
        let redacted = text.value.replace("bob@example.com", "[EMAIL]");
        request.replace_text(&text, &redacted).unwrap();
    }
    assert_eq!(
        request.to_bytes(),
        json.replace("bob@example.com", "[EMAIL]")
    );
}

#[test]
fn machine_fields_cannot_be_rewritten() {
    let mut challenge = read_v2(&full_v2()).unwrap();
    let document = challenge.document().clone();
    let accepts = document.root().get("accepts").unwrap();
    let entry = accepts.items().next().unwrap();
    for value in [
        entry,
        accepts,
        entry.get("payTo").unwrap(),
        entry.get("amount").unwrap(),
    ] {
        let error = challenge.replace_text(value.id(), "x").unwrap_err();
        assert_eq!(error, WireError::NotRewritable);
    }
    assert!(!challenge.is_edited());
    assert_eq!(challenge.to_bytes(), full_v2());
}

#[test]
fn the_same_text_again_is_no_edit() {
    let value = base64(&full_v2());
    let mut challenge = Challenge::from_headers(&headers(header::PAYMENT_REQUIRED, &value))
        .unwrap()
        .unwrap();
    for text in challenge.texts().iter().filter(|text| text.rewritable) {
        challenge.replace_text(text, &text.value).unwrap();
    }
    assert!(!challenge.is_edited());
    assert_eq!(challenge.to_header_value().unwrap(), value);
}

#[test]
fn texts_show_edits_and_leave_out_what_was_withdrawn() {
    let two = format!("{REQUIREMENT_V1},{}", REQUIREMENT_V1.replace("bob", "eve"));
    let mut challenge = read_v1(&challenge_v1(&two)).unwrap();
    let texts = challenge.texts();
    let description = texts
        .iter()
        .find(|text| text.value == "for eve@example.com")
        .unwrap();
    challenge.replace_text(description, "for [EMAIL]").unwrap();
    challenge.retain_requirements(|requirement| requirement.index() == 1);
    let left: Vec<_> = challenge
        .texts()
        .into_iter()
        .map(|text| (text.path, text.value))
        .collect();
    assert!(left.contains(&("accepts[1].description".into(), "for [EMAIL]".into())));
    assert!(!left.iter().any(|(path, _)| path.starts_with("accepts[0]")));
}

#[test]
fn the_requirement_that_is_signed_stays_the_original() {
    let mut challenge = read_v1(&challenge_v1(REQUIREMENT_V1)).unwrap();
    for text in challenge.texts() {
        challenge.replace_text(&text, "[REDACTED]").unwrap();
    }
    assert_eq!(challenge.requirements()[0].raw(), REQUIREMENT_V1);
}

#[test]
fn debug_never_shows_text() {
    let challenge = read_v2(&full_v2()).unwrap();
    let shown = format!(
        "{challenge:?} {:?} {:?}",
        challenge.texts(),
        challenge.requirements()
    );
    assert!(!shown.contains("bob"), "{shown}");
}
