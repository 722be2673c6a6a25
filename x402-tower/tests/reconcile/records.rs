//! What goes on record, and when.

use std::sync::Arc;

use serde_json::Value;
use x402_tower::audit::{
    AuditEventType, AuditKey, AuditLines, AuditLog, AuditRecord, ChannelSink, FileSink, verify_file,
};
use x402_tower::reconcile::{OperatorVerdict, Reconciler, Settlement};
use x402_tower::store::EntryState;

use crate::ground::{CENT, Ground, NOW, ScriptedOracle, Stubborn, id, run};

/// A log with room for `capacity` lines.
fn log(capacity: usize) -> (Arc<AuditLog>, AuditLines) {
    let (sink, lines) = ChannelSink::new(capacity);
    let log = AuditLog::open(sink, &AuditKey::generate().unwrap()).unwrap();
    (Arc::new(log), lines)
}

fn line(lines: &mut AuditLines) -> Value {
    serde_json::from_slice(&lines.try_recv().unwrap()).unwrap()
}

#[tokio::test]
async fn a_release_is_on_record_with_its_payment_and_reason() {
    let ground = Ground::with_unknown(1).await;
    ground.pass_the_end();
    let (log, mut lines) = log(8);
    let oracle = ScriptedOracle::says(Settlement::Unused);
    run(&ground.reconciler(&oracle).with_audit(log)).await;
    let record = line(&mut lines);
    for (field, value) in [
        ("event_type", "PAYMENT_RESOLVED"),
        ("decision_id", "01010101010101010101010101010101"),
        ("agent_id", "researcher"),
        ("origin", "https://api.example.com"),
        ("outcome", "released"),
        ("reason", "oracle_unused"),
        ("amount", "10000"),
        ("amount_usd", "0.01"),
        ("network", "eip155:8453"),
    ] {
        assert_eq!(record[field], value, "{field}");
    }
    assert!(lines.try_recv().is_none());
}

#[tokio::test]
async fn a_settlement_is_on_record_with_its_reason() {
    let ground = Ground::with_unknown(1).await;
    let (log, mut lines) = log(8);
    let oracle = ScriptedOracle::says(Settlement::Used);
    run(&ground.reconciler(&oracle).with_audit(log)).await;
    let record = line(&mut lines);
    assert_eq!(record["outcome"], "settled");
    assert_eq!(record["reason"], "oracle_used");
}

#[tokio::test]
async fn what_stays_as_it_is_leaves_no_record() {
    let ground = Ground::with_unknown(1).await;
    let (log, mut lines) = log(8);
    let oracle = ScriptedOracle::says(Settlement::Unused);
    run(&ground.reconciler(&oracle).with_audit(log)).await;
    assert!(lines.try_recv().is_none());
}

#[tokio::test]
async fn what_cannot_be_put_on_record_is_not_resolved() {
    let ground = Ground::with_unknown(2).await;
    ground.pass_the_end();
    let (log, mut lines) = log(1);
    let oracle = ScriptedOracle::says(Settlement::Unused);
    let reconciler = ground.reconciler(&oracle).with_audit(log);
    assert_eq!(run(&reconciler).await, [2, 0, 1, 0, 1]);
    assert_eq!(ground.counted().await, CENT);
    line(&mut lines);
    assert_eq!(
        run(&reconciler).await,
        [1, 0, 1, 0, 0],
        "the next run finds it"
    );
}

#[tokio::test]
async fn what_the_ledger_does_not_take_was_on_record_before() {
    let ground = Ground::with_unknown(1).await;
    ground.pass_the_end();
    let (log, mut lines) = log(8);
    let ledger = Arc::new(Stubborn(ground.store.clone()));
    let reconciler = Reconciler::new(ledger, Arc::new(ground.clock.clone()))
        .with_oracle(ScriptedOracle::says(Settlement::Unused))
        .with_audit(log);
    assert_eq!(run(&reconciler).await, [1, 0, 0, 0, 1]);
    assert_eq!(line(&mut lines)["outcome"], "released");
    assert_eq!(ground.counted().await, CENT);
}

#[tokio::test]
async fn attack_116_a_reason_is_on_record_without_personal_data() {
    let ground = Ground::with_unknown(1).await;
    let (log, mut lines) = log(8);
    let why = "alice@example.com found it in the invoice";
    let verdict = OperatorVerdict::settled(why).unwrap();
    let reconciler = ground.without_oracle().with_audit(log);
    reconciler.resolve(id(1), &verdict).await.unwrap();
    let record = line(&mut lines);
    assert_eq!(record["reason"], "operator");
    assert_eq!(record["note"], "<REDACTED> found it in the invoice");
    assert_eq!(record["pii_entities_found"]["EMAIL_ADDRESS"], 1);
}

#[tokio::test]
async fn an_intent_that_a_crash_left_dangling_is_closed_by_its_resolution() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    let key = AuditKey::generate().unwrap();
    let log = Arc::new(AuditLog::open(FileSink::open(&path).unwrap(), &key).unwrap());
    let ground = Ground::with_unknown(0).await;
    let decision = id(1).to_string();
    let intent =
        AuditRecord::new(AuditEventType::PaymentIntent, NOW * 1000).decision_id(&*decision);
    log.write(&intent).unwrap();
    ground.send(id(1), Some(&crate::ground::sent(1))).await;
    assert_eq!(verify_file(&path, &key).unwrap().dangling_intents.len(), 1);

    ground.pass_the_end();
    let oracle = ScriptedOracle::says(Settlement::Used);
    run(&ground.reconciler(&oracle).with_audit(log)).await;

    let summary = verify_file(&path, &key).unwrap();
    assert!(summary.dangling_intents.is_empty());
    assert_eq!(summary.count(AuditEventType::PaymentResolved), 1);
    assert_eq!(ground.state(1).await, Some(EntryState::Settled));
}
