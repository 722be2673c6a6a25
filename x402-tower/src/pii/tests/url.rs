use super::{found, found_in_url};
use crate::pii::Detector;
use crate::pii::EntityType::{CreditCard, EmailAddress, IbanCode, IpAddress, PhoneNumber, UsSsn};

#[test]
fn never_flags_scheme_host_or_port() {
    for url in [
        "http://10.0.0.1:4021/report",
        "http://[2001:db8::1]:4021/report",
        "https://8.8.8.8",
        "//203.0.113.7/report",
        "https://user@example.com/report",
        "https://user@example.com",
        "HTTP://8.8.8.8?x=1",
    ] {
        assert_eq!(found_in_url(url), [], "in {url:?}");
    }
}

#[test]
fn searches_userinfo_path_query_and_fragment() {
    let url =
        "https://alice%40example.com:pw@host.example/123-45-6789?card=4111111111111111#8.8.8.8";
    assert_eq!(
        found_in_url(url),
        [
            (EmailAddress, "alice%40example.com"),
            (UsSsn, "123-45-6789"),
            (CreditCard, "4111111111111111"),
            (IpAddress, "8.8.8.8"),
        ],
    );
}

#[test]
fn searches_references_without_a_host() {
    assert_eq!(
        found_in_url("/premium?email=alice@example.com&ssn=123456789"),
        [(EmailAddress, "alice@example.com"), (UsSsn, "123456789")],
    );
    assert_eq!(
        found_in_url("mailto:alice@example.com"),
        [(EmailAddress, "alice@example.com")]
    );
    assert_eq!(
        found_in_url("tel:+14155552671"),
        [(PhoneNumber, "+14155552671")]
    );
    assert_eq!(found_in_url("ssn:123456789"), [(UsSsn, "123456789")]);
    assert_eq!(found_in_url(""), []);
}

#[test]
fn a_backslash_does_not_extend_the_host() {
    assert_eq!(
        found_in_url("https://host.example\\8.8.8.8"),
        [(IpAddress, "8.8.8.8")]
    );
}

#[test]
fn decodes_escapes_and_maps_spans_back() {
    for (url, expected) in [
        (
            "https://h.example/?e=alice%40example.com&x",
            (EmailAddress, "alice%40example.com"),
        ),
        (
            "https://h.example/?e=%61lice%40example%2Ecom%20x",
            (EmailAddress, "%61lice%40example%2Ecom"),
        ),
        (
            "https://h.example/?e=alice%2540example.com",
            (EmailAddress, "alice%2540example.com"),
        ),
        (
            "https://h.example/?e=alice%252540example.com",
            (EmailAddress, "alice%252540example.com"),
        ),
        (
            "https://h.example/?e=%C3%B6a@example.com",
            (EmailAddress, "%C3%B6a@example.com"),
        ),
        (
            "https://h.example/?c=4111%201111%201111%201111",
            (CreditCard, "4111%201111%201111%201111"),
        ),
        (
            "https://h.example/?c=4111+1111+1111+1111",
            (CreditCard, "4111+1111+1111+1111"),
        ),
        (
            "https://h.example/?i=GB82+WEST+1234+5698+7654+32",
            (IbanCode, "GB82+WEST+1234+5698+7654+32"),
        ),
        ("https://h.example/?s=123+45+6789", (UsSsn, "123+45+6789")),
        (
            "https://h.example/?s=123%2D45%2D6789",
            (UsSsn, "123%2D45%2D6789"),
        ),
        (
            "https://h.example/?t=%2B14155552671",
            (PhoneNumber, "%2B14155552671"),
        ),
        (
            "https://h.example/?t=+1+415+555+2671",
            (PhoneNumber, "+1+415+555+2671"),
        ),
        (
            "https://h.example/?t=%28415%29+555-2671",
            (PhoneNumber, "%28415%29+555-2671"),
        ),
        (
            "https://h.example/?phone=415%20555%202671",
            (PhoneNumber, "415%20555%202671"),
        ),
        (
            "https://h.example/?ip=2001%3Adb8%3A%3A1",
            (IpAddress, "2001%3Adb8%3A%3A1"),
        ),
    ] {
        assert_eq!(found_in_url(url), [expected], "in {url:?}");
    }
}

#[test]
fn path_segments_make_one_number_only_where_check_digits_say_so() {
    assert_eq!(found_in_url("https://h.example/+49/30123456"), []);
    assert_eq!(found_in_url("https://h.example/4111/1111/1111/1112"), []);
    assert_eq!(found_in_url("https://h.example/2024/01/02/03/04/05"), []);
    assert_eq!(
        found_in_url("https://h.example/4111/1111/1111/1111"),
        [
            (CreditCard, "4111"),
            (CreditCard, "1111"),
            (CreditCard, "1111"),
            (CreditCard, "1111")
        ]
    );
}

#[test]
fn broken_escapes_are_plain_text() {
    assert_eq!(
        found_in_url("https://h.example/%zz/alice@example.com%4"),
        [(EmailAddress, "alice@example.com")]
    );
    assert_eq!(
        found("100% alice@example.com %"),
        [(EmailAddress, "alice@example.com")]
    );
}

#[test]
fn only_the_asked_kinds_are_found() {
    let url = "https://h.example/?e=alice%40example.com&ssn=123456789";
    let findings = Detector::with_entities([UsSsn]).scan_url(url);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].entity, UsSsn);
    assert!(Detector::with_entities([]).scan_url(url).is_empty());
}
