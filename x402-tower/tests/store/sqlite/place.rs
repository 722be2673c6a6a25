//! Attack 72: links, files and folders that others can reach, disks that take nothing.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use x402_tower::store::{Ledger, Reservation, SqliteStore, StoreError};

use super::{DAY, Place, START, at, day_limit, id, key, reserve_a_cent, send_a_cent, usd};

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn attack_072_all_files_are_private() {
    let place = Place::new();
    let store = place.open();
    send_a_cent(&store, 1, START).await;
    for suffix in ["", "-wal", "-shm", ".mark"] {
        assert_eq!(mode(&place.beside(suffix)), 0o600, "{suffix}");
    }
}

#[test]
fn attack_072_a_link_is_refused() {
    for suffix in ["", "-wal", "-shm", "-journal", ".mark"] {
        let place = Place::new();
        let target = place.folder.path().join("target");
        fs::write(&target, "").unwrap();
        set_mode(&target, 0o600);
        symlink(&target, place.beside(suffix)).unwrap();
        assert_eq!(place.refusal(), "private_file.not_a_file", "{suffix}");
        assert_eq!(fs::read(&target).unwrap(), b"", "{suffix}");
    }
}

#[test]
fn attack_072_a_link_that_leads_nowhere_is_refused() {
    let place = Place::new();
    let target = place.folder.path().join("target");
    symlink(&target, place.path()).unwrap();
    assert_eq!(place.refusal(), "private_file.not_a_file");
    assert!(!target.exists());
}

#[test]
fn attack_072_a_folder_that_everybody_may_write_in_is_refused() {
    for mode in [0o777, 0o1777, 0o702] {
        let place = Place::new();
        set_mode(place.folder.path(), mode);
        assert_eq!(place.refusal(), "store.exposed_folder", "{mode:o}");
    }
}

#[test]
fn attack_072_a_folder_that_everybody_may_exchange_is_refused() {
    let place = Place::new();
    let inner = place.folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    set_mode(&inner, 0o700);
    let open = || SqliteStore::open(inner.join("ledger.sqlite"));
    set_mode(place.folder.path(), 0o777);
    assert_eq!(open().unwrap_err().code(), "store.exposed_folder");
    set_mode(place.folder.path(), 0o1777);
    open().unwrap();
}

#[test]
fn a_folder_may_be_reached_over_a_link() {
    let place = Place::new();
    let (folder, link) = (place.folder.path().join("a"), place.folder.path().join("b"));
    fs::create_dir(&folder).unwrap();
    symlink(&folder, &link).unwrap();
    SqliteStore::open(link.join("ledger.sqlite")).unwrap();
    assert!(folder.join("ledger.sqlite").exists());
}

#[test]
fn attack_072_files_that_others_can_reach_are_refused() {
    for suffix in ["", ".mark"] {
        for mode in [0o640, 0o604, 0o666] {
            let place = Place::new();
            drop(place.open());
            set_mode(&place.beside(suffix), mode);
            assert_eq!(
                place.refusal(),
                "private_file.not_private",
                "{suffix} {mode:o}"
            );
        }
    }
}

#[test]
fn attack_072_a_read_only_file_is_refused() {
    let place = Place::new();
    drop(place.open());
    set_mode(&place.path(), 0o400);
    assert_eq!(place.refusal(), "store.read_only");
}

#[test]
fn a_folder_is_no_ledger() {
    let place = Place::new();
    fs::create_dir(place.path()).unwrap();
    assert_eq!(place.refusal(), "private_file.not_a_file");
}

#[tokio::test]
async fn attack_072_a_full_file_denies_and_counts_nothing() {
    let place = Place::new();
    let options = SqliteStore::options().max_file_bytes(80 * 1024);
    let store = options.open(place.path()).unwrap();
    let mut sent = 0;
    let refusal = loop {
        let limits = [day_limit(sent, "1")];
        let wish = Reservation::new(
            id(sent),
            usd("0.01"),
            &limits,
            at(START),
            at(START + 60_000),
        );
        match store.reserve(&wish).await {
            Ok(_) => sent += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(refusal, StoreError::OutOfSpace);
    drop(store);
    let roomy = place.open();
    let usage = roomy.usage(key(sent), DAY, at(START));
    assert_eq!(usage.await.unwrap().count, 0);
    send_a_cent(&roomy, 1_000_000, START).await;
}

#[tokio::test]
async fn attack_072_a_damaged_file_denies() {
    let place = Place::new();
    let store = place.open();
    for n in 0..5 {
        send_a_cent(&store, n, START).await;
    }
    drop(store);
    let mut bytes = fs::read(place.path()).unwrap();
    let len = bytes.len();
    bytes[4096..len].fill(0xA5);
    fs::write(place.path(), &bytes).unwrap();
    let opened = SqliteStore::open(place.path());
    if let Ok(store) = opened {
        let answer = reserve_a_cent(&store, 9, START).await;
        assert!(answer.is_err(), "{answer:?}");
    }
}

#[test]
fn a_path_that_names_no_file_is_refused() {
    let error = SqliteStore::open("..").unwrap_err();
    assert_eq!(error.code(), "store.no_file_name");
}
