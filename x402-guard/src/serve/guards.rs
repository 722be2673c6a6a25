//! The guards that run, on one ledger and one log.

use std::sync::Arc;

use parking_lot::Mutex;
use x402_tower::GuardConfig;
use x402_tower::audit::AuditLog;
use x402_tower::guard::{GuardConfigBuilder, ReloadError};
use x402_tower::policy::{KillSwitch, PolicyConfig};
use x402_tower::replay::FingerprintKey;
use x402_tower::store::{Ledger, RedisOptions, RedisStore, SqliteStore};

use crate::fetch::error::SetupError;
use crate::fetch::key::NoKey;
use crate::fetch::state::StateDir;
use crate::serve::checked_log::CheckedLog;
use crate::serve::error::ServeError;
use crate::serve::settings::{PolicySource, SellerSettings, Settings};

/// Everything that decides.
#[derive(Debug)]
pub(crate) struct Guards {
    pub(crate) buyer: GuardConfig,
    pub(crate) seller: Option<GuardConfig>,
    pub(crate) facilitator: Option<GuardConfig>,
    pub(crate) ledger: Arc<dyn Ledger>,
    pub(crate) switch: KillSwitch,
    pub(crate) log: CheckedLog,
    source: PolicySource,
    /// What is in force, for questions about it.
    policy: Mutex<Arc<PolicyConfig>>,
}

enum Store {
    File(Arc<SqliteStore>),
    Server(Arc<RedisStore>),
}

impl Store {
    fn behind(&self, builder: GuardConfigBuilder) -> GuardConfigBuilder {
        match self {
            Self::File(store) => builder.store(Arc::clone(store)),
            Self::Server(store) => builder.store(Arc::clone(store)),
        }
    }

    fn ledger(&self) -> Arc<dyn Ledger> {
        match self {
            Self::File(store) => Arc::<SqliteStore>::clone(store),
            Self::Server(store) => Arc::<RedisStore>::clone(store),
        }
    }
}

impl Guards {
    /// Opens state and log, and puts the guards together; whatever cannot be right is an error now.
    ///
    /// Where there is no key to pay with, whoever asks to be paid for is told so.
    pub(crate) async fn open(settings: &Settings, has_key: bool) -> Result<Self, ServeError> {
        let state = StateDir::open(settings.state_dir.as_deref())?;
        let source = PolicySource::new(settings.policy.clone(), state.clone());
        let policy = source.first()?;
        let kept = CheckedLog::open(&policy, &state).await?;
        let log = Arc::clone(&kept.log);
        let switch = KillSwitch::new();
        let key_path = state.fingerprint_key();
        let key = FingerprintKey::from_env_or_file(&key_path).map_err(|source| {
            SetupError::FingerprintKey {
                path: key_path,
                source,
            }
        })?;
        let store = match &settings.redis {
            Some(address) => redis(address, &settings.namespace).await?,
            None => file(state.ledger())?,
        };
        let ledger = store.ledger();
        let buyer = store
            .behind(GuardConfig::buyer())
            .policy(policy.clone())
            .kill_switch(switch.clone())
            .fingerprint_key(key.clone())
            .audit(Arc::clone(&log));
        let buyer = if has_key {
            buyer.build()?
        } else {
            buyer.control(NoKey(settings.key_name.clone())).build()?
        };
        let mut guards = Self {
            buyer,
            seller: None,
            facilitator: None,
            ledger,
            switch,
            log: kept,
            source,
            policy: Mutex::new(Arc::new(policy.clone())),
        };
        if let Some(seller) = &settings.seller {
            let store = match &settings.redis {
                Some(address) => redis(address, &format!("{}-seller", settings.namespace)).await?,
                None => file(state.seller_claims())?,
            };
            guards.sell(seller, &store, &policy, &log, &key)?;
        }
        Ok(guards)
    }

    fn sell(
        &mut self,
        settings: &SellerSettings,
        store: &Store,
        policy: &PolicyConfig,
        log: &Arc<AuditLog>,
        key: &FingerprintKey,
    ) -> Result<(), ServeError> {
        let with = |builder: GuardConfigBuilder| {
            store
                .behind(builder)
                .policy(policy.clone())
                .fingerprint_key(key.clone())
                .audit(Arc::clone(log))
        };
        let seller = with(GuardConfig::seller());
        let seller = match &settings.public_origin {
            Some(origin) => seller.public_origin(origin.clone()),
            None => seller,
        };
        self.seller = Some(seller.build()?);
        if settings.facilitator.is_some() {
            self.facilitator = Some(with(GuardConfig::facilitator()).build()?);
        }
        Ok(())
    }

    /// The policy that is in force.
    pub(crate) fn policy(&self) -> Arc<PolicyConfig> {
        Arc::clone(&self.policy.lock())
    }

    /// Reads the policy again and puts it in force: for the buyer's guard as a whole or not at all, then for the others.
    /// Blocks while it reads.
    pub(crate) fn reload(&self) -> Result<String, ReloadError> {
        // One after the other: what is loaded last holds for all of them.
        let mut in_force = self.policy.lock();
        let mut read = None;
        self.buyer.reloader().replace_with(|| {
            let policy = self.source.again()?;
            read = Some(policy.clone());
            Ok(policy)
        })?;
        let Some(policy) = read else {
            return Err(ReloadError::NoFile);
        };
        *in_force = Arc::new(policy.clone());
        // The buyer's guard asks for the most: what it takes, the others take.
        for guard in self.seller.iter().chain(&self.facilitator) {
            guard.reloader().replace(&policy)?;
        }
        Ok(self.buyer.reloader().status().revision.to_string())
    }
}

fn file(path: std::path::PathBuf) -> Result<Store, ServeError> {
    SqliteStore::open(&path)
        .map(|store| Store::File(Arc::new(store)))
        .map_err(|source| ServeError::Ledger { path, source })
}

async fn redis(address: &str, namespace: &str) -> Result<Store, ServeError> {
    let store = RedisStore::connect(address, RedisOptions::new(namespace)).await?;
    Ok(Store::Server(Arc::new(store)))
}
