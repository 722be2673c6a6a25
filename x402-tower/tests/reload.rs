//! Another policy while the guard runs: what changes, what stays, and what is never mixed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // helpers of tests fail as loudly as tests

#[path = "reload/concurrent.rs"]
mod concurrent;
#[path = "reload/files.rs"]
mod files;
#[path = "reload/ground.rs"]
mod ground;
#[path = "reload/keeping.rs"]
mod keeping;
#[path = "reload/swapping.rs"]
mod swapping;
#[path = "reload/watching.rs"]
mod watching;
