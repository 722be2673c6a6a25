//! The fingerprint key: where it comes from, and what happens with a bad one.

use std::fs;
use std::sync::Arc;

use x402_tower::GuardConfig;
use x402_tower::policy::PolicyConfig;
use x402_tower::replay::{FingerprintKey, FingerprintKeyError, ReplayControl};
use x402_tower::store::{MemoryStore, Reach};
use x402_tower::testing::{Offer, ScriptedStore, StoreConduct};

use crate::buyer::{buy, charging};
use crate::ground::{Ground, denial, key};

const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn code(result: Result<FingerprintKey, FingerprintKeyError>) -> &'static str {
    result.unwrap_err().code()
}

/// What the second of two replicas is told that share claims and have a key each.
async fn second_replica(keys: [FingerprintKey; 2]) -> Option<&'static str> {
    let ground = Ground::new();
    let mut told = None;
    for key in keys {
        let control = ReplayControl::new(Arc::clone(&ground.claims), key);
        let seller = charging(1, |_| Offer::usdc(10_000));
        told = denial(&buy(&ground.payer_through(vec![Arc::new(control)], &seller)).await);
    }
    told
}

#[tokio::test]
async fn replicas_with_one_key_pay_once() {
    assert_eq!(
        second_replica([key(), key()]).await,
        Some("replay.duplicate")
    );
}

#[tokio::test]
async fn replicas_with_a_key_each_pay_twice() {
    let fresh = || FingerprintKey::generate().unwrap();
    assert_eq!(second_replica([fresh(), fresh()]).await, None);
}

fn building_on_shared_claims(key: Option<FingerprintKey>) -> Option<&'static str> {
    let claims = Arc::new(ScriptedStore::with_reach(
        MemoryStore::new(),
        StoreConduct::Wait,
        Reach::Network,
    ));
    let builder = GuardConfig::buyer()
        .policy(PolicyConfig::new())
        .claims(claims);
    let built = match key {
        Some(key) => builder.fingerprint_key(key).build(),
        None => builder.build(),
    };
    built.err().map(|error| error.code())
}

/// So that replicas with a key each are never started.
#[test]
fn attack_095_shared_claims_without_a_configured_key_are_refused() {
    assert_eq!(
        building_on_shared_claims(None),
        Some("fingerprint_key.not_shared")
    );
    let fresh = FingerprintKey::generate().unwrap();
    assert_eq!(
        building_on_shared_claims(Some(fresh)),
        Some("fingerprint_key.not_shared")
    );
    let folder = tempfile::tempdir().unwrap();
    let own = FingerprintKey::from_env_or_file(folder.path().join("fingerprint.key")).unwrap();
    assert_eq!(
        building_on_shared_claims(Some(own)),
        Some("fingerprint_key.not_shared")
    );
    assert_eq!(building_on_shared_claims(Some(key())), None);
}

#[test]
fn a_key_is_64_hexadecimal_digits() {
    assert!(FingerprintKey::from_hex(&format!(" {}\n", HEX.to_uppercase())).is_ok());
    for text in [
        "",
        "xyz",
        &HEX[2..],
        &format!("0x{}", &HEX[2..]),
        &format!("{HEX}00"),
    ] {
        assert_eq!(
            code(FingerprintKey::from_hex(text)),
            "fingerprint_key.invalid"
        );
    }
}

#[test]
fn a_placeholder_is_no_key() {
    assert_eq!(
        code(FingerprintKey::from_hex(&"00".repeat(32))),
        "fingerprint_key.weak"
    );
}

#[test]
fn no_key_is_ever_shown() {
    let key = FingerprintKey::from_hex(HEX).unwrap();
    let control = ReplayControl::new(Ground::new().claims, key.clone());
    for shown in [format!("{key:?}"), format!("{control:?}")] {
        assert!(
            !shown.contains("0001") && !shown.contains("0, 1, 2"),
            "{shown}"
        );
    }
}

#[cfg(unix)]
mod files {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::Path;

    use super::*;

    fn at(path: &Path) -> Result<FingerprintKey, FingerprintKeyError> {
        FingerprintKey::from_env_or_file(path)
    }

    #[tokio::test]
    async fn a_key_file_is_made_once_and_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fingerprint.key");
        let (first, second) = (at(&path).unwrap(), at(&path).unwrap());
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "no draft is left"
        );
        let told = second_replica([first, second]).await;
        assert_eq!(told, Some("replay.duplicate"), "one key");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_many_that_start_together_one_makes_the_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fingerprint.key");
        let mut starting = tokio::task::JoinSet::new();
        for _ in 0..16 {
            let path = path.clone();
            starting.spawn_blocking(move || at(&path).unwrap());
        }
        let keys = starting.join_all().await;
        let last = keys.last().unwrap();
        for key in &keys {
            let told = second_replica([key.clone(), last.clone()]).await;
            assert_eq!(told, Some("replay.duplicate"));
        }
    }

    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fingerprint.key");
        for mode in [0o640, 0o604, 0o620] {
            fs::write(&path, HEX).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(code(at(&path)), "private_file.not_private", "{mode:o}");
        }
    }

    #[test]
    fn a_link_is_no_key_file() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        at(&real).unwrap();
        symlink(&real, &link).unwrap();
        assert_eq!(code(at(&link)), "private_file.not_a_file");
        let nowhere = folder.path().join("nowhere");
        symlink(folder.path().join("missing"), &nowhere).unwrap();
        assert_eq!(code(at(&nowhere)), "private_file.not_a_file");
    }

    #[test]
    fn a_key_file_without_a_key_is_refused_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fingerprint.key");
        fs::write(&path, "hunter2").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let error = at(&path).unwrap_err();
        assert_eq!(error.code(), "fingerprint_key.invalid");
        assert!(!error.to_string().contains("hunter2"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "hunter2");
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        assert_eq!(
            code(at(Path::new("/nonexistent/fingerprint.key"))),
            "private_file.io"
        );
    }
}
