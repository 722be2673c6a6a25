//! `x402-guard`: pays for what is behind a 402, inside a policy, and checks the record of what was paid.

mod args;
mod audit;
mod exit;
mod fetch;
mod shown;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{AuditCommand, Cli, Command};

fn main() -> ExitCode {
    let exit = match Cli::parse().command {
        Command::Fetch(args) => fetch::run(&args),
        Command::Audit(AuditCommand::Verify(args)) => audit::verify(&args),
    };
    exit.into()
}
