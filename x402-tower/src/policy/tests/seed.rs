//! The policy that the reference documents, as it is printed there.

use super::*;

const PRINTED: &str = r#"# policy.toml
max_per_call_usd = 0.10
daily_limit_usd  = 5.00
agent_id         = "my-agent"

[per_endpoint]
"https://premium-api.io" = 0.50

[mpa]
threshold       = 2
min_amount_usd  = 1.00
timeout_seconds = 30

[[mpa.approvers]]
approver_id = "alice"
mode        = "webhook"
webhook_url = "https://approvals.internal/alice"
"#;

#[test]
fn two_approvals_of_one_approver_are_an_error_that_says_so() {
    let error = toml(PRINTED).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the policy cannot be used, 1 problem:\n  policy.toml:10: mpa.threshold: 2 approvals are asked for, and there is \
         only 1 approver, so nothing could ever be approved; name more approvers under [[mpa.approvers]], or lower the \
         threshold"
    );
}

#[test]
fn everything_else_in_it_works_as_printed() {
    let second = "\n[[mpa.approvers]]\napprover_id = \"bob\"\nmode = \"webhook\"\n\
                  webhook_url = \"https://approvals.internal/bob\"\n";
    let config = toml(&format!("{PRINTED}{second}")).unwrap();
    assert_eq!(config.max_per_call, Some(Usd::from_micros(100_000)));
    assert_eq!(config.daily_limit, Some(Usd::from_micros(5_000_000)));
    assert_eq!(config.window_seconds, 86_400);
    let mpa = config.mpa.unwrap();
    assert_eq!((mpa.threshold, mpa.timeout_seconds), (2, Some(30)));
    assert_eq!(mpa.min_amount, Some(Usd::from_micros(1_000_000)));
    let [alice, bob] = &mpa.approvers[..] else {
        panic!("two approvers");
    };
    assert_eq!(alice.mode, ApproverMode::Webhook);
    assert_eq!(
        bob.webhook_url.as_deref(),
        Some("https://approvals.internal/bob")
    );
}

#[test]
fn an_empty_policy_and_limits_of_nothing_are_policies() {
    assert!(PolicyConfig::from_json("{}", "policy.json").is_ok());
    let nothing = rules("max_per_call_usd = 0\ndaily_limit_usd = 0");
    assert_eq!(Asked::fine().code(&nothing), "policy.per_call");
}

/// P2: a seller's `amount` is in atomic units, and dollars are what the local table makes of it.
#[test]
fn defect_p02_ten_thousand_atomic_units_are_a_cent() {
    let table = crate::assets::AssetTable::builtin();
    let mut asked = Asked::fine();
    asked.price = table.price(&asked.chain, &asked.asset, asked.amount).ok();
    assert_eq!(asked.price, Some(Usd::from_micros(10_000)));
    assert_eq!(asked.code(&rules("max_per_call_usd = 0.01")), "allowed");
    assert_eq!(
        asked.code(&rules("max_per_call_usd = 0.009999")),
        "policy.per_call"
    );
}

/// P12: what Python's `Decimal` takes, a policy does not.
#[test]
fn defect_p12_lenient_decimals_are_no_amounts() {
    for text in [
        "1_000", "１０", "1e-9", " 5 ", "+5", "5.", ".5", "0x10", "NaN", "Infinity",
    ] {
        let (code, path, line) = one(&format!("max_per_call_usd = \"{text}\""));
        assert_eq!(
            (code, path.as_str(), line),
            ("config.amount", "max_per_call_usd", Some(1)),
            "{text}"
        );
        assert!(AtomicAmount::parse(text).is_err(), "{text}");
    }
}
