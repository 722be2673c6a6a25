//! What every engine promises.

use std::sync::Arc;
use std::time::Duration;

use x402_tower::store::SqliteStore;
use x402_tower::testing::ManualClock;
use x402_tower::testing::store_suite::Subject;
use x402_tower::{Clock, UnixMillis};

use super::Place;

struct InAFile {
    place: Place,
    clock: ManualClock,
}

impl InAFile {
    fn new() -> Self {
        Self {
            place: Place::new(),
            clock: ManualClock::from_secs(1_700_000_000),
        }
    }
}

impl Subject for InAFile {
    type Store = SqliteStore;

    async fn open(&self) -> Arc<SqliteStore> {
        Arc::new(self.place.open())
    }

    fn now(&self) -> UnixMillis {
        self.clock.now().unwrap()
    }

    async fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// The last handle closes the file, so that the next one finds what is in it and nothing else.
    async fn restart(&self) -> bool {
        true
    }
}

x402_tower::store_suite!(InAFile::new());
