//! What the policy remembers of earlier payments, and the switch that stops all: pins, first contacts, prices.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // helpers of tests fail as loudly as tests

#[path = "history/drift.rs"]
mod drift;
#[path = "history/first_contact.rs"]
mod first_contact;
#[path = "history/ground.rs"]
mod ground;
#[path = "history/guard.rs"]
mod guard;
#[path = "history/kill_switch.rs"]
mod kill_switch;
#[path = "history/pin_races.rs"]
mod pin_races;
#[path = "history/pins.rs"]
mod pins;
