//! A facilitator, a seller and a guarded agent in one program, on the loopback.
//!
//! The program is [`run`]; [`Market`] is its facilitator and its seller for others to buy from.

mod agent;
mod approvers;
mod args;
mod bounded;
mod facilitator;
mod market;
mod metrics;
mod scenes;
mod seller;
mod serve;
mod servers;
mod timeline;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

pub use market::Market;

use args::Args;
use timeline::Timeline;

/// Why the program cannot go on.
pub type Failure = Box<dyn Error + Send + Sync>;

/// The program: reads its arguments, does what they say, and tells by the exit code whether all went as it should.
pub async fn run() -> ExitCode {
    let args = Args::parse();
    let done = if args.serve {
        serve::run(&args).await.map(|()| true)
    } else {
        scenes::run(&mut Timeline::on(io::stdout())).await
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // Where standard error is closed, the exit code still tells.
            let _ = writeln!(io::stderr(), "x402-axum-example: {error}");
            ExitCode::FAILURE
        }
    }
}
