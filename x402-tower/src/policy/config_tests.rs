//! What a policy file may say, and what it is told when it is wrong.

use proptest::prelude::*;

use super::*;
use crate::policy::choice::LimitPer;
use crate::policy::load::MAX_TEXT;
use crate::policy::settings::{ApproverSettings, AuditSettings, LimitSettings, MpaSettings};
use crate::policy::{PolicyError, Rules};

const FULL: &str = r#"
max_per_call_usd = 0.10
daily_limit_usd  = 5.00
window_seconds   = 3_600
agent_id         = "my-agent"
allowed_origins  = ["https://premium-api.io", "https://api.example.com"]
allowed_assets   = ["eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913"]
allowed_networks = ["eip155:8453"]
allowed_schemes  = ["exact", "upto"]
max_authorization_seconds = 300
resource_match   = "exact"
allow_insecure_http = false

[per_endpoint]
"https://premium-api.io" = 0.50

[recipients]
"https://api.example.com" = ["eip155:8453/0x209693Bc6afc0C5328bA36FaF03C514EF312287C"]

[pii]
action = "redact"
entities = ["EMAIL_ADDRESS", "US_SSN"]
detector = "regex"

[replay]
ttl_seconds = 300
enabled = true

[audit]
path = "audit.jsonl"
"#;

const FULL_JSON: &str = r#"{
  "max_per_call_usd": 0.10, "daily_limit_usd": "5", "window_seconds": 3600, "agent_id": "my-agent",
  "allowed_origins": ["https://premium-api.io", "https://api.example.com"],
  "allowed_assets": ["eip155:8453/0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913"],
  "allowed_networks": ["eip155:8453"], "allowed_schemes": ["exact", "upto"],
  "max_authorization_seconds": 300, "resource_match": "exact", "allow_insecure_http": false,
  "per_endpoint": {"https://premium-api.io": 0.5},
  "recipients": {"https://api.example.com": ["eip155:8453:0x209693Bc6afc0C5328bA36FaF03C514EF312287C"]},
  "pii": {"action": "redact", "entities": ["EMAIL_ADDRESS", "US_SSN"], "detector": "regex"},
  "replay": {"ttl_seconds": 300, "enabled": true}, "audit": {"path": "audit.jsonl"}
}"#;

fn toml(text: &str) -> Result<PolicyConfig, PolicyError> {
    PolicyConfig::from_toml(text, "policy.toml")
}

fn json(text: &str) -> Result<PolicyConfig, PolicyError> {
    PolicyConfig::from_json(text, "policy.json")
}

/// Code, path and line of every problem.
fn problems(
    result: Result<PolicyConfig, PolicyError>,
) -> Vec<(&'static str, String, Option<usize>)> {
    let error = result.expect_err("this policy is wrong");
    let list = error.problems().iter();
    list.map(|p| (p.code(), p.path().to_owned(), p.line()))
        .collect()
}

fn one(result: Result<PolicyConfig, PolicyError>) -> (&'static str, String, Option<usize>) {
    let mut list = problems(result);
    assert_eq!(list.len(), 1, "{list:?}");
    list.remove(0)
}

#[test]
fn every_key_is_read() {
    let config = toml(FULL).unwrap();
    assert_eq!(config.max_per_call, Some(Usd::from_micros(100_000)));
    assert_eq!(config.daily_limit, Some(Usd::from_micros(5_000_000)));
    assert_eq!(config.window_seconds, 3600);
    assert_eq!(config.agent_id.as_deref(), Some("my-agent"));
    let endpoint = (
        "https://premium-api.io".to_owned(),
        Usd::from_micros(500_000),
    );
    assert_eq!(config.per_endpoint, [endpoint]);
    assert_eq!(config.allowed_origins.unwrap().len(), 2);
    assert_eq!(config.recipients.unwrap().len(), 1);
    assert_eq!(config.allowed_assets.unwrap().len(), 1);
    assert_eq!(config.allowed_networks.unwrap(), ["eip155:8453"]);
    assert_eq!(config.allowed_schemes, ["exact", "upto"]);
    assert_eq!(config.max_authorization_seconds, 300);
    assert_eq!(config.resource_match, ResourceMatch::Exact);
    assert_eq!(config.pii.unwrap().entities.unwrap().len(), 2);
    assert_eq!(config.replay.unwrap().ttl_seconds, Some(300));
    assert_eq!(config.audit.unwrap().path.as_deref(), Some("audit.jsonl"));
}

#[test]
fn toml_and_json_say_the_same() {
    let one = Rules::compile(&toml(FULL).unwrap()).unwrap();
    let two = Rules::compile(&json(FULL_JSON).unwrap()).unwrap();
    assert_eq!(one.normal_form(), two.normal_form());
}

#[test]
fn code_and_file_say_the_same() {
    let code = PolicyConfig::new()
        .with_max_per_call(Usd::from_micros(100_000))
        .with_daily_limit(Usd::from_micros(5_000_000))
        .with_window_seconds(3600)
        .with_agent_id("my-agent")
        .with_allowed_origins(["https://premium-api.io", "https://api.example.com"])
        .with_allowed_assets(["eip155:8453/0x833589fcd6edb6e08f4c7c32d4f71b54bda02913"])
        .with_allowed_networks(["eip155:8453"])
        .with_allowed_schemes(["upto", "exact"])
        .with_max_authorization_seconds(300)
        .with_resource_match(ResourceMatch::Exact)
        .with_insecure_http(false)
        .with_endpoint_limit("https://premium-api.io", Usd::from_micros(500_000))
        .with_recipients(
            "https://api.example.com",
            ["eip155:8453:0x209693Bc6afc0C5328bA36FaF03C514EF312287C"],
        );
    let mut file = toml(FULL).unwrap();
    (file.pii, file.replay, file.audit) = (None, None, None);
    assert_eq!(
        Rules::compile(&code).unwrap().revision(),
        Rules::compile(&file).unwrap().revision()
    );
}

#[test]
fn amounts_are_exact_decimals_and_never_floats() {
    let amount = |text: &str| {
        toml(&format!("daily_limit_usd = {text}"))
            .unwrap()
            .daily_limit
    };
    let large = Some(Usd::from_micros(9_007_199_254_740_993));
    assert_eq!(amount("9007199254.740993"), large, "2^53 + 1 has no float");
    assert_eq!(amount("\"9007199254.740993\""), large);
    assert_eq!(amount("1_000"), Some(Usd::from_micros(1_000_000_000)));
    let in_json = json(r#"{"daily_limit_usd": 9007199254.740993}"#).unwrap();
    assert_eq!(in_json.daily_limit, large);
}

#[test]
fn attack_002_amounts_that_are_no_plain_decimal_are_refused() {
    for text in [
        "-1",
        "-0.01",
        "1e2",
        "1E-9",
        "inf",
        "nan",
        "0x10",
        "0.0000001",
        "\"\"",
        "\"$5\"",
        "\"1,000\"",
        "\" 5\"",
        "\"１０\"",
        "99999999999999999999.0",
        "\"+5\"",
    ] {
        let problem = one(toml(&format!("\ndaily_limit_usd = {text}")));
        assert_eq!(
            problem,
            ("config.amount", "daily_limit_usd".to_owned(), Some(2)),
            "{text}"
        );
    }
    for text in ["-1", "1e2", "1e400", "\"0x10\"", "-0"] {
        let problem = one(json(&format!("{{\n\"daily_limit_usd\": {text}}}")));
        assert_eq!(
            problem,
            ("config.amount", "daily_limit_usd".to_owned(), Some(2)),
            "{text}"
        );
    }
}

#[test]
fn attack_008_amounts_of_another_kind_are_refused() {
    for text in ["true", "[5]", "{ a = 1 }", "2026-01-01"] {
        assert_eq!(
            one(toml(&format!("max_per_call_usd = {text}"))).0,
            "config.kind",
            "{text}"
        );
    }
    for text in ["null", "true", "[]", "{}"] {
        assert_eq!(
            one(json(&format!("{{\"max_per_call_usd\": {text}}}"))).0,
            "config.kind",
            "{text}"
        );
    }
}

#[test]
fn an_unknown_key_is_told_the_known_ones() {
    let error = toml("daily_limit = 5").unwrap_err();
    let problem = &error.problems()[0];
    assert_eq!(problem.code(), "config.unknown_key");
    assert!(problem.remedy().contains("daily_limit_usd"));
    for (text, path) in [
        ("[pii]\nactions = \"warn\"", "pii.actions"),
        ("[replay]\nttl = 3", "replay.ttl"),
        ("[audit]\nfile = \"x\"", "audit.file"),
    ] {
        assert_eq!(
            one(toml(text)),
            ("config.unknown_key", path.to_owned(), Some(2))
        );
    }
}

#[test]
fn every_problem_is_reported_at_once_with_its_line() {
    let text = "max_per_call_usd = -1\nwindow_seconds = 0\nagent_id = \"a b\"\nallowed_origins = [\n  \"api.ok.com\",\n  \
                \"https://ok.com/v1\",\n]\nallowed_networks = [\"base\"]\nwhat = 1\n[per_endpoint]\n\"ftp://x\" = 1\n";
    let found = problems(toml(text));
    let expected = [
        ("config.amount", "max_per_call_usd", 1),
        ("config.window", "window_seconds", 2),
        ("config.agent_id", "agent_id", 3),
        ("scope.not_http", "allowed_origins[0]", 5),
        ("config.path", "allowed_origins[1]", 6),
        ("config.network", "allowed_networks[0]", 8),
        ("config.unknown_key", "what", 9),
        ("scope.not_http", "per_endpoint.\"ftp://x\"", 11),
    ];
    let expected: Vec<_> = expected
        .iter()
        .map(|(code, path, line)| (*code, (*path).to_owned(), Some(*line)))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn json_problems_have_lines_too() {
    let text = "{\n \"allowed_networks\": [\n  \"eip155:1\",\n  \"eip155:01\"\n ]\n}";
    assert_eq!(
        one(json(text)),
        ("config.network", "allowed_networks[1]".to_owned(), Some(4))
    );
}

#[test]
fn a_v1_network_name_is_told_its_chain() {
    let error = toml("allowed_networks = [\"base-sepolia\"]").unwrap_err();
    assert!(error.to_string().contains("write eip155:84532"), "{error}");
}

#[test]
fn attack_029_a_key_that_stands_twice_is_refused() {
    assert_eq!(
        one(json(r#"{"daily_limit_usd": 5, "daily_limit_usd": 500}"#)).0,
        "config.duplicate_key"
    );
    assert_eq!(
        one(json(
            r#"{"daily_limit_usd": 5, "daily_limit_us\u0064": 500}"#
        ))
        .0,
        "config.duplicate_key"
    );
    assert_eq!(
        one(toml("daily_limit_usd = 5\ndaily_limit_usd = 500")).0,
        "config.malformed"
    );
}

#[test]
fn entries_that_mean_the_same_are_refused() {
    for text in [
        "allowed_origins = [\"https://a.io\", \"https://A.io:443/\"]",
        "allowed_networks = [\"eip155:1\", \"eip155:1\"]",
        "allowed_schemes = [\"exact\", \"exact\"]",
        "allowed_assets = [\"eip155:1/0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913\", \
         \"eip155:1/erc20:0x833589fcd6edb6e08f4c7c32d4f71b54bda02913\"]",
        "[per_endpoint]\n\"https://a.io\" = 1\n\"https://a.io./\" = 1",
        "[per_endpoint]\n\"https://a.io/v1\" = 1\n\"https://a.io/x/../%761/\" = 2",
        "[recipients]\n\"https://a.io\" = []\n\"https://a.io/\" = []",
    ] {
        assert_eq!(one(toml(text)).0, "config.duplicate", "{text}");
    }
}

#[test]
fn rules_that_contradict_each_other_are_refused() {
    let payee = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";
    for text in [
        "[per_endpoint]\n\"https://a.io\" = 1\n\"https://a.io/v1\" = 2".to_owned(),
        "[per_endpoint]\n\"https://a.io/v1\" = 2\n\"https://a.io\" = 1".to_owned(),
        "allowed_origins = [\"https://b.io\"]\n[per_endpoint]\n\"https://a.io\" = 1".to_owned(),
        "allowed_origins = []\n[recipients]\n\"https://a.io\" = []".to_owned(),
        format!("allowed_networks = [\"eip155:1\"]\nallowed_assets = [\"eip155:2/{payee}\"]"),
        format!(
            "allowed_networks = [\"eip155:1\"]\n[recipients]\n\"https://a.io\" = [\"eip155:2/{payee}\"]"
        ),
    ] {
        assert_eq!(one(toml(&text)).0, "config.contradiction", "{text}");
    }
}

#[test]
fn attack_058_rules_over_plain_http_are_refused_off_this_machine() {
    assert_eq!(
        one(toml("allowed_origins = [\"http://a.io\"]")).0,
        "config.insecure"
    );
    assert!(toml("allowed_origins = [\"http://localhost:8402\"]").is_ok());
    assert!(toml("allow_insecure_http = true\nallowed_origins = [\"http://a.io\"]").is_ok());
}

#[test]
fn settings_of_other_controls_are_checked() {
    for (text, code) in [
        ("[pii]\nmode = \"nlp\"", "config.choice"),
        ("[pii]\naction = \"ignore\"", "config.choice"),
        ("[pii]\nentities = []", "config.empty"),
        ("[replay]\nttl_seconds = 0", "config.ttl"),
        ("[replay]\nenabled = \"yes\"", "config.kind"),
        ("[audit]\npath = \"\"", "config.audit_path"),
        ("pii = 3", "config.kind"),
        ("window_seconds = 1.5", "config.kind"),
        ("window_seconds = -1", "config.kind"),
        ("window_seconds = 99999999999", "config.window"),
        ("max_authorization_seconds = 0", "config.lifetime"),
        ("resource_match = \"loose\"", "config.choice"),
        ("allowed_schemes = [\"Exact\"]", "config.scheme"),
        ("allowed_assets = [\"USDC\"]", "config.asset"),
        (
            "allowed_assets = [\"eip155:1/erc721:0x209693Bc6afc0C5328bA36FaF03C514EF312287C\"]",
            "config.asset",
        ),
        (
            "[recipients]\n\"https://a.io\" = [\"alice\"]",
            "config.recipient",
        ),
        (
            "[recipients]\n\"https://a.io\" = \"0x209693Bc6afc0C5328bA36FaF03C514EF312287C\"",
            "config.kind",
        ),
        ("agent_id = \"\"", "config.agent_id"),
    ] {
        assert_eq!(one(toml(text)).0, code, "{text}");
    }
}

#[test]
fn what_is_malformed_is_refused_with_its_line() {
    assert_eq!(one(toml("a = 1\nb = ")).0, "config.malformed");
    for text in [
        "",
        "[]",
        "5",
        "{",
        "{\"a\": 1,}",
        "{} {}",
        "{\"agent_id\": \"\\ud800\"}",
    ] {
        let (code, _, line) = one(json(text));
        assert_eq!((code, line.is_some()), ("config.malformed", true), "{text}");
    }
}

#[test]
fn attack_030_deep_nesting_is_an_error_and_no_overflow() {
    let deep = format!(
        "{{\"per_endpoint\": {}{}}}",
        "[".repeat(6000),
        "]".repeat(6000)
    );
    assert!(json(&deep).is_err());
    let deep = format!("per_endpoint = {}{}", "[".repeat(6000), "]".repeat(6000));
    assert!(toml(&deep).is_err());
}

#[test]
fn a_policy_beyond_its_bound_is_refused() {
    let text = "#".repeat(MAX_TEXT + 1);
    assert_eq!(one(toml(&text)).0, "config.too_long");
}

#[test]
fn no_password_is_quoted() {
    let text = "allowed_origins = [\"https://me:SECRET@a.io\", \"https://a.io?key=SECRET\"]\n[per_endpoint]\n\
                \"https://me:SECRET@a.io\" = 1\n\"https://a.io/?key=SECRET\" = 1\n\"https://a.io/x#SECRET\" = true";
    let error = toml(text).unwrap_err();
    assert_eq!(error.problems().len(), 5, "{error}");
    assert!(!format!("{error} {error:?}").contains("SECRET"), "{error}");
}

#[test]
fn a_file_is_read_by_its_extension() {
    let name = crate::payment::PaymentId::random().unwrap();
    let folder = std::env::temp_dir();
    let write = |extension: &str, text: &str| {
        let path = folder.join(format!("x402-tower-{name}.{extension}"));
        std::fs::write(&path, text).unwrap();
        let result = PolicyConfig::load(&path);
        std::fs::remove_file(&path).unwrap();
        result
    };
    assert!(write("toml", FULL).is_ok());
    assert!(write("json", FULL_JSON).is_ok());
    assert_eq!(one(write("yaml", FULL)).0, "config.extension");
    assert_eq!(
        one(write("toml", &"#".repeat(MAX_TEXT + 9))).0,
        "config.too_long"
    );
    assert_eq!(
        one(PolicyConfig::load(folder.join(format!("{name}.toml")))).0,
        "config.unreadable"
    );
}

prop_compose! {
    /// A policy that may or may not be right, from parts that meet.
    fn any_config()(
        per_call in prop::option::of(any::<u64>()),
        daily in prop::option::of(any::<u64>()),
        window in 1u64..40_000_000,
        agent in prop::option::of("[a-z.@/:-]{1,12}"),
        endpoints in prop::collection::vec(("https://[ab]\\.io(:44[34])?(/[a-z%0-9]{0,5}){0,2}", 0u64..9), 0..4),
        origins in prop::option::of(prop::collection::vec("https?://[abc]\\.io", 0..3)),
        payees in prop::option::of(prop::collection::vec("0x[0-9a-fA-F]{40}", 0..3)),
        networks in prop::option::of(prop::collection::vec("eip155:[1-9]{1,3}", 0..3)),
        schemes in prop::collection::vec("exact|upto", 0..3),
        insecure in any::<bool>(),
        limits in prop::collection::vec((0u64..90, any::<bool>(), prop::sample::subsequence(LimitPer::ALL, 0..6), prop::option::of("https://[ab]\\.io(/[a-z%]{0,3})?")), 0..4),
        denied in prop::collection::vec("0x[0-9a-fA-F]{40}", 0..3),
        approvers in prop::option::of(prop::collection::vec("[ab]{1,2}", 0..3)),
        path in prop::option::of("\\PC{0,8}|[\"'\\\\\n\t]{1,4}"),
    ) -> PolicyConfig {
        let mut config = PolicyConfig::new()
            .with_window_seconds(window)
            .with_allowed_schemes(schemes)
            .with_insecure_http(insecure);
        config.max_per_call = per_call.map(Usd::from_micros);
        config.daily_limit = daily.map(Usd::from_micros);
        config.agent_id = agent;
        config.allowed_origins = origins;
        config.allowed_networks = networks;
        config.audit = path.map(|path| AuditSettings { path: Some(path), ..AuditSettings::default() });
        config.denied_recipients = denied;
        for (window, counts, per, endpoint) in limits {
            let mut limit = LimitSettings::count(window, window, per);
            if !counts {
                limit.amount = limit.count.take().map(Usd::from_micros);
            }
            limit.endpoint = endpoint;
            config = config.with_limit(limit);
        }
        config.mpa = approvers.map(|ids| MpaSettings::new(1, ids.into_iter().map(|id| ApproverSettings::hmac(id.clone(), id))));
        for (scope, most) in endpoints {
            config = config.with_endpoint_limit(scope, Usd::from_micros(most));
        }
        if let Some(payees) = payees {
            config = config.with_recipients("https://a.io", payees);
        }
        config
    }
}

proptest! {
    #[test]
    fn the_normal_form_is_its_own_normal_form(config in any_config()) {
        if let Ok(rules) = Rules::compile(&config) {
            let again = Rules::compile(&toml(rules.normal_form()).unwrap()).unwrap();
            prop_assert_eq!(again.normal_form(), rules.normal_form());
            prop_assert_eq!(again.revision(), rules.revision());
        }
    }

    #[test]
    fn any_text_is_a_policy_or_an_error(text in "\\PC{0,80}|([a-z_]{1,8} = [\"\\[\\]{}0-9.eE+-]{0,8}\n){0,4}") {
        let _ = toml(&text);
        let _ = json(&text);
    }

    #[test]
    fn known_keys_with_any_value_are_read_or_refused(
        key in prop::sample::select(vec![
            "max_per_call_usd", "window_seconds", "per_endpoint", "recipients", "allowed_assets", "pii", "agent_id",
            "limits", "mpa", "denied_recipients", "mode", "header_names",
        ]),
        value in "[\"\\[\\]{}:,0-9a-z./@ -]{0,30}",
    ) {
        let _ = toml(&format!("{key} = {value}"));
        let _ = json(&format!("{{\"{key}\": {value}}}"));
    }
}
