//! The command line of `serve`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

const NOTES: &str = "\
Agents ask through it in one of three ways, each with a token that says who they are:
  HTTP_PROXY=http://agent:TOKEN@127.0.0.1:8402          for http:// URLs
  http://127.0.0.1:8402/https/api.example.com/report    with X-X402-Agent-Token: TOKEN
  X-X402-Target: https://api.example.com                the same, by a header
A proxy's CONNECT is refused: payments inside a tunnel could not be seen.

What is set where: the command line, else the environment, else guard.toml, else the default. The policy may be \
overridden by X402_AGENT_ID, X402_MAX_PER_CALL_USD, X402_DAILY_LIMIT_USD, X402_WINDOW_SECONDS, X402_PII_ACTION, \
X402_PII_DETECTOR and X402_REPLAY_TTL_SECONDS. X402_AGENT_TOKEN adds one agent without a file.

Signals: SIGHUP loads the policy again; SIGTERM and SIGINT take no new connections and let payments under way come to \
their end.

--demo brings a seller, play money and a throwaway key: nothing else is needed.

Exit codes:
   0  stopped when asked to
   1  it could not start, or not go on
   2  the command line cannot be right";

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

#[derive(Args)]
#[command(after_help = NOTES)]
pub(crate) struct ServeArgs {
    /// Agents, addresses, egress and the seller position, a .toml file
    #[arg(long, value_name = "FILE", env = "X402_CONFIG", hide_env_values = true)]
    pub(crate) config: Option<PathBuf>,
    /// The spending policy, a .toml or .json file
    #[arg(long, value_name = "FILE", env = "X402_POLICY", hide_env_values = true)]
    pub(crate) policy: Option<PathBuf>,
    /// Where agents ask; 127.0.0.1:8402 unless set
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "X402_LISTEN",
        hide_env_values = true
    )]
    pub(crate) listen: Option<SocketAddr>,
    /// Where /health, /ready, /version, /metrics and the switches are; 127.0.0.1:8403 unless set
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "X402_ADMIN_LISTEN",
        hide_env_values = true
    )]
    pub(crate) admin_listen: Option<SocketAddr>,
    /// Where the ledger, the audit log and their keys are kept
    #[arg(
        long,
        value_name = "DIR",
        env = "X402_STATE_DIR",
        hide_env_values = true
    )]
    pub(crate) state_dir: Option<PathBuf>,
    /// A Redis or Valkey server in place of the state directory's ledger
    #[arg(
        long,
        value_name = "URL",
        env = "X402_REDIS_URL",
        hide_env_values = true
    )]
    pub(crate) redis: Option<String>,
    /// The environment variable that holds the private key to pay with, in hexadecimal
    #[arg(long, value_name = "NAME")]
    pub(crate) key_env: Option<String>,
    /// Stand in front of this server, in the seller's position
    #[arg(
        long,
        value_name = "URL",
        env = "X402_UPSTREAM",
        hide_env_values = true
    )]
    pub(crate) upstream: Option<String>,
    /// Where buyers ask that server; 127.0.0.1:8404 unless set
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "X402_SELLER_LISTEN",
        hide_env_values = true
    )]
    pub(crate) seller_listen: Option<SocketAddr>,
    /// Start with a seller on this machine, play money and a throwaway key
    #[arg(long, conflicts_with_all = ["config", "upstream", "key_env", "redis"])]
    pub(crate) demo: bool,
    /// How log lines are written
    #[arg(long, value_enum, default_value_t = LogFormat::Text, env = "X402_LOG_FORMAT")]
    pub(crate) log_format: LogFormat,
}

/// The command line of `health`.
#[derive(Args)]
pub(crate) struct HealthArgs {
    /// Where /ready is asked
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "X402_ADMIN_LISTEN",
        default_value = "127.0.0.1:8403",
        hide_env_values = true
    )]
    pub(crate) admin_listen: SocketAddr,
}
