//! What EVM nodes say about payments: right ones, slow ones, and liars.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // helpers of tests fail as loudly as tests

#[path = "evm_oracle/lies.rs"]
mod lies;
#[path = "evm_oracle/node.rs"]
mod node;
#[path = "evm_oracle/questions.rs"]
mod questions;
#[path = "evm_oracle/secrets.rs"]
mod secrets;
