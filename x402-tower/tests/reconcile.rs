//! Finding out what became of payments of which nobody knows it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // helpers of tests fail as loudly as tests

#[path = "reconcile/chain_says.rs"]
mod chain_says;
#[path = "reconcile/ground.rs"]
mod ground;
#[path = "reconcile/operators.rs"]
mod operators;
#[path = "reconcile/records.rs"]
mod records;
#[path = "reconcile/retries.rs"]
mod retries;
#[path = "reconcile/runs.rs"]
mod runs;
#[path = "reconcile/whole_guard.rs"]
mod whole_guard;
