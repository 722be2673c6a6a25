//! Personal data on every path: what leaves with the controls, and what leaks without them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // helpers of tests fail as loudly as tests

#[path = "privacy/across.rs"]
mod across;
#[path = "privacy/answers.rs"]
mod answers;
#[path = "privacy/challenges.rs"]
mod challenges;
#[path = "privacy/facilitator.rs"]
mod facilitator;
#[path = "privacy/ground.rs"]
mod ground;
#[path = "privacy/own.rs"]
mod own;
#[path = "privacy/properties.rs"]
mod properties;
#[path = "privacy/requests.rs"]
mod requests;
#[path = "privacy/secrets.rs"]
mod secrets;
#[path = "privacy/settling.rs"]
mod settling;
