//! One payment for one logical request, whatever dies in between: real processes that are killed at each point of a
//! payment, that are restarted, and that race for one budget, on stores that outlive them.
//!
//! A test runs this very program again, with `buyer_process` as its only test, for each process that buys.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a missing answer must fail the test; a buyer reports on its standard output"
)]

#[path = "paid_once/buyer.rs"]
mod buyer;
#[path = "paid_once/buyer_process.rs"]
mod buyer_process;
#[path = "paid_once/engine.rs"]
mod engine;
#[path = "paid_once/feature.rs"]
mod feature;
#[path = "paid_once/killed.rs"]
mod killed;
#[path = "paid_once/place.rs"]
mod place;
#[path = "paid_once/raced.rs"]
mod raced;
#[path = "paid_once/restarted.rs"]
mod restarted;
#[path = "paid_once/seller.rs"]
mod seller;
#[path = "paid_once/unheard.rs"]
mod unheard;
