//! `ledger accept`.

use std::io::Write;
use std::path::Path;

use x402_tower::audit::{AuditEventType, AuditRecord};
use x402_tower::reconcile::OperatorVerdict;
use x402_tower::store::{SqliteOpenError, SqliteStore};
use x402_tower::{Clock as _, SystemClock};

use crate::exit::Exit;
use crate::fetch::state::StateDir;
use crate::fetch::{log, policy};
use crate::ledger::args::AcceptArgs;
use crate::ledger::error::{LedgerError, UsageError};

/// What to do about a ledger that is refused for what it may have forgotten; nothing where it is refused for anything else.
pub(crate) fn way_out(error: &SqliteOpenError, path: &Path) -> String {
    let seller = path.file_name().is_some_and(|name| name == "seller.sqlite");
    let command = if seller {
        "x402-guard ledger accept --seller --why TEXT"
    } else {
        "x402-guard ledger accept --why TEXT"
    };
    if is_acceptable(error) {
        format!(" (here: '{command}', whose --help says at what price)")
    } else {
        String::new()
    }
}

const fn is_acceptable(error: &SqliteOpenError) -> bool {
    matches!(
        error,
        SqliteOpenError::MarkLost { .. }
            | SqliteOpenError::OlderCopy { .. }
            | SqliteOpenError::Exchanged { .. }
    )
}

/// The reason, without personal data.
pub(super) fn reason(args: &AcceptArgs) -> Result<OperatorVerdict, UsageError> {
    Ok(OperatorVerdict::settled(&args.why)?)
}

pub(super) async fn run(
    args: &AcceptArgs,
    why: OperatorVerdict,
    out: &mut impl Write,
) -> Result<Exit, LedgerError> {
    let state = StateDir::open(args.state_dir.as_deref())?;
    let path = if args.seller {
        state.seller_claims()
    } else {
        state.ledger()
    };
    if !path.exists() {
        return Err(LedgerError::Gone(path));
    }
    let refusal = match SqliteStore::open(&path) {
        Ok(_) => {
            writeln!(
                out,
                "{}: nothing to accept, it is as it was left",
                path.display()
            )?;
            return Ok(Exit::Done);
        }
        Err(error) if is_acceptable(&error) => error,
        Err(source) => return Err(LedgerError::Sqlite { path, source }),
    };
    let policy = policy::written(args.policy.as_deref(), &state)?.unwrap_or_default();
    let log = log::open(&policy, &state).await?;
    let now = SystemClock::new().now().ok_or(LedgerError::NoClock)?;
    let mut record = AuditRecord::new(AuditEventType::LedgerAccepted, now.as_millis())
        .code(refusal.code())
        .reason(if args.seller { "seller" } else { "ledger" })
        .note(why.why());
    for entity in why.redacted() {
        record = record.pii_entity(*entity, 1);
    }
    log.write(&record)?;
    let accepted = SqliteStore::options()
        .dangerous_accept_older_copy()
        .open(&path);
    accepted.map_err(|source| LedgerError::Sqlite {
        path: path.clone(),
        source,
    })?;
    writeln!(
        out,
        "{}: accepted as it is; compare it with the audit log, and lower the limits by what is missing",
        path.display()
    )?;
    Ok(Exit::Done)
}
