//! The program as people and agents run it, against a seller on the loopback interface.
#![allow(unreachable_pub)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod audit;
mod fetch;
mod order;
mod policy;
mod program;
mod replay;
mod report;
mod secrets;
mod seller;
mod setup;
