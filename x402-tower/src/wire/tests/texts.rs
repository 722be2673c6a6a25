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
        .filter(|text| !text.is_key)
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
            ("extensions.bazaar.schema.$schema", false, true),
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
}

#[test]
fn what_is_signed_is_text_that_may_not_change() {
    let texts = payment().texts();
    let signed = texts
        .iter()
        .find(|text| text.path == "payload.permissionContext");
    assert!(signed.is_some_and(|text| text.value == "bob" && !text.rewritable));
    let payload = format!(
        r#"{{"signature":"0x{}","authorization":{{"from":"0x{from}","to":"0x{from}","value":"4111111111111111","validAfter":"0","validBefore":"1700000000","nonce":"0x{}"}}}}"#,
        "5a".repeat(65),
        "77".repeat(32),
        from = "11".repeat(20),
    );
    let json = compose_v2(REQUIREMENT_V2, None, None, &payload);
    let payment = PaymentPayload::parse(Version::V2, json).unwrap();
    let plain: Vec<_> = payment
        .texts()
        .into_iter()
        .filter(|text| text.path.starts_with("payload"))
        .collect();
    assert_eq!(plain, [], "an authorization holds no free text");
}

/// Keys that are no words of the protocol, and whether they may be rewritten.
fn keys(texts: &[TextField]) -> Vec<(&str, &str, bool)> {
    texts
        .iter()
        .filter(|text| text.is_key)
        .map(|text| (text.path.as_str(), text.value.as_str(), text.rewritable))
        .collect()
}

#[test]
fn keys_are_texts_as_well() {
    let challenge = read_v2(&full_v2()).unwrap();
    assert_eq!(
        keys(&challenge.texts()),
        [
            ("accepts[0].*", "label", false),
            ("accepts[0].extra.*", "note", false),
            ("accepts[0].extra.note.*", "deep", false),
            ("extensions.bazaar.info.output.example.*", "n", false),
            ("extensions.bazaar.schema.properties.*", "q", false),
            ("*", "odd key", false),
        ]
    );
}

#[test]
fn a_key_of_a_resource_is_renamed_in_its_place() {
    let json = r#"{"x402Version":2,"resource":{"alice@example.com" : [1, 2]},"accepts":[REQ]}"#
        .replace("REQ", REQUIREMENT_V2);
    let mut challenge = read_v2(&json).unwrap();
    let key = challenge.texts().into_iter().find(|text| text.is_key);
    let key = key.unwrap();
    assert_eq!(
        (key.path.as_str(), key.value.as_str()),
        ("resource.*", "alice@example.com")
    );
    challenge.replace_text(&key, "[EMAIL]").unwrap();
    assert_eq!(
        challenge.to_bytes(),
        json.replace("alice@example.com", "[EMAIL]")
    );
    assert_eq!(challenge.texts()[0].value, "[EMAIL]");
    assert_eq!(
        challenge.replace_text(key.node, "x").unwrap_err(),
        WireError::NotRewritable,
        "the value of the key is no text"
    );
}

#[test]
fn a_path_shows_no_key_that_could_be_somebodys_number() {
    let json = r#"{"x402Version":2,"resource":{"url":"https://a.example","123-45-6789":"x","4111111111111111":["y"]},"accepts":[REQ]}"#
        .replace("REQ", REQUIREMENT_V2);
    let challenge = read_v2(&json).unwrap();
    for text in challenge.texts() {
        assert!(
            !text.path.contains("6789") && !text.path.contains("1111"),
            "{}",
            text.path
        );
    }
}

#[test]
fn long_numbers_are_texts() {
    let json = r#"{"x402Version":2,"resource":{"url":"https://a.example","card":4111111111111111,"n":7},"accepts":[REQ]}"#
        .replace("REQ", REQUIREMENT_V2);
    let mut challenge = read_v2(&json).unwrap();
    let texts = challenge.texts();
    let card = texts.iter().find(|text| text.path == "resource.card");
    let card = card.unwrap();
    assert_eq!(card.value, "4111111111111111");
    assert!(!texts.iter().any(|text| text.path == "resource.n"));
    challenge.replace_text(card, "[CARD]").unwrap();
    assert_eq!(
        challenge.to_bytes(),
        json.replace("4111111111111111", r#""[CARD]""#)
    );
}

#[test]
fn what_stands_where_the_protocol_wants_a_name_is_text() {
    let payee = REQUIREMENT_V2.replace(r#""payTo":""#, r#""payTo":"bob@example.com","was":""#);
    let v2 = read_v2(&challenge_v2(&payee)).unwrap();
    let media = r#""mimeType":"text/plain; for=bob@example.com""#;
    let v1 = REQUIREMENT_V1.replace(r#""mimeType":null"#, media);
    let v1 = read_v1(&challenge_v1(&v1)).unwrap();
    for (challenge, path, rewritable) in [
        (v2, "accepts[0].payTo", false),
        (v1, "accepts[0].mimeType", true),
    ] {
        let texts = challenge.texts();
        let found = texts.iter().find(|text| text.path == path);
        assert_eq!(
            found.map(|text| text.rewritable),
            Some(rewritable),
            "{path}"
        );
    }
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
