//! Puts a guard together.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use super::{ConfigError, GuardConfig};
use crate::assets::AssetTable;
use crate::audit::{AuditControl, AuditKey, AuditLog, FileSink, SyncPolicy};
use crate::chain::Chain;
use crate::clock::Clock;
use crate::context::Context;
use crate::control::Control;
use crate::payment::{AgentId, Position};
use crate::pii::{Detector, EntityType, PiiAction, PiiControl};
use crate::policy::{PiiSettings, PolicyConfig, PolicyControl, Rules};
use crate::replay::{FingerprintKey, FingerprintKeyError, ReplayControl};
use crate::store::{Claims, Ledger, MemoryStore};

/// Puts a [`GuardConfig`] together.
#[must_use = "a configuration does nothing until it is built"]
pub struct GuardConfigBuilder {
    context: Context,
    policy: Option<PolicyConfig>,
    policy_file: Option<PathBuf>,
    agent: Option<AgentId>,
    ledger: Option<Arc<dyn Ledger>>,
    claims: Option<Arc<dyn Claims>>,
    fingerprint_key: Option<FingerprintKey>,
    pii: Wanted<PiiControl>,
    replay: Wanted<Duration>,
    repeats: Option<u16>,
    audit: Option<Arc<AuditLog>>,
    custom: Vec<Arc<dyn Control>>,
}

/// What the code says about a control that the policy file may also speak of. The code wins.
enum Wanted<T> {
    AsInPolicy,
    Off,
    Is(T),
}

impl GuardConfigBuilder {
    pub(super) fn new(context: Context) -> Self {
        Self {
            context,
            policy: None,
            policy_file: None,
            agent: None,
            ledger: None,
            claims: None,
            fingerprint_key: None,
            pii: Wanted::AsInPolicy,
            replay: Wanted::AsInPolicy,
            repeats: None,
            audit: None,
            custom: Vec::new(),
        }
    }

    /// The policy, and with it the settings of other controls that it holds. What is set here wins over them.
    pub fn policy(mut self, policy: PolicyConfig) -> Self {
        self.policy = Some(policy);
        self
    }

    /// The policy, from a TOML or JSON file that is read when the guard is built.
    pub fn policy_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.policy_file = Some(path.into());
        self
    }

    /// Who spends, where a request does not say.
    pub fn agent(mut self, agent: AgentId) -> Self {
        self.agent = Some(agent);
        self
    }

    /// Counts money there. In the memory of this process by default.
    pub fn ledger(mut self, ledger: Arc<dyn Ledger>) -> Self {
        self.ledger = Some(ledger);
        self
    }

    /// Keeps claims there. In the memory of this process by default.
    pub fn claims(mut self, claims: Arc<dyn Claims>) -> Self {
        self.claims = Some(claims);
        self
    }

    /// Fingerprints requests under this key instead of `X402_FINGERPRINT_KEY` or a fresh one. Without either, claims that
    /// outlive the process or are shared do not recognise what was paid under another key.
    pub fn fingerprint_key(mut self, key: FingerprintKey) -> Self {
        self.fingerprint_key = Some(key);
        self
    }

    /// Screens for personal data in this way.
    pub fn pii(mut self, control: PiiControl) -> Self {
        self.pii = Wanted::Is(control);
        self
    }

    /// Does not screen for personal data.
    pub fn without_pii(mut self) -> Self {
        self.pii = Wanted::Off;
        self
    }

    /// Does not pay the same request again for this long. 300 seconds by default.
    pub fn replay_ttl(mut self, ttl: Duration) -> Self {
        self.replay = Wanted::Is(ttl);
        self
    }

    /// Pays the same request up to `times` again within the time that each payment of it is remembered. Not at all by
    /// default; see [`ReplayControl::with_max_repeats`].
    pub fn max_repeats(mut self, times: u16) -> Self {
        self.repeats = Some(times);
        self
    }

    /// Does not refuse duplicates.
    pub fn without_replay(mut self) -> Self {
        self.replay = Wanted::Off;
        self
    }

    /// Writes every decision there.
    pub fn audit(mut self, log: Arc<AuditLog>) -> Self {
        self.audit = Some(log);
        self
    }

    /// Adds a control of your own, inside the others.
    pub fn control(mut self, control: impl Control) -> Self {
        self.custom.push(Arc::new(control));
        self
    }

    /// Tells the time.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.context = self.context.with_clock(clock);
        self
    }

    /// Which tokens there are and what they are worth.
    pub fn assets(mut self, assets: AssetTable) -> Self {
        self.context = self.context.with_assets(assets);
        self
    }

    /// The seller's own origin, for requests that name none in their URL.
    pub fn public_origin(mut self, origin: url::Url) -> Self {
        self.context = self.context.with_public_origin(origin);
        self
    }

    /// How long the body of a 402 may take to arrive. Ten seconds by default.
    pub fn challenge_deadline(mut self, deadline: Duration) -> Self {
        self.context = self.context.with_challenge_deadline(deadline);
        self
    }

    /// How long the body of a request that comes with a payment may be, in bytes. One mebibyte by default; a longer one is
    /// denied before anything is claimed.
    pub fn paid_body_limit(mut self, bytes: usize) -> Self {
        self.context = self.context.with_paid_body_limit(bytes);
        self
    }

    /// How long the body of a request that comes with a payment may take to arrive. Thirty seconds by default.
    pub fn paid_body_deadline(mut self, deadline: Duration) -> Self {
        self.context = self.context.with_paid_body_deadline(deadline);
        self
    }

    /// Puts it together.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for the first thing that cannot be right; a policy names all of its problems at once.
    pub fn build(self) -> Result<GuardConfig, ConfigError> {
        let seller = self.context.position() == Position::Seller;
        let policy = match (self.policy, self.policy_file) {
            (Some(policy), _) => policy,
            (None, Some(path)) => PolicyConfig::load(path)?,
            (None, None) if seller => PolicyConfig::new(),
            (None, None) => return Err(ConfigError::NoPolicy),
        };
        let rules = Rules::compile(&policy)?;
        let context = finish_context(self.context, &rules, self.agent)?;
        let store = Arc::new(MemoryStore::new());
        let mut controls: Vec<Arc<dyn Control>> = Vec::new();
        if let Some(log) = audit_log(self.audit, &policy)? {
            controls.push(Arc::new(AuditControl::new(log)));
        }
        if let Some(pii) = pii_control(self.pii, &policy)? {
            controls.push(Arc::new(pii));
        }
        if !seller {
            let ledger = self.ledger.unwrap_or_else(|| store.clone());
            controls.push(Arc::new(PolicyControl::with_ledger(rules, ledger)));
        }
        if let Some(ttl) = replay_ttl(&self.replay, &policy) {
            let claims = self.claims.unwrap_or(store);
            let key = fingerprint_key(self.fingerprint_key, &*claims)?;
            let replay = ReplayControl::new(claims, key).with_ttl(ttl);
            controls.push(Arc::new(match self.repeats {
                Some(times) => replay.with_max_repeats(times),
                None => replay,
            }));
        }
        controls.extend(self.custom);
        Ok(GuardConfig {
            chain: Chain::new(controls)?,
            context,
        })
    }
}

fn finish_context(
    context: Context,
    rules: &Rules,
    agent: Option<AgentId>,
) -> Result<Context, ConfigError> {
    let context = context.with_resource_match(rules.resource_match());
    let named = rules.agent_id().map(AgentId::new).transpose();
    let named = named.map_err(|error| setting("agent_id", &error))?;
    Ok(match agent.or(named) {
        Some(agent) => context.with_agent(agent),
        None => context,
    })
}

/// The log that the code gave, or the file that the policy names, under `X402_CHAIN_KEY` or a key file beside it.
fn audit_log(
    chosen: Option<Arc<AuditLog>>,
    policy: &PolicyConfig,
) -> Result<Option<Arc<AuditLog>>, ConfigError> {
    let path = policy.audit.as_ref().and_then(|audit| audit.path.as_ref());
    let (None, Some(path)) = (&chosen, path) else {
        return Ok(chosen);
    };
    let key = match AuditKey::from_env()? {
        Some(key) => key,
        None => AuditKey::load_or_create(format!("{path}.key"))?,
    };
    let sink = FileSink::open_shared(path, SyncPolicy::EveryRecord)?;
    let log = AuditLog::open(sink, &key)?;
    Ok(Some(Arc::new(log)))
}

fn pii_control(
    wanted: Wanted<PiiControl>,
    policy: &PolicyConfig,
) -> Result<Option<PiiControl>, ConfigError> {
    match (wanted, &policy.pii) {
        (Wanted::Is(control), _) => Ok(Some(control)),
        (Wanted::Off, _) => Ok(None),
        (Wanted::AsInPolicy, Some(settings)) => pii_from(settings).map(Some),
        (Wanted::AsInPolicy, None) => Ok(Some(PiiControl::new())),
    }
}

fn pii_from(settings: &PiiSettings) -> Result<PiiControl, ConfigError> {
    let mut control = PiiControl::new();
    if let Some(action) = &settings.action {
        let action = PiiAction::from_str(action).map_err(|error| setting("pii.action", &error))?;
        control = control.with_action(action);
    }
    if let Some(names) = &settings.entities {
        let entities = names
            .iter()
            .map(|name| EntityType::from_str(name))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| setting("pii.entities", &error))?;
        control = control.with_detector(Detector::with_entities(entities));
    }
    Ok(control)
}

/// The key that the code gave, else that of the environment, else a fresh one; never one that this machine made for
/// claims that others share.
fn fingerprint_key(
    chosen: Option<FingerprintKey>,
    claims: &dyn Claims,
) -> Result<FingerprintKey, FingerprintKeyError> {
    let key = match chosen {
        Some(key) => key,
        None => FingerprintKey::from_env()?.map_or_else(FingerprintKey::generate, Ok)?,
    };
    if claims.is_shared() && key.is_made_here() {
        return Err(FingerprintKeyError::NotShared);
    }
    Ok(key)
}

/// How long a request is not paid again; `None` where duplicates are not refused.
fn replay_ttl(wanted: &Wanted<Duration>, policy: &PolicyConfig) -> Option<Duration> {
    let settings = policy.replay.as_ref();
    let in_policy = settings.and_then(|replay| replay.ttl_seconds);
    match wanted {
        Wanted::Is(ttl) => Some(*ttl),
        Wanted::Off => None,
        Wanted::AsInPolicy if settings.and_then(|replay| replay.enabled) == Some(false) => None,
        Wanted::AsInPolicy => {
            Some(in_policy.map_or(crate::replay::DEFAULT_TTL, Duration::from_secs))
        }
    }
}

fn setting(setting: &'static str, problem: &dyn core::fmt::Display) -> ConfigError {
    ConfigError::Setting {
        setting,
        problem: problem.to_string(),
    }
}

impl core::fmt::Debug for GuardConfigBuilder {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("GuardConfigBuilder")
            .field("context", &self.context)
            .field("policy", &self.policy)
            .field("policy_file", &self.policy_file)
            .finish_non_exhaustive()
    }
}
