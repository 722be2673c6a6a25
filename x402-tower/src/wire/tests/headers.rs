//! Headers and base64 (attacks 24, 27, 28).

use super::*;
use crate::wire::{MAX_BODY_BYTES, MAX_HEADER_BYTES, PaymentPayload};

fn read(value: &str) -> Result<Option<Challenge>, WireError> {
    Challenge::from_headers(&headers(header::PAYMENT_REQUIRED, value))
}

#[test]
fn no_header_is_no_challenge() {
    assert!(
        Challenge::from_headers(&HeaderMap::new())
            .unwrap()
            .is_none()
    );
}

#[test]
fn attack_024_an_oversize_header_is_refused_before_it_is_decoded() {
    let limit = MAX_HEADER_BYTES;
    assert_eq!(
        read(&"!".repeat(limit + 1)).unwrap_err(),
        WireError::TooLarge { limit }
    );
    assert_eq!(read(&"!".repeat(limit)).unwrap_err(), WireError::Base64);
}

#[test]
fn attack_024_an_oversize_body_is_refused() {
    let body = |size: usize| {
        let padding = size - challenge_v1(REQUIREMENT_V1).len();
        challenge_v1(REQUIREMENT_V1) + &" ".repeat(padding)
    };
    assert_eq!(code(read_v1(&body(MAX_BODY_BYTES))), "accepted");
    assert_eq!(code(read_v1(&body(MAX_BODY_BYTES + 1))), "wire.too_large");
}

#[test]
fn attack_024_an_edit_cannot_outgrow_the_header() {
    let mut challenge = read_v2(&challenge_v2(REQUIREMENT_V2)).unwrap();
    let text = challenge
        .texts()
        .into_iter()
        .find(|text| text.path == "error")
        .unwrap();
    challenge
        .replace_text(&text, &"x".repeat(MAX_HEADER_BYTES))
        .unwrap();
    assert_eq!(
        challenge.to_header_value().unwrap_err().code(),
        "wire.too_large"
    );
}

#[test]
fn attack_027_base64_has_one_spelling() {
    // A length of 3n + 1 ends in two padding characters; the description has bytes that need `+` or `/`.
    let json = (0..3)
        .map(|pad| {
            challenge_v2(REQUIREMENT_V2)
                .replace("A report", &format!("{}???>>>~~~", "x".repeat(pad)))
        })
        .find(|json| json.len() % 3 == 1)
        .unwrap();
    let canonical = base64(&json);
    assert!(canonical.ends_with("==") && canonical.contains(['+', '/']));
    assert!(read(&canonical).is_ok());

    let unpadded = canonical.trim_end_matches('=');
    let last = unpadded.chars().last().unwrap();
    let trailing_bits = format!(
        "{}{}==",
        &unpadded[..unpadded.len() - 1],
        char::from(last as u8 + 1)
    );
    let (half, rest) = canonical.split_at(canonical.len() / 2);
    let variants = [
        ("missing padding", unpadded.to_owned()),
        ("half the padding", format!("{unpadded}=")),
        ("too much padding", format!("{canonical}=")),
        (
            "url-safe alphabet",
            canonical.replace('+', "-").replace('/', "_"),
        ),
        ("leading space", format!(" {canonical}")),
        ("inner space", format!("{half} {rest}")),
        ("inner tab", format!("{half}\t{rest}")),
        ("trailing bits", trailing_bits),
    ];
    for (name, value) in variants {
        assert_eq!(code(read(&value)), "wire.base64", "{name}");
    }
    assert_eq!(
        code(read(&base64(&canonical))),
        "wire.json",
        "double base64"
    );
    assert_eq!(
        code(read(&json.replace(',', " "))),
        "wire.base64",
        "plain JSON"
    );
    assert_eq!(code(read("")), "wire.json", "empty");
}

#[test]
fn attack_028_two_headers_or_one_joined() {
    let value = base64(&challenge_v2(REQUIREMENT_V2));
    let mut twice = headers(header::PAYMENT_REQUIRED, &value);
    twice.append(
        header::PAYMENT_REQUIRED,
        HeaderValue::from_str(&value).unwrap(),
    );
    assert_eq!(
        code(Challenge::from_headers(&twice)),
        "wire.duplicate_header"
    );
    assert_eq!(
        code(read(&format!("{value},{value}"))),
        "wire.duplicate_header"
    );
    assert_eq!(code(read(&format!("{value}, "))), "wire.duplicate_header");
}

#[test]
fn attack_028_both_payment_headers() {
    let mut both = headers(header::PAYMENT_SIGNATURE, "e30=");
    both.insert(header::X_PAYMENT, HeaderValue::from_static("e30="));
    assert_eq!(
        code(PaymentPayload::from_headers(&both)),
        "wire.conflicting_headers"
    );
}

#[test]
fn errors_never_quote_the_message() {
    let secret = REQUIREMENT_V2
        .replace("\"10000\"", "\"4111-1111\"")
        .replace("payTo", "bob@example.com");
    let error = read_v2(&challenge_v2(&secret)).unwrap_err();
    for shown in [error.to_string(), format!("{error:?}")] {
        assert!(!shown.contains("4111") && !shown.contains("bob"), "{shown}");
    }
}
