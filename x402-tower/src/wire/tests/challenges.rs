//! Challenge structure (attacks 29, 31, 33, 28 between header and body).

use super::*;
use crate::wire::{MAX_REQUIREMENTS, Requirement, Version};

#[test]
fn a_v2_challenge_is_read() {
    let challenge = read_v2(&challenge_v2(REQUIREMENT_V2)).unwrap();
    let [requirement] = challenge.requirements() else {
        panic!("one requirement")
    };
    assert_eq!(challenge.version(), Version::V2);
    assert_eq!(challenge.error().as_deref(), Some("Payment required"));
    assert_eq!(
        challenge.resource_url().as_deref(),
        Some("https://api.example.com/report")
    );
    assert_eq!(requirement.scheme(), "exact");
    assert_eq!(requirement.chain().unwrap().as_str(), "eip155:84532");
    assert_eq!(requirement.max_timeout_seconds(), 300);
    assert_eq!(requirement.extra("version").as_deref(), Some("2"));
    assert_eq!(requirement.raw(), REQUIREMENT_V2);
}

#[test]
fn a_v1_challenge_is_read() {
    let challenge = read_v1(&challenge_v1(REQUIREMENT_V1)).unwrap();
    let [requirement] = challenge.requirements() else {
        panic!("one requirement")
    };
    assert_eq!(challenge.version(), Version::V1);
    assert_eq!(requirement.chain().unwrap().as_str(), "eip155:84532");
    assert_eq!(requirement.network_name(), "base-sepolia");
    assert_eq!(requirement.resource(), challenge.resource_url().as_deref());
}

#[test]
fn an_unknown_network_or_scheme_only_spoils_its_entry() {
    let foreign = REQUIREMENT_V2
        .replace("eip155:84532", "base")
        .replace("exact", "Exact");
    let challenge = read_v2(&challenge_v2(&format!("{foreign},{REQUIREMENT_V2}"))).unwrap();
    let usable: Vec<_> = challenge
        .requirements()
        .iter()
        .map(|entry| entry.chain().is_ok())
        .collect();
    assert_eq!(usable, [false, true]);
    assert_eq!(challenge.requirements()[0].scheme(), "Exact");
}

#[test]
fn attack_029_case_twins_of_known_keys() {
    let twins = [
        "payto",
        "PayTo",
        "pay_to",
        "pay-to",
        "ASSET",
        "a\u{17f}set",
        "Networ\u{212a}",
    ];
    for twin in twins {
        let json = REQUIREMENT_V2.replacen('{', &format!(r#"{{"{twin}":"x","#), 1);
        assert_eq!(code(read_v2(&challenge_v2(&json))), "wire.alias", "{twin}");
    }
    let extra = REQUIREMENT_V2.replace(r#""extra":{"#, r#""extra":{"Name":"EURC","#);
    assert_eq!(code(read_v2(&challenge_v2(&extra))), "wire.alias");
    let top = challenge_v2(REQUIREMENT_V2).replacen('{', r#"{"Accepts":[],"#, 1);
    assert_eq!(code(read_v2(&top)), "wire.alias");
}

#[test]
fn attack_031_accepts_of_another_shape() {
    let accepts = |json: &str| {
        let v2 = challenge_v2("").replace(r#""accepts":[]"#, &format!(r#""accepts":{json}"#));
        code(read_v2(&v2))
    };
    for json in ["null", r#""exact""#, "{}", "1", "true", REQUIREMENT_V2] {
        assert_eq!(accepts(json), "wire.field_type", "{json}");
    }
    for entry in [
        "null",
        "1",
        r#""exact""#,
        "[]",
        &format!("[{REQUIREMENT_V2}]"),
    ] {
        assert_eq!(
            accepts(&format!("[{REQUIREMENT_V2},{entry}]")),
            "wire.field_type",
            "{entry}"
        );
    }
    assert_eq!(accepts("[]"), "wire.requirement_count");
    assert_eq!(code(read_v2(r#"{"x402Version":2}"#)), "wire.missing_field");
}

#[test]
fn attack_031_too_many_entries() {
    let entries = |count| vec![REQUIREMENT_V2; count].join(",");
    let most = read_v2(&challenge_v2(&entries(MAX_REQUIREMENTS))).unwrap();
    assert_eq!(most.requirements().len(), MAX_REQUIREMENTS);
    let above = challenge_v2(&entries(MAX_REQUIREMENTS + 1));
    assert_eq!(code(read_v2(&above)), "wire.requirement_count");
    let flood = challenge_v2(&vec!["1"; 20_000].join(","));
    assert_eq!(code(read_v2(&flood)), "wire.requirement_count");
}

#[test]
fn every_required_field_is_required() {
    for field in [
        "scheme",
        "network",
        "amount",
        "asset",
        "payTo",
        "maxTimeoutSeconds",
    ] {
        let json = REQUIREMENT_V2.replace(&format!(r#""{field}""#), r#""unknown""#);
        let result = Requirement::parse(Version::V2, json.into());
        assert_eq!(result.unwrap_err(), WireError::Missing { field });
    }
}

#[test]
fn attack_033_version_of_another_transport() {
    for number in [
        "1", "3", "0", r#""2""#, "2.0", "null", "true", "[2]", "2e0", "-2",
    ] {
        let json = challenge_v2(REQUIREMENT_V2)
            .replace(r#""x402Version":2"#, &format!(r#""x402Version":{number}"#));
        assert_eq!(code(read_v2(&json)), "wire.version", "header {number}");
    }
    for number in ["2", "3", r#""1""#, "1.0", "null"] {
        let json = challenge_v1(REQUIREMENT_V1)
            .replace(r#""x402Version":1"#, &format!(r#""x402Version":{number}"#));
        assert_eq!(code(read_v1(&json)), "wire.version", "body {number}");
    }
}

#[test]
fn attack_033_fields_of_the_other_version() {
    assert_eq!(
        code(read_v2(&challenge_v2(REQUIREMENT_V1))),
        "wire.version_mix"
    );
    assert_eq!(
        code(read_v1(&challenge_v1(REQUIREMENT_V2))),
        "wire.version_mix"
    );
    let v1_with_extensions = challenge_v1(REQUIREMENT_V1).replacen('{', r#"{"extensions":{},"#, 1);
    assert_eq!(code(read_v1(&v1_with_extensions)), "wire.version_mix");
}

#[test]
fn a_body_of_another_protocol_is_not_x402() {
    for body in [
        "",
        "{}",
        "<html>",
        "[]",
        "null",
        r#"{"error":"pay"}"#,
        "Payment Required",
    ] {
        assert!(read_v1(body).unwrap_err().is_not_x402(), "{body}");
    }
    for body in [
        r#"{"accepts":[]}"#,
        r#"{"x402Version":1}"#,
        "\u{feff}{}",
        "{",
    ] {
        assert!(!read_v1(body).unwrap_err().is_not_x402(), "{body}");
    }
}

#[test]
fn attack_028_header_and_body_that_disagree() {
    let header = read_v2(&challenge_v2(REQUIREMENT_V2)).unwrap();
    let conflicts = |body: &str| header.conflicts_with(&read_v1(&challenge_v1(body)).unwrap());
    assert!(!conflicts(REQUIREMENT_V1));
    assert!(
        !conflicts(&REQUIREMENT_V1.replace("0x209693Bc", "0x209693bc")),
        "letter case"
    );
    assert!(
        !conflicts(&REQUIREMENT_V1.replace("base-sepolia", "base")),
        "another chain"
    );
    for (from, to) in [
        ("10000", "5000000"),
        ("0x2096", "0x3096"),
        ("0x036C", "0x136C"),
    ] {
        assert!(conflicts(&REQUIREMENT_V1.replace(from, to)), "{from}");
    }
}

#[test]
fn withdrawn_requirements_leave_the_message() {
    let dear = REQUIREMENT_V2.replace("10000", "99999");
    let mut challenge = read_v2(&challenge_v2(&format!("{dear},{REQUIREMENT_V2},{dear}"))).unwrap();
    challenge.retain_requirements(|requirement| requirement.amount().to_string() == "10000");
    assert_eq!(challenge.to_bytes(), challenge_v2(REQUIREMENT_V2));
    assert_eq!(challenge.requirements()[0].index(), 1);
    let sent = challenge.to_header_value().unwrap();
    assert_eq!(sent, base64(&challenge_v2(REQUIREMENT_V2)));
}

#[test]
fn a_v1_challenge_has_no_header_form() {
    let challenge = read_v1(&challenge_v1(REQUIREMENT_V1)).unwrap();
    assert_eq!(
        challenge.to_header_value().unwrap_err(),
        WireError::NoHeaderForm
    );
}
