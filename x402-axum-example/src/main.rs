//! A facilitator, a seller and a guarded agent in one program, on the loopback.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    x402_axum_example::run().await
}
