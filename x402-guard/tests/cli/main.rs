//! The program as people and agents run it, against a seller on the loopback interface.
#![allow(unreachable_pub)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod account;
mod audit;
mod books;
mod corpus;
mod eval;
mod fetch;
mod ledger;
mod node;
mod order;
mod policy;
mod program;
mod reconcile;
mod replay;
mod report;
mod screen;
mod secrets;
mod seller;
mod serve;
mod setup;
