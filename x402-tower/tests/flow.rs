//! How a payment flows: what is signed, what leaves, and what every control is told.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // helpers of tests fail as loudly as tests

#[path = "flow/attacks.rs"]
mod attacks;
#[path = "flow/bodies.rs"]
mod bodies;
#[path = "flow/cancel.rs"]
mod cancel;
#[path = "flow/choice.rs"]
mod choice;
#[path = "flow/forward.rs"]
mod forward;
#[path = "flow/ground.rs"]
mod ground;
#[path = "flow/order.rs"]
mod order;
#[path = "flow/outcomes.rs"]
mod outcomes;
#[path = "flow/panics.rs"]
mod panics;
#[path = "flow/shadow.rs"]
mod shadow;
#[path = "flow/tampering.rs"]
mod tampering;
