//! The engine on a Redis server.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use x402_tower::store::{RedisOptions, RedisStore};
use x402_tower::testing::store_suite::Subject;
use x402_tower::testing::{ManualClock, RedisServer};
use x402_tower::{Clock, UnixMillis};

/// A server of its own for each fact, and a clock in place of the server's.
struct Redis {
    server: Mutex<RedisServer>,
    clock: ManualClock,
}

impl Redis {
    fn new() -> Self {
        Self {
            server: Mutex::new(RedisServer::start_durable()),
            clock: ManualClock::from_secs(1_700_000_000),
        }
    }
}

impl Subject for Redis {
    type Store = RedisStore;

    async fn open(&self) -> Arc<RedisStore> {
        let options = RedisOptions::new("store suite").test_clock(self.clock.clone());
        let url = self.server.lock().await.url();
        Arc::new(RedisStore::connect(&url, options).await.unwrap())
    }

    fn now(&self) -> UnixMillis {
        self.clock.now().unwrap()
    }

    async fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    async fn restart(&self) -> bool {
        self.server.lock().await.restart();
        true
    }
}

x402_tower::store_suite!(Redis::new());
