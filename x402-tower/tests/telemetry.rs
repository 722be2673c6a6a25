//! What a recorder and a subscriber are told of payments, and what they are not.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a missing metric, span or answer must fail the test"
)]

#[path = "telemetry/counting.rs"]
mod counting;
#[path = "telemetry/ground.rs"]
mod ground;
#[path = "telemetry/labels.rs"]
mod labels;
#[path = "telemetry/nesting.rs"]
mod nesting;
#[path = "telemetry/spans.rs"]
mod spans;
