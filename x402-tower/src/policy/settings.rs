//! What a policy says of the other controls, as plain data.

use core::fmt;

use super::choice::{
    ApproverMode, AuditSync, DetectorKind, FindingAction, LimitPer, OutgoingAction,
};
use super::pii::{AllowSettings, OperatorSettings, RecognizerSettings};
use crate::control::Mode;
use crate::money::Usd;
use crate::secret_text::variable_to_show;

/// An entry of `[[limits]]`: how much, or how often, within a rolling window.
///
/// ```
/// use x402_tower::Usd;
/// use x402_tower::policy::{LimitPer, LimitSettings, PolicyConfig, Rules};
///
/// let hourly = LimitSettings::amount(Usd::parse("1.00")?, 3600, [LimitPer::Agent, LimitPer::Recipient]);
/// let burst = LimitSettings::count(10, 60, [LimitPer::Origin]);
/// let config = PolicyConfig::new().with_limit(hourly).with_limit(burst);
/// assert!(Rules::compile(&config).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields, transform = super::schema::either_amount_or_count))]
#[non_exhaustive]
pub struct LimitSettings {
    /// `window_seconds`: the rolling window, at most 366 days.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 31_622_400)))]
    pub window_seconds: u64,
    /// `amount_usd`: the most that may be spent within the window. Either this or `count`.
    #[cfg_attr(feature = "schema", schemars(rename = "amount_usd"))]
    pub amount: Option<Usd>,
    /// `count`: the most payments within the window. Either this or `amount_usd`.
    pub count: Option<u64>,
    /// `per`: what is counted apart; every combination of these has a window of its own. An empty list counts
    /// everything together.
    #[cfg_attr(feature = "schema", schemars(extend("uniqueItems" = true)))]
    pub per: Vec<LimitPer>,
    /// `endpoint`: counts only what lies in this [scope](super::UrlScope), `https://host` or `https://host/path`.
    pub endpoint: Option<String>,
}

impl LimitSettings {
    /// At most `most` within the window, for each combination of `per`.
    #[must_use]
    pub fn amount(most: Usd, window_seconds: u64, per: impl IntoIterator<Item = LimitPer>) -> Self {
        Self {
            window_seconds,
            amount: Some(most),
            count: None,
            per: per.into_iter().collect(),
            endpoint: None,
        }
    }

    /// At most `most` payments within the window, for each combination of `per`.
    #[must_use]
    pub fn count(most: u64, window_seconds: u64, per: impl IntoIterator<Item = LimitPer>) -> Self {
        Self {
            window_seconds,
            amount: None,
            count: Some(most),
            per: per.into_iter().collect(),
            endpoint: None,
        }
    }

    /// Counts only what lies in a [`UrlScope`](super::UrlScope).
    #[must_use]
    pub fn at(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }
}

/// The `[pii]` table: how personal data is screened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields, default))]
#[non_exhaustive]
pub struct PiiSettings {
    /// `mode`: whether decisions hold.
    pub mode: Mode,
    /// `action`: what happens to challenges and payments with personal data; `redact` unless set.
    pub action: Option<FindingAction>,
    /// `secrets`: what happens to challenges, payments and screened requests with a private key, a recovery phrase, a token
    /// or another key in them; `block` unless set, whatever `action` says.
    pub secrets: Option<FindingAction>,
    /// `entities`: names of the kinds of data to look for; all of them where absent.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub entities: Option<Vec<String>>,
    /// `detector`: how data is found; `regex` unless set.
    pub detector: DetectorKind,
    /// `min_score`: how sure a finding has to be, in percent; 0 unless set.
    #[cfg_attr(feature = "schema", schemars(range(max = 100)))]
    pub min_score: Option<u64>,
    /// `spelled_emails`: whether `alice(at)example[dot]com` is an address; it is unless set.
    pub spelled_emails: Option<bool>,
    /// `template`: what stands where data was; `<REDACTED>` unless set. `{entity_type}` in it becomes the kind.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 128)))]
    pub template: Option<String>,
    /// `[[pii.operators]]`: what else is done with some kinds of data, or all.
    pub operators: Vec<OperatorSettings>,
    /// `[[pii.recognizers]]`: kinds of data of one's own.
    #[cfg_attr(feature = "schema", schemars(length(max = 64)))]
    pub recognizers: Vec<RecognizerSettings>,
    /// `[[pii.allow]]`: what is found and may stay.
    #[cfg_attr(feature = "schema", schemars(length(max = 256)))]
    pub allow: Vec<AllowSettings>,
    /// `urls`: what happens to outgoing requests with personal data in their URL.
    pub urls: OutgoingAction,
    /// `headers`: what happens to outgoing requests with personal data in one of `header_names`.
    pub headers: OutgoingAction,
    /// `body`: what happens to outgoing requests with personal data in their JSON body.
    pub body: OutgoingAction,
    /// `header_names`: the headers of outgoing requests that are looked at.
    pub header_names: Vec<String>,
}

/// The `[replay]` table: how duplicates are refused.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields, default))]
#[non_exhaustive]
pub struct ReplaySettings {
    /// `mode`: whether decisions hold.
    pub mode: Mode,
    /// `ttl_seconds`: how long a duplicate is remembered; 300 unless set.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub ttl_seconds: Option<u64>,
    /// `enabled`: whether duplicates are refused; they are unless set.
    pub enabled: Option<bool>,
    /// `max_repeats`: how often, beyond the first time, the same request may be paid again within `ttl_seconds`; never
    /// unless set. For agents that poll on purpose.
    pub max_repeats: Option<u64>,
}

/// The `[audit]` table: where decisions are written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields, default))]
#[non_exhaustive]
pub struct AuditSettings {
    /// `mode`: whether a decision that cannot be written denies the payment.
    pub mode: Mode,
    /// `path`: the file.
    pub path: Option<String>,
    /// `sync`: when the file is made durable.
    pub sync: Option<AuditSync>,
}

/// The `[mpa]` table: which payments need how many approvals.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
#[non_exhaustive]
pub struct MpaSettings {
    /// `mode`: whether decisions hold.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub mode: Mode,
    /// `threshold`: how many approvers have to say yes; at least one, at most as many as there are.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub threshold: u64,
    /// `min_amount_usd`: payments of at least this need approval; all unless this or `cumulative_usd` is set.
    #[cfg_attr(feature = "schema", schemars(rename = "min_amount_usd"))]
    pub min_amount: Option<Usd>,
    /// `cumulative_usd`: a payment also needs approval if with it the sum paid to its recipient within
    /// `cumulative_window_seconds` reaches this, however small it is itself (attack 18).
    #[cfg_attr(feature = "schema", schemars(rename = "cumulative_usd"))]
    pub cumulative: Option<Usd>,
    /// `cumulative_window_seconds`: the rolling window of `cumulative_usd`; a day unless set.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 31_622_400)))]
    pub cumulative_window_seconds: Option<u64>,
    /// `timeout_seconds`: how long approvals are waited for; 30 unless set, at most 600.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 600)))]
    pub timeout_seconds: Option<u64>,
    /// `private_hosts`: hosts of webhooks that may have private, loopback or link-local addresses; no others may.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub private_hosts: Vec<String>,
    /// `[[mpa.approvers]]`: whom to ask.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 64)))]
    pub approvers: Vec<ApproverSettings>,
}

impl MpaSettings {
    /// `threshold` approvals of `approvers` for every payment.
    #[must_use]
    pub fn new(threshold: u64, approvers: impl IntoIterator<Item = ApproverSettings>) -> Self {
        Self {
            threshold,
            approvers: approvers.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// An entry of `[[mpa.approvers]]`. No secret stands in a policy: `secret_env` names where it is.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields, transform = super::schema::what_the_mode_needs))]
#[non_exhaustive]
pub struct ApproverSettings {
    /// `approver_id`: its name, as [`agent_id`](super::PolicyConfig::agent_id) is written; no two have the same.
    #[cfg_attr(
        feature = "schema",
        schemars(length(min = 1, max = 128), regex(pattern = "^[A-Za-z0-9._:@/-]+$"))
    )]
    pub approver_id: String,
    /// `mode`: how it says yes.
    pub mode: ApproverMode,
    /// `webhook_url`: whom to ask, for `mode = "webhook"`; `https`, or `http` on this machine.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^https?://")))]
    pub webhook_url: Option<String>,
    /// `secret_env`: the environment variable that holds the secret shared with the approver. A webhook's requests and
    /// answers are signed with it where it is set; `mode = "crypto"` needs it or `public_key`.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[A-Za-z0-9_]+$")))]
    pub secret_env: Option<String>,
    /// `public_key`: the approver's Ed25519 key as 64 hexadecimal digits, for `mode = "crypto"`.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[0-9a-fA-F]{64}$")))]
    pub public_key: Option<String>,
}

impl ApproverSettings {
    /// An approver who answers an HTTP request.
    #[must_use]
    pub fn webhook(approver_id: impl Into<String>, webhook_url: impl Into<String>) -> Self {
        Self {
            approver_id: approver_id.into(),
            mode: ApproverMode::Webhook,
            webhook_url: Some(webhook_url.into()),
            secret_env: None,
            public_key: None,
        }
    }

    /// An approver who signs with an Ed25519 key.
    #[must_use]
    pub fn ed25519(approver_id: impl Into<String>, public_key: impl Into<String>) -> Self {
        Self {
            approver_id: approver_id.into(),
            mode: ApproverMode::Crypto,
            webhook_url: None,
            secret_env: None,
            public_key: Some(public_key.into()),
        }
    }

    /// An approver who signs with HMAC-SHA256 under a secret that an environment variable holds.
    #[must_use]
    pub fn hmac(approver_id: impl Into<String>, secret_env: impl Into<String>) -> Self {
        Self {
            approver_id: approver_id.into(),
            mode: ApproverMode::Crypto,
            webhook_url: None,
            secret_env: Some(secret_env.into()),
            public_key: None,
        }
    }

    /// Sets [`secret_env`](Self::secret_env).
    #[must_use]
    pub fn with_secret_env(mut self, name: impl Into<String>) -> Self {
        self.secret_env = Some(name.into());
        self
    }
}

/// Without the URL, whose path may be a secret as chat services have it, and without a secret in place of a name.
impl fmt::Debug for ApproverSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let env = self.secret_env.as_deref().map(variable_to_show);
        f.debug_struct("ApproverSettings")
            .field("approver_id", &self.approver_id)
            .field("mode", &self.mode)
            .field("secret_env", &env)
            .field("public_key", &self.public_key)
            .finish_non_exhaustive()
    }
}
