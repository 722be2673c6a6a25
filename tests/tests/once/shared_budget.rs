//! Budgets that several processes spend from.

use std::sync::Arc;

use x402_tower::GuardConfig;
use x402_tower::policy::PolicyConfig;
use x402_tower::store::SqliteStore;

use crate::ground::Ground;

#[test]
fn attack_067_a_distributed_policy_refuses_a_store_of_one_process() {
    let ground = Ground::new();
    let said_in_code = ground.builder().distributed().build().unwrap_err();
    let policy = PolicyConfig::from_toml("distributed = true", "policy.toml").unwrap();
    let said_in_policy = ground.builder().policy(policy).build().unwrap_err();
    for error in [said_in_code, said_in_policy] {
        assert_eq!(error.code(), "config.store_not_shared");
    }
}

#[test]
fn a_distributed_policy_takes_a_store_that_others_share() {
    let ground = Ground::new();
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("ledger.sqlite")).unwrap();
    let key = folder.path().join("fingerprint.key");
    let key = x402_tower::replay::FingerprintKey::from_env_or_file(key).unwrap();
    let config = ground.builder().store(Arc::new(store)).fingerprint_key(key);
    assert!(config.distributed().build().is_ok());
}

#[test]
fn a_store_that_outlives_the_process_wants_a_key_that_does() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("ledger.sqlite")).unwrap();
    let config = GuardConfig::buyer().policy(PolicyConfig::new());
    let error = config.store(Arc::new(store)).build().unwrap_err();
    assert_eq!(error.code(), "fingerprint_key.not_shared");
}
