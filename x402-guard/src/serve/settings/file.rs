//! `guard.toml`, as it is written.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;

/// The whole file. Unknown keys are errors: a misspelt one would silently protect nothing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct GuardFile {
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) admin_listen: Option<SocketAddr>,
    pub(crate) state_dir: Option<PathBuf>,
    pub(crate) policy: Option<PathBuf>,
    pub(crate) key_env: Option<String>,
    pub(crate) admin_token_env: Option<String>,
    /// Tells agents why they were refused, and not only by which rule.
    pub(crate) explain: bool,
    pub(crate) redis: RedisFile,
    pub(crate) tls: Option<TlsFile>,
    pub(crate) agents: Vec<AgentFile>,
    pub(crate) egress: EgressFile,
    pub(crate) seller: Option<SellerFile>,
    pub(crate) limits: LimitsFile,
}

impl Default for GuardFile {
    fn default() -> Self {
        Self {
            listen: None,
            admin_listen: None,
            state_dir: None,
            policy: None,
            key_env: None,
            admin_token_env: None,
            explain: true,
            redis: RedisFile::default(),
            tls: None,
            agents: Vec::new(),
            egress: EgressFile::default(),
            seller: None,
            limits: LimitsFile::default(),
        }
    }
}

/// `[redis]`.
#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RedisFile {
    /// The variable that holds the address: it may hold a password.
    pub(crate) url_env: Option<String>,
    pub(crate) namespace: Option<String>,
}

/// `[tls]`: PEM files.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TlsFile {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
    /// Who issues the certificates of agents; without it none is asked for.
    pub(crate) client_ca: Option<PathBuf>,
}

/// An entry of `[[agents]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgentFile {
    pub(crate) id: String,
    /// The variable that holds the agent's token. Either this, `token_sha256` or `certificate_sha256`.
    pub(crate) token_env: Option<String>,
    /// SHA-256 of the token, in hexadecimal.
    pub(crate) token_sha256: Option<String>,
    /// SHA-256 of the agent's certificate (of its DER form), in hexadecimal; needs `[tls]` with `client_ca`.
    pub(crate) certificate_sha256: Option<String>,
    #[serde(default)]
    pub(crate) mode: ModeFile,
}

/// Who signs for an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ModeFile {
    /// The guard, with its own key.
    #[default]
    Pay,
    /// The agent itself; the guard looks at what it signs.
    Screen,
}

/// `[egress]`.
#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EgressFile {
    /// Networks that may be reached although they are private, as `10.1.0.0/16`.
    pub(crate) allow: Vec<String>,
}

/// `[seller]`.
#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SellerFile {
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) upstream: Option<String>,
    pub(crate) public_origin: Option<String>,
    pub(crate) facilitator: Option<String>,
}

/// `[limits]`: connections, and seconds.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LimitsFile {
    /// Connections at once; further ones wait.
    pub(crate) connections: usize,
    pub(crate) connect_seconds: u64,
    /// Until the head of an answer has to be there.
    pub(crate) answer_seconds: u64,
    /// Until the head of a request has to be there.
    pub(crate) head_seconds: u64,
    /// How long a body may stand still, and a client take nothing of what it is sent.
    pub(crate) idle_body_seconds: u64,
    /// How long payments under way may take once the process is asked to stop.
    pub(crate) drain_seconds: u64,
}

impl Default for LimitsFile {
    fn default() -> Self {
        Self {
            connections: 4096,
            connect_seconds: 10,
            answer_seconds: 120,
            head_seconds: 15,
            idle_body_seconds: 300,
            drain_seconds: 30,
        }
    }
}
