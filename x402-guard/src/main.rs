//! `x402-guard`: pays for what is behind a 402, inside a policy, and checks the record of what was paid.
//!
//! - `x402-guard fetch URL` is a request that pays: the body goes to standard output, what happened to standard error,
//!   and the exit code tells a denial, an unknown outcome and a seller's refusal apart.
//! - `x402-guard serve` stands between agents and sellers, and pays inside a policy for agents in any language.
//! - `x402-guard policy` checks, explains and tests a spending policy before it holds.
//! - `x402-guard ledger` shows the payments of which nobody knows what became, and settles or releases them.
//! - `x402-guard audit verify FILE` tells whether a log of decisions is as it was written.
//! - `x402-guard report` adds up what logs say, and says what is known of their integrity.
//! - `x402-guard corpus` makes labelled payment metadata, to measure the detection of personal data with.
//! - `x402-guard screen` takes personal data out of JSON lines, and `x402-guard eval pii` measures how well that is done.
//!
//! Limits over time and the refusal of duplicates are kept in the state directory, or on Redis: they hold for every run
//! that uses it.

mod args;
mod audit;
mod corpus;
mod eval;
mod exit;
mod fetch;
mod ledger;
mod policy;
mod report;
mod screen;
mod serve;
mod shown;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{AuditCommand, Cli, Command};
use crate::eval::args::EvalCommand;

// Every request of the service makes and frees some thirty pieces of memory, some of eight KiB.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let exit = match Cli::parse().command {
        Command::Fetch(args) => fetch::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Health(args) => serve::health(&args),
        Command::Policy(command) => policy::run(&command),
        Command::Ledger(command) => ledger::run(&command),
        Command::Audit(AuditCommand::Verify(args)) => audit::verify(&args),
        Command::Report(args) => report::run(&args),
        Command::Corpus(command) => corpus::run(&command),
        Command::Screen(args) => screen::run(&args),
        Command::Eval(EvalCommand::Pii(args)) => eval::run(&args),
    };
    exit.into()
}
