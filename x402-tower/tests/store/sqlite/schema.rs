//! Files of other versions, and of others.

use super::{Place, START, send_a_cent, used};

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
