//! Why a command about the ledger failed.

use std::io;
use std::path::PathBuf;

use x402_tower::NetworkError;
use x402_tower::audit::AuditError;
use x402_tower::evm::EndpointError;
use x402_tower::policy::PolicyError;
use x402_tower::reconcile::{ReconcileError, VerdictError};
use x402_tower::store::{RedisConnectError, SqliteOpenError, StoreError};

use crate::fetch::error::SetupError;
use crate::ledger::accept::way_out;

/// A command line that cannot be right. No text quotes what was given: it may hold secrets.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UsageError {
    #[error(
        "the id is not one; write 8 to 32 hexadecimal digits, as 'x402-guard ledger show' prints them"
    )]
    Id,
    #[error("--why: {0}")]
    Why(#[from] VerdictError),
    #[error("no endpoint is named; write --rpc eip155:8453=https://host/path, or set X402_RPC")]
    NoEndpoint,
    #[error("--rpc takes a chain and a URL, as eip155:8453=https://host/path")]
    Endpoint,
    #[error("--rpc: {0}")]
    Chain(#[from] NetworkError),
    #[error("--rpc: {0}")]
    Node(#[from] EndpointError),
    #[error("--force is for --as released: what was settled may be said at any time")]
    Force,
}

/// Why the ledger was not read or changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LedgerError {
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error("there is no ledger at {path}; name its directory with --state-dir", path = .0.display())]
    Missing(PathBuf),
    #[error(
        "there is no ledger at {path} to accept; put it back. Where it is lost for good, move {path}.mark away as well: \
         a new one is made, every limit begins anew, and what was paid may be paid again",
        path = .0.display()
    )]
    Gone(PathBuf),
    #[error("{path}: {source}{way_out}", path = .path.display(), way_out = way_out(.source, .path))]
    Sqlite {
        path: PathBuf,
        source: SqliteOpenError,
    },
    #[error(transparent)]
    Log(#[from] AuditError),
    #[error(transparent)]
    Redis(#[from] RedisConnectError),
    #[error("the ledger cannot be read: {0}")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Reconcile(#[from] ReconcileError),
    #[error("no payment on the books begins with {0}; 'x402-guard ledger show' lists them")]
    NoSuchPayment(String),
    #[error("several payments begin with {0}; write more of the id")]
    Ambiguous(String),
    #[error("the system's clock cannot tell the time")]
    NoClock,
    #[error("the result cannot be printed: {0}")]
    Print(#[from] io::Error),
}

impl From<PolicyError> for LedgerError {
    fn from(error: PolicyError) -> Self {
        Self::Setup(error.into())
    }
}
