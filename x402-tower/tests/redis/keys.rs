//! What keys are called, how many there are, and how long they live.

use std::time::Duration;

use x402_tower::store::{
    Claim, ClaimKey, Claims, EntryQuery, Ledger, Limit, LimitKey, Put, Quota, RedisOptions,
    RequestKey, Reservation, Reserved, Resolution, SignedPayments, StoreError,
};
use x402_tower::testing::{ManualClock, RedisServer};

use crate::ground::{DAY, amount, cents, connect, id, open, reserve, start, timed, used};

#[tokio::test]
async fn attack_081_namespaces_that_look_alike_share_nothing() {
    let server = RedisServer::start();
    let namespaces = [
        "", "a", "a:b", "a:", ":b", "{a}", "{a}:b", "a\n", "a\r\nb", "a\0", "*", "A",
    ];
    let key = ClaimKey::from_bytes([1; 32]);
    let request = RequestKey::from_bytes([1; 32]);
    let until = start().saturating_add(DAY);
    for namespace in namespaces {
        let store = connect(&server, RedisOptions::new(namespace)).await;
        assert_eq!(used(&store).await.count, 0, "{namespace:?}");
        let answer = reserve(&store, id(1), &[amount(10)]).await;
        assert_eq!(answer, Ok(Reserved::Granted), "{namespace:?}");
        let claim = store.claim(key, id(1), b"", start(), until).await;
        assert_eq!(claim, Ok(Claim::Taken), "{namespace:?}");
        let put = store.put(request, None, b"1", start(), until).await;
        assert!(matches!(put, Ok(Put::Done(_))), "{namespace:?}");
    }
    let keys = server.ask(&["KEYS", "*"]);
    assert_eq!(keys.lines().count(), 5 * namespaces.len());
    let plain = |key: &str| {
        key.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b":{}-_".contains(&byte))
    };
    assert!(keys.lines().all(plain), "{keys}");
}

#[tokio::test]
async fn every_step_keeps_to_one_slot_of_a_cluster() {
    let server = RedisServer::start_with(&["--cluster-enabled", "yes"]);
    server.ask(&["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]);
    while !server
        .ask(&["CLUSTER", "INFO"])
        .contains("cluster_state:ok")
    {}
    let store = open(&server).await;
    let key = ClaimKey::from_bytes([1; 32]);
    let until = start().saturating_add(DAY);
    for n in 0..3 {
        reserve(&store, id(n), &[amount(50)]).await.unwrap();
        store.mark_sent(id(n), None).await.unwrap();
    }
    store.settle(id(0), None).await.unwrap();
    store.mark_unknown(id(1)).await.unwrap();
    store.release(id(2)).await.unwrap();
    store.resolve(id(1), Resolution::Released).await.unwrap();
    assert_eq!(store.entries(&EntryQuery::all()).await, Ok(Vec::new()));
    assert_eq!(store.entry(id(0)).await, Ok(None));
    assert_eq!(used(&store).await.count, 1);
    assert_eq!(
        store.claim(key, id(1), b"", start(), until).await,
        Ok(Claim::Taken)
    );
    assert!(store.read(key, start()).await.unwrap().is_some());
    store.give_back(key, id(1)).await.unwrap();
    let request = RequestKey::from_bytes([1; 32]);
    let Put::Done(revision) = store
        .put(request, None, b"1", start(), until)
        .await
        .unwrap()
    else {
        panic!("nothing was there")
    };
    assert!(store.load(request, start()).await.unwrap().is_some());
    assert_eq!(store.remove(request, revision).await, Ok(true));
}

#[tokio::test]
async fn attack_082_every_key_has_an_end() {
    let server = RedisServer::start();
    let store = open(&server).await;
    let until = start().saturating_add(DAY);
    for n in 0..10 {
        reserve(&store, id(n), &[amount(1000)]).await.unwrap();
        store.mark_sent(id(n), None).await.unwrap();
        let digest = [u8::try_from(n).unwrap(); 32];
        let key = ClaimKey::from_bytes(digest);
        store.claim(key, id(n), b"", start(), until).await.unwrap();
        let request = RequestKey::from_bytes(digest);
        store
            .put(request, None, b"1", start(), until)
            .await
            .unwrap();
    }
    for key in server.ask(&["KEYS", "*"]).lines() {
        let remains: i64 = server.ask(&["PTTL", key])[1..].parse().unwrap();
        assert!(remains > 80_000_000, "{key} {remains}");
        assert!(remains < 3 * 86_400_000, "{key} {remains}");
    }
}

#[tokio::test]
async fn attack_082_windows_and_payments_are_bounded_and_what_has_ended_makes_room() {
    let server = RedisServer::start();
    let clock = ManualClock::new(start());
    let options = RedisOptions::new("a test").capacity(4, 6);
    let store = connect(&server, options.test_clock(clock.clone())).await;
    let limit = |n| Limit::new(LimitKey::from_bytes([n; 32]), DAY, Quota::Count(9));
    for n in 0..4 {
        let answer = reserve(&store, id(n.into()), &[limit(n)]).await;
        assert_eq!(answer, Ok(Reserved::Granted));
    }
    assert_eq!(
        reserve(&store, id(4), &[limit(4)]).await,
        Err(StoreError::Full)
    );
    for n in 4..6 {
        reserve(&store, id(n), &[limit(0)]).await.unwrap();
    }
    assert_eq!(
        reserve(&store, id(6), &[limit(0)]).await,
        Err(StoreError::Full)
    );
    // A settled payment makes room, and stays counted.
    store.settle(id(5), None).await.unwrap();
    assert_eq!(
        reserve(&store, id(6), &[limit(0)]).await,
        Ok(Reserved::Granted)
    );
    let used = store.usage(limit(0).key, DAY, start()).await.unwrap();
    assert_eq!(used.count, 4);
    clock.advance(Duration::from_secs(61));
    for n in 10..14 {
        let limit = limit(u8::try_from(n).unwrap());
        let answer = reserve(&store, id(n), &[limit]).await;
        // One window still counts what was settled.
        let room = if n < 13 {
            Ok(Reserved::Granted)
        } else {
            Err(StoreError::Full)
        };
        assert_eq!(answer, room, "{n}");
    }
    clock.advance(DAY + DAY / 60);
    let answer = reserve(&store, id(20), &[limit(20)]).await;
    assert_eq!(answer, Ok(Reserved::Granted));
}

#[tokio::test]
async fn what_has_rolled_out_is_cleared_away() {
    let server = RedisServer::start();
    let (store, clock) = timed(&server).await;
    let minute = Duration::from_secs(60);
    for n in 0..500 {
        let limits = [Limit::new(
            LimitKey::from_bytes([7; 32]),
            minute,
            Quota::Count(1000),
        )];
        let now = start();
        let wish = Reservation::new(id(n), cents(1), &limits, now, now.saturating_add(minute));
        assert_eq!(store.reserve(&wish).await, Ok(Reserved::Granted));
        store.mark_sent(id(n), None).await.unwrap();
        clock.advance(Duration::from_secs(1));
    }
    let book = server.ask(&["KEYS", "*:book:*"]);
    let fields: u64 = server.ask(&["HLEN", &book])[1..].parse().unwrap();
    // A minute's payments, what waits to be cleared away, a window, its buckets, and the state of the ledger.
    assert!(fields < 70, "{fields}");
}
