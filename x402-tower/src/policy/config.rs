//! The policy as a person writes it.

use super::choice::RecipientPinning;
use super::deny_list::DenyList;
use super::error::Places;
use super::settings::{AuditSettings, LimitSettings, MpaSettings, PiiSettings, ReplaySettings};
use crate::context::ResourceMatch;
use crate::control::Mode;
use crate::money::Usd;

/// A policy as data: what a file says, or what code sets.
///
/// [`Rules::compile`](super::Rules::compile) checks it and makes it work. Field names are the file's keys; amounts are
/// dollars as exact decimals, in numbers or in quotes. Unknown keys,
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
    /// `distributed`: whether other processes spend from the same budgets, so that a store which they cannot share is
    /// refused (attack 67).
    pub distributed: bool,
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
    /// `denied_recipients_file`: a file with one such address a line, kept by somebody else and read with the policy
    /// (attack 64). Its path is that from the policy's own folder; only a policy that is read from a file can name one.
    pub denied_recipients_file: Option<String>,
    /// `denied_recipients_max_age_days`: how long that file may have been unchanged before a warning is logged.
    pub denied_recipients_max_age_days: Option<u64>,
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
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(super) deny_list: Option<DenyList>,
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
            distributed: false,
            mode: Mode::Enforce,
            allowed_origins: None,
            recipients: None,
            allowed_assets: None,
            allowed_networks: None,
            allowed_schemes: vec!["exact".to_owned()],
            denied_origins: Vec::new(),
            denied_recipients: Vec::new(),
            denied_recipients_file: None,
            denied_recipients_max_age_days: None,
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
            deny_list: None,
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
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
