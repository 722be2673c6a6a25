//! `x402-guard ledger`: payments on the books, and what became of them.

mod accept;
pub(crate) mod args;
mod books;
mod error;
mod list;
mod print;
mod reconcile;
mod resolve;
mod table;

use std::io::{self, Write};

use tokio::runtime;

pub(crate) use accept::way_out;

use crate::exit::Exit;
use crate::fetch::error::SetupError;
use crate::ledger::args::LedgerCommand;
use crate::ledger::error::{LedgerError, UsageError};
use crate::shown::{Causes, note};

/// Runs one of the commands.
pub(crate) fn run(command: &LedgerCommand) -> Exit {
    let mut out = Vec::new();
    let ended = match command {
        LedgerCommand::Show(args) => waiting(list::show(args, &mut out)),
        LedgerCommand::Unknown(args) => waiting(list::unknown(args, &mut out)),
        LedgerCommand::Resolve(args) => match resolve::Order::read(args) {
            Ok(order) => waiting(resolve::run(args, order, &mut out)),
            Err(error) => return misused(&error),
        },
        LedgerCommand::Reconcile(args) => match reconcile::oracle(args) {
            Ok(oracle) => waiting(reconcile::run(args, oracle, &mut out)),
            Err(error) => return misused(&error),
        },
        LedgerCommand::Accept(args) => match accept::reason(args) {
            Ok(why) => waiting(accept::run(args, why, &mut out)),
            Err(error) => return misused(&error),
        },
    };
    let printed = ended.and_then(|exit| {
        let mut stdout = io::stdout().lock();
        stdout.write_all(&out)?;
        stdout.flush()?;
        Ok(exit)
    });
    printed.unwrap_or_else(|error| {
        note(Causes(&error));
        Exit::Failed
    })
}

fn misused(error: &UsageError) -> Exit {
    note(format_args!("{error}\nSee 'x402-guard ledger --help'."));
    Exit::Usage
}

fn waiting(command: impl Future<Output = Result<Exit, LedgerError>>) -> Result<Exit, LedgerError> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(SetupError::Runtime)?;
    runtime.block_on(command)
}
