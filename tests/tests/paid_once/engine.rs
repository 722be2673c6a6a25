//! The stores that outlive a process.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use x402_tower::guard::GuardConfigBuilder;
use x402_tower::replay::FingerprintKey;
use x402_tower::store::{Ledger, RedisOptions, RedisStore, SqliteStore};
use x402_tower::testing::{ManualClock, RedisServer};

/// Where a buyer keeps its money's state, as it is told to a process.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Engine {
    /// A file in the buyer's folder.
    Sqlite,
    Redis {
        url: String,
        namespace: String,
        deadline_ms: u64,
    },
}

/// Longer than a busy machine keeps anybody waiting.
const PATIENCE: Duration = Duration::from_secs(60);

impl Engine {
    pub(crate) fn redis(server: &RedisServer, namespace: &str) -> Self {
        Self::redis_within(server, namespace, PATIENCE)
    }

    pub(crate) fn redis_within(server: &RedisServer, namespace: &str, deadline: Duration) -> Self {
        Self::Redis {
            url: server.url(),
            namespace: namespace.to_owned(),
            deadline_ms: deadline.as_millis().try_into().unwrap(),
        }
    }

    /// Puts the store into a guard, with the key that whoever shares it needs.
    pub(crate) async fn equip(
        &self,
        guard: GuardConfigBuilder,
        folder: &Path,
        clock: &ManualClock,
    ) -> (GuardConfigBuilder, Arc<dyn Ledger>) {
        match self {
            Self::Sqlite => {
                let file = folder.join("ledger.sqlite");
                let store = SqliteStore::options().deadline(PATIENCE).open(file);
                let store = Arc::new(store.unwrap());
                let key = FingerprintKey::from_env_or_file(folder.join("fingerprint.key"));
                let guard = guard.fingerprint_key(key.unwrap());
                (guard.store(store.clone()), store)
            }
            Self::Redis {
                url,
                namespace,
                deadline_ms,
            } => {
                let options = RedisOptions::new(namespace)
                    .deadline(Duration::from_millis(*deadline_ms))
                    .test_clock(clock.clone());
                let store = Arc::new(connect(url, &options).await);
                let key = FingerprintKey::from_hex(&"0a0b".repeat(16)).unwrap();
                let guard = guard.fingerprint_key(key);
                (guard.store(store.clone()), store)
            }
        }
    }
}

/// Connects once the server answers: a test may have it in trouble.
async fn connect(url: &str, options: &RedisOptions) -> RedisStore {
    let mut last = None;
    for _ in 0..600 {
        match RedisStore::connect(url, options.clone()).await {
            Ok(store) => return store,
            Err(error) => last = Some(error),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no server: {last:?}")
}
