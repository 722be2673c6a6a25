//! `x402-guard policy`: a policy checked, explained and tested before it holds.

pub(crate) mod args;
mod bench;
mod cases;
mod check;
mod explain;
pub(crate) mod print;
pub(crate) mod question;
mod test;

use std::io::{self, Write};

use tokio::runtime;
use x402_tower::policy::json_schema;

use crate::exit::Exit;
use crate::policy::args::PolicyCommand;
use crate::shown::note;

/// Runs one of the commands.
pub(crate) fn run(command: &PolicyCommand) -> Exit {
    let mut out = Vec::new();
    let exit = match command {
        PolicyCommand::Check(args) => check::run(args, &mut out),
        PolicyCommand::Schema => write!(out, "{}", json_schema()).map(|()| Exit::Done),
        PolicyCommand::Explain(args) => waiting(explain::run(args, &mut out)),
        PolicyCommand::Test(args) => waiting(test::run(args, &mut out)),
    };
    let mut stdout = io::stdout().lock();
    let printed = exit.and_then(|exit| {
        stdout.write_all(&out)?;
        stdout.flush()?;
        Ok(exit)
    });
    printed.unwrap_or_else(|error| {
        note(format_args!("the result cannot be printed: {error}"));
        Exit::Failed
    })
}

/// Nothing here waits for anything but memory.
fn waiting(command: impl Future<Output = io::Result<Exit>>) -> io::Result<Exit> {
    let runtime = runtime::Builder::new_current_thread().build()?;
    runtime.block_on(command)
}
