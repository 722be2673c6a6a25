//! A payment happens once: what the replay control stands against, and what happens without it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // helpers of tests fail as loudly as tests

#[path = "replay/bodies.rs"]
mod bodies;
#[path = "replay/buyer.rs"]
mod buyer;
#[path = "replay/ground.rs"]
mod ground;
#[path = "replay/keys.rs"]
mod keys;
#[path = "replay/lifetimes.rs"]
mod lifetimes;
#[path = "replay/nothing_left.rs"]
mod nothing_left;
#[path = "replay/repeats.rs"]
mod repeats;
#[path = "replay/schemes.rs"]
mod schemes;
#[path = "replay/seller.rs"]
mod seller;
#[path = "replay/settled.rs"]
mod settled;
#[path = "replay/signed.rs"]
mod signed;
