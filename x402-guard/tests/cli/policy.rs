//! `policy check`, `schema`, `explain` and `test`.

use serde_json::{Value, json};

use crate::program::{Ended, Home};

const POLICY: &str = r#"max_per_call_usd = 0.10
daily_limit_usd  = 5.00
agent_id         = "my-agent"

[per_endpoint]
"https://premium-api.io" = 0.50

[[limits]]
window_seconds = 60
count          = 3
per            = ["agent", "origin"]
"#;

fn home(policy: &str) -> Home {
    let home = Home::new();
    home.write("policy.toml", policy);
    home
}

fn policy(home: &Home, args: &[&str]) -> Ended {
    let mut command = home.command();
    command.current_dir(home.path()).arg("policy").args(args);
    Ended::of(command)
}

fn explain(home: &Home, url: &str, amount: &str, more: &[&str]) -> (i32, Value) {
    let mut args = vec![
        "explain",
        "policy.toml",
        "--url",
        url,
        "--amount-usd",
        amount,
        "--json",
    ];
    args.extend(more);
    let ended = policy(home, &args);
    (ended.code(), ended.json())
}

fn in_80_columns(text: &str) {
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn a_policy_that_can_be_used_is_named_with_its_revision() {
    let home = home(POLICY);
    let ended = policy(&home, &["check", "policy.toml"]);
    assert_eq!(ended.code(), 0, "{}", ended.err());
    assert!(
        ended
            .out()
            .starts_with("policy.toml: can be used\nrevision ")
    );
    in_80_columns(ended.out());
    let object = policy(&home, &["check", "policy.toml", "--json"]).json();
    assert_eq!(object["usable"], true);
    assert_eq!(object["revision"].as_str().unwrap().len(), 64);
}

#[test]
fn a_policy_is_checked_for_everything_at_once() {
    let home = home(
        "max_per_call_usd = -1\nwhat = 3\n[mpa]\nthreshold = 2\n[[mpa.approvers]]\napprover_id = \"alice\"\nmode = \"webhook\"\nwebhook_url = \"https://a.io/\"\n",
    );
    let ended = policy(&home, &["check", "policy.toml"]);
    assert_eq!(ended.code(), 1);
    for part in [
        "3 problems",
        "policy.toml:1\n",
        "policy.toml:2\n",
        "policy.toml:4\n",
        "config.threshold",
    ] {
        assert!(ended.out().contains(part), "{part}: {}", ended.out());
    }
    in_80_columns(ended.out());
    let ended = policy(&home, &["check", "policy.toml", "--json"]);
    assert_eq!(ended.code(), 1);
    let object = ended.json();
    let codes: Vec<_> = object["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        ["config.amount", "config.unknown_key", "config.threshold"]
    );
}

#[test]
fn what_may_be_meant_is_noted() {
    let home = home("kill_switch = true\nmode = \"shadow\"\nallow_insecure_http = true\n");
    let object = policy(&home, &["check", "policy.toml", "--json"]).json();
    let notes = object["notes"].to_string();
    for part in [
        "how many dollars",
        "every origin",
        "kill_switch",
        "shadow",
        "allow_insecure_http",
    ] {
        assert!(notes.contains(part), "{part}: {notes}");
    }
}

#[test]
fn a_kind_of_data_that_is_not_known_is_named_with_those_that_are() {
    let home = home("[pii]\nentities = [\"SHOE_SIZE\"]\n");
    let ended = policy(&home, &["check", "policy.toml", "--json"]);
    assert_eq!(ended.code(), 1);
    let problem = ended.json()["problems"][0].clone();
    assert_eq!(problem["code"], "pii.entity.unknown");
    assert!(problem["message"].as_str().unwrap().contains("SHOE_SIZE"));
    assert!(problem["remedy"].as_str().unwrap().contains("US_SSN"));
}

#[test]
fn the_schema_is_the_one_that_is_checked_in() {
    let printed = policy(&home(""), &["schema"]);
    assert_eq!(printed.code(), 0);
    assert_eq!(
        printed.out(),
        include_str!("../../../schemas/policy.schema.json")
    );
}

#[test]
fn an_allowed_payment_is_explained_with_what_is_left() {
    let home = home(POLICY);
    let (code, object) = explain(&home, "https://premium-api.io/v1", "0.05", &[]);
    assert_eq!(code, 0);
    assert_eq!(object["decision"], "allowed");
    assert_eq!(object["asked"]["agent"], "my-agent");
    assert_eq!(
        object["asked"]["assumed"],
        json!(["network", "asset", "pay_to", "scheme"])
    );
    let left: Vec<_> = object["limits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| (l["rule"].as_str().unwrap(), l["left"].as_str().unwrap()))
        .collect();
    assert_eq!(
        left,
        [
            ("daily_limit_usd", "4.95"),
            ("per_endpoint https://premium-api.io", "0.45"),
            ("limits per agent, origin", "2"),
        ]
    );
}

#[test]
fn a_denied_payment_is_explained_with_the_rule_and_its_line() {
    let home = home(POLICY);
    let (code, object) = explain(&home, "https://premium-api.io/v1", "0.25", &[]);
    assert_eq!((code, &object["code"]), (10, &json!("policy.per_call")));
    assert_eq!(
        (&object["rule"], &object["line"]),
        (&json!("max_per_call_usd"), &json!(1))
    );
    let args = [
        "explain",
        "policy.toml",
        "--url",
        "https://premium-api.io/v1",
        "--amount-usd",
        "0.25",
    ];
    let ended = policy(&home, &args);
    assert!(
        ended
            .out()
            .starts_with("denied by max_per_call_usd (policy.toml, line 1)\n"),
        "{}",
        ended.out()
    );
    in_80_columns(ended.out());
}

#[test]
fn payments_made_before_are_counted() {
    let home = home(POLICY);
    let url = "https://premium-api.io/v1";
    assert_eq!(explain(&home, url, "0.01", &["--before", "2"]).0, 0);
    let (code, object) = explain(&home, url, "0.01", &["--before", "3"]);
    assert_eq!((code, &object["code"]), (10, &json!("policy.limit_count")));
    assert_eq!(
        explain(&home, url, "0.01", &["--agent", "other"]).1["asked"]["agent"],
        "other"
    );
}

#[test]
fn what_is_given_decides() {
    let payee = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";
    let home = home(&format!(
        "denied_networks = [\"eip155:84532\"]\n[recipients]\n\"https://a.io\" = [\"eip155:8453/{payee}\"]\n"
    ));
    let (code, object) = explain(&home, "https://a.io/", "0.01", &[]);
    assert_eq!(
        (code, &object["asked"]["pay_to"]),
        (0, &json!(payee.to_lowercase()))
    );
    let other = ["--pay-to", "0x0000000000000000000000000000000000000bad"];
    assert_eq!(
        explain(&home, "https://a.io/", "0.01", &other).1["code"],
        "policy.recipient"
    );
    let network = ["--network", "eip155:84532"];
    assert_eq!(
        explain(&home, "https://a.io/", "0.01", &network).1["code"],
        "policy.denied_network"
    );
    let asset = [
        "--asset",
        "eip155:84532/erc20:0x036CbD53842c5426634e7929541eC2318f3dCF7e",
    ];
    assert_eq!(
        explain(&home, "https://a.io/", "0.01", &asset).1["code"],
        "policy.denied_network"
    );
    let lasting = ["--lifetime-seconds", "9000"];
    let (_, object) = explain(&home, "https://a.io/", "0.01", &lasting);
    assert_eq!(
        (&object["code"], &object["line"]),
        (&json!("policy.lifetime"), &Value::Null)
    );
    assert_eq!(
        explain(&home, "https://a.io/", "0", &[]).1["code"],
        "policy.zero_amount"
    );
}

#[test]
fn a_question_that_makes_no_sense_is_told_why() {
    let home = home(POLICY);
    for (args, part) in [
        (&["--url", "a.io"][..], "URL"),
        (
            &["--url", "https://a.io", "--network", "base"],
            "eip155:8453",
        ),
        (&["--url", "https://a.io", "--asset", "USDC"], "contract"),
        (&["--url", "https://a.io", "--pay-to", "alice"], "recipient"),
        (
            &["--url", "https://a.io", "--network", "eip155:999999"],
            "name the asset",
        ),
    ] {
        let all = [&["explain", "policy.toml", "--amount-usd", "0.01"], args].concat();
        let ended = policy(&home, &all);
        assert_eq!(ended.code(), 1, "{args:?}");
        assert!(ended.err().contains(part), "{}", ended.err());
    }
    let ended = policy(
        &home,
        &[
            "explain",
            "policy.toml",
            "--url",
            "https://a.io",
            "--amount-usd",
            "1e-2",
        ],
    );
    assert_eq!(ended.code(), 2);
}

const CASES: &str = r#"
[[cases]]
name       = "a cent is allowed"
url        = "https://premium-api.io/x"
amount_usd = 0.01
expect     = "allow"

[[cases]]
name       = "a quarter is not"
url        = "https://premium-api.io/x"
amount_usd = "0.25"
expect     = "deny"
code       = "policy.per_call"

[[cases]]
name       = "the sixth dime of a day is not"
url        = "https://premium-api.io/x"
amount_usd = 0.10
before     = [{ times = 3, seconds_ago = 60_000 }, { times = 2, seconds_ago = 600, url = "https://premium-api.io/y" }]
expect     = "deny"
code       = "policy.endpoint_window"

[[cases]]
name       = "and what was denied before cannot have been made"
url        = "https://premium-api.io/x"
amount_usd = 0.10
before     = [{ times = 5, seconds_ago = 90_000, agent = "my-agent" }]
expect     = "deny"
"#;

#[test]
fn a_policy_is_held_against_the_cases_beside_it() {
    let home = home(POLICY);
    home.write(
        "policy.cases.toml",
        CASES
            .split("\n[[cases]]\nname       = \"and what")
            .next()
            .unwrap(),
    );
    let ended = policy(&home, &["test", "policy.toml"]);
    assert_eq!(ended.code(), 0, "{}{}", ended.out(), ended.err());
    assert!(ended.out().ends_with("policy.toml: 3 cases, no surprise\n"));
    in_80_columns(ended.out());
}

#[test]
fn a_surprise_is_an_error_and_shown() {
    // Five payments within one window of the count: the last of them is denied itself.
    let home = home(POLICY);
    home.write("policy.cases.toml", CASES);
    let ended = policy(&home, &["test", "policy.toml", "--json"]);
    assert_eq!(ended.code(), 1);
    let object = ended.json();
    assert_eq!(object["surprises"], 1);
    assert_eq!(object["cases"][3]["decision"], "none");
    assert_eq!(object["cases"][3]["line"], 23);
    let looser = POLICY.replace("0.10", "9.99");
    home.write("policy.toml", &looser);
    let ended = policy(&home, &["test", "policy.toml"]);
    assert_eq!(ended.code(), 1);
    assert!(ended.out().contains("SURPRISE     a quarter is not\n    line 8: expected to be denied with policy.per_call, and was allowed\n"), "{}", ended.out());
    in_80_columns(ended.out());
}

#[test]
fn cases_may_be_kept_elsewhere() {
    let home = home("");
    home.write(
        "more.toml",
        "[[cases]]\nurl = \"https://a.io\"\namount_usd = 1\nexpect = \"allow\"\n",
    );
    let ended = policy(&home, &["test", "policy.toml", "--cases", "more.toml"]);
    assert_eq!(ended.code(), 0, "{}", ended.err());
}

#[test]
fn cases_that_cannot_be_read_are_told_where() {
    let home = home(POLICY);
    let ended = policy(&home, &["test", "policy.toml"]);
    assert!(
        ended.code() == 1 && ended.err().contains("policy.cases.toml"),
        "{}",
        ended.err()
    );
    let head = "[[cases]]\nurl = \"https://a.io\"\n";
    for (text, part) in [
        ("", "no cases"),
        (&format!("{head}amount_usd = 1\n"), "expect"),
        (
            &format!("{head}amount_usd = 1e-2\nexpect = \"allow\"\n"),
            ":3: amount_usd",
        ),
        (
            &format!("{head}amount_usd = true\nexpect = \"allow\"\n"),
            ":3: amount_usd",
        ),
        (
            &format!("{head}amount_usd = 1\nexpect = \"maybe\"\n"),
            ":4:",
        ),
        (
            &format!("{head}amount_usd = 1\nexpect = \"allow\"\nprice = 1\n"),
            ":5:",
        ),
        (
            &format!("{head}amount_usd = 1\nexpect = \"allow\"\ncode = \"policy.url\"\n"),
            ":5:",
        ),
    ] {
        home.write("policy.cases.toml", text);
        let ended = policy(&home, &["test", "policy.toml"]);
        assert_eq!(ended.code(), 1, "{text}");
        assert!(ended.err().contains(part), "{part}: {}", ended.err());
    }
}

#[test]
fn what_earlier_payments_left_is_known_to_the_cases() {
    let home = home(
        "recipient_pinning = \"block\"\nmax_quote_drift_percent = 10\nfirst_contact_cap_usd = 0.20\n",
    );
    let case = |before: &str, amount: &str, expect: &str| {
        format!(
            "[[cases]]\nurl = \"https://a.io/x\"\namount_usd = {amount}\nbefore = [{before}]\n{expect}\n\n"
        )
    };
    let other = "pay_to = \"0x0000000000000000000000000000000000000bad\"";
    let cases = [
        case(
            "",
            "0.21",
            "expect = \"deny\"\ncode = \"policy.first_contact\"",
        ),
        case("", "0.20", "expect = \"allow\""),
        case("{ amount_usd = 0.20 }", "0.22", "expect = \"allow\""),
        case(
            "{ amount_usd = 0.20 }",
            "0.23",
            "expect = \"deny\"\ncode = \"policy.quote_drift\"",
        ),
        case(
            &format!("{{ amount_usd = 0.20, {other} }}"),
            "0.20",
            "expect = \"deny\"\ncode = \"policy.recipient_changed\"",
        ),
    ];
    home.write("policy.cases.toml", &cases.concat());
    let ended = policy(&home, &["test", "policy.toml"]);
    assert_eq!(ended.code(), 0, "{}{}", ended.out(), ended.err());
}

#[test]
fn a_kill_switch_is_explained() {
    let (code, object) = explain(&home("kill_switch = true"), "https://a.io/", "0.01", &[]);
    assert_eq!(
        (code, &object["code"], &object["line"]),
        (10, &json!("policy.kill_switch"), &json!(1))
    );
}
