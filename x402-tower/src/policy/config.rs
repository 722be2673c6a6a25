//! The policy as a person writes it.

use std::io::Read;
use std::path::Path;

use super::choice::RecipientPinning;
use super::error::{Places, PolicyError, Problems};
use super::read;
use super::rules::Rules;
use super::settings::{AuditSettings, LimitSettings, MpaSettings, PiiSettings, ReplaySettings};
use crate::context::ResourceMatch;
use crate::control::Mode;
use crate::money::Usd;

/// Longest policy text, in bytes.
const MAX_TEXT: usize = 1 << 20;

/// A policy as data: what a file says, or what code sets.
///
/// [`Rules::compile`] checks it and makes it work. Field names are the file's keys; amounts are dollars as exact decimals, in numbers or in quotes. Unknown keys,
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields, default))]
#[non_exhaustive]
pub struct PolicyConfig {
    /// `max_per_call_usd`: most that one payment may cost.
    #[cfg_attr(feature = "schema", schemars(rename = "max_per_call_usd"))]
    pub max_per_call: Option<Usd>,
    /// `daily_limit_usd`: most that an agent may spend within [`window_seconds`](Self::window_seconds).
    #[cfg_attr(feature = "schema", schemars(rename = "daily_limit_usd"))]
    pub daily_limit: Option<Usd>,
    /// `window_seconds`: the rolling window of `daily_limit_usd` and `per_endpoint`; a day unless set, at most 366 days.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 31_622_400)))]
    pub window_seconds: u64,
    /// `agent_id`: whom to count for; 1 to 128 of `A–Z a–z 0–9 . _ - : @ /`.
    #[cfg_attr(
        feature = "schema",
        schemars(length(min = 1, max = 128), regex(pattern = "^[A-Za-z0-9._:@/-]+$"))
    )]
    pub agent_id: Option<String>,
    /// `[per_endpoint]`: most that an agent may spend within the window at a URL
    /// [scope](super::UrlScope), `https://host` or `https://host/path`.
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Table<Usd>"))]
    pub per_endpoint: Vec<(String, Usd)>,
    /// `[[limits]]`: further limits, each with its own window, that all hold at once.
    #[cfg_attr(feature = "schema", schemars(length(max = 32)))]
    pub limits: Vec<LimitSettings>,
    /// `first_contact_cap_usd`: most that the first payment to an address may cost that its origin has not been paid at
    /// before (attack 48).
    #[cfg_attr(feature = "schema", schemars(rename = "first_contact_cap_usd"))]
    pub first_contact_cap: Option<Usd>,
    /// `recipient_pinning`: whether an origin may change the address that it is paid at (attack 46).
    pub recipient_pinning: RecipientPinning,
    /// `max_quote_drift_percent`: most that a price may rise above the one first quoted for the same endpoint within
    /// [`quote_drift_window_seconds`](Self::quote_drift_window_seconds), in percent of that (attack 19).
    pub max_quote_drift_percent: Option<u64>,
    /// `quote_drift_window_seconds`: how long a first quote is held against later ones; a day unless set.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 31_622_400)))]
    pub quote_drift_window_seconds: u64,
    /// `allow_zero_amount`: whether to sign for nothing. Such a signature probes whether an agent pays (attack 9), and
    /// what costs nothing needs none.
    pub allow_zero_amount: bool,
    /// `kill_switch`: whether every payment is refused.
    pub kill_switch: bool,
    /// `mode`: whether decisions of the policy hold.
    pub mode: Mode,
    /// `allowed_origins`: where an agent may pay at all, as `https://host`.
    pub allowed_origins: Option<Vec<String>>,
    /// `[recipients]`: the addresses that an origin may be paid at, as `eip155:8453/0x…`, or `0x…` for every chain.
    /// Where the table is present, an origin that it does not name may not be paid (attack 46).
    #[cfg_attr(
        feature = "schema",
        schemars(with = "super::schema::Table<Vec<String>>")
    )]
    pub recipients: Option<Vec<(String, Vec<String>)>>,
    /// `allowed_assets`: token contracts as `eip155:8453/erc20:0x…` (CAIP-19) or `eip155:8453/0x…`.
    pub allowed_assets: Option<Vec<String>>,
    /// `allowed_networks`: chains as CAIP-2 names them, `eip155:8453`.
    pub allowed_networks: Option<Vec<String>>,
    /// `allowed_schemes`: x402 payment schemes; `exact` unless set.
    pub allowed_schemes: Vec<String>,
    /// `denied_origins`: where an agent never pays. What is denied is denied also where it is allowed.
    pub denied_origins: Vec<String>,
    /// `denied_recipients`: addresses that are never paid, whoever asks, as in [`recipients`](Self::recipients)
    /// (attack 64).
    pub denied_recipients: Vec<String>,
    /// `denied_assets`: token contracts that are never paid in.
    pub denied_assets: Vec<String>,
    /// `denied_networks`: chains that are never paid on.
    pub denied_networks: Vec<String>,
    /// `denied_schemes`: x402 payment schemes that are never used.
    pub denied_schemes: Vec<String>,
    /// `max_authorization_seconds`: longest time that a signed authorization may stay valid (attack 75). 900 unless
    /// set: the official SDKs ask for 60 to 300 seconds and start validity 600 seconds early against clock skew.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
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
    /// `[mpa]`: which payments need approvals.
    pub mpa: Option<MpaSettings>,
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(super) places: Places,
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
            limits: Vec::new(),
            first_contact_cap: None,
            recipient_pinning: RecipientPinning::Off,
            max_quote_drift_percent: None,
            quote_drift_window_seconds: 86_400,
            allow_zero_amount: false,
            kill_switch: false,
            mode: Mode::Enforce,
            allowed_origins: None,
            recipients: None,
            allowed_assets: None,
            allowed_networks: None,
            allowed_schemes: vec!["exact".to_owned()],
            denied_origins: Vec::new(),
            denied_recipients: Vec::new(),
            denied_assets: Vec::new(),
            denied_networks: Vec::new(),
            denied_schemes: Vec::new(),
            max_authorization_seconds: 900,
            resource_match: ResourceMatch::SameOrigin,
            allow_insecure_http: false,
            pii: None,
            replay: None,
            audit: None,
            mpa: None,
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

    /// The line that a key stands on, such as `max_per_call_usd` or `pii.action`, in the file that was read.
    #[must_use]
    pub fn line_of(&self, key: &str) -> Option<usize> {
        self.places.lines.get(key).copied()
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
        let mut all = Problems::of(&places, problems);
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
