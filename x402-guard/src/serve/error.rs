//! Why the service does not start, or not go on.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use x402_tower::ConfigError;
use x402_tower::policy::PolicyError;
use x402_tower::store::{RedisConnectError, SqliteOpenError};

use crate::fetch::error::{SetupError, UsageError};
use crate::ledger::way_out;

/// Why the service does not start, or not go on. No text quotes a token or a key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    #[error("{path} cannot be read: {source}", path = .path.display())]
    ConfigUnread { path: PathBuf, source: io::Error },
    #[error("{path}: {problem}", path = .path.display())]
    Config { path: PathBuf, problem: String },
    #[error("environment variable {name} is named but not set, or not text")]
    Variable { name: String },
    #[error("environment variable {name}: {problem}")]
    Override { name: &'static str, problem: String },
    #[error("X402_AGENT_MODE is neither pay nor screen")]
    AgentMode,
    #[error("agent {id:?}: {problem}")]
    Agent { id: String, problem: String },
    #[error("egress.allow: {text:?} is no network; write it as 10.1.0.0/16, or a single address")]
    Network { text: String },
    #[error("{name} is no http or https URL without a user name")]
    Url { name: &'static str },
    #[error(
        "an agent has a certificate_sha256, and [tls] has no client_ca: no certificate would be asked for"
    )]
    NoClientCa,
    #[error("[seller] has no upstream; say which server stands behind the guard")]
    NoUpstream,
    #[error(
        "nobody may ask: list [[agents]] in guard.toml, set X402_AGENT_TOKEN, give --upstream, or start with --demo"
    )]
    Nobody,
    #[error("{address} cannot be listened on: {source}; choose another address")]
    Listen {
        address: SocketAddr,
        source: io::Error,
    },
    #[error("{path}: {source}{way_out}", path = .path.display(), way_out = way_out(.source, .path))]
    Ledger {
        path: PathBuf,
        source: SqliteOpenError,
    },
    #[error(
        "{path}: {problem}. Nothing is added behind that, and nothing is paid. See 'x402-guard audit verify {path}'; keep \
         {path} and {path}.head as evidence, in another folder: without both, the service begins a new log",
        path = .path.display()
    )]
    Log { path: PathBuf, problem: String },
    #[error(transparent)]
    Redis(#[from] RedisConnectError),
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error(transparent)]
    Usage(#[from] UsageError),
    #[error(transparent)]
    Policy(#[from] PolicyError),
    #[error(transparent)]
    Guard(#[from] ConfigError),
    #[error("certificates of servers cannot be checked on this machine: {0}")]
    Tls(#[source] io::Error),
    #[error("metrics cannot be recorded: {0}")]
    Metrics(String),
    #[error("the demo's seller cannot start: {0}")]
    Demo(String),
    #[error("the asynchronous runtime cannot start: {0}")]
    Runtime(#[source] io::Error),
}
