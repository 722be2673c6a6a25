//! What the service is told: by the command line, the environment and `guard.toml`, in this order.

mod file;
mod policy;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

pub(crate) use file::{AgentFile, GuardFile, ModeFile, TlsFile};
pub(crate) use policy::PolicySource;

use crate::fetch::key::KeyName;
use crate::serve::args::ServeArgs;
use crate::serve::egress::AddressRule;
use crate::serve::error::ServeError;

/// Everything that is set, with what is not set filled in.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) admin_listen: SocketAddr,
    pub(crate) state_dir: Option<PathBuf>,
    pub(crate) policy: Option<PathBuf>,
    pub(crate) key_name: KeyName,
    pub(crate) admin_token: Option<String>,
    pub(crate) redis: Option<String>,
    pub(crate) namespace: String,
    pub(crate) tls: Option<TlsFile>,
    pub(crate) agents: Vec<AgentFile>,
    /// A single agent's token, from the environment.
    pub(crate) agent_token: Option<String>,
    pub(crate) agent_mode: ModeFile,
    pub(crate) rule: AddressRule,
    pub(crate) seller: Option<SellerSettings>,
    pub(crate) limits: Limits,
    /// Whether an agent is told why it was refused, and not only by which rule.
    pub(crate) explain: bool,
}

/// The seller's position.
#[derive(Debug)]
pub(crate) struct SellerSettings {
    pub(crate) listen: SocketAddr,
    pub(crate) upstream: Url,
    pub(crate) public_origin: Option<Url>,
    pub(crate) facilitator: Option<Url>,
}

/// What nobody may exceed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) connections: usize,
    pub(crate) connect: Duration,
    pub(crate) answer: Duration,
    pub(crate) head: Duration,
    pub(crate) idle_body: Duration,
    pub(crate) drain: Duration,
}

impl Settings {
    /// Reads the file, where there is one, and puts the command line and the environment over it.
    pub(crate) fn read(args: &ServeArgs) -> Result<Self, ServeError> {
        let file = match &args.config {
            Some(path) => read(path)?,
            None => GuardFile::default(),
        };
        let beside = |path: PathBuf| match args.config.as_deref().and_then(Path::parent) {
            Some(folder) => folder.join(path),
            None => path,
        };
        let key_name = args.key_env.clone().or(file.key_env);
        let key_name = key_name.as_deref().unwrap_or("X402_PRIVATE_KEY");
        let seller = match (&args.upstream, file.seller) {
            (None, None) => None,
            (upstream, seller) => Some(SellerSettings::of(
                upstream.as_deref(),
                args.seller_listen,
                seller.unwrap_or_default(),
            )?),
        };
        let from_env = |name: Option<String>, usual: &str| {
            variable(name.as_deref().unwrap_or(usual), name.is_some())
        };
        let redis = match args.redis.clone() {
            None if file.redis.url_env.is_some() => from_env(file.redis.url_env, "")?,
            given => given,
        };
        let limits = file.limits;
        Ok(Self {
            listen: args.listen.or(file.listen).unwrap_or(local(8402)),
            admin_listen: args
                .admin_listen
                .or(file.admin_listen)
                .unwrap_or(local(8403)),
            state_dir: args.state_dir.clone().or(file.state_dir.map(beside)),
            policy: args.policy.clone().or(file.policy.map(beside)),
            key_name: KeyName::read(key_name)?,
            admin_token: from_env(file.admin_token_env, "X402_ADMIN_TOKEN")?,
            redis,
            namespace: file.redis.namespace.unwrap_or_else(|| "x402-guard".into()),
            tls: file.tls.map(|tls| TlsFile {
                certificate: beside(tls.certificate),
                key: beside(tls.key),
                client_ca: tls.client_ca.map(beside),
            }),
            agents: file.agents,
            agent_token: variable("X402_AGENT_TOKEN", false)?,
            agent_mode: match variable("X402_AGENT_MODE", false)?.as_deref() {
                None | Some("pay") => ModeFile::Pay,
                Some("screen") => ModeFile::Screen,
                Some(_) => return Err(ServeError::AgentMode),
            },
            rule: AddressRule::new(&file.egress.allow)?,
            seller,
            limits: Limits {
                connections: limits.connections,
                connect: Duration::from_secs(limits.connect_seconds),
                answer: Duration::from_secs(limits.answer_seconds),
                head: Duration::from_secs(limits.head_seconds),
                idle_body: Duration::from_secs(limits.idle_body_seconds),
                drain: Duration::from_secs(limits.drain_seconds),
            },
            explain: file.explain,
        })
    }
}

impl SellerSettings {
    fn of(
        upstream: Option<&str>,
        listen: Option<SocketAddr>,
        file: file::SellerFile,
    ) -> Result<Self, ServeError> {
        let upstream = upstream
            .map(str::to_owned)
            .or(file.upstream)
            .ok_or(ServeError::NoUpstream)?;
        let origin = |name: &'static str, text: String| {
            let url = Url::parse(&text).map_err(|_| ServeError::Url { name })?;
            let plain = url.has_host() && matches!(url.scheme(), "http" | "https");
            let plain = plain && url.username().is_empty() && url.password().is_none();
            plain.then_some(url).ok_or(ServeError::Url { name })
        };
        Ok(Self {
            listen: listen.or(file.listen).unwrap_or(local(8404)),
            upstream: origin("upstream", upstream)?,
            public_origin: file
                .public_origin
                .map(|text| origin("public_origin", text))
                .transpose()?,
            facilitator: file
                .facilitator
                .map(|text| origin("facilitator", text))
                .transpose()?,
        })
    }
}

fn read(path: &Path) -> Result<GuardFile, ServeError> {
    let text = fs::read_to_string(path).map_err(|source| ServeError::ConfigUnread {
        path: path.to_owned(),
        source,
    })?;
    toml::from_str(&text).map_err(|error| ServeError::Config {
        path: path.to_owned(),
        // The message and the place, without the line itself: it may hold a token.
        problem: format!("{}{}", error.message(), place(&text, error.span())),
    })
}

fn place(text: &str, span: Option<core::ops::Range<usize>>) -> String {
    let before = span.and_then(|span| text.get(..span.start));
    before.map_or_else(String::new, |before| {
        format!(", line {}", before.matches('\n').count().saturating_add(1))
    })
}

/// The text of an environment variable; one that is `named` has to be there.
pub(crate) fn variable(name: &str, named: bool) -> Result<Option<String>, ServeError> {
    match std::env::var(name) {
        Ok(text) if !text.is_empty() => Ok(Some(text)),
        Err(std::env::VarError::NotUnicode(_)) => Err(ServeError::Variable { name: name.into() }),
        _ if named => Err(ServeError::Variable { name: name.into() }),
        _ => Ok(None),
    }
}

const fn local(port: u16) -> SocketAddr {
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}
