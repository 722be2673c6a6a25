//! Many callers at once, in one process and over two openings of one file.

use futures_util::future::join_all;
use x402_tower::store::{Ledger, Reservation, Reserved, SqliteStore, StoreError, Usage};

use super::{Place, START, at, day_limit, id, reserve_a_cent, usd, used};

fn granted(answers: &[Result<Reserved, StoreError>]) -> usize {
    answers
        .iter()
        .filter(|answer| **answer == Ok(Reserved::Granted))
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_066_two_hundred_tasks_share_a_budget_of_five() {
    let place = Place::new();
    let store = place.open();
    let racers = (0..200).map(|n| {
        let store = store.clone();
        tokio::spawn(async move { reserve_a_cent(&store, n, START).await })
    });
    let answers: Vec<_> = join_all(racers)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(granted(&answers), 5);
    drop(store);
    assert_eq!(used(&place.open(), START).await, Usage::new(usd("0.05"), 5));
}

#[tokio::test]
async fn attack_068_two_writers_do_not_see_the_same_room() {
    let place = Place::new();
    let (one, two) = (place.open(), place.open());
    for n in 0..50 {
        let reserve = async |store: &SqliteStore, payment| {
            let limits = [day_limit(n, "0.01")];
            let wish = Reservation::new(
                id(payment),
                usd("0.01"),
                &limits,
                at(START),
                at(START + 60_000),
            );
            store.reserve(&wish).await
        };
        let (a, b) = futures_util::join!(reserve(&one, 2 * n), reserve(&two, 2 * n + 1));
        assert_eq!(granted(&[a, b]), 1);
    }
}
