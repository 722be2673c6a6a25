//! The policy as a person writes it.

use std::io::Read;
use std::path::Path;

use super::error::{Places, PolicyError, Problems};
use super::read;
use super::rules::Rules;
use crate::context::ResourceMatch;
use crate::money::Usd;

/// Longest policy text, in bytes.
const MAX_TEXT: usize = 1 << 20;

/// A policy as data: what a file says, or what code sets. [`Rules::compile`] checks it and makes it work.
///
/// Field names are the file's keys; amounts are dollars as exact decimals, in numbers or in quotes. Unknown keys,
/// negative amounts and everything else that cannot be right are errors, all reported at once.
///
/// ```
/// use x402_tower::Usd;
/// use x402_tower::policy::{PolicyConfig, Rules};
///
/// let config = PolicyConfig::new()
///     .with_max_per_call(Usd::parse("0.10")?)
///     .with_daily_limit(Usd::parse("5")?)
///     .with_allowed_origins(["https://api.example.com"]);
/// let rules = Rules::compile(&config)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PolicyConfig {
    /// `max_per_call_usd`: most that one payment may cost.
    pub max_per_call: Option<Usd>,
    /// `daily_limit_usd`: most that an agent may spend within [`window_seconds`](Self::window_seconds).
    pub daily_limit: Option<Usd>,
    /// `window_seconds`: the rolling window of `daily_limit_usd` and `per_endpoint`; a day unless set, at most 366 days.
    pub window_seconds: u64,
    /// `agent_id`: whom to count for; 1 to 128 of `A–Z a–z 0–9 . _ - : @ /`.
    pub agent_id: Option<String>,
    /// `[per_endpoint]`: most that an agent may spend within the window at a [`UrlScope`](super::UrlScope).
    pub per_endpoint: Vec<(String, Usd)>,
    /// `allowed_origins`: where an agent may pay at all, as `https://host`.
    pub allowed_origins: Option<Vec<String>>,
    /// `[recipients]`: the addresses that an origin may be paid at, as `eip155:8453/0x…`, or `0x…` for every chain.
    /// Where the table is present, an origin that it does not name may not be paid (attack 46).
    pub recipients: Option<Vec<(String, Vec<String>)>>,
    /// `allowed_assets`: token contracts as `eip155:8453/erc20:0x…` (CAIP-19) or `eip155:8453/0x…`.
    pub allowed_assets: Option<Vec<String>>,
    /// `allowed_networks`: chains as CAIP-2 names them, `eip155:8453`.
    pub allowed_networks: Option<Vec<String>>,
    /// `allowed_schemes`: x402 payment schemes; `exact` unless set.
    pub allowed_schemes: Vec<String>,
    /// `max_authorization_seconds`: longest time that a signed authorization may stay valid (attack 75). 900 unless
    /// set: the official SDKs ask for 60 to 300 seconds and start validity 600 seconds early against clock skew.
    pub max_authorization_seconds: u64,
    /// `resource_match`: how close a challenge's `resource.url` has to be to the URL that was requested (attack 47).
    pub resource_match: ResourceMatch,
    /// `allow_insecure_http`: whether to pay over plain `http` also elsewhere than on this machine (attack 58).
    pub allow_insecure_http: bool,
    /// `[pii]`: how personal data is screened.
    pub pii: Option<PiiSettings>,
    /// `[replay]`: how duplicates are refused.
    pub replay: Option<ReplaySettings>,
    /// `[audit]`: where decisions are written.
    pub audit: Option<AuditSettings>,
    pub(super) places: Places,
}

/// The `[pii]` table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PiiSettings {
    /// `action`: `redact`, `block` or `warn`.
    pub action: Option<String>,
    /// `entities`: names of the kinds of data to look for; all of them where absent.
    pub entities: Option<Vec<String>>,
    /// `mode`: `regex`, the only one there is.
    pub mode: Option<String>,
}

/// The `[replay]` table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ReplaySettings {
    /// `ttl_seconds`: how long a duplicate is remembered.
    pub ttl_seconds: Option<u64>,
    /// `enabled`: whether duplicates are refused.
    pub enabled: Option<bool>,
}

/// The `[audit]` table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct AuditSettings {
    /// `path`: the file.
    pub path: Option<String>,
}

/// How a policy is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyFormat {
    /// TOML 1.0.
    Toml,
    /// JSON.
    Json,
}

impl Default for PolicyConfig {
    fn default() -> Self {
        Self {
            max_per_call: None,
            daily_limit: None,
            window_seconds: 86_400,
            agent_id: None,
            per_endpoint: Vec::new(),
            allowed_origins: None,
            recipients: None,
            allowed_assets: None,
            allowed_networks: None,
            allowed_schemes: vec!["exact".to_owned()],
            max_authorization_seconds: 900,
            resource_match: ResourceMatch::SameOrigin,
            allow_insecure_http: false,
            pii: None,
            replay: None,
            audit: None,
            places: Places {
                name: "code".to_owned(),
                ..Places::default()
            },
        }
    }
}

impl PolicyConfig {
    /// A policy that says nothing but the defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a policy from TOML; `name` stands in error messages.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] with everything that is wrong, also what [`Rules::compile`] would refuse.
    pub fn from_toml(text: &str, name: &str) -> Result<Self, PolicyError> {
        Self::parse(text, PolicyFormat::Toml, name)
    }

    /// Reads a policy from JSON; `name` stands in error messages.
    ///
    /// # Errors
    ///
    /// As [`from_toml`](Self::from_toml).
    pub fn from_json(text: &str, name: &str) -> Result<Self, PolicyError> {
        Self::parse(text, PolicyFormat::Json, name)
    }

    /// Reads a policy; `name` stands in error messages. Takes any text without panicking; at most 1 MiB.
    ///
    /// # Errors
    ///
    /// As [`from_toml`](Self::from_toml).
    pub fn parse(text: &str, format: PolicyFormat, name: &str) -> Result<Self, PolicyError> {
        if text.len() > MAX_TEXT {
            return Err(whole(
                name,
                "config.too_long",
                "the policy is longer than 1 MiB",
                "split it by agent",
            ));
        }
        let (config, problems) = read::config(text, format, name);
        let places = config.places.clone();
        let mut all = Problems::new(&places).and(&problems);
        if let Err(error) = Rules::compile(&config) {
            all = all.and(error.problems());
        }
        all.none()?;
        Ok(config)
    }

    /// Reads a policy from a file whose name ends in `.toml` or `.json`.
    ///
    /// # Errors
    ///
    /// As [`from_toml`](Self::from_toml), and where the file cannot be read.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, PolicyError> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let format = match path.extension().and_then(|extension| extension.to_str()) {
            Some("toml") => PolicyFormat::Toml,
            Some("json") => PolicyFormat::Json,
            _ => {
                return Err(whole(
                    &name,
                    "config.extension",
                    "the file's name tells no format",
                    "end it with .toml or .json",
                ));
            }
        };
        let text = read_text(path).map_err(|error| {
            whole(
                &name,
                "config.unreadable",
                &format!("the file cannot be read ({})", error.kind()),
                "check that it exists, is UTF-8 and may be read",
            )
        })?;
        Self::parse(&text, format, &name)
    }
}

fn read_text(path: &Path) -> std::io::Result<String> {
    let most = u64::try_from(MAX_TEXT).unwrap_or(u64::MAX);
    let mut text = String::new();
    std::fs::File::open(path)?
        .take(most.saturating_add(1))
        .read_to_string(&mut text)?;
    Ok(text)
}

/// A problem with the policy as a whole.
fn whole(name: &str, code: &'static str, message: &str, remedy: &str) -> PolicyError {
    let places = Places {
        name: name.to_owned(),
        ..Places::default()
    };
    let mut problems = Problems::new(&places);
    problems.add(code, "", message, remedy);
    problems.into_error()
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
