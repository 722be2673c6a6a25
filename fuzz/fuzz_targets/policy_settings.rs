//! One policy, written as TOML and as JSON, is read alike: both refused for the same reasons, or one set of rules.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};
use x402_tower::policy::{PolicyConfig, PolicyError, Rules};

/// Every table of a policy with its keys; the table without a name is the policy itself.
const KEYS: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "max_per_call_usd",
            "daily_limit_usd",
            "window_seconds",
            "agent_id",
            "first_contact_cap_usd",
            "recipient_pinning",
            "max_quote_drift_percent",
            "quote_drift_window_seconds",
            "allow_zero_amount",
            "kill_switch",
            "distributed",
            "mode",
            "allowed_origins",
            "allowed_assets",
            "allowed_networks",
            "allowed_schemes",
            "denied_origins",
            "denied_recipients",
            "denied_recipients_file",
            "denied_recipients_max_age_days",
            "denied_assets",
            "denied_networks",
            "denied_schemes",
            "max_authorization_seconds",
            "resource_match",
            "allow_insecure_http",
        ],
    ),
    (
        "per_endpoint",
        &["https://a.io", "https://a.io/paid/*", "a.io"],
    ),
    ("recipients", &["https://a.io", "*", "https://b.io:8443"]),
    (
        "pii",
        &[
            "mode",
            "action",
            "secrets",
            "entities",
            "detector",
            "min_score",
            "spelled_emails",
            "template",
            "operators",
            "recognizers",
            "allow",
            "urls",
            "headers",
            "body",
            "header_names",
        ],
    ),
    ("replay", &["mode", "ttl_seconds", "enabled", "max_repeats"]),
    ("audit", &["mode", "path", "sync"]),
    (
        "mpa",
        &[
            "mode",
            "threshold",
            "min_amount_usd",
            "cumulative_usd",
            "cumulative_window_seconds",
            "timeout_seconds",
            "private_hosts",
        ],
    ),
    (
        "limits",
        &["window_seconds", "amount_usd", "count", "per", "endpoint"],
    ),
    (
        "approvers",
        &[
            "approver_id",
            "mode",
            "webhook_url",
            "secret_env",
            "public_key",
        ],
    ),
];

const WORDS: &[&str] = &[
    "enforce",
    "shadow",
    "off",
    "warn",
    "block",
    "redact",
    "regex",
    "each",
    "grouped",
    "never",
    "agent",
    "recipient",
    "endpoint",
    "asset",
    "network",
    "webhook",
    "crypto",
    "exact",
    "any",
    "same_origin",
    "EMAIL_ADDRESS",
    "x-note",
    "https://a.io",
    "https://a.io/paid/*",
    "https://approvals.example.com/alice",
    "approvals.example.com",
    "alice",
    "bob",
    "ALICE_SECRET",
    "eip155:8453",
    "eip155:8453/0x833589fcd6edb6e08f4c7c32d4f71b54bda02913",
    "0x209693bc6afc0c5328ba36faf03c514ef312287c",
    "0.10",
    "1.00",
    "audit.jsonl",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
];

/// A policy that says something of everything, to begin from.
fn whole() -> Value {
    json!({
        "max_per_call_usd": "0.10",
        "daily_limit_usd": 5,
        "per_endpoint": { "https://a.io/paid": "0.05" },
        "recipients": { "https://a.io": ["0x209693bc6afc0c5328ba36faf03c514ef312287c"] },
        "limits": [
            { "window_seconds": 3600, "amount_usd": "1.00", "per": ["agent"] },
            { "window_seconds": 60, "count": 3, "per": [], "endpoint": "https://a.io" },
        ],
        "pii": { "action": "redact", "entities": ["EMAIL_ADDRESS"], "body": "warn" },
        "replay": { "ttl_seconds": 600 },
        "audit": { "path": "audit.jsonl", "sync": "grouped" },
        "mpa": {
            "threshold": 1,
            "min_amount_usd": "1.00",
            "approvers": [
                { "approver_id": "alice", "mode": "webhook", "webhook_url": WORDS[24] },
                { "approver_id": "bob", "mode": "crypto", "public_key": WORDS[35] },
            ],
        },
    })
}

fuzz_target!(|input: (Vec<(u8, u8, u8, u32)>, bool, bool, &str)| {
    let (settings, headed, bare, text) = input;
    let mut policy = match whole() {
        Value::Object(whole) if !bare => whole,
        _ => Map::new(),
    };
    set(&mut policy, &settings, text);
    let json = Value::Object(policy.clone()).to_string();
    let toml = toml(&policy, headed);
    let from_json = PolicyConfig::from_json(&json, "policy");
    let from_toml = PolicyConfig::from_toml(&toml, "policy");
    match (from_json, from_toml) {
        (Ok(one), Ok(other)) => {
            let one = Rules::compile(&one).expect("reading compiles");
            let other = Rules::compile(&other).expect("reading compiles");
            assert_eq!(one.normal_form(), other.normal_form(), "{toml}");
            assert_eq!(one.revision(), other.revision());
        }
        (Err(one), Err(other)) => assert_eq!(reasons(&one), reasons(&other), "{toml}\n{json}"),
        (one, other) => panic!("{toml}\n{json}\nJSON: {one:?}\nTOML: {other:?}"),
    }
});

fn reasons(error: &PolicyError) -> Vec<(&str, &str)> {
    let mut reasons: Vec<_> = error
        .problems()
        .iter()
        .map(|p| (p.code(), p.path()))
        .collect();
    reasons.sort_unstable();
    reasons
}

fn set(policy: &mut Map<String, Value>, settings: &[(u8, u8, u8, u32)], text: &str) {
    for (table, key, kind, number) in settings {
        let (table, keys) = KEYS[usize::from(*table) % KEYS.len()];
        let key = keys
            .get(usize::from(*key) % (keys.len() + 1))
            .copied()
            .unwrap_or(text);
        let value = value(*kind, *number, text);
        let into = match table {
            "" => &mut *policy,
            "limits" => last(policy, "limits", *number),
            "approvers" => match table_of(policy, "mpa") {
                Some(mpa) => last(mpa, "approvers", *number),
                None => continue,
            },
            table => match table_of(policy, table) {
                Some(table) => table,
                None => continue,
            },
        };
        into.insert(key.to_owned(), value);
    }
}

fn table_of<'a>(
    policy: &'a mut Map<String, Value>,
    name: &str,
) -> Option<&'a mut Map<String, Value>> {
    let table = policy.entry(name).or_insert_with(|| json!({}));
    table.as_object_mut()
}

/// The last table of a list, or one more.
fn last<'a>(
    policy: &'a mut Map<String, Value>,
    name: &str,
    number: u32,
) -> &'a mut Map<String, Value> {
    if !policy.get(name).is_some_and(|list| list[0].is_object()) {
        policy.insert(name.to_owned(), json!([{}]));
    }
    let list = policy[name].as_array_mut().expect("a list");
    if number % 7 == 0 {
        list.push(json!({}));
    }
    let last = list.last_mut().and_then(Value::as_object_mut);
    last.expect("a table")
}

fn value(kind: u8, number: u32, text: &str) -> Value {
    let word = WORDS[number as usize % WORDS.len()];
    match kind % 8 {
        0 => json!(number),
        1 => json!(f64::from(number) / 100.0),
        2 => json!(number % 2 == 0),
        3 | 4 => json!(word),
        5 => json!([word]),
        6 => json!([word, WORDS[(number >> 8) as usize % WORDS.len()]]),
        _ => json!(text),
    }
}

/// The same as TOML, its tables under headers or in line.
fn toml(policy: &Map<String, Value>, headed: bool) -> String {
    let (mut top, mut tables) = (String::new(), String::new());
    for (key, value) in policy {
        let name = quoted(key);
        let one = value
            .as_object()
            .map(|table| (format!("[{name}]"), vec![table]));
        let many = value
            .as_array()
            .and_then(|list| list.iter().map(Value::as_object).collect());
        let under = one.or_else(|| Some((format!("[[{name}]]"), many?)));
        match under.filter(|(_, under)| headed && !under.is_empty()) {
            None => top.push_str(&format!("{name} = {}\n", inline(value))),
            Some((header, under)) => {
                for table in under {
                    tables.push_str(&format!("{header}\n"));
                    for (key, value) in table {
                        tables.push_str(&format!("{} = {}\n", quoted(key), inline(value)));
                    }
                }
            }
        }
    }
    top + &tables
}

fn inline(value: &Value) -> String {
    let list = |items: Vec<String>| items.join(", ");
    match value {
        Value::String(text) => quoted(text),
        Value::Array(items) => format!("[{}]", list(items.iter().map(inline).collect())),
        Value::Object(members) => {
            let member =
                |(key, value): (&String, &Value)| format!("{} = {}", quoted(key), inline(value));
            format!("{{{}}}", list(members.iter().map(member).collect()))
        }
        other => other.to_string(),
    }
}

/// A JSON text is one of TOML, but for one character that TOML wants escaped.
fn quoted(text: &str) -> String {
    json!(text).to_string().replace('\u{7f}', "\\u007f")
}
