//! What users of the reference implementation rely on, and what its known defects must not do here.
//!
//! `docs/conformance.md` says for each behaviour which test shows it; here are those that no other suite has.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a missing field or answer must fail the test"
)]

#[path = "conformance/approvals.rs"]
mod approvals;
#[path = "conformance/defects.rs"]
mod defects;
#[path = "conformance/disguises.rs"]
mod disguises;
#[path = "attacks/ground.rs"]
#[allow(dead_code, reason = "the attacks use the rest of it")]
mod ground;
#[path = "conformance/limits.rs"]
mod limits;
#[path = "conformance/records.rs"]
mod records;
