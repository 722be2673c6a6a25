//! What records add up to.

use serde_json::{Value, json};
use x402_tower::audit::{AuditEventType, AuditRecord};

use super::log::{
    DAY, Logs, NEW_YEAR, SELLER, intent, record, report, resolved, row, settled, text, unknown,
    worth,
};
use crate::report::args::Format;

#[test]
fn every_payment_counts_once_by_its_last_outcome() {
    let logs = Logs::new();
    let rejected = record(AuditEventType::PaymentRejected, "d-3", NEW_YEAR + 6);
    let not_sent = record(AuditEventType::PaymentNotSent, "d-4", NEW_YEAR + 8);
    let denied = record(AuditEventType::PolicyBlocked, "d-5", NEW_YEAR + 9);
    let denied = denied.outcome("blocked").code("policy.over_daily_limit");
    let log = logs.log(
        "audit.jsonl",
        &[
            intent("d-1", NEW_YEAR),
            settled("d-1", NEW_YEAR + 1),
            intent("d-2", NEW_YEAR + 2),
            unknown("d-2", NEW_YEAR + 3),
            intent("d-3", NEW_YEAR + 4),
            rejected.outcome("rejected"),
            intent("d-4", NEW_YEAR + 7),
            not_sent.outcome("not_sent"),
            denied,
            intent("d-6", NEW_YEAR + 10),
        ],
    );
    let (report, good) = report(&[&log], &[]);
    assert!(good, "{report}");
    assert_eq!(report["integrity"], "intact");
    for outcome in [
        "settled", "unknown", "rejected", "not_sent", "denied", "open",
    ] {
        assert_eq!(worth(&report, outcome), (1, 50_000), "{outcome}");
    }
    assert_eq!(worth(&report, "released"), (0, 0));
    let agent = row(&report["by_agent"], "name", "researcher");
    let day = row(&report["by_day"], "name", "2026-01-01");
    let recipient = row(&report["by_recipient"], "name", SELLER);
    let origin = row(&report["by_origin"], "name", "https://api.example.com");
    for sums in [agent, day, recipient, origin] {
        assert_eq!(sums["outcomes"], report["outcomes"]);
    }
    let asset = &report["by_asset"]["rows"][0];
    assert_eq!(
        (&asset["amount"], &asset["payments"]),
        (&json!("50000"), &json!(1))
    );
    assert_eq!(report["settled_in_checked_records_usd_micros"], 50_000);
    let denial = &report["denials"]["rows"][0];
    assert_eq!(denial["control"], "policy");
    assert_eq!(denial["code"], "policy.over_daily_limit");
    assert_eq!(report["dangling"]["listed"][0]["decision_id"], "d-6");
    assert_eq!(report["dangling"]["listed"][0]["line"], 10);
    let listed = &report["unknown"]["listed"][0];
    assert_eq!(
        (&listed["decision_id"], &listed["reason"]),
        (&json!("d-2"), &json!("no_receipt"))
    );
}

#[test]
fn what_was_found_out_later_moves_a_payment_also_to_another_day() {
    let logs = Logs::new();
    let log = logs.log(
        "audit.jsonl",
        &[
            intent("d-1", NEW_YEAR),
            unknown("d-1", NEW_YEAR + 1),
            intent("d-2", NEW_YEAR + 2),
            unknown("d-2", NEW_YEAR + 3),
            intent("d-3", NEW_YEAR + 4),
            resolved("d-1", "settled", NEW_YEAR + DAY),
            resolved("d-2", "released", NEW_YEAR + DAY),
            resolved("d-3", "settled", NEW_YEAR + DAY),
        ],
    );
    let (report, _) = report(&[&log], &[]);
    assert_eq!(worth(&report, "settled"), (2, 100_000));
    assert_eq!(worth(&report, "released"), (1, 50_000));
    assert_eq!(worth(&report, "unknown"), (0, 0));
    assert_eq!(
        (
            &report["unknown"]["payments"],
            &report["dangling"]["payments"]
        ),
        (&json!(0), &json!(0))
    );
    let days = report["by_day"]["rows"].as_array().unwrap();
    assert_eq!(
        days.len(),
        1,
        "nothing is left on the day of the intents: {days:?}"
    );
    assert_eq!(worth(&days[0], "settled"), (2, 100_000));
}

#[test]
fn a_payment_that_is_sent_again_is_spent_once() {
    let logs = Logs::new();
    let resent = record(AuditEventType::PaymentResent, "d-1", NEW_YEAR + 2);
    let earlier = record(AuditEventType::PaymentAllowed, "d-1", NEW_YEAR + 3);
    let log = logs.log(
        "audit.jsonl",
        &[
            intent("d-1", NEW_YEAR),
            settled("d-1", NEW_YEAR + 1),
            resent.clone(),
            earlier.clone().outcome("settled_earlier"),
            resent,
            settled("d-1", NEW_YEAR + 4),
        ],
    );
    let (report, _) = report(&[&log], &[]);
    assert_eq!(worth(&report, "settled"), (1, 50_000));
    assert_eq!(report["by_asset"]["rows"][0]["amount"], "50000");
    assert_eq!(
        (&report["resent"], &report["repeated_outcomes"]),
        (&json!(2), &json!(2))
    );
}

#[test]
fn what_a_seller_takes_is_not_spent() {
    let logs = Logs::new();
    let taken = |event, at| record(event, "d-1", at).position("seller");
    let log = logs.log(
        "audit.jsonl",
        &[
            taken(AuditEventType::PaymentIntent, NEW_YEAR),
            taken(AuditEventType::PaymentAllowed, NEW_YEAR + 1).outcome("settled"),
            intent("d-2", NEW_YEAR + 2),
            settled("d-2", NEW_YEAR + 3),
        ],
    );
    let (report, _) = report(&[&log], &[]);
    assert_eq!(worth(&report, "settled"), (1, 50_000));
    for position in ["buyer", "seller"] {
        let position = row(&report["by_position"], "name", position);
        assert_eq!(worth(position, "settled"), (1, 50_000));
    }
    assert_eq!(report["by_asset"]["rows"][0]["payments"], 1);
}

#[test]
fn sums_do_not_wrap() {
    let logs = Logs::new();
    let huge = |id| {
        settled(id, NEW_YEAR).amount_usd_micros(u64::MAX).amount(
            "115792089237316195423570985008687907853269984665640564039457584007913129639935",
        )
    };
    let log = logs.log("audit.jsonl", &[huge("d-1"), huge("d-2")]);
    let (report, _) = report(&[&log], &[]);
    // A reader with numbers of 64 bits would round it.
    let shown = text(&[&log], &[], Format::Json);
    let sum = u128::from(u64::MAX) * 2;
    assert!(shown.contains(&format!("\"usd_micros\": {sum}")), "{shown}");
    let asset = &report["by_asset"]["rows"][0];
    assert_eq!(
        asset["amounts_not_added"], 1,
        "two of the largest fit no sum: {asset}"
    );
}

#[test]
fn a_payment_without_a_price_is_counted_and_said() {
    let logs = Logs::new();
    let unpriced = AuditRecord::new(AuditEventType::PaymentAllowed, NEW_YEAR)
        .decision_id("d-1")
        .amount("7")
        .outcome("settled");
    let log = logs.log("audit.jsonl", &[unpriced]);
    let (report, _) = report(&[&log], &[]);
    let worth = &report["outcomes"]["settled"];
    assert_eq!(
        (&worth["payments"], &worth["without_price"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(report["by_asset"]["rows"][0]["amount"], "7");
}

#[test]
fn findings_are_counted_once_for_each_payment_by_what_was_done() {
    let logs = Logs::new();
    let found = |record: AuditRecord<'static>| record.pii_entity("EMAIL_ADDRESS", 2);
    let blocked = record(AuditEventType::PiiBlocked, "d-3", NEW_YEAR + 4);
    let note = resolved("d-4", "settled", NEW_YEAR + 5).pii_entity("PHONE_NUMBER", 1);
    let log = logs.log(
        "audit.jsonl",
        &[
            found(intent("d-1", NEW_YEAR)),
            found(settled("d-1", NEW_YEAR + 1)),
            found(intent("d-2", NEW_YEAR + 2)).warning("pii.kept"),
            found(settled("d-2", NEW_YEAR + 3)).warning("pii.kept"),
            found(blocked).outcome("blocked").code("pii.blocked"),
            found(intent("d-4", NEW_YEAR + 4)),
            note,
            found(intent("d-5", NEW_YEAR + 6)),
        ],
    );
    let (report, _) = report(&[&log], &[]);
    let expected = json!({
        "entity_type": "EMAIL_ADDRESS", "found": 10, "redacted": 6, "kept": 2, "blocked": 2, "records": 5,
    });
    assert_eq!(
        row(&report["pii"], "entity_type", "EMAIL_ADDRESS"),
        &expected
    );
    let note = row(&report["pii"], "entity_type", "PHONE_NUMBER");
    assert_eq!((&note["found"], &note["redacted"]), (&json!(1), &json!(1)));
    assert_eq!(row(&report["warnings"], "name", "pii.kept")["count"], 1);
}

#[test]
fn approvals_are_counted_by_how_they_ended() {
    let logs = Logs::new();
    let denied = |id, code: &'static str| {
        let record = record(AuditEventType::MpaBlocked, id, NEW_YEAR + 2);
        record.outcome("blocked").code(code)
    };
    let log = logs.log(
        "audit.jsonl",
        &[
            intent("d-1", NEW_YEAR).approval("alice").approval("bob"),
            settled("d-1", NEW_YEAR + 1)
                .approval("alice")
                .approval("bob"),
            denied("d-2", "mpa.denied"),
            denied("d-3", "mpa.timeout").approval("alice"),
            denied("d-4", "mpa.approval_required"),
            denied("d-5", "mpa.busy"),
        ],
    );
    let (report, _) = report(&[&log], &[]);
    let approvals = &report["approvals"];
    let of = |name: &str| approvals[name].as_u64().unwrap();
    assert_eq!(
        [
            "asked",
            "granted",
            "denied",
            "timed_out",
            "signatures_missing",
            "busy"
        ]
        .map(of),
        [4, 1, 1, 1, 1, 1]
    );
    assert_eq!(row(&approvals["approvers"], "name", "alice")["count"], 2);
}

#[test]
fn a_challenge_that_was_refused_is_a_denial_and_no_payment() {
    let logs = Logs::new();
    let refused = AuditRecord::new(AuditEventType::ChallengeDenied, NEW_YEAR)
        .agent_id("researcher")
        .outcome("blocked")
        .code("wire.too_large");
    let shadowed = settled("d-1", NEW_YEAR + 1).shadow("policy.recipient");
    let log = logs.log("audit.jsonl", &[refused, intent("d-1", NEW_YEAR), shadowed]);
    let (report, _) = report(&[&log], &[]);
    assert_eq!(report["denials"]["rows"][0]["control"], "wire");
    assert_eq!(worth(&report, "denied"), (0, 0));
    assert_eq!(
        row(&report["shadow_denials"], "name", "policy.recipient")["count"],
        1
    );
}

#[test]
fn the_same_files_give_the_same_report() {
    let logs = Logs::new();
    let log = logs.log(
        "audit.jsonl",
        &[intent("d-1", NEW_YEAR), settled("d-1", NEW_YEAR + 1)],
    );
    let (one, _): (Value, _) = report(&[&log], &[]);
    assert_eq!(one, report(&[&log], &[]).0);
}
