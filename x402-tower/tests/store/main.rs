//! Every engine against the suite that all of them have to pass.

#![allow(clippy::unwrap_used)] // a test fails loudly

mod memory;
#[cfg(feature = "redis")]
mod redis;
#[cfg(all(feature = "sqlite", unix))]
mod sqlite;
mod suite;
