//! Puts a guard together.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use http::header::HeaderName;

use super::approvals::mpa_config;
use super::{ConfigError, GuardConfig, PolicyReloader};
use crate::assets::AssetTable;
use crate::audit::{AuditControl, AuditKey, AuditLog, FileSink, SyncPolicy};
use crate::chain::Chain;
use crate::clock::{Clock, UnixMillis};
use crate::context::Context;
use crate::control::{Control, ControlKind, Mode};
use crate::mpa::{MpaConfig, MpaControl};
use crate::payment::{AgentId, Position};
use crate::pii::{Detector, EntityType, PiiAction, PiiControl};
use crate::policy::{
    AuditSync, KillSwitch, OutgoingAction, PiiSettings, PolicyConfig, PolicyControl,
    ReplaySettings, Rules,
};
use crate::replay::{FingerprintKey, FingerprintKeyError, ReplayControl, SettleOnce};
use crate::service::Shared;
use crate::shadow::in_mode;
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
    mpa: Wanted<MpaConfig>,
    audit: Option<Arc<AuditLog>>,
    /// How the policy said to open the log: it stays open, so that may not change.
    log_in_policy: LogSettings,
    kill_switch: KillSwitch,
    custom: Vec<Arc<dyn Control>>,
    modes: Vec<(ControlKind, Mode)>,
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
            mpa: Wanted::AsInPolicy,
            audit: None,
            log_in_policy: LogSettings::default(),
            kill_switch: KillSwitch::new(),
            custom: Vec::new(),
            modes: Vec::new(),
        }
    }

    /// The policy, and with it the settings of other controls that it holds. What is set here wins over them.
    pub fn policy(mut self, policy: PolicyConfig) -> Self {
        self.policy = Some(policy);
        self
    }

    /// The policy, from a TOML or JSON file that is read when the guard is built, and again by its
    /// [`PolicyReloader`](super::PolicyReloader). Not read at all where [`policy`](Self::policy) is given as well.
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

    /// Asks approvers about large payments in this way, in place of the policy's `[mpa]`.
    pub fn mpa(mut self, config: MpaConfig) -> Self {
        self.mpa = Wanted::Is(config);
        self
    }

    /// Asks nobody, also where the policy has `[mpa]`.
    pub fn without_mpa(mut self) -> Self {
        self.mpa = Wanted::Off;
        self
    }

    /// Writes every decision there.
    pub fn audit(mut self, log: Arc<AuditLog>) -> Self {
        self.audit = Some(log);
        self
    }

    /// Stops every payment while this switch is engaged.
    pub fn kill_switch(mut self, switch: KillSwitch) -> Self {
        self.kill_switch = switch;
        self
    }

    /// Adds a control of your own, inside the others.
    pub fn control(mut self, control: impl Control) -> Self {
        self.custom.push(Arc::new(control));
        self
    }

    /// Enforces a control, or lets it decide in shadow.
    ///
    /// A control of your own is put in a [`Shadow`](crate::Shadow) instead.
    pub fn mode(mut self, control: ControlKind, mode: Mode) -> Self {
        self.modes.push((control, mode));
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
    pub fn build(mut self) -> Result<GuardConfig, ConfigError> {
        let spends = self.context.position().spends();
        let policy = match (self.policy.take(), &self.policy_file) {
            (Some(policy), _) => {
                self.policy_file = None;
                policy
            }
            (None, Some(path)) => PolicyConfig::load(path)?,
            (None, None) if !spends => PolicyConfig::new(),
            (None, None) => return Err(ConfigError::NoPolicy),
        };
        let store = Arc::new(MemoryStore::new());
        self.ledger.get_or_insert_with(|| store.clone());
        self.claims.get_or_insert(store);
        self.audit = audit_log(self.audit.take(), &policy)?;
        self.log_in_policy = log_settings(&policy);
        let shared = self.assemble(&policy)?;
        self.follow(&policy);
        Ok(GuardConfig::new(PolicyReloader::new(self, shared)))
    }

    /// What holds under `policy`. Called again for every policy that is loaded later; what counts, claims and writes
    /// stays the same.
    pub(super) fn assemble(&mut self, policy: &PolicyConfig) -> Result<Arc<Shared>, ConfigError> {
        let rules = Rules::compile(policy)?;
        if log_settings(policy) != self.log_in_policy {
            return Err(ConfigError::RestartNeeded { setting: "audit" });
        }
        let context = finish_context(self.context.clone(), &rules, self.agent.clone())?;
        let mut controls: Vec<Arc<dyn Control>> = Vec::new();
        if let Some(log) = &self.audit {
            controls.push(Arc::new(AuditControl::new(Arc::clone(log))));
        }
        if let Some(pii) = pii_control(&self.pii, policy)? {
            controls.push(Arc::new(pii));
        }
        if context.position().spends()
            && let (Some(ledger), Some(claims)) = (&self.ledger, &self.claims)
        {
            let control = PolicyControl::with_ledger(rules, Arc::clone(ledger))
                .with_claims(Arc::clone(claims))
                .with_kill_switch(self.kill_switch.clone());
            controls.push(Arc::new(control));
        }
        let replay = replay_ttl(&self.replay, policy);
        if context.position() == Position::FacilitatorBound {
            if let (Some(_), Some(claims)) = (replay, &self.claims) {
                controls.push(Arc::new(SettleOnce::new(Arc::clone(claims))));
            }
        } else if let Some(ttl) = replay
            && let Some(claims) = &self.claims
        {
            let claims = Arc::clone(claims);
            let key = fingerprint_key(self.fingerprint_key.clone(), &*claims)?;
            // Kept: under another key, what was claimed before would be claimed again.
            self.fingerprint_key = Some(key.clone());
            let repeats = match self.repeats {
                Some(times) => times,
                None => max_repeats(policy.replay.as_ref())?,
            };
            let control = ReplayControl::new(claims, key).with_ttl(ttl);
            controls.push(Arc::new(control.with_max_repeats(repeats)));
        }
        // A seller spends nothing that could be approved.
        if context.position() != Position::Seller
            && let (Some(ledger), Some(claims)) = (&self.ledger, &self.claims)
            && let Some(config) = approvals(&self.mpa, policy)?
        {
            let control = MpaControl::new(config)?
                .with_ledger(Arc::clone(ledger))
                .with_claims(Arc::clone(claims));
            controls.push(Arc::new(control));
        }
        for control in &mut controls {
            *control = in_mode(self.mode_of(control.kind(), policy), Arc::clone(control));
        }
        controls.extend(self.custom.iter().cloned());
        Ok(Shared::new(Chain::new(controls)?, context))
    }

    /// Whether a control's denials hold: as the code says, else as the policy does.
    fn mode_of(&self, kind: ControlKind, policy: &PolicyConfig) -> Mode {
        if let Some((_, mode)) = self.modes.iter().rev().find(|(said, _)| *said == kind) {
            return *mode;
        }
        let in_policy = match kind {
            ControlKind::Audit => policy.audit.as_ref().map(|audit| audit.mode),
            ControlKind::Pii => policy.pii.as_ref().map(|pii| pii.mode),
            ControlKind::Policy => Some(policy.mode),
            ControlKind::Replay => policy.replay.as_ref().map(|replay| replay.mode),
            ControlKind::Mpa => policy.mpa.as_ref().map(|mpa| mpa.mode),
            ControlKind::Custom(_) => None,
        };
        in_policy.unwrap_or_default()
    }

    /// Has what outlives a policy follow the one that is in force now.
    pub(super) fn follow(&self, policy: &PolicyConfig) {
        self.kill_switch.follow_policy(policy.kill_switch);
    }

    /// The file that the policy came from, where it did.
    pub(super) fn file(&self) -> Option<PathBuf> {
        self.policy_file.clone()
    }

    pub(super) fn now(&self) -> Option<UnixMillis> {
        self.context.clock.now()
    }
}

fn finish_context(
    context: Context,
    rules: &Rules,
    agent: Option<AgentId>,
) -> Result<Context, ConfigError> {
    let context = context
        .with_resource_match(rules.resource_match())
        .with_policy_revision(rules.revision().into());
    let named = rules.agent_id().map(AgentId::new).transpose();
    let named = named.map_err(|error| setting("agent_id", &error))?;
    Ok(match agent.or(named) {
        Some(agent) => context.with_agent(agent),
        None => context,
    })
}

type LogSettings = (Option<String>, Option<AuditSync>);

/// What of `[audit]` only a start can change.
fn log_settings(policy: &PolicyConfig) -> LogSettings {
    let audit = policy.audit.as_ref();
    (
        audit.and_then(|audit| audit.path.clone()),
        audit.and_then(|audit| audit.sync),
    )
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
    let sync = policy.audit.as_ref().and_then(|audit| audit.sync);
    let sink = FileSink::open_shared(path, sync.map(SyncPolicy::from).unwrap_or_default())?;
    let log = AuditLog::open(sink, &key)?;
    Ok(Some(Arc::new(log)))
}

fn pii_control(
    wanted: &Wanted<PiiControl>,
    policy: &PolicyConfig,
) -> Result<Option<PiiControl>, ConfigError> {
    match (wanted, &policy.pii) {
        (Wanted::Is(control), _) => Ok(Some(control.clone())),
        (Wanted::Off, _) => Ok(None),
        (Wanted::AsInPolicy, Some(settings)) => pii_from(settings).map(Some),
        (Wanted::AsInPolicy, None) => Ok(Some(PiiControl::new())),
    }
}

fn pii_from(settings: &PiiSettings) -> Result<PiiControl, ConfigError> {
    let mut control = PiiControl::new();
    if let Some(action) = settings.action {
        let action =
            PiiAction::from_str(action.as_str()).map_err(|error| setting("pii.action", &error))?;
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
    if let Some(action) = outgoing(settings.urls) {
        control = control.with_request_urls(action);
    }
    if let Some(action) = outgoing(settings.headers) {
        control = control.with_request_headers(action, header_names(settings)?);
    }
    if let Some(action) = outgoing(settings.body) {
        control = control.with_request_bodies(action);
    }
    Ok(control)
}

fn outgoing(action: OutgoingAction) -> Option<PiiAction> {
    match action {
        OutgoingAction::Off => None,
        OutgoingAction::Warn => Some(PiiAction::Warn),
        OutgoingAction::Redact => Some(PiiAction::Redact),
        OutgoingAction::Block => Some(PiiAction::Block),
    }
}

fn header_names(settings: &PiiSettings) -> Result<Vec<HeaderName>, ConfigError> {
    let names = settings.header_names.iter().map(|name| {
        let name = HeaderName::from_str(name).map_err(|_| {
            setting(
                "pii.header_names",
                &format!("`{name}` is not a header name"),
            )
        })?;
        if PiiControl::may_screen_header(&name) {
            return Ok(name);
        }
        let problem = format!("`{name}` frames the message or carries a payment; leave it out");
        Err(setting("pii.header_names", &problem))
    });
    names.collect()
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

/// How often a request may be paid again on purpose.
fn max_repeats(settings: Option<&ReplaySettings>) -> Result<u16, ConfigError> {
    let times = settings.and_then(|replay| replay.max_repeats).unwrap_or(0);
    u16::try_from(times).map_err(|_| setting("replay.max_repeats", &"it is at most 65535"))
}

fn approvals(
    wanted: &Wanted<MpaConfig>,
    policy: &PolicyConfig,
) -> Result<Option<MpaConfig>, ConfigError> {
    match (wanted, &policy.mpa) {
        (Wanted::Is(config), _) => Ok(Some(config.clone())),
        (Wanted::AsInPolicy, Some(settings)) => Ok(Some(mpa_config(settings)?)),
        (Wanted::Off, _) | (Wanted::AsInPolicy, None) => Ok(None),
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
