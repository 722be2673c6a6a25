//! Receipts and facilitator answers (attack 122).

use super::*;
use crate::wire::{
    FacilitatorRequest, MAX_RECEIPT_BYTES, Receipt, SettleResponse, VerifyResponse, Version,
};

const RECEIPT: &str =
    r#"{"success":true,"transaction":"0xab","network":"eip155:84532","payer":"0x01"}"#;

fn read(json: &str) -> Result<Receipt, WireError> {
    Receipt::from_headers(
        &headers(header::PAYMENT_RESPONSE, &base64(json)),
        Version::V2,
    )
    .map(|receipt| receipt.expect("the header is there"))
}

#[test]
fn a_receipt_is_read() {
    let receipt = read(&RECEIPT.replace('}', r#","amount":"500"}"#)).unwrap();
    assert!(receipt.success());
    assert_eq!(receipt.transaction(), "0xab");
    assert_eq!(receipt.chain().unwrap().as_str(), "eip155:84532");
    assert_eq!(receipt.payer(), Some("0x01"));
    assert_eq!(receipt.amount().unwrap().to_string(), "500");
}

#[test]
fn a_v1_receipt_may_come_under_either_name() {
    let json = RECEIPT.replace("eip155:84532", "base-sepolia");
    for name in [header::PAYMENT_RESPONSE, header::X_PAYMENT_RESPONSE] {
        let receipt = Receipt::from_headers(&headers(name, &base64(&json)), Version::V1);
        assert_eq!(
            receipt.unwrap().unwrap().chain().unwrap().as_str(),
            "eip155:84532"
        );
    }
    assert!(
        Receipt::from_headers(&HeaderMap::new(), Version::V1)
            .unwrap()
            .is_none()
    );
}

#[test]
fn a_failure_may_leave_fields_out() {
    let receipt =
        read(r#"{"success":false,"errorReason":"insufficient_funds","payer":null}"#).unwrap();
    assert!(!receipt.success());
    assert_eq!(receipt.error_reason(), Some("insufficient_funds"));
    assert!(receipt.chain().is_err());
}

#[test]
fn attack_122_duplicate_or_conflicting_receipts() {
    let value = base64(RECEIPT);
    let mut twice = headers(header::PAYMENT_RESPONSE, &value);
    twice.append(
        header::PAYMENT_RESPONSE,
        HeaderValue::from_str(&value).unwrap(),
    );
    assert_eq!(
        code(Receipt::from_headers(&twice, Version::V2)),
        "wire.duplicate_header"
    );
    let mut both = headers(header::PAYMENT_RESPONSE, &value);
    both.insert(
        header::X_PAYMENT_RESPONSE,
        HeaderValue::from_str(&value).unwrap(),
    );
    assert_eq!(
        code(Receipt::from_headers(&both, Version::V2)),
        "wire.conflicting_headers"
    );
}

#[test]
fn attack_122_oversize_receipt() {
    let limit = MAX_RECEIPT_BYTES;
    let value = "A".repeat(limit + 4);
    let oversize = Receipt::from_headers(&headers(header::PAYMENT_RESPONSE, &value), Version::V2);
    assert_eq!(oversize.unwrap_err(), WireError::TooLarge { limit });
}

#[test]
fn attack_122_malformed_receipts() {
    for (json, reason) in [
        ("", "wire.json"),
        ("[]", "wire.field_type"),
        ("{}", "wire.missing_field"),
        (r#"{"success":"true"}"#, "wire.field_type"),
        (r#"{"success":1}"#, "wire.field_type"),
        (r#"{"success":true}"#, "wire.missing_field"),
        (r#"{"success":false,"Success":true}"#, "wire.alias"),
        (r#"{"success":false,"success":true}"#, "wire.duplicate_key"),
        (r#"{"success":false,"amount":5}"#, "wire.field_type"),
        (r#"{"success":false,"amount":"-5"}"#, "wire.amount"),
        (
            r#"{"success":false,"errorReason":"a","error_reason":"b"}"#,
            "wire.alias",
        ),
    ] {
        assert_eq!(code(read(json)), reason, "{json}");
    }
}

#[test]
fn why_a_settlement_failed_may_be_rewritten_and_nothing_else() {
    let json = r#"{"success":false,"errorReason":"no alice@example.com","errorMessage" : "ask alice@example.com","transaction":"","network":"eip155:84532","extensions":{"offer-receipt":{"info":{"receipt":"alice@example.com"}}},"note":"alice@example.com"}"#;
    let mut all = headers(header::PAYMENT_RESPONSE, &base64(json));
    let mut receipt = Receipt::from_headers(&all, Version::V2).unwrap().unwrap();
    for text in receipt.texts() {
        let replaced =
            receipt.replace_text(&text, &text.value.replace("alice@example.com", "[EMAIL]"));
        assert_eq!(replaced.is_ok(), text.rewritable, "{}", text.path);
    }
    receipt.write_back(&mut all).unwrap();
    let expected = json.replacen("alice@example.com", "[EMAIL]", 2);
    assert_eq!(all[header::PAYMENT_RESPONSE], base64(&expected));
}

#[test]
fn a_receipt_that_nobody_edited_stays_as_it_came() {
    let json = r#"{ "success":false, "errorReason":"x" }"#;
    let before = headers(header::X_PAYMENT_RESPONSE, &base64(json));
    let mut after = before.clone();
    let receipt = Receipt::from_headers(&before, Version::V1)
        .unwrap()
        .unwrap();
    receipt.write_back(&mut after).unwrap();
    assert_eq!(before, after);
}

#[test]
fn a_signed_receipt_header_is_not_rewritten() {
    let json = r#"{"success":false,"errorReason":"ask alice@example.com"}"#;
    for (input, rewritable) in [
        (r#"sig=("@status" "Payment-Response");keyid="k""#, false),
        (r#"sig=("@status" "content-digest");keyid="k""#, true),
    ] {
        let mut all = headers(header::PAYMENT_RESPONSE, &base64(json));
        all.insert("signature-input", HeaderValue::from_str(input).unwrap());
        let mut receipt = Receipt::from_headers(&all, Version::V2).unwrap().unwrap();
        let text = receipt.texts().remove(0);
        assert_eq!(text.rewritable, rewritable);
        assert_eq!(receipt.replace_text(&text, "x").is_ok(), rewritable);
    }
}

#[test]
fn facilitator_answers_keep_unknown_fields_and_need_no_payer() {
    let json = r#"{"isValid":false,"invalidReason":"invalid_network","extra":{"a":1e999}}"#;
    let answer = VerifyResponse::parse(json.into()).unwrap();
    assert_eq!((answer.is_valid(), answer.payer()), (false, None));
    assert_eq!(answer.invalid_reason(), Some("invalid_network"));
    assert_eq!(answer.document().bytes(), json);

    // x402-rs 2.0.2 spells the reason in snake case.
    let json = r#"{"success":false,"error_reason":"unexpected_error","network":"base"}"#;
    let answer = SettleResponse::parse(Version::V1, json.into()).unwrap();
    assert_eq!(answer.error_reason(), Some("unexpected_error"));
}

#[test]
fn a_facilitator_request_names_one_version() {
    let request = |outer: u8, inner: u8| {
        let payload = r#"{"permissionContext":"0x00"}"#;
        let json = format!(
            r#"{{"x402Version":{outer},"paymentPayload":{{"x402Version":{inner},"accepted":{REQUIREMENT_V2},"payload":{payload}}},"paymentRequirements":{REQUIREMENT_V2}}}"#
        );
        code(FacilitatorRequest::parse(json.into()))
    };
    assert_eq!(request(2, 2), "accepted");
    for (outer, inner) in [(2, 1), (1, 2), (3, 3), (3, 2)] {
        assert_eq!(request(outer, inner), "wire.version", "{outer} {inner}");
    }
    assert_eq!(request(1, 1), "wire.version_mix");
}
