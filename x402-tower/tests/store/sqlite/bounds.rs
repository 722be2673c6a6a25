//! Nothing grows without end, and nothing that was removed stays.

use futures_util::future::join_all;
use x402_tower::store::{
    Ledger, Put, RequestKey, Reservation, Reserved, SignedPayments, SqliteStore, StoreError,
};

use super::{DAY, Place, START, at, day_limit, id, key, usd};

async fn reserve(
    store: &SqliteStore,
    n: u64,
    keys: std::ops::Range<u64>,
    millis: u64,
) -> Result<Reserved, StoreError> {
    let limits: Vec<_> = keys.map(|n| day_limit(n, "1000")).collect();
    let wish = Reservation::new(id(n), usd("0.01"), &limits, at(millis), at(millis + 60_000));
    store.reserve(&wish).await
}

#[tokio::test]
async fn attack_082_a_hundred_thousand_windows_meet_the_cap() {
    let place = Place::new();
    let store = place.open();
    let answers = join_all((0..100_000 / 50).map(async |n| {
        let answer = reserve(&store, n, n * 50..(n + 1) * 50, START).await;
        if answer == Ok(Reserved::Granted) {
            store.mark_sent(id(n), None).await.unwrap();
        }
        answer
    }))
    .await;
    let count = |wanted| answers.iter().filter(|answer| **answer == wanted).count();
    let granted = count(Ok(Reserved::Granted));
    let refused = count(Err(StoreError::Full));
    assert_eq!((granted, refused), (1_310, 690), "65,536 windows, 50 each");
    assert_eq!(
        reserve(&store, 9_999, 5..6, START).await,
        Ok(Reserved::Granted),
        "what is counted already still works"
    );
    let later = START + 2 * 86_400_000;
    let mut tries = 0;
    while reserve(&store, 10_000 + tries, 200_000..200_050, later).await == Err(StoreError::Full) {
        tries += 1;
    }
    assert!(tries < 5, "what rolled out makes room: {tries}");
}

#[tokio::test]
async fn the_work_does_not_grow_with_the_payments_in_the_window() {
    let place = Place::new();
    let store = place.open();
    let width = 86_400_000 / 64;
    for n in 0..400 {
        let answer = reserve(&store, n, 1..2, START + n * width / 2).await;
        assert_eq!(answer, Ok(Reserved::Granted));
        store.settle(id(n), None).await.unwrap();
    }
    drop(store);
    let buckets: u64 = place
        .raw()
        .query_row("SELECT count(*) FROM buckets", [], |row| {
            row.get::<_, u32>(0)
        })
        .unwrap()
        .into();
    assert!(buckets <= 66, "{buckets}");
}

/// Whether any file of the ledger holds these bytes.
fn is_on_disk(place: &Place, secret: &[u8]) -> bool {
    ["", "-wal", "-shm", ".mark"].iter().any(|suffix| {
        std::fs::read(place.beside(suffix))
            .is_ok_and(|bytes| bytes.windows(secret.len()).any(|window| window == secret))
    })
}

#[tokio::test]
async fn a_signed_payment_that_is_removed_leaves_no_bytes() {
    let place = Place::new();
    let store = place.open();
    let request = RequestKey::from_bytes([1; 32]);
    let secret = b"a signature is a bearer instrument".repeat(300);
    let put = store
        .put(request, None, &secret, at(START), at(START + 9))
        .await;
    let Ok(Put::Done(revision)) = put else {
        panic!("{put:?}");
    };
    assert!(is_on_disk(&place, &secret[..34]));
    assert_eq!(store.remove(request, revision).await, Ok(true));
    while is_on_disk(&place, &secret[..34]) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_signed_payment_that_has_ended_leaves_no_bytes_after_closing() {
    let place = Place::new();
    let store = place.open();
    let request = RequestKey::from_bytes([1; 32]);
    let secret = b"a signature is a bearer instrument".repeat(300);
    store
        .put(request, None, &secret, at(START), at(START + 9))
        .await
        .unwrap();
    store.usage(key(1), DAY, at(START + 10)).await.unwrap();
    drop(store);
    assert!(!is_on_disk(&place, &secret[..34]));
}

#[tokio::test]
async fn a_file_gives_back_what_it_does_not_need_any_more() {
    let place = Place::new();
    let store = place.open();
    let value = vec![7; 100_000];
    for n in 0..100 {
        let request = RequestKey::from_bytes([n; 32]);
        store
            .put(request, None, &value, at(START), at(START + 9))
            .await
            .unwrap();
    }
    store.usage(key(1), DAY, at(START + 10)).await.unwrap();
    let few = 6 * 1024 * 1024;
    while std::fs::metadata(place.path()).unwrap().len() > few {
        tokio::task::yield_now().await;
    }
}
