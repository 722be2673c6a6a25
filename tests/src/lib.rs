//! Test support for what only the whole can show: interop with official x402 software, attacks, faults.
//!
//! [`interop`] starts the official SDKs (JavaScript, Python, x402-rs) as real buyers and sellers on loopback;
//! everything else puts the product between them. Nothing here is part of the product.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a harness that cannot do its part fails the test at once, with a message that says why"
)]

pub mod agent;
pub mod interop;
mod loopback;
pub mod market;
pub mod proxy;
pub mod seller;
pub mod settled;
pub mod transport;

pub use loopback::spawn_app;
