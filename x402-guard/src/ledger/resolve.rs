//! `ledger resolve`.

use std::io::Write;
use std::sync::Arc;

use serde::Serialize;
use x402_tower::SystemClock;
use x402_tower::reconcile::{OperatorVerdict, ReconcileError, Reconciler};
use x402_tower::store::Resolution;

use crate::exit::Exit;
use crate::ledger::args::ResolveArgs;
use crate::ledger::books::{Books, IdPrefix};
use crate::ledger::error::{LedgerError, UsageError};
use crate::ledger::print::json;
use crate::shown::note;

/// What is to be resolved, read and checked.
pub(super) struct Order {
    id: IdPrefix,
    verdict: OperatorVerdict,
}

#[derive(Debug, Serialize)]
struct Resolved {
    id: String,
    was: &'static str,
    is: &'static str,
    usd: String,
    why: String,
}

impl Order {
    pub(super) fn read(args: &ResolveArgs) -> Result<Self, UsageError> {
        let resolution = Resolution::from(args.resolution);
        let mut verdict = OperatorVerdict::new(resolution, &args.why)?;
        if args.force {
            if resolution != Resolution::Released {
                return Err(UsageError::Force);
            }
            verdict = verdict.although_it_may_settle();
        }
        Ok(Self {
            id: IdPrefix::read(&args.id)?,
            verdict,
        })
    }
}

pub(super) async fn run(
    args: &ResolveArgs,
    order: Order,
    out: &mut impl Write,
) -> Result<Exit, LedgerError> {
    let books = Books::open(&args.ledger.books).await?;
    let id = books.find(&order.id).await?;
    let log = books.log(args.policy.as_deref()).await?;
    let reconciler = Reconciler::new(books.ledger, Arc::new(SystemClock::new()))
        .with_signed_payments(books.signed_payments)
        .with_audit(log);
    let was = match reconciler.resolve(id, &order.verdict).await {
        Ok(was) => was,
        Err(error @ ReconcileError::MaySettle { .. }) => {
            note(format_args!(
                "{error}; --force does that, and its --help says at what price"
            ));
            return Ok(Exit::Denied);
        }
        Err(error) => return Err(error.into()),
    };
    let resolution = order.verdict.resolution();
    if args.ledger.json {
        let resolved = Resolved {
            id: id.to_string(),
            was: was.state.as_str(),
            is: resolution.as_str(),
            usd: was.counted.to_string(),
            why: order.verdict.why().to_owned(),
        };
        json(out, &resolved)?;
    } else {
        let (is, usd) = (resolution.as_str(), was.counted);
        let counts = match resolution {
            Resolution::Released => "count no longer",
            _ => "stay counted",
        };
        writeln!(out, "{id} is {is}: its {usd} USD {counts}")?;
    }
    Ok(Exit::Done)
}
