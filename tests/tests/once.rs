//! Paying exactly once: what a logical request signs, sends, counts and remembers, whatever the other side does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a missing field or answer must fail the test"
)]

#[path = "once/concurrent.rs"]
mod concurrent;
#[path = "once/doubt.rs"]
mod doubt;
#[allow(dead_code, reason = "shared with the attack tests")]
#[path = "attacks/ground.rs"]
mod ground;
#[path = "once/identifier.rs"]
mod identifier;
#[path = "once/liars.rs"]
mod liars;
#[path = "once/named.rs"]
mod named;
#[path = "once/resent.rs"]
mod resent;
#[path = "once/sealed.rs"]
mod sealed;
#[path = "once/settled.rs"]
mod settled;
#[path = "once/shared.rs"]
mod shared;
#[path = "once/shared_budget.rs"]
mod shared_budget;
#[path = "once/stack.rs"]
mod stack;
