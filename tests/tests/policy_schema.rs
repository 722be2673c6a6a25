//! The policy schema that is checked in is the one of the types, and agrees with the reader.

#![recursion_limit = "256"]
#![allow(clippy::unwrap_used)] // helpers of tests fail as loudly as tests

use jsonschema::Validator;
use serde_json::{Value, json};
use x402_tower::policy::{PolicyConfig, json_schema};

const CHECKED_IN: &str = include_str!("../../schemas/policy.schema.json");
const PAYEE: &str = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

fn validator() -> Validator {
    let schema: Value = serde_json::from_str(CHECKED_IN).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

fn reads(policy: &Value) -> bool {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("denied.txt"), PAYEE).unwrap();
    let path = folder.path().join("policy.json");
    std::fs::write(&path, policy.to_string()).unwrap();
    PolicyConfig::load(path).is_ok()
}

#[test]
fn the_schema_that_is_checked_in_is_the_one_of_the_types() {
    assert_eq!(
        CHECKED_IN,
        json_schema(),
        "the types have changed; run: cargo run -p x402-guard -- policy schema > schemas/policy.schema.json"
    );
}

#[test]
fn it_is_a_draft_2020_12_schema() {
    let schema: Value = serde_json::from_str(CHECKED_IN).unwrap();
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    assert!(jsonschema::draft202012::meta::is_valid(&schema));
}

/// A policy that says something with every key.
const FULL: &str = r#"{
  "max_per_call_usd": 0.10, "daily_limit_usd": "5.00", "window_seconds": 3600, "agent_id": "my-agent",
  "per_endpoint": {"https://premium-api.io": 0.5},
  "limits": [
    {"window_seconds": 60, "count": 10, "per": ["agent", "origin", "endpoint"]},
    {
      "window_seconds": 60, "amount_usd": "1", "per": ["recipient", "asset", "network"],
      "endpoint": "https://premium-api.io/v1"
    }
  ],
  "first_contact_cap_usd": 0.05, "recipient_pinning": "block",
  "max_quote_drift_percent": 20, "quote_drift_window_seconds": 3600,
  "allow_zero_amount": false, "kill_switch": false, "distributed": true, "mode": "shadow",
  "allowed_origins": ["https://premium-api.io"],
  "recipients": {"https://premium-api.io": ["0x209693Bc6afc0C5328bA36FaF03C514EF312287C"]},
  "allowed_assets": ["eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913"],
  "allowed_networks": ["eip155:8453"], "allowed_schemes": ["exact"],
  "denied_origins": ["https://evil.test"],
  "denied_recipients": ["0x0000000000000000000000000000000000000bad"],
  "denied_recipients_file": "denied.txt", "denied_recipients_max_age_days": 7,
  "denied_assets": ["eip155:1/0x0000000000000000000000000000000000000bad"],
  "denied_networks": ["eip155:1"], "denied_schemes": ["upto"],
  "max_authorization_seconds": 300, "resource_match": "exact", "allow_insecure_http": false,
  "pii": {
    "mode": "enforce", "action": "redact", "secrets": "warn", "entities": ["US_SSN"], "detector": "structural", "urls": "redact",
    "min_score": 50, "spelled_emails": false, "template": "[{entity_type}]",
    "operators": [
      {"operator": "remove"},
      {"entities": ["US_SSN"], "operator": "replace", "template": "[gone]"},
      {"entities": ["CREDIT_CARD", "EMPLOYEE_ID"], "operator": "mask", "mask_character": "_", "mask_count": 12, "mask_from_end": false}
    ],
    "recognizers": [
      {"name": "EMPLOYEE_ID", "regex": "E-[0-9]{6}", "validator": "luhn", "context": ["employee"], "only_in_context": true, "score": 70},
      {"name": "PROJECT", "words": ["Blue Falcon"], "case_sensitive": true}
    ],
    "allow": [{"text": "support@example.com"}, {"regex": "[0-9]+", "field": "description", "entity": "PHONE_NUMBER"}],
    "headers": "block", "body": "warn", "header_names": ["x-user"]
  },
  "replay": {"mode": "enforce", "ttl_seconds": 300, "enabled": true, "max_repeats": 2},
  "audit": {"mode": "enforce", "path": "audit.jsonl", "sync": "each"},
  "mpa": {
    "mode": "enforce", "threshold": 2, "min_amount_usd": 1, "cumulative_usd": 5,
    "cumulative_window_seconds": 3600, "timeout_seconds": 30, "private_hosts": ["approvals.internal"],
    "approvers": [
      {
        "approver_id": "alice", "mode": "webhook", "webhook_url": "https://approvals.internal/alice",
        "secret_env": "ALICE"
      },
      {"approver_id": "bob", "mode": "crypto", "secret_env": "BOB"},
      {
        "approver_id": "carol", "mode": "crypto",
        "public_key": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
      }
    ]
  }
}"#;

fn full() -> Value {
    serde_json::from_str(FULL).unwrap()
}

/// Every property that the schema names, as `mpa.approvers.mode`.
fn properties(schema: &Value, root: &Value, path: &str, into: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        let target = root.pointer(name.trim_start_matches('#')).unwrap();
        return properties(target, root, path, into);
    }
    for (key, inner) in schema["properties"].as_object().into_iter().flatten() {
        let path = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        properties(inner, root, &path, into);
        properties(&inner["items"], root, &path, into);
        into.push(path);
    }
}

/// Every key that a document has, in the same form; the keys of tables with names of their own are left out.
fn keys(document: &Value, path: &str, into: &mut Vec<String>) {
    match document {
        Value::Array(items) => items.iter().for_each(|item| keys(item, path, into)),
        Value::Object(object) if !matches!(path, "per_endpoint" | "recipients") => {
            for (key, inner) in object {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                keys(inner, &path, into);
                into.push(path);
            }
        }
        _ => {}
    }
}

#[test]
fn schema_and_reader_know_the_same_keys() {
    let schema: Value = serde_json::from_str(CHECKED_IN).unwrap();
    let (mut named, mut read) = (Vec::new(), Vec::new());
    properties(&schema, &schema, "", &mut named);
    keys(&full(), "", &mut read);
    named.sort();
    read.sort();
    read.dedup();
    assert_eq!(named, read);
    assert!(reads(&full()), "the reader takes them all");
}

#[test]
fn both_take_what_is_right() {
    let schema = validator();
    for policy in [
        json!({}),
        full(),
        json!({"max_per_call_usd": 0, "daily_limit_usd": 0}),
        json!({"per_endpoint": {}}),
        json!({"daily_limit_usd": "5.00000000"}),
        json!({"allowed_origins": []}),
        json!({"pii": {}, "replay": {}, "audit": {}}),
        json!({"mpa": {"threshold": 1, "approvers": [{"approver_id": "a", "mode": "crypto", "secret_env": "A"}]}}),
        json!({"limits": []}),
        json!({"limits": [{"window_seconds": 1, "count": 0, "per": []}]}),
    ] {
        assert!(reads(&policy), "{policy}");
        assert!(schema.is_valid(&policy), "{policy}");
    }
}

#[test]
fn both_refuse_what_is_wrong() {
    let schema = validator();
    let approvers = |approver: Value| json!({"mpa": {"threshold": 1, "approvers": [approver]}});
    let limit = |limit: Value| json!({"limits": [limit]});
    for policy in [
        json!({"max_per_call_usd": -0.1}),
        json!({"max_per_call_usd": "1e-2"}),
        json!({"max_per_call_usd": "0.0000001"}),
        json!({"max_per_call_usd": null}),
        json!({"daily_limit_usd": -1}),
        json!({"daily_limit_usd": true}),
        json!({"window_seconds": 0}),
        json!({"window_seconds": "3600"}),
        json!({"window_seconds": 31_622_401}),
        json!({"window_seconds": 1.5}),
        json!({"daily_limit": 5}),
        json!({"agent_id": "a b"}),
        json!({"agent_id": ""}),
        json!({"agent_id": null}),
        json!({"per_endpoint": {"https://a.io": "much"}}),
        json!({"per_endpoint": [1]}),
        json!({"allowed_origins": "https://a.io"}),
        json!({"recipients": {"https://a.io": PAYEE}}),
        json!({"recipients": null}),
        json!({"resource_match": "loose"}),
        json!({"mode": "dry-run"}),
        json!({"kill_switch": 1}),
        json!({"max_authorization_seconds": 0}),
        json!({"pii": {"action": "off"}}),
        json!({"pii": {"mode": "regex"}}),
        json!({"pii": {"entities": []}}),
        json!({"pii": null}),
        json!({"replay": {"ttl_seconds": 0}}),
        json!({"replay": {"ttl": 3}}),
        json!({"audit": {"sync": "always"}}),
        json!({"mpa": {}}),
        json!({"mpa": {"approvers": [{"approver_id": "a", "mode": "crypto", "secret_env": "A"}]}}),
        json!({"mpa": {"threshold": 1}}),
        json!({"mpa": {"threshold": 1, "approvers": []}}),
        json!({"mpa": {"threshold": 0, "approvers": [{"approver_id": "a", "mode": "crypto", "secret_env": "A"}]}}),
        approvers(json!({"approver_id": "a", "mode": "telepathy"})),
        approvers(json!({"approver_id": "a", "mode": "webhook"})),
        approvers(json!({"approver_id": "a", "mode": "crypto"})),
        approvers(json!({"mode": "crypto", "secret_env": "A"})),
        approvers(json!({"approver_id": "a", "secret_env": "A"})),
        approvers(json!({"approver_id": "a", "mode": "crypto", "public_key": "abc"})),
        approvers(
            json!({"approver_id": "a", "mode": "crypto", "secret_env": "A", "webhook_url": "https://a.io"}),
        ),
        approvers(json!({"approver_id": "a", "mode": "webhook", "webhook_url": "ftp://a.io"})),
        limit(json!({"window_seconds": 60, "count": 1})),
        limit(json!({"count": 1, "per": []})),
        limit(json!({"window_seconds": 60, "per": []})),
        limit(json!({"window_seconds": 60, "count": 1, "amount_usd": 1, "per": []})),
        limit(json!({"window_seconds": 60, "count": 1, "per": ["host"]})),
        limit(json!({"window_seconds": 60, "count": 1, "per": ["agent", "agent"]})),
        limit(json!({"window_seconds": 60, "count": -1, "per": []})),
        json!([]),
    ] {
        assert!(!reads(&policy), "{policy}");
        assert!(!schema.is_valid(&policy), "{policy}");
    }
}

/// What a schema cannot say: the reader has the last word.
#[test]
fn the_reader_refuses_more_than_the_schema_can() {
    let schema = validator();
    let approver = json!({"approver_id": "a", "mode": "crypto", "secret_env": "A"});
    for policy in [
        json!({"mpa": {"threshold": 2, "approvers": [approver]}}),
        json!({"mpa": {"threshold": 1, "approvers": [approver, approver]}}),
        json!({"allowed_networks": ["base"]}),
        json!({"allowed_origins": ["https://a.io/v1"]}),
        json!({"per_endpoint": {"https://a.io": 1, "https://a.io/v1": 2}}),
        json!({"pii": {"headers": "block"}}),
    ] {
        assert!(!reads(&policy), "{policy}");
        assert!(schema.is_valid(&policy), "{policy}");
    }
}
