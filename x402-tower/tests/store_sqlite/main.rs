//! The engines of the store.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "what is missing must fail the test; a child process reports on its standard output"
)]

mod sqlite;
