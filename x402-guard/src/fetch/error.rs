//! Why a request was never sent, or its answer not passed on.

use std::io;
use std::path::PathBuf;

use x402_tower::ConfigError;
use x402_tower::audit::AuditError;
use x402_tower::evm::EvmError;
use x402_tower::policy::PolicyError;
use x402_tower::replay::FingerprintKeyError;
use x402_tower::store::{RedisConnectError, SqliteOpenError};
use x402_tower_reqwest::BuildError;

use crate::fetch::body::MAX_JSON_BODY_BYTES;
use crate::fetch::log::LOCK_WAIT_SECONDS;
use crate::ledger::way_out;

/// A command line that cannot be right. No text quotes what was given: it may hold secrets and personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UsageError {
    #[error("the URL is not one; write it in full, as https://host/path")]
    Url,
    #[error("the URL is neither http nor https; only those can be fetched")]
    Scheme,
    #[error("the method is not a token of HTTP; write it as GET or POST")]
    Method,
    #[error("a header is not written as 'Name: value', or has characters that no header may have")]
    Header,
    #[error("the idempotency key must have 1 to 256 visible ASCII characters")]
    IdempotencyKey,
    #[error("--key-env takes the name of an environment variable: letters, digits and _")]
    KeyName,
    #[error(
        "--key-env was given a private key in place of a variable's name; command lines are seen by others and \
         kept in histories: move the money to a new key, and put that one into an environment variable"
    )]
    KeyOnCommandLine,
}

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SetupError {
    #[error(
        "no state directory: neither HOME nor XDG_STATE_HOME is set; name one with --state-dir"
    )]
    NoStateDir,
    #[error("the state directory {path} cannot be used: {source}; name another with --state-dir", path = .path.display())]
    StateDir { path: PathBuf, source: io::Error },
    #[error(
        "other users can write to the state directory {path} (mode {mode:03o}), so that its policy and log prove \
         nothing; run chmod 700 on it",
        path = .path.display()
    )]
    OpenStateDir { path: PathBuf, mode: u32 },
    #[error(transparent)]
    Policy(#[from] PolicyError),
    #[error("environment variable {name}: {source}; nothing was sent")]
    Key { name: String, source: EvmError },
    #[error("{path}: {source}", path = .path.display())]
    Audit { path: PathBuf, source: AuditError },
    #[error("environment variable X402_CHAIN_KEY: {0}")]
    ChainKey(#[source] AuditError),
    #[error(
        "environment variable X402_FINGERPRINT_KEY, or {path} where it is not set: {source}; nothing was sent",
        path = .path.display()
    )]
    FingerprintKey {
        path: PathBuf,
        source: FingerprintKeyError,
    },
    #[error("{path}: {source}{way_out}; nothing was sent", path = .path.display(), way_out = way_out(.source, .path))]
    Ledger {
        path: PathBuf,
        source: SqliteOpenError,
    },
    #[error(transparent)]
    Redis(#[from] RedisConnectError),
    #[error(
        "{path} has been kept by another process for {LOCK_WAIT_SECONDS} s; nothing was sent: wait for that process to \
         end, or give this run its own --state-dir",
        path = .path.display()
    )]
    Busy { path: PathBuf },
    #[error(transparent)]
    Guard(#[from] ConfigError),
    #[error(transparent)]
    Client(#[from] BuildError),
    #[error("the data cannot be read from {from}: {source}; nothing was sent")]
    Data { from: String, source: io::Error },
    #[error(
        "the data is longer than 1 MiB; nothing was sent, because a request that is paid for has to be sent twice"
    )]
    LongData,
    #[error("the asynchronous runtime cannot start: {0}")]
    Runtime(#[source] io::Error),
}

/// Why an answer was not passed on whole.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeliveryError {
    #[error("the answer broke off: {0}")]
    Broken(String),
    #[error("the answer cannot be written to standard output: {0}")]
    Output(#[source] io::Error),
    #[error(
        "the answer is longer than {} MiB, the most that --json holds; leave --json out to stream it",
        MAX_JSON_BODY_BYTES / 1024 / 1024
    )]
    TooLong,
}
