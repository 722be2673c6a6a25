//! The `x402-tower` controls around `reqwest`.

mod builder;
mod client;
mod error;
mod kept;
mod middleware;
mod redirect;
mod request;
mod signed;

pub use builder::{BuildError, GuardedClientBuilder};
pub use client::GuardedClient;
pub use error::X402Error;
pub use middleware::GuardMiddleware;
pub use request::GuardedRequestBuilder;

pub use reqwest;
pub use reqwest_middleware;

use x402_tower::PaymentRecord;

/// What was paid for this response and how it ended; `None` where nothing was.
#[must_use]
pub fn payment_record(response: &reqwest::Response) -> Option<&PaymentRecord> {
    response.extensions().get()
}
