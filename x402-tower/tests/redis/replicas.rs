//! Servers that follow another.

use std::num::NonZeroU32;
use std::time::Duration;

use x402_tower::store::{RedisOptions, Reserved, StoreError};
use x402_tower::testing::RedisServer;

use crate::ground::{amount, connect, id, open, reserve, used};

fn follow(server: &RedisServer, primary: &RedisServer) {
    server.ask(&["REPLICAOF", "127.0.0.1", &primary.port().to_string()]);
}

#[tokio::test]
async fn attack_080_a_server_that_became_a_replica_denies_until_it_is_primary_again() {
    let (server, other) = (RedisServer::start(), RedisServer::start());
    let store = open(&server).await;
    reserve(&store, id(1), &[amount(50)]).await.unwrap();
    follow(&server, &other);
    for n in 2..4 {
        let answer = reserve(&store, id(n), &[amount(50)]).await;
        assert_eq!(answer, Err(StoreError::Unavailable));
    }
    server.ask(&["REPLICAOF", "NO", "ONE"]);
    reserve(&store, id(4), &[amount(50)]).await.unwrap();
}

#[tokio::test]
async fn attack_080_what_too_few_replicas_have_is_denied_and_stays_counted() {
    let (primary, replica) = (RedisServer::start(), RedisServer::start());
    follow(&replica, &primary);
    while !primary
        .ask(&["INFO", "replication"])
        .contains("state=online")
    {}
    let one = NonZeroU32::MIN;
    let options = RedisOptions::new("a test");
    let store = connect(
        &primary,
        options
            .clone()
            .wait_for_replicas(one, Duration::from_secs(2)),
    )
    .await;
    let answer = reserve(&store, id(1), &[amount(50)]).await;
    assert_eq!(answer, Ok(Reserved::Granted));

    replica.pause();
    let options = options.wait_for_replicas(one, Duration::from_millis(50));
    let store = connect(&primary, options).await;
    let answer = reserve(&store, id(2), &[amount(50)]).await;
    assert_eq!(answer, Err(StoreError::Unavailable));
    replica.resume();
    let counted = open(&primary).await;
    assert_eq!(used(&counted).await.count, 2);

    // The replica that is promoted has everything that was granted.
    replica.ask(&["REPLICAOF", "NO", "ONE"]);
    let promoted = open(&replica).await;
    assert!(used(&promoted).await.count >= 1);
}
