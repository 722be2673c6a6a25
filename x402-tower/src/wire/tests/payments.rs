//! Payments and what was signed.

use super::*;
use crate::money::AtomicAmount;
use crate::wire::{Authorization, PaymentPayload, Version, compose_v1, compose_v2};

const FROM: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

fn eip3009() -> String {
    let nonce = "ab".repeat(32);
    let signature = "cd".repeat(65);
    format!(
        r#"{{"signature":"0x{signature}","authorization":{{"from":"{FROM}","to":"0x209693Bc6afc0C5328bA36FaF03C514EF312287C","value":"10000","validAfter":"0","validBefore":"1795363881","nonce":"0x{nonce}"}}}}"#
    )
}

fn permit2(nonce: &str) -> String {
    let signature = "cd".repeat(65);
    format!(
        r#"{{"signature":"0x{signature}","permit2Authorization":{{"from":"{FROM}","permitted":{{"token":"0x036CbD53842c5426634e7929541eC2318f3dCF7e","amount":"10000"}},"spender":"0x402085c248EeA27D92E8b30b2C58ed07f9E20001","nonce":"{nonce}","deadline":"1795363881","witness":{{"to":"0x209693Bc6afc0C5328bA36FaF03C514EF312287C","validAfter":"0"}}}}}}"#
    )
}

fn v2(payload: &str) -> Result<PaymentPayload, WireError> {
    PaymentPayload::parse(Version::V2, compose_v2(REQUIREMENT_V2, None, None, payload))
}

#[test]
fn a_composed_v2_payment_repeats_the_requirement_exactly() {
    let spaced = REQUIREMENT_V2
        .replace(':', " : ")
        .replace("eip155 : ", "eip155:");
    let resource = r#"{"url":"https://api.example.com/report"}"#;
    let json = compose_v2(&spaced, Some(resource), Some(r#"{"x":{}}"#), &eip3009());
    let payment = PaymentPayload::parse(Version::V2, json.clone()).unwrap();
    assert_eq!(payment.accepted().unwrap().raw(), &spaced);
    assert_eq!(payment.payload_raw(), eip3009());
    assert_eq!(payment.extension_names(), ["x"]);
    let sent = headers(
        payment.header_name(),
        payment.to_header_value().unwrap().to_str().unwrap(),
    );
    let received = PaymentPayload::from_headers(&sent).unwrap().unwrap();
    assert_eq!(received.to_bytes(), json);
}

#[test]
fn a_composed_v1_payment_is_read() {
    let payment =
        PaymentPayload::parse(Version::V1, compose_v1("exact", "base-sepolia", &eip3009()))
            .unwrap();
    assert_eq!(payment.scheme(), "exact");
    assert_eq!(payment.chain().unwrap().as_str(), "eip155:84532");
    assert_eq!(payment.header_name(), header::X_PAYMENT);
    assert!(matches!(
        payment.authorization(),
        Authorization::Eip3009 { .. }
    ));
}

#[test]
fn an_eip3009_authorization_is_read() {
    let payment = v2(&eip3009()).unwrap();
    let Authorization::Eip3009 {
        from,
        to,
        value,
        valid_after,
        valid_before,
        nonce,
        signature,
    } = payment.authorization()
    else {
        panic!("{:?}", payment.authorization())
    };
    assert_eq!(from.as_str(), FROM.to_ascii_lowercase());
    assert_eq!(*to, payment.accepted().unwrap().pay_to_address().unwrap());
    assert_eq!(*value, AtomicAmount::from(10_000));
    assert_eq!((*valid_after, *valid_before), (0, 1_795_363_881));
    assert_eq!(*nonce, [0xab; 32]);
    assert_eq!(signature.as_bytes(), [0xcd; 65]);
}

#[test]
fn a_permit2_nonce_is_one_number_in_either_spelling() {
    let nonce = |text: &str| match v2(&permit2(text)).unwrap().authorization().clone() {
        Authorization::Permit2 { nonce, .. } => nonce,
        other => panic!("{other:?}"),
    };
    assert_eq!(nonce("255"), nonce("0xff"));
    assert_eq!(nonce("0x0fF"), nonce("0xff"));
    assert_eq!(nonce("1")[31], 1);
    for text in [
        "",
        "0x",
        "0xg",
        "-1",
        "0X1",
        "0x0x1",
        &format!("0x1{}", "0".repeat(64)),
    ] {
        let refused = code(v2(&permit2(text)));
        assert!(
            ["wire.hex", "wire.amount"].contains(&refused),
            "{text}: {refused}"
        );
    }
}

#[test]
fn a_loose_authorization_is_refused() {
    let good = eip3009();
    for (from, to, reason) in [
        (r#""value":"10000""#, r#""value":10000"#, "wire.field_type"),
        (r#""value":"10000""#, r#""value":"0x2710""#, "wire.amount"),
        (
            r#""value":"10000""#,
            r#""Value":"1","value":"10000""#,
            "wire.alias",
        ),
        ("1795363881", "18446744073709551616", "wire.time"),
        ("1795363881", "1795363881.0", "wire.time"),
        ("1795363881", "-1", "wire.time"),
        ("0xabab", "abab", "wire.hex"),
        ("0xabab", "0xab", "wire.hex"),
        ("0xabab", "0x0xabab", "wire.hex"),
        ("0xcdcd", "0x0xcd", "wire.hex"),
        ("0xcdcd", "0xcdc", "wire.hex"),
        ("0xf39F", "0xf39", "wire.address"),
        (r#""nonce""#, r#""once""#, "wire.missing_field"),
    ] {
        assert!(good.contains(from));
        assert_eq!(
            code(v2(&good.replacen(from, to, 1))),
            reason,
            "{from} -> {to}"
        );
    }
}

#[test]
fn two_kinds_of_authorization_are_ambiguous() {
    let both = eip3009().replacen('{', r#"{"transaction":"AAAA","#, 1);
    assert_eq!(code(v2(&both)), "wire.ambiguous_payload");
}

#[test]
fn what_is_not_known_is_opaque() {
    let opaque = |json: String| {
        let payment = PaymentPayload::parse(Version::V2, json.into()).unwrap();
        matches!(payment.authorization(), Authorization::Opaque)
    };
    let with = |from: &str, to: &str| {
        String::from_utf8(compose_v2(REQUIREMENT_V2, None, None, &eip3009()).to_vec())
            .unwrap()
            .replace(from, to)
    };
    assert!(opaque(with(r#""exact""#, r#""channel""#)));
    assert!(opaque(with("eip155:84532", "cloudflare:402")));
    assert!(opaque(with("eip155:84532", "base-sepolia")));
    assert!(opaque(with(&eip3009(), r#"{"permissionContext":"0x00"}"#)));
}

#[test]
fn attack_033_payment_version_and_header_agree() {
    let v1 = compose_v1("exact", "base-sepolia", &eip3009());
    let v2 = compose_v2(REQUIREMENT_V2, None, None, &eip3009());
    let read = |name: &http::HeaderName, json: &[u8]| {
        let value = base64(std::str::from_utf8(json).unwrap());
        code(PaymentPayload::from_headers(&headers(name.clone(), &value)))
    };
    assert_eq!(read(&header::X_PAYMENT, &v1), "accepted");
    assert_eq!(read(&header::PAYMENT_SIGNATURE, &v2), "accepted");
    assert_eq!(read(&header::X_PAYMENT, &v2), "wire.version");
    assert_eq!(read(&header::PAYMENT_SIGNATURE, &v1), "wire.version");
    // A v2 payment that calls itself v1: official servers then match scheme and network only.
    let text = String::from_utf8(v2.to_vec()).unwrap();
    let downgraded = text.replace(r#""x402Version":2"#, r#""x402Version":1"#);
    assert_eq!(
        read(&header::X_PAYMENT, downgraded.as_bytes()),
        "wire.version_mix"
    );
    assert_eq!(
        read(&header::PAYMENT_SIGNATURE, downgraded.as_bytes()),
        "wire.version"
    );
}

#[test]
fn debug_never_shows_the_signature() {
    let value =
        base64(std::str::from_utf8(&compose_v2(REQUIREMENT_V2, None, None, &eip3009())).unwrap());
    let sent = headers(header::PAYMENT_SIGNATURE, &value);
    let payment = PaymentPayload::from_headers(&sent).unwrap().unwrap();
    let shown = format!("{payment:?} {:?}", payment.to_header_value().unwrap());
    assert!(
        !shown.contains("cdcd") && !shown.contains("205") && !shown.contains(&value),
        "{shown}"
    );
}
