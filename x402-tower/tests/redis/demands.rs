//! What a server has to be before money is trusted to it.

use x402_tower::store::{RedisConnectError, RedisOptions, RedisStore};
use x402_tower::testing::RedisServer;

use crate::ground::{amount, id, reserve};

async fn refused(url: &str, options: RedisOptions) -> RedisConnectError {
    RedisStore::connect(url, options).await.unwrap_err()
}

fn options() -> RedisOptions {
    RedisOptions::new("a test")
}

#[tokio::test]
async fn attack_080_a_server_that_evicts_is_refused_unless_that_is_allowed() {
    for policy in ["allkeys-lru", "volatile-ttl", "volatile-lfu"] {
        let server = RedisServer::start_with(&["--maxmemory-policy", policy]);
        let error = refused(&server.url(), options()).await;
        assert_eq!(error.code(), "redis.evicts");
        assert!(error.to_string().contains(policy), "{error}");
        let allowed = options().allow_eviction_to_forget_spent_money();
        let store = RedisStore::connect(&server.url(), allowed).await.unwrap();
        reserve(&store, id(1), &[amount(10)]).await.unwrap();
    }
}

#[tokio::test]
async fn attack_080_a_server_that_evicts_from_now_on_is_not_used_after_a_reconnect() {
    let mut server = RedisServer::start();
    let store = RedisStore::connect(&server.url(), options()).await.unwrap();
    reserve(&store, id(1), &[amount(10)]).await.unwrap();
    server.kill();
    server.start_again_with(&["--maxmemory-policy", "allkeys-random"]);
    reserve(&store, id(2), &[amount(10)]).await.unwrap_err();
}

#[tokio::test]
async fn attack_080_a_replica_is_refused() {
    let primary = RedisServer::start();
    let port = primary.port().to_string();
    let replica = RedisServer::start_with(&["--replicaof", "127.0.0.1", &port]);
    let error = refused(&replica.url(), options()).await;
    assert_eq!(error, RedisConnectError::Replica);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_refused() {
    let mut server = RedisServer::start();
    server.kill();
    let error = refused(&server.url(), options()).await;
    assert_eq!(error, RedisConnectError::Unreachable);
}

#[tokio::test]
async fn a_server_that_says_nothing_is_refused_at_the_deadline() {
    let server = RedisServer::start();
    server.pause();
    let options = options().deadline(std::time::Duration::from_millis(50));
    let error = refused(&server.url(), options).await;
    assert_eq!(error, RedisConnectError::Unreachable);
}

#[tokio::test]
async fn a_server_that_does_not_say_how_it_is_set_up_is_refused() {
    let silent = RedisServer::start_with(&["--rename-command", "INFO", "HIDDEN"]);
    let error = refused(&silent.url(), options()).await;
    assert_eq!(error.code(), "redis.unexamined");

    let managed = RedisServer::start_with(&[
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
        "--rename-command",
        "CONFIG",
        "HIDDEN",
    ]);
    RedisStore::connect(&managed.url(), options())
        .await
        .unwrap();
    let error = refused(&managed.url(), options().require_persistence()).await;
    assert_eq!(error.code(), "redis.unexamined");
}

#[tokio::test]
async fn persistence_is_required_in_full() {
    for settings in [
        ["--appendonly", "no", "--appendfsync", "always"],
        ["--appendonly", "yes", "--appendfsync", "everysec"],
        ["--appendonly", "yes", "--appendfsync", "no"],
    ] {
        let server = RedisServer::start_with(&settings);
        let error = refused(&server.url(), options().require_persistence()).await;
        assert_eq!(error, RedisConnectError::NotPersistent, "{settings:?}");
    }
    let server = RedisServer::start_durable();
    let durable = options().require_persistence();
    RedisStore::connect(&server.url(), durable).await.unwrap();
}

#[tokio::test]
async fn a_password_is_shown_nowhere() {
    let server = RedisServer::start_with(&["--requirepass", "hunter2"]);
    let with = |login: &str| format!("redis://{login}127.0.0.1:{}", server.port());
    let store = RedisStore::connect(&with(":hunter2@"), options()).await;
    let shown = format!("{:?} {:?}", store.unwrap(), options());
    assert!(!shown.contains("hunter2"), "{shown}");
    for login in ["", ":canary@", "canary:canary@"] {
        let error = refused(&with(login), options()).await;
        assert_eq!(error, RedisConnectError::Login, "{login}");
    }
    for url in [
        "http://canary@example.com",
        "canary",
        "redis://:canary@",
        "",
    ] {
        let error = refused(url, options()).await;
        assert!(!format!("{error:?} {error}").contains("canary"), "{error}");
    }
}

#[tokio::test]
async fn tls_that_believes_anybody_is_refused() {
    let error = refused("rediss://127.0.0.1:1/#insecure", options()).await;
    assert_eq!(error, RedisConnectError::Address);
}
