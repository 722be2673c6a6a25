//! The sums, and the audit log.

use std::collections::BTreeMap;
use std::io::Write;

use x402_tower::audit::AuditEventType;

use super::stage::{FUNDS, Stage};
use crate::Failure;

/// What the scenes bought, and what that cost in atomic units.
const PURCHASES: usize = 6;
const SPENT: u128 = 100_000;
/// What the log should hold. Where a challenge offers nothing that the policy allows, there is no payment to block:
/// scenes 4 and 5 deny the challenge itself.
const EVENTS: [(AuditEventType, u64); 6] = [
    (AuditEventType::PaymentIntent, 6),
    (AuditEventType::PaymentAllowed, 6),
    (AuditEventType::PolicyBlocked, 1),
    (AuditEventType::ReplayBlocked, 1),
    (AuditEventType::MpaBlocked, 1),
    (AuditEventType::ChallengeDenied, 2),
];

pub(super) fn play<W: Write>(stage: &mut Stage<'_, W>) -> Result<(), Failure> {
    stage.checks.enter("the end");
    let facilitator = &stage.servers.facilitator;
    let settled = facilitator.settlements().len();
    stage.checks.same("settlements", &settled, &PURCHASES);
    let has = facilitator.balance(&stage.servers.token, &stage.agent.address);
    let spent = u128::from(FUNDS).checked_sub(has);
    stage
        .checks
        .same("atomic units spent", &spent, &Some(SPENT));

    stage.timeline.gap()?;
    stage.timeline.title("The agent's audit log")?;
    let summary = stage.agent.records.verify()?;
    let expected = BTreeMap::from(EVENTS);
    stage
        .checks
        .same("events in the log", &summary.events, &expected);
    let unfinished = summary.dangling_intents.len();
    stage
        .checks
        .same("payments without an end", &unfinished, &0);
    let written = std::fs::read_to_string(stage.agent.records.path())?;
    let clean = !written.contains("alice") && !written.contains("123-45-6789");
    stage
        .checks
        .holds("the log carries no personal data", clean);

    let records = summary.records;
    stage
        .timeline
        .line("chain", &format!("intact over {records} records"))?;
    for (event, count) in &summary.events {
        stage
            .timeline
            .line(&format!("{count:>5}"), event.as_str())?;
    }
    stage
        .timeline
        .line("file", "it stays here, its key beside it:")?;
    let path = stage.agent.records.path().display().to_string();
    stage.timeline.verbatim(&path)?;
    Ok(())
}
