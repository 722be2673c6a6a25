//! The Redis store on real servers: what it demands of them, and what happens when they fail.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that finds something else has to fail; a process reports on its standard output"
)]

#[path = "redis/clocks.rs"]
mod clocks;
#[path = "redis/demands.rs"]
mod demands;
#[path = "redis/failures.rs"]
mod failures;
#[path = "redis/ground.rs"]
mod ground;
#[path = "redis/keeping.rs"]
mod keeping;
#[path = "redis/keys.rs"]
mod keys;
#[path = "redis/line.rs"]
mod line;
#[path = "redis/lost_answers.rs"]
mod lost_answers;
#[path = "redis/processes.rs"]
mod processes;
#[path = "redis/races.rs"]
mod races;
#[path = "redis/replicas.rs"]
mod replicas;
#[path = "redis/tls.rs"]
mod tls;
