use std::borrow::Cow;

use crate::pii::{
    Detector, EntityType, Finding, PiiControl, RedactionTemplate, TemplateError, redact, redact_url,
};

fn template(text: &str) -> RedactionTemplate {
    text.parse().unwrap()
}

#[test]
fn clean_text_is_borrowed() {
    let marker = RedactionTemplate::default();
    assert!(matches!(
        redact("clean", &[], &marker),
        Cow::Borrowed("clean")
    ));
    assert!(matches!(
        redact_url("https://h.example/", &[], &marker),
        Cow::Borrowed("https://h.example/")
    ));
}

#[test]
fn each_finding_becomes_one_marker() {
    let text = "é alice@example.com, 123-45-6789 und «8.8.8.8» ü";
    let redacted = redact(
        text,
        &Detector::new().scan(text),
        &template("[{entity_type}/{entity_type}]"),
    );
    assert_eq!(
        redacted,
        "é [EMAIL_ADDRESS/EMAIL_ADDRESS], [US_SSN/US_SSN] und «[IP_ADDRESS/IP_ADDRESS]» ü"
    );
}

#[test]
fn a_redacted_url_is_still_a_url() {
    let url = "https://alice%40example.com:pw@h.example:8080/ü/123-45-6789/x?a=%20&e=bob@example.com#4111111111111111";
    let redacted = redact_url(
        url,
        &Detector::new().scan_url(url),
        &template("<ü {entity_type}>"),
    );
    assert_eq!(
        redacted,
        "https://%3C%C3%BC%20EMAIL_ADDRESS%3E:pw@h.example:8080/ü/%3C%C3%BC%20US_SSN%3E/x?a=%20&e=%3C%C3%BC%20EMAIL_ADDRESS%3E#%3C%C3%BC%20CREDIT_CARD%3E",
    );
    let parsed = url::Url::parse(&redacted).unwrap();
    assert_eq!(
        (parsed.host_str(), parsed.port()),
        (Some("h.example"), Some(8080))
    );
    assert_eq!(parsed.query_pairs().count(), 2);
}

#[test]
fn findings_in_any_order_hide_all_they_cover() {
    let marker = RedactionTemplate::default();
    let finding = |span| Finding::new(EntityType::UsSsn, span, 90);
    assert_eq!(
        redact("abcdef", &[finding(4..5), finding(1..2)], &marker),
        "a<REDACTED>cd<REDACTED>f"
    );
    assert_eq!(
        redact("abcdef", &[finding(1..4), finding(2..5)], &marker),
        "a<REDACTED>f"
    );
    assert_eq!(
        redact("abcdef", &[finding(4..99)], &marker),
        "abcd<REDACTED>"
    );
    assert_eq!(redact("aéb", &[finding(2..3)], &marker), "a<REDACTED>b");
    assert_eq!(
        redact("abc", &[finding(7..9), finding(2..2)], &marker),
        "abc"
    );
}

#[test]
fn templates_that_would_mislead_are_refused() {
    let refused = |text: &str| text.parse::<RedactionTemplate>().unwrap_err();
    assert_eq!(refused(""), TemplateError::Empty);
    assert_eq!(
        refused(&"x".repeat(129)),
        TemplateError::TooLong { bytes: 129 }
    );
    assert_eq!(refused("a\r\nb"), TemplateError::ControlCharacter);
    for text in ["{entity}", "{", "}", "{{entity_type}}", "{entity_type}}"] {
        assert_eq!(refused(text), TemplateError::UnknownPlaceholder, "{text}");
    }
    assert_eq!(refused("{x}").code(), "pii.template.unknown_placeholder");
}

#[test]
fn templates_are_read_from_configuration() {
    assert_eq!(
        serde_json::from_str::<RedactionTemplate>("\"***\"").unwrap(),
        template("***")
    );
    assert_eq!(
        serde_json::to_string(&RedactionTemplate::default()).unwrap(),
        "\"<REDACTED>\""
    );
    let error = serde_json::from_str::<RedactionTemplate>("\"{name}\"").unwrap_err();
    assert!(error.to_string().contains("{entity_type}"), "{error}");
}

#[test]
fn a_number_that_hid_behind_another_is_taken_out_as_well() {
    let glued = "https://a.example/69656+444444444444+46469669.)6";
    let control = PiiControl::new();
    let (_, clean) = control.hide(glued, true).unwrap();
    assert!(!clean.contains("46469669"), "{clean}");
    assert!(control.hide(&clean, true).is_none(), "{clean}");
}
