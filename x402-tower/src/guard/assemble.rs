//! From a policy, and what the code said beside it, to the controls that hold.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use http::header::HeaderName;

use super::approvals::mpa_config;
use super::builder::Wanted;
use super::{ConfigError, GuardConfigBuilder};
use crate::audit::{AuditControl, AuditKey, AuditLog, FileSink, SyncPolicy};
use crate::chain::Chain;
use crate::context::Context;
use crate::control::{Control, ControlKind, Mode};
use crate::idempotency::{Idempotency, SealingKey};
use crate::mpa::{MpaConfig, MpaControl};
use crate::payment::{AgentId, Position};
use crate::pii::{PiiAction, PiiControl};
use crate::policy::{
    AuditSync, OutgoingAction, PiiSettings, PolicyConfig, PolicyControl, ReplaySettings, Rules,
    Wrong,
};
use crate::replay::{FingerprintKey, FingerprintKeyError, ReplayControl, SettleOnce};
use crate::service::Shared;
use crate::shadow::in_mode;
use crate::store::Reach;

impl GuardConfigBuilder {
    /// What holds under `policy`. Called again for every policy that is loaded later; what counts, claims and writes
    /// stays the same.
    pub(super) fn assemble(&mut self, policy: &PolicyConfig) -> Result<Arc<Shared>, ConfigError> {
        let rules = Rules::compile(policy)?;
        if log_settings(policy) != self.log_in_policy {
            return Err(ConfigError::RestartNeeded { setting: "audit" });
        }
        if self.distributed || policy.distributed {
            self.check_shared()?;
        }
        let context = finish_context(self.context.clone(), &rules, self.agent.clone())?;
        let mut controls: Vec<Arc<dyn Control>> = Vec::new();
        if let Some(log) = &self.audit {
            controls.push(Arc::new(AuditControl::new(Arc::clone(log))));
        }
        let hashes = policy.pii.as_ref().is_some_and(PiiSettings::hashes);
        let hash_key = hashes.then(|| self.key_for(Reach::Process)).transpose()?;
        if let Some(pii) = pii_control(&self.pii, policy, hash_key.as_ref())? {
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
            let key = self.key_for(claims.reach())?;
            let repeats = match self.repeats {
                Some(times) => times,
                None => max_repeats(policy.replay.as_ref())?,
            };
            let control = ReplayControl::new(claims, key).with_ttl(ttl);
            controls.push(Arc::new(control.with_max_repeats(repeats)));
        }
        // Whoever spends nothing has nothing to be approved.
        if context.position().spends()
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
        let chain = Chain::new(controls)?;
        if !context.position().spends() {
            return Ok(Shared::new(chain, context));
        }
        let idempotency = self.idempotency(replay)?;
        Ok(Shared::paying(chain, context, Some(idempotency)))
    }

    /// Refuses what no other process sees (attack 67).
    fn check_shared(&self) -> Result<(), ConfigError> {
        let reaches = [
            ("ledger", self.ledger.as_ref().map(|store| store.reach())),
            ("claims", self.claims.as_ref().map(|store| store.reach())),
            (
                "signed payments",
                self.signed_payments.as_ref().map(|store| store.reach()),
            ),
        ];
        let own = reaches
            .into_iter()
            .find(|(_, reach)| *reach == Some(Reach::Process));
        own.map_or(Ok(()), |(what, _)| Err(ConfigError::NotShared { what }))
    }

    /// What makes a logical request pay once. The same for every policy that is loaded later, but for how long a request
    /// is remembered: whoever is under way under one policy is so under the next.
    fn idempotency(&mut self, ttl: Option<Duration>) -> Result<Idempotency, ConfigError> {
        let idempotency = match (&self.idempotency, &self.signed_payments) {
            (Some(idempotency), _) => idempotency.clone(),
            (None, None) => Idempotency::in_memory(),
            (None, Some(payments)) => {
                let payments = Arc::clone(payments);
                let key = self.key_for(payments.reach())?;
                let idempotency = Idempotency::new(payments, key);
                let sealing = match self.sealing_key.take() {
                    Some(key) => Some(key),
                    None => SealingKey::from_env()?,
                };
                let idempotency = idempotency.with_settled_repeat(self.settled_repeat);
                match sealing {
                    Some(key) => idempotency.with_sealing_key(key),
                    None => idempotency,
                }
            }
        };
        self.idempotency = Some(idempotency.clone());
        Ok(match ttl {
            Some(ttl) => idempotency.with_ttl(ttl),
            None => idempotency,
        })
    }

    /// The key that the code gave, else that of the environment, else a fresh one; never one that fewer have than share
    /// what is kept under it.
    fn key_for(&mut self, reach: Reach) -> Result<FingerprintKey, FingerprintKeyError> {
        let key = match self.fingerprint_key.clone() {
            Some(key) => key,
            None => FingerprintKey::from_env()?.map_or_else(FingerprintKey::generate, Ok)?,
        };
        if key.reach() < reach {
            return Err(FingerprintKeyError::NotShared);
        }
        // Kept: under another key, what was claimed before would be claimed again.
        self.fingerprint_key = Some(key.clone());
        Ok(key)
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

pub(super) type LogSettings = (Option<String>, Option<AuditSync>);

/// What of `[audit]` only a start can change.
pub(super) fn log_settings(policy: &PolicyConfig) -> LogSettings {
    let audit = policy.audit.as_ref();
    (
        audit.and_then(|audit| audit.path.clone()),
        audit.and_then(|audit| audit.sync),
    )
}

/// The log that the code gave, or the file that the policy names, under `X402_CHAIN_KEY` or a key file beside it.
pub(super) fn audit_log(
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
    hash_key: Option<&FingerprintKey>,
) -> Result<Option<PiiControl>, ConfigError> {
    match (wanted, &policy.pii) {
        (Wanted::Is(control), _) => Ok(Some(control.clone())),
        (Wanted::Off, _) => Ok(None),
        (Wanted::AsInPolicy, Some(settings)) => pii_from(settings, hash_key).map(Some),
        (Wanted::AsInPolicy, None) => Ok(Some(PiiControl::new())),
    }
}

/// The first of what is wrong with a table that [`Rules::compile`] has not seen.
fn first_wrong(wrong: &[Wrong]) -> ConfigError {
    match wrong.first() {
        Some(wrong) => setting("pii", wrong),
        None => setting("pii", &"the table cannot be used"),
    }
}

fn pii_from(
    settings: &PiiSettings,
    hash_key: Option<&FingerprintKey>,
) -> Result<PiiControl, ConfigError> {
    let mut control = PiiControl::new();
    if let Some(action) = settings.action {
        let action =
            PiiAction::from_str(action.as_str()).map_err(|error| setting("pii.action", &error))?;
        control = control.with_action(action);
    }
    if let Some(action) = settings.secrets {
        let action =
            PiiAction::from_str(action.as_str()).map_err(|error| setting("pii.secrets", &error))?;
        control = control.with_secret_action(action);
    }
    let detector = settings
        .to_detector()
        .map_err(|wrong| first_wrong(&wrong))?;
    let operators = settings
        .to_operators(hash_key)
        .map_err(|wrong| first_wrong(&wrong))?;
    control = control.with_detector(detector).with_operators(operators);
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
