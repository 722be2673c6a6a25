//! Puts a guard together.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::assemble::{LogSettings, audit_log, log_settings};
use super::{ConfigError, GuardConfig, PolicyReloader};
use crate::assets::AssetTable;
use crate::audit::AuditLog;
use crate::clock::{Clock, UnixMillis};
use crate::context::Context;
use crate::control::{Control, ControlKind, Mode};
use crate::idempotency::{Idempotency, SealingKey, SettledRepeat};
use crate::mpa::MpaConfig;
use crate::payment::AgentId;
use crate::pii::PiiControl;
use crate::policy::{KillSwitch, PolicyConfig};
use crate::replay::FingerprintKey;
use crate::store::{Claims, Ledger, MemoryStore, SignedPayments};

/// Puts a [`GuardConfig`] together.
#[must_use = "a configuration does nothing until it is built"]
pub struct GuardConfigBuilder {
    pub(super) context: Context,
    policy: Option<PolicyConfig>,
    policy_file: Option<PathBuf>,
    pub(super) agent: Option<AgentId>,
    pub(super) ledger: Option<Arc<dyn Ledger>>,
    pub(super) claims: Option<Arc<dyn Claims>>,
    pub(super) signed_payments: Option<Arc<dyn SignedPayments>>,
    pub(super) sealing_key: Option<SealingKey>,
    pub(super) settled_repeat: SettledRepeat,
    pub(super) idempotency: Option<Idempotency>,
    pub(super) distributed: bool,
    pub(super) fingerprint_key: Option<FingerprintKey>,
    pub(super) pii: Wanted<PiiControl>,
    pub(super) replay: Wanted<Duration>,
    pub(super) repeats: Option<u16>,
    pub(super) mpa: Wanted<MpaConfig>,
    pub(super) audit: Option<Arc<AuditLog>>,
    /// How the policy said to open the log: it stays open, so that may not change.
    pub(super) log_in_policy: LogSettings,
    pub(super) kill_switch: KillSwitch,
    pub(super) custom: Vec<Arc<dyn Control>>,
    pub(super) modes: Vec<(ControlKind, Mode)>,
}

/// What the code says about a control that the policy file may also speak of. The code wins.
pub(super) enum Wanted<T> {
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
            signed_payments: None,
            sealing_key: None,
            settled_repeat: SettledRepeat::Deny,
            idempotency: None,
            distributed: false,
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

    /// Keeps signed payments there, so that a retry sends the same bytes again. In the memory of this process by default;
    /// with a store that outlives it, a retry after a crash finds them as well.
    pub fn signed_payments(mut self, payments: Arc<dyn SignedPayments>) -> Self {
        self.signed_payments = Some(payments);
        self
    }

    /// Counts money, keeps claims and keeps signed payments in one store.
    pub fn store<S: Ledger + Claims + SignedPayments>(self, store: Arc<S>) -> Self {
        self.ledger(store.clone())
            .claims(store.clone())
            .signed_payments(store)
    }

    /// Encrypts signed payments with this key before they are kept, in place of `X402_SEALING_KEY`. Without either they
    /// are kept as they are: whoever reads the store can have them settled until they run out.
    pub fn sealing_key(mut self, key: SealingKey) -> Self {
        self.sealing_key = Some(key);
        self
    }

    /// What a caller gets who repeats a request that was paid and settled. A denial by default.
    pub fn settled_repeat(mut self, settled: SettledRepeat) -> Self {
        self.settled_repeat = settled;
        self
    }

    /// Says that other processes spend from the same budgets: a store that they cannot share is refused (attack 67). The
    /// policy's `distributed = true` says the same.
    pub fn distributed(mut self) -> Self {
        self.distributed = true;
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
    /// default; see [`ReplayControl::with_max_repeats`](crate::replay::ReplayControl::with_max_repeats).
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
        self.claims.get_or_insert_with(|| store.clone());
        self.signed_payments.get_or_insert(store);
        self.audit = audit_log(self.audit.take(), &policy)?;
        self.log_in_policy = log_settings(&policy);
        let shared = self.assemble(&policy)?;
        self.follow(&policy);
        Ok(GuardConfig::new(PolicyReloader::new(self, shared)))
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

impl core::fmt::Debug for GuardConfigBuilder {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("GuardConfigBuilder")
            .field("context", &self.context)
            .field("policy", &self.policy)
            .field("policy_file", &self.policy_file)
            .finish_non_exhaustive()
    }
}
