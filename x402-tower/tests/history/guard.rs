//! The same through the whole guard: what is wired, and what stands on the record.

use std::sync::Arc;

use serde_json::Value;
use tower::ServiceExt;
use tower_layer::Layer;
use x402_tower::audit::{AuditKey, AuditLog, FileSink, SyncPolicy};
use x402_tower::guard::GuardConfigBuilder;
use x402_tower::policy::{KillSwitch, PolicyConfig};
use x402_tower::store::MemoryStore;
use x402_tower::testing::{ManualClock, Offer, RecordingSigner};
use x402_tower::{GuardConfig, X402GuardLayer};

use crate::ground::{Bought, LOOK_ALIKE, NOW, assert_denied, assert_paid, dime, get, offering};

fn buyer(policy: &str) -> GuardConfigBuilder {
    GuardConfig::buyer()
        .policy(PolicyConfig::from_toml(policy, "policy.toml").unwrap())
        .clock(Arc::new(ManualClock::from_secs(NOW)))
}

/// Buys at a URL of its own, so that the replay control has nothing to say.
async fn buy(config: &GuardConfig, path: &str, offer: Offer) -> Bought {
    let url = format!("https://api.example.com/{path}");
    let seller = offering(&url, offer).settle();
    let layer = X402GuardLayer::new(config.clone()).with_signer(RecordingSigner::new());
    let service = layer.unwrap().layer(seller.clone());
    let answer = service.oneshot(get(&url)).await.unwrap();
    Bought::of(&answer, &seller)
}

#[tokio::test]
async fn a_warning_stands_in_the_audit_log() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    let sink = FileSink::open_with(&file, SyncPolicy::Never).unwrap();
    let key = AuditKey::from_bytes(*b"the key of the histories' logs..").unwrap();
    let log = Arc::new(AuditLog::open(sink, &key).unwrap());
    let config = buyer("recipient_pinning = \"warn\"").audit(log);
    let config = config.build().unwrap();
    assert_paid(&buy(&config, "1", dime()).await);
    assert_paid(&buy(&config, "2", dime().pay_to(LOOK_ALIKE)).await);

    let text = std::fs::read_to_string(&file).unwrap();
    let records: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|record: &Value| record["warnings"] != Value::Null)
        .collect();
    assert_eq!(records.len(), 2, "the intent and the outcome: {text}");
    for record in records {
        assert_eq!(record["pay_to"], LOOK_ALIKE);
        assert_eq!(
            record["warnings"],
            serde_json::json!(["policy.recipient_changed"])
        );
    }
}

#[tokio::test]
async fn the_guards_switch_stops_it() {
    let switch = KillSwitch::new();
    let config = buyer("").kill_switch(switch.clone()).build().unwrap();
    assert_paid(&buy(&config, "1", dime()).await);
    switch.engage();
    assert_denied(&buy(&config, "2", dime()).await, "policy.kill_switch");
}

#[tokio::test]
async fn attack_049_pins_in_the_guards_claim_store_outlive_the_guard() {
    let store = Arc::new(MemoryStore::new());
    let guard = || {
        let builder = buyer("recipient_pinning = \"block\"").claims(store.clone());
        builder.build().unwrap()
    };
    assert_paid(&buy(&guard(), "1", dime()).await);
    let swapped = buy(&guard(), "2", dime().pay_to(LOOK_ALIKE)).await;
    assert_denied(&swapped, "policy.recipient_changed");
}

#[tokio::test]
async fn attack_049_a_store_that_ends_with_the_guard_forgets_its_pins() {
    let guard = || buyer("recipient_pinning = \"block\"").build().unwrap();
    assert_paid(&buy(&guard(), "1", dime()).await);
    assert_paid(&buy(&guard(), "2", dime().pay_to(LOOK_ALIKE)).await);
}

#[tokio::test]
async fn the_file_turns_on_all_of_them_together() {
    let policy = r#"
        recipient_pinning       = "block"
        first_contact_cap_usd   = 0.10
        max_quote_drift_percent = 20
    "#;
    let config = buyer(policy).build().unwrap();
    let ask = |path, cents: u64, to| {
        let offer = Offer::usdc(cents * 10_000).pay_to(to);
        let config = config.clone();
        async move { buy(&config, path, offer).await }
    };
    let honest = crate::ground::HONEST;
    assert_denied(&ask("a?1", 11, honest).await, "policy.first_contact");
    assert_paid(&ask("a?2", 10, honest).await);
    assert_paid(&ask("a?3", 12, honest).await);
    assert_denied(&ask("a?4", 13, honest).await, "policy.quote_drift");
    assert_denied(&ask("a?5", 1, LOOK_ALIKE).await, "policy.recipient_changed");
}
