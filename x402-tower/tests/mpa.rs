//! Approvals: who is asked about which payment, what counts as a yes, and what an attacker gets.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // helpers of tests fail as loudly as tests

#[path = "mpa/approvers.rs"]
mod approvers;
#[path = "mpa/configured.rs"]
mod configured;
#[path = "mpa/countersigned.rs"]
mod countersigned;
#[path = "mpa/cumulative.rs"]
mod cumulative;
#[path = "mpa/ground.rs"]
mod ground;
#[path = "mpa/sockets.rs"]
mod sockets;
#[path = "mpa/thresholds.rs"]
mod thresholds;
#[path = "mpa/webhooks.rs"]
mod webhooks;
