//! The audit log holds what a report adds up: spend, denials and findings, for each agent.

use std::collections::BTreeMap;

use serde_json::Value;
use tower::ServiceExt;
use x402_tower::AgentId;
use x402_tower::testing::{Offer, ScriptedChallenge, ScriptedSeller};

use crate::ground::{Ground, cent, get, policy};

/// An agent's purchase at `path`; `script` says how the seller goes on after its challenge.
async fn purchase(
    ground: &Ground,
    agent: Option<&str>,
    path: &str,
    offer: Offer,
    script: impl FnOnce(ScriptedSeller) -> ScriptedSeller,
) {
    let url = format!("https://api.example.com/{path}");
    let seller = ScriptedSeller::new().challenge(&ScriptedChallenge::v2(&url, [offer]));
    let mut request = get(&url);
    if let Some(name) = agent {
        request.extensions_mut().insert(AgentId::new(name).unwrap());
    }
    // A transport error is one of the things that are recorded.
    let _ = ground.guard(script(seller)).oneshot(request).await;
}

/// A day of two agents: `alice`, whom the policy names, and `bob`, who is named by his requests.
async fn a_day() -> Ground {
    let ground = Ground::with_policy(policy().with_agent_id("alice"));
    let settle = ScriptedSeller::settle;
    let bob = Some("bob");
    purchase(&ground, None, "a?for=carol@example.com", cent(), settle).await;
    purchase(&ground, None, "lost", cent(), ScriptedSeller::fail).await;
    purchase(&ground, None, "dear", Offer::usdc(5_000_000), settle).await;
    purchase(&ground, bob, "b", Offer::usdc(20_000), settle).await;
    purchase(&ground, bob, "b", Offer::usdc(20_000), settle).await;
    ground
}

fn of<'r>(records: &'r [Value], agent: &str, event: &str) -> Vec<&'r Value> {
    let wanted = |record: &&Value| record["agent_id"] == agent && record["event_type"] == event;
    records.iter().filter(wanted).collect()
}

fn micros(records: &[&Value]) -> u64 {
    let amounts = records.iter().map(|record| &record["amount_usd_micros"]);
    amounts.map(|amount| amount.as_u64().unwrap()).sum()
}

#[tokio::test]
async fn spend_adds_up_for_each_agent() {
    let records = a_day().await.records();
    assert_eq!(micros(&of(&records, "alice", "PAYMENT_ALLOWED")), 10_000);
    assert_eq!(micros(&of(&records, "bob", "PAYMENT_ALLOWED")), 20_000);
    assert_eq!(micros(&of(&records, "alice", "PAYMENT_UNKNOWN")), 10_000);
}

#[tokio::test]
async fn denials_add_up_for_each_agent_and_reason() {
    let ground = a_day().await;
    let records = ground.records();
    let count = |agent, event| of(&records, agent, event).len();
    assert_eq!(count("bob", "REPLAY_BLOCKED"), 1);
    assert_eq!(count("alice", "REPLAY_BLOCKED"), 0);
    let dear = records.iter().filter(|r| r["code"] == "policy.per_call");
    let agents: Vec<_> = dear.map(|record| &record["agent_id"]).collect();
    assert_eq!(agents, ["alice"]);
}

#[tokio::test]
async fn findings_add_up_by_their_kind() {
    let mut found = BTreeMap::<String, u64>::new();
    for record in a_day().await.records() {
        if record["event_type"] != "PAYMENT_INTENT" {
            continue;
        }
        for (kind, count) in record["pii_entities_found"]
            .as_object()
            .into_iter()
            .flatten()
        {
            *found.entry(kind.clone()).or_default() += count.as_u64().unwrap();
        }
    }
    assert_eq!(found.keys().collect::<Vec<_>>(), ["EMAIL_ADDRESS"]);
    assert!(found["EMAIL_ADDRESS"] > 0);
}

#[tokio::test]
async fn an_agents_records_are_its_own_and_a_stranger_has_none() {
    let records = a_day().await.records();
    let agents: Vec<_> = records.iter().map(|r| r["agent_id"].as_str()).collect();
    assert!(agents.iter().all(Option::is_some), "{agents:?}");
    let count = |name| agents.iter().filter(|agent| **agent == Some(name)).count();
    assert_eq!((count("alice"), count("bob"), count("mallory")), (5, 3, 0));
}

#[tokio::test]
async fn a_request_that_names_no_agent_is_recorded_under_the_default_one() {
    let ground = Ground::new();
    purchase(&ground, None, "a", cent(), ScriptedSeller::settle).await;
    for record in ground.records() {
        assert_eq!(record["agent_id"], "agent");
    }
}

#[tokio::test]
async fn each_record_names_the_one_before_it() {
    let ground = a_day().await;
    let records = ground.records();
    assert_eq!(records[0]["prev_entry_hmac"], Value::Null);
    for pair in records.windows(2) {
        assert_eq!(pair[1]["prev_entry_hmac"], pair[0]["entry_hmac"]);
    }
    let mut tags: Vec<_> = records
        .iter()
        .map(|r| r["entry_hmac"].to_string())
        .collect();
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), records.len());
}

#[tokio::test]
async fn times_are_utc_and_say_so() {
    for record in a_day().await.records() {
        assert_eq!(record["timestamp"], "2026-01-01T00:00:00.000Z");
        assert_eq!(record["timestamp_ms"], 1_767_225_600_000_u64);
    }
}

/// The replay fingerprint of a purchase under the key of this ground.
async fn fingerprint(path: &str) -> String {
    let ground = Ground::new();
    purchase(&ground, None, path, cent(), ScriptedSeller::settle).await;
    let records = ground.records();
    records[0]["replay_fingerprint"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_fingerprint_is_written_in_lower_case_hexadecimal() {
    let text = fingerprint("a").await;
    assert_eq!(
        text.len(),
        16,
        "eight bytes of it are enough to find the first by"
    );
    assert!(text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')));
}

#[tokio::test]
async fn the_same_purchase_has_the_same_fingerprint_and_another_one_has_another() {
    assert_eq!(fingerprint("a").await, fingerprint("a").await);
    assert_ne!(fingerprint("a").await, fingerprint("b").await);
}

#[tokio::test]
async fn the_record_of_a_duplicate_names_the_fingerprint_of_the_first() {
    let records = a_day().await.records();
    let first = of(&records, "bob", "PAYMENT_INTENT");
    let again = of(&records, "bob", "REPLAY_BLOCKED");
    assert!(first[0]["replay_fingerprint"].is_string());
    assert_eq!(
        again[0]["replay_fingerprint"],
        first[0]["replay_fingerprint"]
    );
}
