//! Settings of the policy itself and of the other controls.

use super::*;

#[test]
fn every_setting_is_read() {
    let config = toml(
        r#"
        mode = "shadow"
        kill_switch = true
        first_contact_cap_usd = 0.25
        recipient_pinning = "block"
        max_quote_drift_percent = 20
        quote_drift_window_seconds = 3600
        [pii]
        mode = "shadow"
        action = "block"
        secrets = "redact"
        urls = "redact"
        headers = "block"
        header_names = ["x-user", "Cookie"]
        body = "warn"
        [replay]
        mode = "shadow"
        max_repeats = 3
        [audit]
        mode = "shadow"
        sync = "grouped"
        "#,
    )
    .unwrap();
    let rules = Rules::compile(&config).unwrap();
    assert_eq!(rules.mode(), Mode::Shadow);
    assert!(rules.kill_switch());
    assert_eq!(rules.first_contact_cap(), Some(Usd::from_micros(250_000)));
    assert_eq!(rules.recipient_pinning(), RecipientPinning::Block);
    assert_eq!(rules.max_quote_drift_percent(), Some(20));
    assert_eq!(rules.quote_drift_window().as_secs(), 3600);
    let (pii, replay, audit) = (
        config.pii.unwrap(),
        config.replay.unwrap(),
        config.audit.unwrap(),
    );
    assert_eq!(
        (pii.mode, pii.action),
        (Mode::Shadow, Some(FindingAction::Block))
    );
    assert_eq!(pii.secrets, Some(FindingAction::Redact));
    assert_eq!(
        (pii.urls, pii.headers, pii.body),
        (
            OutgoingAction::Redact,
            OutgoingAction::Block,
            OutgoingAction::Warn
        )
    );
    assert_eq!(pii.header_names, ["x-user", "Cookie"]);
    assert_eq!((replay.mode, replay.max_repeats), (Mode::Shadow, Some(3)));
    assert_eq!(
        (audit.mode, audit.sync),
        (Mode::Shadow, Some(AuditSync::Grouped))
    );
}

#[test]
fn everything_is_enforced_and_nothing_switched_off_unless_set() {
    let config = toml("[pii]\n[replay]\n[audit]").unwrap();
    assert_eq!((config.mode, config.kill_switch), (Mode::Enforce, false));
    assert_eq!(config.recipient_pinning, RecipientPinning::Off);
    let pii = config.pii.unwrap();
    assert_eq!((pii.mode, pii.urls), (Mode::Enforce, OutgoingAction::Off));
    assert_eq!(config.replay.unwrap().mode, Mode::Enforce);
    assert_eq!(config.audit.unwrap().mode, Mode::Enforce);
}

#[test]
fn settings_that_cannot_be_right_are_refused() {
    for (text, code, path) in [
        ("mode = \"dry-run\"", "config.choice", "mode"),
        ("kill_switch = \"off\"", "config.kind", "kill_switch"),
        (
            "recipient_pinning = true",
            "config.kind",
            "recipient_pinning",
        ),
        (
            "max_quote_drift_percent = 2.5",
            "config.kind",
            "max_quote_drift_percent",
        ),
        (
            "quote_drift_window_seconds = 0",
            "config.window",
            "quote_drift_window_seconds",
        ),
        (
            "first_contact_cap_usd = \"1e-9\"",
            "config.amount",
            "first_contact_cap_usd",
        ),
        ("[pii]\naction = \"off\"", "config.choice", "pii.action"),
        ("[pii]\nsecrets = \"off\"", "config.choice", "pii.secrets"),
        ("[pii]\nurls = \"hide\"", "config.choice", "pii.urls"),
        (
            "[pii]\nheaders = \"block\"",
            "config.contradiction",
            "pii.headers",
        ),
        (
            "[pii]\nheader_names = [\"x-user\"]",
            "config.contradiction",
            "pii.header_names",
        ),
        (
            "[pii]\nheaders = \"warn\"\nheader_names = [\"a b\"]",
            "config.header",
            "pii.header_names[0]",
        ),
        (
            "[pii]\nheaders = \"warn\"\nheader_names = [\"a\", \"A\"]",
            "config.duplicate",
            "pii.header_names[1]",
        ),
        (
            "[replay]\nmax_repeats = \"3\"",
            "config.kind",
            "replay.max_repeats",
        ),
        ("[audit]\nsync = \"always\"", "config.choice", "audit.sync"),
    ] {
        let (found, at, line) = one(text);
        assert_eq!(
            (found, at.as_str(), line.is_some()),
            (code, path, true),
            "{text}"
        );
    }
}

#[test]
fn the_way_to_detect_is_told_from_whether_it_holds() {
    let error = toml("[pii]\nmode = \"regex\"").unwrap_err();
    assert!(
        error.to_string().contains("detector = \"regex\""),
        "{error}"
    );
}

#[test]
fn a_kill_switch_that_cannot_be_read_is_no_switched_off_one() {
    let (config, _) = read::config("kill_switch = \"yes\"", PolicyFormat::Toml, "policy.toml");
    assert!(config.kill_switch);
}

#[test]
fn every_setting_makes_another_revision() {
    let base = rules("[pii]\n[replay]\n[audit]").revision().to_owned();
    for text in [
        "mode = \"shadow\"\n[pii]\n[replay]\n[audit]",
        "kill_switch = true\n[pii]\n[replay]\n[audit]",
        "allow_zero_amount = true\n[pii]\n[replay]\n[audit]",
        "first_contact_cap_usd = 1\n[pii]\n[replay]\n[audit]",
        "recipient_pinning = \"warn\"\n[pii]\n[replay]\n[audit]",
        "max_quote_drift_percent = 5\n[pii]\n[replay]\n[audit]",
        "quote_drift_window_seconds = 5\n[pii]\n[replay]\n[audit]",
        "denied_networks = [\"eip155:1\"]\n[pii]\n[replay]\n[audit]",
        "[pii]\nmode = \"shadow\"\n[replay]\n[audit]",
        "[pii]\nbody = \"warn\"\n[replay]\n[audit]",
        "[pii]\nmin_score = 1\n[replay]\n[audit]",
        "[pii]\n[[pii.allow]]\ntext = \"a\"\n[replay]\n[audit]",
        "[pii]\n[[pii.recognizers]]\nname = \"X\"\nwords = [\"a\"]\n[replay]\n[audit]",
        "[pii]\n[[pii.operators]]\noperator = \"remove\"\n[replay]\n[audit]",
        "[pii]\nsecrets = \"warn\"\n[replay]\n[audit]",
        "[pii]\n[replay]\nmax_repeats = 1\n[audit]",
        "[pii]\n[replay]\n[audit]\nsync = \"each\"",
    ] {
        assert_ne!(rules(text).revision(), base, "{text}");
    }
}

#[test]
fn code_and_file_set_the_same() {
    let code = PolicyConfig::new()
        .with_first_contact_cap(Usd::from_micros(250_000))
        .with_recipient_pinning(RecipientPinning::Warn)
        .with_max_quote_drift(20, 3600)
        .with_kill_switch(true)
        .with_zero_amount(true)
        .with_mode(Mode::Shadow)
        .with_denied_origins(["https://a.io"])
        .with_denied_recipients([PAYEE])
        .with_denied_assets([format!("eip155:8453/{USDC}")])
        .with_denied_networks(["eip155:1"])
        .with_denied_schemes(["upto"])
        .with_limit(LimitSettings::count(3, 60, [LimitPer::Agent]).at("https://b.io/v1"))
        .with_pii(PiiSettings::default())
        .with_replay(ReplaySettings::default())
        .with_audit(AuditSettings::default())
        .with_mpa(MpaSettings::new(1, [ApproverSettings::hmac("bob", "BOB")]));
    let file = format!(
        "first_contact_cap_usd = 0.25\nrecipient_pinning = \"warn\"\nmax_quote_drift_percent = 20\n\
         quote_drift_window_seconds = 3600\nkill_switch = true\nallow_zero_amount = true\nmode = \"shadow\"\n\
         denied_origins = [\"https://a.io\"]\ndenied_recipients = [\"{PAYEE}\"]\ndenied_networks = [\"eip155:1\"]\n\
         denied_assets = [\"eip155:8453/{USDC}\"]\ndenied_schemes = [\"upto\"]\n\
         [[limits]]\nwindow_seconds = 60\ncount = 3\nper = [\"agent\"]\nendpoint = \"https://b.io/v1\"\n\
         [pii]\n[replay]\n[audit]\n[mpa]\nthreshold = 1\n\
         [[mpa.approvers]]\napprover_id = \"bob\"\nmode = \"crypto\"\nsecret_env = \"BOB\""
    );
    let code = Rules::compile(&code).unwrap();
    assert_eq!(code.normal_form(), rules(&file).normal_form());
    let again = rules(code.normal_form());
    assert_eq!(
        again.normal_form(),
        code.normal_form(),
        "the normal form is its own"
    );
}

const PERSONAL_DATA: &str = r##"
[pii]
detector = "structural"
entities = ["EMAIL_ADDRESS", "EMPLOYEE_ID"]
min_score = 50
spelled_emails = false
template = "[{entity_type}]"
[[pii.operators]]
entities = ["EMPLOYEE_ID"]
operator = "mask"
mask_character = "#"
mask_count = 4
mask_from_end = true
[[pii.operators]]
operator = "hash"
[[pii.recognizers]]
name = "EMPLOYEE_ID"
regex = 'E-[0-9]{6}'
validator = "luhn"
context = ["employee"]
only_in_context = true
score = 70
[[pii.recognizers]]
name = "PROJECT"
words = ["Blue Falcon"]
case_sensitive = true
[[pii.allow]]
text = "support@example.com"
[[pii.allow]]
regex = '[0-9-]+'
field = "description"
entity = "PHONE_NUMBER"
"##;

#[test]
fn what_finds_personal_data_is_read_and_its_normal_form_is_its_own() {
    let config = toml(PERSONAL_DATA).unwrap();
    let pii = config.pii.as_ref().unwrap();
    assert_eq!(pii.detector, DetectorKind::Structural);
    assert_eq!((pii.min_score, pii.spelled_emails), (Some(50), Some(false)));
    assert_eq!(pii.operators.len(), 2);
    assert_eq!(pii.recognizers[0].validator, Some(ValidatorKind::Luhn));
    assert_eq!(pii.recognizers[1].words, ["Blue Falcon"]);
    assert_eq!(pii.allow[1].entity.as_deref(), Some("PHONE_NUMBER"));
    let detector = pii.to_detector().unwrap();
    let found = detector.scan("employee E-123455 and alice@example.com, not support@example.com");
    let names: Vec<_> = found.iter().map(|found| found.entity.as_str()).collect();
    assert_eq!(names, ["EMPLOYEE_ID", "EMAIL_ADDRESS"]);
    let rules = rules(PERSONAL_DATA);
    let again = self::rules(rules.normal_form());
    assert_eq!(again.normal_form(), rules.normal_form());
}

#[test]
fn what_cannot_find_personal_data_is_refused_where_it_stands() {
    let recognizer = "[[pii.recognizers]]\nname = \"X\"\n";
    let allow = "[[pii.allow]]\n";
    let operator = "[[pii.operators]]\noperator = ";
    for (text, code, path) in [
        (
            "[pii]\nmin_score = 101".to_owned(),
            "config.score",
            "pii.min_score",
        ),
        (
            "[pii]\ntemplate = \"{name}\"".to_owned(),
            "pii.template.unknown_placeholder",
            "pii.template",
        ),
        (
            "[pii]\nentities = [\"US_SSN\", \"US_SSM\"]".to_owned(),
            "pii.entity.unknown",
            "pii.entities[1]",
        ),
        (
            "[pii]\nentities = [\"PERSON\"]".to_owned(),
            "config.contradiction",
            "pii.entities[0]",
        ),
        (
            recognizer.to_owned(),
            "config.contradiction",
            "pii.recognizers[0]",
        ),
        (
            format!("{recognizer}regex = 'a'\nwords = [\"a\"]"),
            "config.contradiction",
            "pii.recognizers[0]",
        ),
        (
            format!("{recognizer}regex = 'a('"),
            "pii.pattern.syntax",
            "pii.recognizers[0].regex",
        ),
        (
            format!("{recognizer}regex = 'a*'"),
            "pii.pattern.matches_empty",
            "pii.recognizers[0].regex",
        ),
        (
            format!("{recognizer}words = [\"\"]"),
            "pii.words.none",
            "pii.recognizers[0].words",
        ),
        (
            format!("{recognizer}regex = 'a'\ncase_sensitive = true"),
            "config.contradiction",
            "pii.recognizers[0].case_sensitive",
        ),
        (
            format!("{recognizer}regex = 'a'\nonly_in_context = true"),
            "config.contradiction",
            "pii.recognizers[0].only_in_context",
        ),
        (
            format!("{recognizer}regex = 'a'\nscore = 0"),
            "pii.recognizer.score",
            "pii.recognizers[0].score",
        ),
        (
            format!("{recognizer}regex = 'a'\nvalidator = \"crc\""),
            "config.choice",
            "pii.recognizers[0].validator",
        ),
        (
            format!("{recognizer}regex = 'a'\nwhat = 1"),
            "config.unknown_key",
            "pii.recognizers[0].what",
        ),
        (
            "[[pii.recognizers]]\nregex = 'a'".to_owned(),
            "config.missing",
            "pii.recognizers[0].name",
        ),
        (
            "[[pii.recognizers]]\nname = \"us-id\"\nregex = 'a'".to_owned(),
            "pii.custom_entity.name",
            "pii.recognizers[0].name",
        ),
        (
            "[[pii.recognizers]]\nname = \"US_SSN\"\nregex = 'a'".to_owned(),
            "pii.custom_entity.built_in",
            "pii.recognizers[0].name",
        ),
        (allow.to_owned(), "config.contradiction", "pii.allow[0]"),
        (
            format!("{allow}text = \"a\"\nregex = 'a'"),
            "config.contradiction",
            "pii.allow[0]",
        ),
        (
            format!("{allow}regex = '['"),
            "pii.pattern.syntax",
            "pii.allow[0].regex",
        ),
        (
            format!("{allow}text = \"a\"\nentity = \"MAIL\""),
            "pii.entity.unknown",
            "pii.allow[0].entity",
        ),
        (
            format!("{operator}\"drop\""),
            "config.choice",
            "pii.operators[0].operator",
        ),
        (
            "[[pii.operators]]\nentities = [\"US_SSN\"]".to_owned(),
            "config.missing",
            "pii.operators[0].operator",
        ),
        (
            format!("{operator}\"mask\"\nmask_character = \"x\""),
            "pii.mask.character",
            "pii.operators[0].mask_character",
        ),
        (
            format!("{operator}\"hash\"\nmask_count = 4"),
            "config.contradiction",
            "pii.operators[0].mask_count",
        ),
        (
            format!("{operator}\"hash\"\ntemplate = \"x\""),
            "config.contradiction",
            "pii.operators[0].template",
        ),
        (
            format!("{operator}\"hash\"\n{operator}\"mask\""),
            "config.duplicate",
            "pii.operators[1].entities",
        ),
    ] {
        let (found, at, _) = one(&text);
        assert_eq!((found, at.as_str()), (code, path), "{text}");
    }
}

#[test]
fn finding_names_needs_the_model() {
    let text = "[pii]\ndetector = \"nlp\"\nentities = [\"PERSON\"]";
    if cfg!(feature = "nlp") {
        assert!(toml(text).is_ok());
    } else {
        let (code, path, line) = one("[pii]\ndetector = \"nlp\"");
        assert_eq!(
            (code, path.as_str(), line),
            ("pii.mode.unknown", "pii.detector", Some(2))
        );
    }
}
