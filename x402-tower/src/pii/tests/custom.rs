use super::quoted;
use crate::pii::{
    Allowed, CustomEntity, CustomRecognizer, Detector, EntityType, RecognizerError, Validator,
};

fn entity(name: &str) -> EntityType {
    EntityType::Custom(CustomEntity::new(name).unwrap())
}

fn detector(recognizer: CustomRecognizer) -> Detector {
    Detector::with_entities([])
        .with_recognizer(recognizer)
        .unwrap()
}

fn texts<'t>(detector: &Detector, text: &'t str) -> Vec<&'t str> {
    let findings = detector.scan(text);
    let found = quoted(text, &findings).into_iter();
    found.map(|(_, text)| text).collect()
}

#[test]
fn a_pattern_finds_a_kind_of_ones_own_beside_the_built_in_ones() {
    let employee = entity("EMPLOYEE_ID");
    let recognizer = CustomRecognizer::regex(employee, r"\bE-[0-9]{6}\b").unwrap();
    let detector = Detector::new().with_recognizer(recognizer).unwrap();
    let text = "E-123456 and alice@example.com, not XE-1234567";
    assert_eq!(
        quoted(text, &detector.scan(text)),
        [
            (employee, "E-123456"),
            (EntityType::EmailAddress, "alice@example.com")
        ]
    );
    let url = "https://api.example.com/E%2D123456?next=E-654321";
    let found = detector.scan_url(url);
    assert_eq!(
        quoted(url, &found),
        [(employee, "E%2D123456"), (employee, "E-654321")]
    );
}

#[test]
fn disguises_hide_nothing_from_a_pattern() {
    let recognizer = CustomRecognizer::regex(entity("EMPLOYEE_ID"), "E-[0-9]{6}").unwrap();
    let detector = detector(recognizer);
    for text in [
        "E-12\u{200b}3456",
        "E\u{2010}123456",
        "&#69;-123456",
        "E-１２３４５６",
    ] {
        assert_eq!(texts(&detector, text), [text], "{text}");
    }
}

#[test]
fn words_are_found_whole_in_any_case_and_joined_in_any_way() {
    let recognizer =
        CustomRecognizer::words(entity("PROJECT"), ["Blue Falcon", "Falcon", "Zürich-2"]).unwrap();
    let any_case = detector(recognizer);
    for (text, expected) in [
        ("the blue falcon flies", vec!["blue falcon"]),
        ("BLUE-FALCON_report", vec!["BLUE-FALCON"]),
        ("falcon, FALCON", vec!["falcon", "FALCON"]),
        ("falcons falcony xfalcon", vec![]),
        ("blue falcons", vec![]),
        ("in ZÜRICH-2.", vec!["ZÜRICH-2"]),
    ] {
        assert_eq!(texts(&any_case, text), expected, "{text}");
    }
    let exact = CustomRecognizer::exact_words(entity("PROJECT"), ["Falcon"]).unwrap();
    let exact = detector(exact);
    assert_eq!(texts(&exact, "falcon Falcon FALCON"), ["Falcon"]);
}

#[test]
fn a_shorter_word_is_found_where_a_longer_one_goes_on() {
    let recognizer = CustomRecognizer::words(entity("PLACE"), ["new", "new york"]).unwrap();
    assert_eq!(texts(&detector(recognizer), "new yorkers"), ["new"]);
}

#[test]
fn what_fails_its_check_is_not_found_and_what_passes_is_certain() {
    let member = entity("MEMBER");
    let recognizer = CustomRecognizer::regex(member, r"M[0-9-]{11,14}")
        .unwrap()
        .with_validator(Validator::Luhn);
    let detector = detector(recognizer);
    let found = detector.scan("M7992-7398-713 M7992-7398-714");
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].span.clone(), found[0].score), (0..14, 100));
}

#[test]
fn every_validator_knows_a_right_number_from_a_wrong_one() {
    for (name, right, wrong) in [
        ("luhn", "79927398713", "79927398710"),
        ("mod97", "794 44 95", "794 44 96"),
        (
            "iban",
            "GB82 WEST 1234 5698 7654 32",
            "GB82 WEST 1234 5698 7654 33",
        ),
        ("mod11_10", "86095742719", "86095742718"),
        ("verhoeff", "2363", "2364"),
    ] {
        let validator: Validator = name.parse().unwrap();
        assert_eq!(validator.as_str(), name);
        assert!(validator.holds(right), "{name}");
        assert!(!validator.holds(wrong), "{name}");
        assert!(!validator.holds(""), "{name}");
    }
    let error = "crc".parse::<Validator>().unwrap_err();
    assert_eq!(error.code(), "pii.validator.unknown");
}

#[test]
fn context_makes_surer_and_may_be_needed() {
    let make = || {
        CustomRecognizer::regex(entity("BADGE"), r"\b[0-9]{5}\b")
            .unwrap()
            .with_score(40)
            .unwrap()
            .with_context(["badge", "staff number"])
            .unwrap()
    };
    let scores = |detector: &Detector, text: &str| -> Vec<u8> {
        detector
            .scan(text)
            .iter()
            .map(|found| found.score)
            .collect()
    };
    let surer = detector(make());
    assert_eq!(scores(&surer, "badge 12345"), [75]);
    assert_eq!(scores(&surer, "STAFF_NUMBER=12345"), [75]);
    assert_eq!(scores(&surer, "badges 12345"), [40]);
    assert_eq!(scores(&surer, "order 12345"), [40]);
    let needed = detector(make().only_in_context());
    assert_eq!(scores(&needed, "badge 12345"), [75]);
    assert!(needed.scan("order 12345").is_empty());
    let surest = detector(make()).with_min_score(50);
    assert!(surest.scan("order 12345").is_empty());
}

#[test]
fn a_match_stops_at_256_bytes_and_the_next_goes_on_there() {
    let recognizer = CustomRecognizer::regex(entity("RUN"), "a+b?").unwrap();
    let text = "x".repeat(700) + &"a".repeat(3_000) + "b";
    let found = detector(recognizer).scan(&text);
    assert_eq!(found.first().unwrap().span.start, 700);
    assert_eq!(found.last().unwrap().span.end, text.len());
    let covered: usize = found.iter().map(|found| found.span.len()).sum();
    assert_eq!(covered, 3_001);
}

#[test]
fn patterns_that_cannot_be_used_are_refused_without_being_quoted() {
    let make = |pattern: &str| CustomRecognizer::regex(entity("X"), pattern).unwrap_err();
    for (pattern, code) in [
        ("secret(", "pii.pattern.syntax"),
        ("secret(?=x)", "pii.pattern.syntax"),
        ("(secret)?", "pii.pattern.matches_empty"),
        ("secret|", "pii.pattern.matches_empty"),
        ("(?:secret\\w{1000}){1000}", "pii.pattern.too_large"),
    ] {
        let error = make(pattern);
        assert_eq!(error.code(), code, "{pattern}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    let long = make(&"a".repeat(1_025));
    assert_eq!(long, RecognizerError::PatternTooLong { bytes: 1_025 });
    let none: [&str; 0] = [];
    for (words, code) in [
        (none.as_slice(), "pii.words.none"),
        (&["a", " "], "pii.words.none"),
        (&["a"; 1_001], "pii.words.too_many"),
    ] {
        let error = CustomRecognizer::words(entity("X"), words).unwrap_err();
        assert_eq!(error.code(), code);
    }
    for score in [0, 101] {
        let error = CustomRecognizer::regex(entity("X"), "x")
            .unwrap()
            .with_score(score)
            .unwrap_err();
        assert_eq!(error, RecognizerError::Score { score });
    }
}

#[test]
fn names_are_interned_checked_and_read_again() {
    let badge = entity("BADGE_2");
    assert_eq!(badge, entity("BADGE_2"));
    assert_eq!("BADGE_2".parse::<EntityType>(), Ok(badge));
    let json = serde_json::to_string(&badge).unwrap();
    assert_eq!(json, "\"BADGE_2\"");
    assert_eq!(serde_json::from_str::<EntityType>(&json).unwrap(), badge);
    assert!("NEVER_NAMED".parse::<EntityType>().is_err());
    assert!(!EntityType::ALL.contains(&badge));
    for name in [
        "badge",
        "BADGE-2",
        "_A",
        "A__B",
        "A_",
        "2A",
        "",
        &"A".repeat(65),
    ] {
        let error = CustomEntity::new(name).unwrap_err();
        assert_eq!(error.code(), "pii.custom_entity.name", "{name}");
    }
    let error = CustomEntity::new("US_SSN").unwrap_err();
    assert_eq!(error.code(), "pii.custom_entity.built_in");
}

#[test]
fn a_detector_has_a_bounded_number_of_recognizers_and_exceptions() {
    let recognizer = CustomRecognizer::regex(entity("X"), "x").unwrap();
    let mut detector = Detector::new();
    for _ in 0..Detector::MAX_RECOGNIZERS {
        detector = detector.with_recognizer(recognizer.clone()).unwrap();
    }
    let error = detector.with_recognizer(recognizer).unwrap_err();
    assert_eq!(error.code(), "pii.recognizer.too_many");
    let mut detector = Detector::new();
    for _ in 0..Allowed::MAX {
        detector = detector.with_allowed(Allowed::text("x")).unwrap();
    }
    let error = detector.with_allowed(Allowed::text("x")).unwrap_err();
    assert_eq!(error.code(), "pii.allow.too_many");
}

#[test]
fn debug_shows_neither_words_nor_patterns() {
    let recognizer = CustomRecognizer::words(entity("PROJECT"), ["falcon"]).unwrap();
    let detector = Detector::new()
        .with_recognizer(recognizer)
        .and_then(|detector| detector.with_allowed(Allowed::text("falcon@example.com")))
        .unwrap();
    let shown = format!("{detector:?}");
    assert!(
        shown.contains("PROJECT") && !shown.contains("falcon"),
        "{shown}"
    );
}

#[test]
fn attack_115_what_is_allowed_is_dropped_only_where_it_is_all_of_a_finding() {
    let detector = Detector::new()
        .with_allowed(Allowed::text("support@example.com"))
        .unwrap();
    assert!(detector.scan("to support@example.com, please").is_empty());
    let url = "https://x.example/?to=support%40example.com";
    assert!(detector.scan_url(url).is_empty());
    for text in [
        "alice.support@example.com",
        "support@example.com.au",
        "sup\u{200b}port@example.com",
        "alice@example.com",
    ] {
        assert_eq!(detector.scan(text).len(), 1, "{text}");
    }
}

#[test]
fn attack_115_a_form_is_allowed_in_one_field_and_as_one_kind() {
    let orders = Allowed::regex("[0-9]{3}-[0-9]{3}-[0-9]{4}")
        .unwrap()
        .in_field("description")
        .of(EntityType::PhoneNumber);
    let detector = Detector::new().with_allowed(orders).unwrap();
    let text = "order 415-555-2671";
    for field in ["description", "resource.description", "description[2]"] {
        assert!(detector.scan_field(field, text).is_empty(), "{field}");
    }
    for field in ["error", "xdescription", "description.note"] {
        assert_eq!(detector.scan_field(field, text).len(), 1, "{field}");
    }
    assert_eq!(detector.scan(text).len(), 1);
    assert_eq!(
        detector
            .scan_field(
                "description",
                "order 415-555-26711-415-555-2671 536-22-8726"
            )
            .last()
            .unwrap()
            .entity,
        EntityType::UsSsn
    );
    let url = "https://x.example/order/415-555-2671";
    assert!(detector.scan_url_field("description", url).is_empty());
}

#[test]
fn secrets_are_allowed_by_name_alone() {
    let key = concat!("sk_", "test_51HqLyjWDarjtT1zdp7dcABCD");
    let everything = || Allowed::regex("(?s).+").unwrap();
    let careless = Detector::new().with_allowed(everything()).unwrap();
    assert_eq!(careless.scan(key).len(), 1);
    assert!(careless.scan("alice@example.com").is_empty());
    let meant = Detector::new()
        .with_allowed(everything().of(EntityType::Secret))
        .unwrap();
    assert!(meant.scan(key).is_empty());
}

#[test]
fn an_allowed_pattern_is_one_pattern() {
    let error = Allowed::regex("a)|(?:.*").unwrap_err();
    assert_eq!(error.code(), "pii.pattern.syntax");
}
