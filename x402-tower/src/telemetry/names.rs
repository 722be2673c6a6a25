//! What metrics are called, and what they mean.

use metrics::{Unit, describe_counter, describe_histogram};

/// Counter of payments and refused challenges, by how they ended.
pub const PAYMENTS_TOTAL: &str = "x402_payments_total";
/// Histogram of prices in dollars, for display: limits are counted in integers.
pub const PAYMENT_AMOUNT_USD: &str = "x402_payment_amount_usd";
/// Counter of denials by stable code.
pub const DENIALS_TOTAL: &str = "x402_denials_total";
/// Counter of personal data that was found.
pub const PII_DETECTIONS_TOTAL: &str = "x402_pii_detections_total";
/// Counter of the policy's denials.
pub const POLICY_VIOLATIONS_TOTAL: &str = "x402_policy_violations_total";
/// Counter of the replay control's denials.
pub const REPLAY_DETECTIONS_TOTAL: &str = "x402_replay_detections_total";
/// Counter of approvals by how they ended.
pub const MPA_EVENTS_TOTAL: &str = "x402_mpa_events_total";
/// Histogram of how long each control took, in seconds.
pub const CONTROL_DURATION_SECONDS: &str = "x402_control_duration_seconds";
/// Counter of reservations by the state that they came into.
pub const RESERVATIONS_TOTAL: &str = "x402_reservations_total";
/// Counter of signed payments that were sent again, byte for byte.
pub const RESENDS_TOTAL: &str = "x402_resends_total";
/// Counter of open payments that a reconciliation looked at, by what came of it.
pub const RECONCILIATIONS_TOTAL: &str = "x402_reconciliations_total";
/// Counter of policies that were read again.
pub const POLICY_RELOADS_TOTAL: &str = "x402_policy_reloads_total";
/// Counter of what controls in shadow mode would have denied.
pub const SHADOW_DENIALS_TOTAL: &str = "x402_shadow_denials_total";

/// Upper bounds of the buckets of [`PAYMENT_AMOUNT_USD`], in dollars: those of the reference implementation.
pub const AMOUNT_BUCKETS: [f64; 10] = [0.001, 0.005, 0.01, 0.05, 0.10, 0.50, 1.0, 5.0, 10.0, 50.0];

/// Upper bounds of the buckets of [`CONTROL_DURATION_SECONDS`], in seconds: from a rule in memory to people who approve.
pub const DURATION_BUCKETS: [f64; 12] = [
    0.000_001, 0.000_005, 0.000_025, 0.000_1, 0.000_5, 0.0025, 0.01, 0.05, 0.25, 1.0, 10.0, 60.0,
];

/// Tells the recorder that is installed what each metric means. Call it once, after installing one; metrics are recorded
/// without it as well.
pub fn describe() {
    describe_counter!(
        PAYMENTS_TOTAL,
        Unit::Count,
        "x402 payments and refused challenges, by how they ended"
    );
    describe_histogram!(PAYMENT_AMOUNT_USD, "Prices of x402 payments in US dollars");
    describe_counter!(DENIALS_TOTAL, Unit::Count, "Denials by stable code");
    describe_counter!(
        PII_DETECTIONS_TOTAL,
        Unit::Count,
        "Personal data found in x402 messages"
    );
    describe_counter!(
        POLICY_VIOLATIONS_TOTAL,
        Unit::Count,
        "Payments and challenges outside the spending policy"
    );
    describe_counter!(
        REPLAY_DETECTIONS_TOTAL,
        Unit::Count,
        "Payments that were made or used already"
    );
    describe_counter!(
        MPA_EVENTS_TOTAL,
        Unit::Count,
        "Multi-party approvals by how they ended"
    );
    describe_histogram!(
        CONTROL_DURATION_SECONDS,
        Unit::Seconds,
        "Time that a control took for one step of a payment"
    );
    describe_counter!(
        RESERVATIONS_TOTAL,
        Unit::Count,
        "Reservations by the state that they came into"
    );
    describe_counter!(
        RESENDS_TOTAL,
        Unit::Count,
        "Signed payments that were sent again, byte for byte"
    );
    describe_counter!(
        RECONCILIATIONS_TOTAL,
        Unit::Count,
        "Open payments that a reconciliation looked at, by what came of it"
    );
    describe_counter!(
        POLICY_RELOADS_TOTAL,
        Unit::Count,
        "Policies that were read again"
    );
    describe_counter!(
        SHADOW_DENIALS_TOTAL,
        Unit::Count,
        "What controls in shadow mode would have denied"
    );
}
