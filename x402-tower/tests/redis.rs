//! The Redis store on real servers: what it demands of them, and what happens when they fail.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that finds something else has to fail; a process reports on its standard output"
)]

#[path = "redis/ground.rs"]
mod ground;
#[path = "redis/keeping.rs"]
mod keeping;
