//! Metrics and spans: how many payments, how they ended, what each control decided and how long it took.
//!
//! Metrics go through the [`metrics`] facade, so that a program chooses where they are collected by installing a
//! recorder, such as `metrics-exporter-prometheus`. Spans go through [`tracing`]. With neither installed a payment pays
//! for one load each, and no clock is read; a request without a payment pays nothing. A recorder of no size is taken for
//! none: one that keeps its state in statics has to hold a byte.
//!
//! # Metrics
//!
//! | name | labels | counts |
//! |---|---|---|
//! | `x402_payments_total` | `outcome`, `reason`, `position` | payments and refused challenges, by how they ended |
//! | `x402_payment_amount_usd` | `outcome`, `position` | their prices in dollars; buckets: [`AMOUNT_BUCKETS`] |
//! | `x402_denials_total` | `code`, `position` | denials by stable code |
//! | `x402_pii_detections_total` | `entity_type`, `action` | personal data that was found |
//! | `x402_policy_violations_total` | `violation_type` | denials of the policy: the code without `policy.` |
//! | `x402_replay_detections_total` | `reason` | denials of the replay control: the code without `replay.` |
//! | `x402_mpa_events_total` | `outcome` | approvals that ended: `approved`, `denied`, `timeout` |
//! | `x402_control_duration_seconds` | `control`, `step`, `decision` | how long a control took; buckets: [`DURATION_BUCKETS`] |
//! | `x402_reservations_total` | `state` | reservations that came to be `reserved`, `sent`, `settled`, `unknown`, `released` |
//! | `x402_resends_total` | `position` | signed payments that were sent again, byte for byte |
//! | `x402_reconciliations_total` | `result` | open payments that a reconciliation looked at: `settled`, `released`, `left`, `failed` |
//! | `x402_policy_reloads_total` | `result` | policies that were read again: `applied`, `unchanged`, `refused` |
//! | `x402_shadow_denials_total` | `control`, `code` | what a control in shadow mode would have denied |
//!
//! `outcome` is `allowed`, `blocked`, `rejected`, `unknown` or `not_sent`, as in the audit log's event types. `reason` is
//! `none`, or `pii`, `policy`, `replay`, `mpa` or `error` for what was blocked, or why an outcome is unknown or nothing was
//! sent. No label holds anything that a server, a caller or an agent wrote: no URL, origin, network, recipient or name
//! (attacks 141 and 142). Labels are words of this crate, and the names that a program gives to controls and codes of its
//! own. In a stack of single layers a payment is counted once, by the outermost.
//!
//! # Spans
//!
//! Target [`TARGET`], level `INFO`. `x402.payment` lasts from the first check until the end is known, with `decision_id`,
//! `position`, `scheme`, `network` (the last two only where they are well known, else `other`), and, at the end, `outcome`
//! and `code`. Inside it, `x402.control` for each step of each control: `control`, `step`, `decision`, `code`. The request that
//! carries the payment is sent inside `x402.payment`.
//!
//! ```
//! use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
//! use x402_tower::telemetry;
//!
//! let exporter = PrometheusBuilder::new()
//!     .set_buckets_for_metric(Matcher::Full(telemetry::PAYMENT_AMOUNT_USD.into()), &telemetry::AMOUNT_BUCKETS)?
//!     .set_buckets_for_metric(Matcher::Full(telemetry::CONTROL_DURATION_SECONDS.into()), &telemetry::DURATION_BUCKETS)?
//!     .install_recorder()?;
//! telemetry::describe();
//! let _page = exporter.render(); // what `GET /metrics` answers
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod names;
#[cfg(feature = "otel")]
mod otel;
mod record;
mod trace;

pub use names::{
    AMOUNT_BUCKETS, CONTROL_DURATION_SECONDS, DENIALS_TOTAL, DURATION_BUCKETS, MPA_EVENTS_TOTAL,
    PAYMENT_AMOUNT_USD, PAYMENTS_TOTAL, PII_DETECTIONS_TOTAL, POLICY_RELOADS_TOTAL,
    POLICY_VIOLATIONS_TOTAL, RECONCILIATIONS_TOTAL, REPLAY_DETECTIONS_TOTAL, RESENDS_TOTAL,
    RESERVATIONS_TOTAL, SHADOW_DENIALS_TOTAL, describe,
};
#[cfg(feature = "otel")]
pub use otel::{OtelLayer, otel_layer};
pub(crate) use record::{
    ReservationState, approved, pii_found, reconciled, refused, reloaded, resent, shadowed,
};
pub(crate) use trace::{ControlTrace, Counted, PaymentTrace};

/// The target of every span of this module.
pub const TARGET: &str = "x402_tower";
