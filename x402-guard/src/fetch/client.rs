//! The client behind a fetch: policy, log, key and transport put together.

use std::sync::Arc;

use x402_tower::GuardConfig;
use x402_tower::replay::FingerprintKey;
use x402_tower::store::{RedisOptions, RedisStore, SqliteStore};
use x402_tower_reqwest::GuardedClient;
use x402_tower_reqwest::reqwest;

use crate::args::FetchArgs;
use crate::fetch::error::SetupError;
use crate::fetch::key::{KeyName, NoKey};
use crate::fetch::state::StateDir;
use crate::fetch::{log, policy};

const USER_AGENT: &str = concat!("x402-guard/", env!("CARGO_PKG_VERSION"));

/// Builds the client; refuses before anything is sent where it cannot be right.
pub(crate) async fn build(
    args: &FetchArgs,
    key_name: &KeyName,
) -> Result<GuardedClient, SetupError> {
    let state = StateDir::open(args.books.state_dir.as_deref())?;
    let policy = policy::find(args.policy.as_deref(), &state)?;
    let signer = key_name.signer()?;
    let log = log::open(&policy, &state).await?;
    let config = GuardConfig::buyer()
        .policy(policy)
        .audit(Arc::new(log))
        .fingerprint_key(fingerprint_key(&state)?);
    let config = match &args.books.redis {
        Some(address) => {
            let options = RedisOptions::new(&args.books.namespace);
            config.store(Arc::new(RedisStore::connect(address, options).await?))
        }
        None => config.store(Arc::new(ledger(&state)?)),
    };
    let payer = match signer {
        Some(signer) => config.build()?.payer(signer)?,
        None => {
            let no_key = NoKey(key_name.clone());
            config.control(no_key.clone()).build()?.payer(no_key)?
        }
    };
    let http = reqwest::Client::builder().user_agent(USER_AGENT);
    Ok(GuardedClient::builder(http).payer(payer).build()?)
}

/// The ledger of the state directory, which is made where it is missing: what earlier runs have paid counts in this one.
fn ledger(state: &StateDir) -> Result<SqliteStore, SetupError> {
    let path = state.ledger();
    SqliteStore::open(&path).map_err(|source| SetupError::Ledger { path, source })
}

/// The key in the environment, else that of the state directory, which is made where it is missing.
fn fingerprint_key(state: &StateDir) -> Result<FingerprintKey, SetupError> {
    let path = state.fingerprint_key();
    FingerprintKey::from_env_or_file(&path)
        .map_err(|source| SetupError::FingerprintKey { path, source })
}
