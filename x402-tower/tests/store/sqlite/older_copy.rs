//! Attack 71: the ledger is deleted, rolled back or exchanged.

use x402_tower::store::{SqliteStore, StoreError, Usage};

use super::{Place, START, copy_ledger, reserve_a_cent, send_a_cent, used};

#[tokio::test]
async fn attack_071_an_older_copy_is_refused() {
    let place = Place::new();
    send_a_cent(&place.open(), 1, START).await;
    let backup = place.folder.path().join("backup");
    copy_ledger(&place.path(), &backup);
    send_a_cent(&place.open(), 2, START).await;
    copy_ledger(&backup, &place.path());
    let error = SqliteStore::open(place.path()).unwrap_err();
    assert_eq!(error.code(), "store.rolled_back");
    assert!(
        error.to_string().contains("dangerous_accept_older_copy"),
        "{error}"
    );
}

#[tokio::test]
async fn attack_071_an_older_copy_is_used_where_somebody_accepts_it() {
    let place = Place::new();
    send_a_cent(&place.open(), 1, START).await;
    let backup = place.folder.path().join("backup");
    copy_ledger(&place.path(), &backup);
    send_a_cent(&place.open(), 2, START).await;
    copy_ledger(&backup, &place.path());
    let options = SqliteStore::options().dangerous_accept_older_copy();
    let store = options.open(place.path()).unwrap();
    assert_eq!(used(&store, START).await.count, 1);
    drop(store);
    assert_eq!(
        used(&place.open(), START).await.count,
        1,
        "it is the ledger now"
    );
}

#[tokio::test]
async fn attack_071_a_ledger_that_is_gone_does_not_begin_anew() {
    let place = Place::new();
    send_a_cent(&place.open(), 1, START).await;
    std::fs::remove_file(place.path()).unwrap();
    assert_eq!(place.refusal(), "store.rolled_back");
    std::fs::File::create(place.path()).unwrap();
    let _ = std::fs::set_permissions(place.path(), private());
    assert_eq!(place.refusal(), "store.rolled_back", "nor an empty one");
    let options = SqliteStore::options().dangerous_accept_older_copy();
    let store = options.open(place.path()).unwrap();
    assert_eq!(used(&store, START).await, Usage::default());
}

fn private() -> std::fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o600)
}

#[tokio::test]
async fn attack_071_another_ledger_is_refused() {
    let (place, other) = (Place::new(), Place::new());
    for n in 0..3 {
        send_a_cent(&other.open(), n, START).await;
    }
    send_a_cent(&place.open(), 1, START).await;
    copy_ledger(&other.path(), &place.path());
    assert_eq!(place.refusal(), "store.rolled_back");
}

#[tokio::test]
async fn attack_071_a_ledger_without_its_mark_is_refused() {
    let place = Place::new();
    send_a_cent(&place.open(), 1, START).await;
    std::fs::remove_file(place.beside(".mark")).unwrap();
    assert_eq!(place.refusal(), "store.mark_lost");
    assert_eq!(
        place.refusal(),
        "store.mark_lost",
        "trying again does not help"
    );
    let options = SqliteStore::options().dangerous_accept_older_copy();
    assert_eq!(
        used(&options.open(place.path()).unwrap(), START)
            .await
            .count,
        1
    );
}

#[tokio::test]
async fn attack_071_a_damaged_mark_is_none() {
    let place = Place::new();
    send_a_cent(&place.open(), 1, START).await;
    let mark = std::fs::read_to_string(place.beside(".mark")).unwrap();
    let lower = mark
        .replacen("0000 ", "0001 ", 1)
        .replacen("0002 ", "0001 ", 1);
    assert_ne!(lower, mark);
    for damaged in [lower.as_str(), &mark[1..], &mark[..40], ""] {
        std::fs::write(place.beside(".mark"), damaged).unwrap();
        assert_eq!(place.refusal(), "store.mark_lost", "{damaged}");
    }
    std::fs::write(place.beside(".mark"), mark).unwrap();
    place.open();
}

#[tokio::test]
async fn attack_071_a_ledger_whose_mark_lags_is_whole() {
    let place = Place::new();
    send_a_cent(&place.open(), 1, START).await;
    let mark = std::fs::read(place.beside(".mark")).unwrap();
    send_a_cent(&place.open(), 2, START).await;
    std::fs::write(place.beside(".mark"), mark).unwrap();
    assert_eq!(used(&place.open(), START).await.count, 2);
}

#[tokio::test]
async fn attack_071_a_running_store_notices_that_its_ledger_was_exchanged() {
    let place = Place::new();
    let store = place.open();
    send_a_cent(&store, 1, START).await;
    let backup = place.folder.path().join("backup");
    copy_ledger(&place.path(), &backup);
    std::fs::rename(&backup, place.path()).unwrap();
    assert_eq!(
        reserve_a_cent(&store, 2, START).await,
        Err(StoreError::Replaced)
    );
}

#[tokio::test]
async fn attack_071_a_running_store_notices_that_a_file_is_gone() {
    for suffix in ["", "-wal", "-shm", ".mark"] {
        let place = Place::new();
        let store = place.open();
        send_a_cent(&store, 1, START).await;
        std::fs::remove_file(place.beside(suffix)).unwrap();
        assert_eq!(
            reserve_a_cent(&store, 2, START).await,
            Err(StoreError::Replaced),
            "{suffix}"
        );
    }
}
