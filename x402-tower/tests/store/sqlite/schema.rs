//! Files of other versions, and of others.

use x402_tower::store::{Ledger, Usage};

use super::{Place, START, id, key, send_a_cent, usd, used};

#[tokio::test]
async fn an_empty_database_becomes_a_ledger() {
    let place = Place::new();
    let raw = place.raw();
    raw.execute_batch("CREATE TABLE t (a); DROP TABLE t;")
        .unwrap();
    drop(raw);
    make_private(&place);
    let store = place.open();
    send_a_cent(&store, 1, START).await;
    assert_eq!(used(&store, START).await.count, 1);
}

/// Version 1 as it was released: what such a file counts, this code goes on counting.
#[tokio::test]
async fn a_file_of_version_1_goes_on() {
    const VERSION_1: &str = include_str!("../../../src/store/sqlite/schema_1.sql");
    let place = Place::new();
    let raw = place.raw();
    raw.execute_batch(VERSION_1).unwrap();
    raw.pragma_update(None, "application_id", 0x7834_3032)
        .unwrap();
    raw.pragma_update(None, "user_version", 1).unwrap();
    let (width, bucket) = (86_400_000 / 64, START / (86_400_000 / 64));
    let leaves = (bucket + 1) * width + 86_400_000;
    let limit = key(1).as_bytes().map(|byte| format!("{byte:02x}")).concat();
    raw.execute_batch(&format!(
        "INSERT INTO state (one, store, now, windows, payments, next_window)
             VALUES (1, x'00112233445566778899aabbccddeeff', {START}, 1, 1, 2);
         INSERT INTO windows VALUES (1, x'{limit}', 86400000, 0, 0, 30000, 1, {leaves});
         INSERT INTO buckets VALUES (1, {bucket}, 0, 30000, 1);
         INSERT INTO payments VALUES (x'00000000000000070000000000000000', 1, 0, 30000, {START}, {leaves},
             {leaves}, x'0000000000000001{bucket:016x}');"
    ))
    .unwrap();
    drop(raw);
    make_private(&place);
    let store = place.open();
    assert_eq!(used(&store, START).await, Usage::new(usd("0.03"), 1));
    store.settle(id(7), Some(usd("0.02"))).await.unwrap();
    assert_eq!(used(&store, START).await, Usage::new(usd("0.02"), 1));
}

#[test]
fn a_file_of_a_newer_version_is_refused_and_left_as_it_is() {
    let place = Place::new();
    drop(place.open());
    place.raw().pragma_update(None, "user_version", 2).unwrap();
    let before = std::fs::read(place.path()).unwrap();
    assert_eq!(place.refusal(), "store.newer_schema");
    assert_eq!(std::fs::read(place.path()).unwrap(), before);
}

#[test]
fn a_database_of_somebody_else_is_refused_and_left_as_it_is() {
    let place = Place::new();
    place.raw().execute_batch("CREATE TABLE mine (a)").unwrap();
    make_private(&place);
    let before = std::fs::read(place.path()).unwrap();
    assert_eq!(place.refusal(), "store.not_a_ledger");
    assert_eq!(std::fs::read(place.path()).unwrap(), before);
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_as_it_is() {
    let place = Place::new();
    let text = "not a database, but long enough to be taken for one".repeat(100);
    std::fs::write(place.path(), &text).unwrap();
    make_private(&place);
    assert_eq!(place.refusal(), "store.not_a_ledger");
    assert_eq!(std::fs::read_to_string(place.path()).unwrap(), text);
}

fn make_private(place: &Place) {
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(place.path(), private).unwrap();
}
