//! `ledger reconcile`.

use std::io::Write;
use std::sync::Arc;

use serde::Serialize;
use x402_tower::evm::JsonRpcOracle;
use x402_tower::reconcile::{ReconcileReport, Reconciler};
use x402_tower::{ChainId, SystemClock};

use crate::exit::Exit;
use crate::ledger::args::ReconcileArgs;
use crate::ledger::books::Books;
use crate::ledger::error::{LedgerError, UsageError};
use crate::ledger::print::json;

/// At most so many payments are looked up in one run, and so many at once.
const LOOKUPS: usize = 4096;
const AT_ONCE: usize = 8;

#[derive(Debug, Serialize)]
struct Outcome {
    looked: u64,
    settled: u64,
    released: u64,
    left: u64,
    failed: u64,
    first_failure: Option<&'static str>,
}

/// The nodes that are named.
pub(super) fn oracle(args: &ReconcileArgs) -> Result<JsonRpcOracle, UsageError> {
    let mut oracle = JsonRpcOracle::new()?.block(args.block.into());
    let named = args.rpc.iter().filter(|rpc| !rpc.is_empty());
    let mut is_empty = true;
    for rpc in named {
        let (chain, url) = rpc.split_once('=').ok_or(UsageError::Endpoint)?;
        oracle = oracle.endpoint(&ChainId::parse(chain)?, url)?;
        is_empty = false;
    }
    if is_empty {
        return Err(UsageError::NoEndpoint);
    }
    Ok(oracle)
}

pub(super) async fn run(
    args: &ReconcileArgs,
    oracle: JsonRpcOracle,
    out: &mut impl Write,
) -> Result<Exit, LedgerError> {
    let books = Books::open(&args.ledger.books).await?;
    let log = books.log(args.policy.as_deref()).await?;
    let reconciler = Reconciler::new(books.ledger, Arc::new(SystemClock::new()))
        .with_oracle(Arc::new(oracle))
        .with_signed_payments(books.signed_payments)
        .with_audit(log)
        .lookups(LOOKUPS, AT_ONCE);
    let report = reconciler.run_once().await?;
    let ReconcileReport {
        looked,
        settled,
        released,
        left,
        failed,
        first_failure,
        ..
    } = report;
    if args.ledger.json {
        let outcome = Outcome {
            looked,
            settled,
            released,
            left,
            failed,
            first_failure,
        };
        json(out, &outcome)?;
    } else {
        writeln!(out, "looked at {looked} open payments")?;
        for (count, became) in [
            (settled, "settled: the chain says that they were"),
            (
                released,
                "released: they can never be settled, and count no longer",
            ),
            (left, "left open: nothing certain is known yet"),
        ] {
            writeln!(out, "{count:>8} {became}")?;
        }
        if let Some(code) = first_failure {
            writeln!(
                out,
                "{failed:>8} failed, the first with {code}, and stay open"
            )?;
        }
    }
    Ok(match (failed, left) {
        (0, 0) => Exit::Done,
        (0, _) => Exit::Unfinished,
        _ => Exit::Failed,
    })
}
