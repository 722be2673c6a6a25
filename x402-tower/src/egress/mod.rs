//! The agent's own requests, screened before their first byte leaves.
//!
//! A guard screens URL and headers of every request, and bodies where it pays itself. Around a client whose payments
//! somebody else makes it cannot hold a body, and layers may stand between it and the agent. [`EgressLayer`] goes
//! outermost: it redacts the request once, so that what is paid for later is the same redacted request, and tells the
//! guard further in, which adds what was found to the payment's record.

mod layer;
mod service;

pub use layer::EgressLayer;
pub use service::EgressService;
