//! What the control writes about a payment, and what it does when it cannot.

use serde_json::{Value, json};
use url::Url;

use super::super::*;
use super::*;
use crate::clock::UnixMillis;
use crate::control::{Control, ControlKind};
use crate::denial::{Denial, DenialKind};
use crate::money::{AtomicAmount, Usd};
use crate::payment::{
    AgentId, Approvals, Exchange, MAX_NOTES, NotSent, Outcome, Payment, PaymentId, Position, Terms,
};
use crate::wire::Version;

fn would_deny() -> Denial {
    Denial::new(
        DenialKind::PolicyViolation,
        "policy.window",
        "over the limit",
    )
}

fn payment() -> Payment {
    let chain = crate::network::ChainId::parse("eip155:8453").unwrap();
    let address = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913";
    let terms = Terms {
        scheme: "exact".to_owned(),
        asset: crate::address::Address::parse(&chain, address).ok(),
        pay_to: crate::address::Address::parse(&chain, address).unwrap(),
        chain,
        amount: AtomicAmount::parse("10000").unwrap(),
        price: Usd::parse("0.01").ok(),
        lifetime_seconds: 60,
    };
    let url = Url::parse("https://api.example.com/report").unwrap();
    let exchange = Exchange::new(
        Position::Buyer,
        AgentId::default(),
        http::Method::GET,
        url,
        UnixMillis::from_millis(NOW),
    );
    let id = PaymentId::from_bytes([7; 16]);
    Payment::new(id, exchange, Version::V2, terms)
}

struct Written {
    stream: Shared,
    control: AuditControl,
}

fn written() -> Written {
    let stream = Shared::default();
    let log = AuditLog::open(StreamSink::new(stream.clone()), &key()).unwrap();
    Written {
        stream,
        control: AuditControl::new(Arc::new(log)),
    }
}

impl Written {
    fn records(&self) -> Vec<Value> {
        let bytes = self.stream.bytes();
        let lines = bytes.split_inclusive(|byte| *byte == b'\n');
        lines
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect()
    }
}

/// A log whose disk is full.
fn full() -> AuditControl {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let log = AuditLog::open(StreamSink::new(Full), &key()).unwrap();
    AuditControl::new(Arc::new(log))
}

fn denied(kind: DenialKind) -> Outcome {
    let denial = Denial::new(kind, "policy.per_call", "0.25 USD is over the limit");
    Outcome::NotSent(NotSent::Denied(
        denial.with_limit(Usd::parse("0.10").unwrap()),
    ))
}

#[tokio::test]
async fn attack_139_the_intent_is_written_before_and_the_outcome_after() {
    let written = written();
    let payment = payment();
    written.control.approve(&payment).await.unwrap();
    assert_eq!(written.records().len(), 1, "before the signer is asked");
    let outcome = Outcome::NotSent(NotSent::Returned);
    written.control.finish(&payment, &outcome).await;
    let records = written.records();
    assert_eq!(records[0]["event_type"], "PAYMENT_INTENT");
    assert_eq!(records[1]["event_type"], "PAYMENT_NOT_SENT");
    assert_eq!(records[0]["decision_id"], "07".repeat(16));
    assert_eq!(records[1]["decision_id"], "07".repeat(16));
}

#[tokio::test]
async fn a_denial_is_one_record_that_says_what_and_why() {
    let written = written();
    let outcome = denied(DenialKind::PolicyViolation);
    written.control.finish(&payment(), &outcome).await;
    let records = written.records();
    assert_eq!(records.len(), 1);
    let record = &records[0];
    assert_eq!(record["event_type"], "POLICY_BLOCKED");
    assert_eq!(record["outcome"], "blocked");
    assert_eq!(record["code"], "policy.per_call");
    assert_eq!(record["error_message"], "0.25 USD is over the limit");
    assert_eq!(record["policy_limit_usd"], "0.10");
    assert_eq!(record["amount_usd"], "0.01");
}

#[tokio::test]
async fn every_field_that_the_reference_has_is_there() {
    let written = written();
    let mut payment = payment();
    payment.set_shown_url("https://api.example.com/report".to_owned());
    payment.set_policy_revision("r1".into());
    payment.set_fingerprint([1; 32]);
    payment.note_finding("EMAIL_ADDRESS");
    written.control.approve(&payment).await.unwrap();
    let outcome = denied(DenialKind::PolicyViolation);
    written.control.finish(&payment, &outcome).await;
    let record = &written.records()[1];
    for field in [
        "timestamp",
        "event_type",
        "resource_url",
        "amount_usd",
        "network",
        "agent_id",
        "outcome",
        "pii_entities_found",
        "policy_limit_usd",
        "replay_fingerprint",
        "error_message",
        "prev_entry_hmac",
        "seq",
        "writer",
        "decision_id",
        "policy_revision",
        "entry_hmac",
    ] {
        assert!(record.get(field).is_some(), "{field} in {record}");
    }
}

#[tokio::test]
async fn the_agent_of_the_exchange_is_in_the_record() {
    let written = written();
    let other = payment();
    let exchange = Exchange::new(
        Position::Buyer,
        AgentId::new("researcher").unwrap(),
        http::Method::GET,
        other.exchange().url().clone(),
        UnixMillis::from_millis(NOW),
    );
    let payment = Payment::new(other.id(), exchange, Version::V2, other.terms().clone());
    written.control.approve(&payment).await.unwrap();
    assert_eq!(written.records()[0]["agent_id"], "researcher");
}

#[tokio::test]
async fn every_kind_of_denial_has_its_event() {
    for (kind, event) in [
        (DenialKind::PiiBlocked, "PII_BLOCKED"),
        (DenialKind::PolicyViolation, "POLICY_BLOCKED"),
        (DenialKind::ReplayDetected, "REPLAY_BLOCKED"),
        (DenialKind::MpaDenied, "MPA_BLOCKED"),
        (DenialKind::MpaTimeout, "MPA_BLOCKED"),
        (DenialKind::PaymentError, "PAYMENT_ERROR"),
    ] {
        let written = written();
        written.control.finish(&payment(), &denied(kind)).await;
        assert_eq!(written.records()[0]["event_type"], event);
    }
}

#[tokio::test]
async fn notes_of_controls_are_in_both_records() {
    let written = written();
    let mut payment = payment();
    payment.note_warning("policy.new_recipient");
    payment.note_warning("policy.new_recipient");
    payment.note_shadowed(ControlKind::Policy, would_deny());
    let approvers = vec!["alice".into(), "bob".into()];
    payment.set_approvals(Approvals::new(payment.id(), 2, approvers));
    written.control.approve(&payment).await.unwrap();
    let outcome = Outcome::NotSent(NotSent::Returned);
    written.control.finish(&payment, &outcome).await;
    for record in written.records() {
        assert_eq!(record["warnings"], json!(["policy.new_recipient"]));
        assert_eq!(record["shadow"], json!(["policy.window"]));
        assert_eq!(record["approvals"], json!(["alice", "bob"]));
    }
}

#[tokio::test]
async fn a_payment_without_notes_has_no_lists() {
    let written = written();
    written.control.approve(&payment()).await.unwrap();
    let record = &written.records()[0];
    for field in ["warnings", "shadow", "approvals", "pii_entities_found"] {
        assert!(record.get(field).is_none(), "{field}");
    }
}

#[tokio::test]
async fn more_notes_than_there_is_room_for_are_said_to_be_cut() {
    let written = written();
    let mut payment = payment();
    for _ in 0..=MAX_NOTES {
        payment.note_shadowed(ControlKind::Policy, would_deny());
    }
    assert!(payment.notes_clipped());
    written.control.approve(&payment).await.unwrap();
    let warnings = &written.records()[0]["warnings"];
    assert_eq!(warnings, &json!(["audit.notes_clipped"]));
}

#[test]
fn a_list_that_is_too_long_ends_in_a_mark() {
    let mut record = AuditRecord::new(AuditEventType::PaymentIntent, NOW);
    for number in 0..MAX_LIST_ENTRIES + 9 {
        record = record.approval(format!("approver-{number}"));
    }
    let line: Value = serde_json::from_slice(&lines_of(&[record]).concat()).unwrap();
    let approvals = line["approvals"].as_array().unwrap();
    assert_eq!(approvals.len(), MAX_LIST_ENTRIES);
    assert_eq!(approvals[MAX_LIST_ENTRIES - 1], "...[clipped]");
}

#[tokio::test]
async fn attack_139_an_intent_that_cannot_be_written_denies() {
    let denial = full().approve(&payment()).await.unwrap_err();
    assert_eq!(denial.code(), "audit.unwritten");
    assert_eq!(denial.status(), http::StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn attack_138_a_channel_that_is_full_denies_the_payment() {
    let (sink, _lines) = ChannelSink::new(1);
    let control = AuditControl::new(Arc::new(AuditLog::open(sink, &key()).unwrap()));
    assert!(control.approve(&payment()).await.is_ok());
    let denial = control.approve(&payment()).await.unwrap_err();
    assert_eq!(denial.code(), "audit.unwritten");
}

#[tokio::test]
async fn attack_139_with_grouped_syncs_an_intent_counts_when_it_is_on_the_disk() {
    let place = place();
    let sink = FileSink::open_with(&place.path, SyncPolicy::Grouped).unwrap();
    let control = AuditControl::new(Arc::new(AuditLog::open(sink, &key()).unwrap()));
    let payments: Vec<_> = (0..20).map(|_| payment()).collect();
    let steps = payments.iter().map(|payment| control.approve(payment));
    for written in futures_util::future::join_all(steps).await {
        written.unwrap();
    }
    drop(control);
    assert_eq!(code_of(&place.path), Ok(20));
}

#[test]
fn a_payment_that_was_dropped_is_recorded_without_waiting() {
    let written = written();
    let outcome = Outcome::NotSent(NotSent::Cancelled);
    written.control.abandon(&payment(), &outcome);
    assert_eq!(written.records()[0]["reason"], "cancelled");
}
