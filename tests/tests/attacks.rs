//! What the whole guard stands against, served: the attack catalogue's cases against a full stack.
//!
//! Every test names its case. A buyer-side case passes only where the signer was asked for nothing, no money is counted,
//! exactly one record with a stable code is in the audit log, and an honest seller is still paid afterwards.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a missing field or answer must fail the test"
)]

#[path = "attacks/amounts.rs"]
mod amounts;
#[path = "attacks/assets.rs"]
mod assets;
#[path = "attacks/budget.rs"]
mod budget;
#[path = "attacks/canaries.rs"]
mod canaries;
#[path = "attacks/canary_adapter.rs"]
mod canary_adapter;
#[path = "attacks/canary_approvals.rs"]
mod canary_approvals;
#[path = "attacks/canary_egress.rs"]
mod canary_egress;
#[path = "attacks/canary_facilitator.rs"]
mod canary_facilitator;
#[path = "attacks/canary_paths.rs"]
mod canary_paths;
#[path = "attacks/canary_policies.rs"]
mod canary_policies;
#[path = "attacks/challenges.rs"]
mod challenges;
#[path = "attacks/choice.rs"]
mod choice;
#[path = "attacks/drops.rs"]
mod drops;
#[path = "attacks/facilitators.rs"]
mod facilitators;
#[path = "attacks/ground.rs"]
mod ground;
#[path = "attacks/open_money.rs"]
mod open_money;
#[path = "attacks/order.rs"]
mod order;
#[path = "attacks/origins.rs"]
mod origins;
#[path = "attacks/panics.rs"]
mod panics;
#[path = "attacks/rails.rs"]
mod rails;
#[path = "attacks/receipts.rs"]
mod receipts;
#[path = "attacks/records.rs"]
mod records;
#[path = "attacks/removed/mod.rs"]
mod removed;
#[path = "attacks/sinks.rs"]
mod sinks;
