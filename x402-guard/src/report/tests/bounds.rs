//! Long logs in bounded memory.

use x402_tower::audit::AuditEventType;

use super::log::NEW_YEAR;
use crate::report::count::payments::{At, MAX_FOLLOWED};
use crate::report::count::tally::Tally;
use crate::report::count::totals::MAX_PARTIES;
use crate::report::period::Period;

/// A log in which every payment is somebody else's.
fn lines(count: usize, event: AuditEventType) -> impl Iterator<Item = String> {
    (1..=count).map(move |at| {
        format!(
            r#"{{"seq":{at},"timestamp_ms":{NEW_YEAR},"event_type":"{event}","agent_id":"a-{at}","decision_id":"d-{at}","origin":"https://{at}.example","amount_usd_micros":7,"amount":"7","pay_to":"0x{at}"}}"#
        )
    })
}

fn tallied(lines: impl Iterator<Item = String>) -> Tally {
    let mut tally = Tally::new(Period::default(), None, None);
    for (line, number) in lines.zip(1..) {
        let at = At {
            file: 0,
            line: number,
        };
        tally.line(at, line.as_bytes(), true).unwrap();
    }
    tally
}

#[test]
fn a_hundred_thousand_parties_and_payments_take_bounded_memory() {
    let count = 100_000;
    for event in [
        AuditEventType::PaymentAllowed,
        AuditEventType::PaymentUnknown,
        AuditEventType::PaymentIntent,
    ] {
        let tally = tallied(lines(count, event));
        let [payments, agents, origins, recipients] = tally.held();
        assert!(payments <= MAX_FOLLOWED, "{event}: {payments}");
        assert!(
            agents.max(origins).max(recipients) <= MAX_PARTIES,
            "{event}"
        );
        let counted = tally.finish();
        let all = counted.totals.spent.payments();
        let expected = match event {
            // Those that cannot be followed are said, and not counted.
            AuditEventType::PaymentIntent => MAX_FOLLOWED,
            _ => count,
        };
        assert_eq!(usize::try_from(all).unwrap(), expected, "{event}");
        let shown = counted
            .totals
            .by_agent
            .heaviest(20, |figures| figures.payments());
        assert!(shown.is_full);
        let in_rows: u64 = shown
            .rows
            .iter()
            .map(|(_, figures)| figures.payments())
            .sum();
        assert_eq!(in_rows + shown.others.unwrap().payments(), all, "{event}");
    }
}
