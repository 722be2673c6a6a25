//! The engine in memory.

use std::sync::Arc;
use std::time::Duration;

use x402_tower::store::MemoryStore;
use x402_tower::testing::ManualClock;
use x402_tower::testing::store_suite::Subject;
use x402_tower::{Clock, UnixMillis};

struct Memory {
    store: MemoryStore,
    clock: ManualClock,
}

impl Memory {
    fn new() -> Self {
        Self {
            store: MemoryStore::new(),
            clock: ManualClock::from_secs(1_700_000_000),
        }
    }
}

impl Subject for Memory {
    type Store = MemoryStore;

    async fn open(&self) -> Arc<MemoryStore> {
        Arc::new(self.store.clone())
    }

    fn now(&self) -> UnixMillis {
        self.clock.now().unwrap()
    }

    async fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }
}

x402_tower::store_suite!(Memory::new());
