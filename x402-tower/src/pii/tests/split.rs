//! Values in parts: over parameters, segments, items and fields.

use super::generators::EXAMPLES;
use super::{found, found_in_url};
use crate::pii::EntityType::{CreditCard, EmailAddress, IbanCode, PhoneNumber, UsSsn};
use crate::pii::{
    Allowed, CustomEntity, CustomRecognizer, Detector, EntityType, RedactionTemplate, redact_url,
};

#[test]
fn attack_109_parts_over_parameters_are_found_together() {
    assert_eq!(
        found_in_url("https://h.example/?user=alice&domain=example.com&page=2"),
        [(EmailAddress, "alice"), (EmailAddress, "example.com")]
    );
    assert_eq!(
        found_in_url("https://h.example/?a=alice@&b=example.com"),
        [(EmailAddress, "alice@"), (EmailAddress, "example.com")]
    );
    assert_eq!(
        found_in_url("https://h.example/?c1=4111&c2=1111&c3=1111&c4=1111"),
        [
            (CreditCard, "4111"),
            (CreditCard, "1111"),
            (CreditCard, "1111"),
            (CreditCard, "1111")
        ]
    );
    assert_eq!(
        found_in_url("https://h.example/?ssn1=533&ssn2=12&ssn3=3456"),
        [(UsSsn, "533"), (UsSsn, "12"), (UsSsn, "3456")]
    );
    assert_eq!(
        found_in_url("https://h.example/?phone_area=415&phone_exchange=555&phone_line=2671"),
        [
            (PhoneNumber, "415"),
            (PhoneNumber, "555"),
            (PhoneNumber, "2671")
        ]
    );
}

#[test]
fn attack_109_items_of_a_list_are_found_together() {
    assert_eq!(
        found("{\"account\": [\"GB82\", \"WEST\", \"12345698765432\"]}"),
        [
            (IbanCode, "GB82"),
            (IbanCode, "WEST"),
            (IbanCode, "12345698765432")
        ]
    );
    assert_eq!(
        found("user=alice domain=example.com"),
        [(EmailAddress, "alice"), (EmailAddress, "example.com")]
    );
}

#[test]
fn a_url_keeps_its_keys() {
    let url = "https://h.example/?user=alice&domain=example.com&page=2";
    let findings = Detector::new().scan_url(url);
    assert_eq!(
        redact_url(url, &findings, &RedactionTemplate::default()),
        "https://h.example/?user=%3CREDACTED%3E&domain=%3CREDACTED%3E&page=2"
    );
}

#[test]
fn attack_109_fields_are_found_together_and_each_finding_is_in_its_field() {
    let fields = ["order for", "4111 1111", "1111", "é", "1111 thanks"];
    assert_eq!(Detector::new().scan_split(fields), []);
    let fields = ["4111 1111", "1111", "1111"];
    let split = Detector::new().scan_split(fields);
    let quoted: Vec<_> = split
        .iter()
        .map(|(field, found)| (*field, &fields[*field][found.span.clone()]))
        .collect();
    assert_eq!(quoted, [(0, "4111 1111"), (1, "1111"), (2, "1111")]);
}

#[test]
fn attack_115_an_allowed_pattern_holds_for_each_part_of_what_is_split() {
    let fields = [
        "4111",
        "1111",
        "1111",
        "1111",
        "GB82",
        "WEST",
        "12345698765432",
    ];
    let url =
        "https://h.example/?c1=4111&c2=1111&c3=1111&c4=1111&i1=GB82&i2=WEST&i3=12345698765432";
    // How many parts of the card and of the account are left, in a list of fields and in parameters of a URL.
    let left = |allowed: Allowed| {
        let detector = Detector::new().with_allowed(allowed).unwrap();
        let in_fields = detector.scan_split(fields);
        assert!(
            in_fields
                .iter()
                .all(|(field, found)| found.span == (0..fields[*field].len()))
        );
        let kinds: Vec<_> = in_fields.iter().map(|(_, found)| found.entity).collect();
        let of = |kinds: &[EntityType], kind| kinds.iter().filter(|found| **found == kind).count();
        let count = |kinds: &[EntityType]| [of(kinds, CreditCard), of(kinds, IbanCode)];
        let in_url = detector.scan_url(url);
        let kinds_in_url: Vec<_> = in_url.iter().map(|found| found.entity).collect();
        assert_eq!(count(&kinds), count(&kinds_in_url));
        count(&kinds)
    };
    let form = |pattern| Allowed::regex(pattern).unwrap();
    assert_eq!(left(Allowed::text("no part")), [4, 3]);
    assert_eq!(left(form("[0-9]{4}")), [0, 3]);
    assert_eq!(left(form("[A-Z0-9]{4}")), [0, 1]);
    assert_eq!(left(form("[A-Z0-9]{4}").of(CreditCard)), [0, 3]);
    assert_eq!(left(Allowed::text("1111")), [1, 3]);
    assert_eq!(left(form(".+")), [0, 0]);
    // A part is a finding of its own: what allows the whole allows none.
    assert_eq!(left(Allowed::text("4111111111111111")), [4, 3]);
    // Several fields together have no name, and what allows secrets allows nothing else.
    assert_eq!(left(form(".+").in_field("c1")), [4, 3]);
    assert_eq!(left(form(".+").of(EntityType::Secret)), [4, 3]);
}

#[test]
fn lists_of_other_things_are_left() {
    for url in [
        "https://h.example/?user=alice&page=2&domain=example.com",
        "https://h.example/?from=1767225600&to=1767312000&step=3600",
        "https://h.example/?w=640&h=48&id=1234",
        "https://h.example/?name=weather&domain=example.com",
        "https://h.example/?user=postgres&host=db.example.com",
        "https://h.example/users/alice/hosts/example.com",
        "https://h.example/2024/11/27/report/415/555/2671",
    ] {
        assert_eq!(found_in_url(url), [], "{url}");
    }
    assert_eq!(
        Detector::new().scan_split(["10000", "eip155:8453", "1767225600"]),
        []
    );
    assert_eq!(Detector::new().scan_split([]), []);
}

#[test]
fn lists_that_are_not_joined_hold_nothing() {
    let detector = Detector::new();
    // With a recognizer of one's own, which may look for anything, every list is joined.
    let entity = EntityType::Custom(CustomEntity::new("NOTHING").unwrap());
    let nothing = CustomRecognizer::regex(entity, "\u{1}\u{2}").unwrap();
    let thorough = Detector::new().with_recognizer(nothing).unwrap();
    let secrets = [
        "legal winner thank year wave sausage worth useful legal winner thank yellow",
        "-----BEGIN PRIVATE KEY----- MC4CAQAwBQYDK2VwBCIEIA -----END PRIVATE KEY-----",
    ];
    let mut joined = 0;
    for example in EXAMPLES.iter().map(|(_, text)| *text).chain(secrets) {
        let text = example.replace(['«', '»'], "");
        for (at, _) in text.char_indices().skip(1) {
            let (first, second) = text.split_at(at);
            for list in [
                format!("{first}&{second}"),
                format!("a={first}&b={second}"),
                format!("/{first}/{second}"),
                format!("key1={first}&key2={second}"),
                format!("{first}, {second}"),
                format!("[\"{first}\",\"{second}\"]"),
            ] {
                // Digits enough for a list to be looked at.
                let list = format!("{list}&order=123456789&page=1");
                let found = [detector.scan(&list), detector.scan_url(&list)];
                let expected = [thorough.scan(&list), thorough.scan_url(&list)];
                assert_eq!(found, expected, "{list}");
                joined += usize::from(found.iter().flatten().count() > 2);
            }
        }
    }
    assert!(joined > 100, "only {joined} values were found in parts");
}
