//! What a restart keeps, and what becomes of a request that nobody repeats in time.

use x402_tower::failpoints::Failpoint;
use x402_tower::testing::RedisServer;

use crate::buyer::Setup;
use crate::buyer_process::{Ask, Orders};
use crate::engine::Engine;
use crate::place::Place;
use crate::seller::{Behave, Seller};

const HOUR: u64 = 3_600;

struct Ground {
    seller: Seller,
    place: Place,
    setup: Setup,
}

impl Ground {
    async fn new(engine: Engine, cents: u64) -> Self {
        let place = Place::new();
        Self {
            seller: Seller::open().await,
            setup: Setup {
                engine,
                folder: place.folder(),
                cents,
                declines: false,
            },
            place,
        }
    }

    fn ask(&self, secs: u64, path: &str) -> Ask {
        Ask::at(secs, self.seller.url(path))
    }

    fn orders(&self, asks: impl IntoIterator<Item = Ask>) -> Orders {
        Orders::new(&self.setup, asks.into_iter().collect())
    }
}

async fn a_killed_buyer_gets_no_new_day(engine: Engine) {
    let ground = Ground::new(engine, 3).await;
    let asks = ["/1", "/2", "/3"].map(|path| ground.ask(0, path));
    let killed = ground
        .orders(asks)
        .killed_at(Failpoint::Remembered, 3)
        .await;
    assert_eq!(killed.told, ["delivered"; 2]);
    let asks = [0, 23 * HOUR, 25 * HOUR].map(|secs| ground.ask(secs, "/4"));
    let ran = ground.orders(asks).run().await.ended();
    assert_eq!(ran.before.counted, 3);
    assert_eq!(ran.told, ["policy.window", "policy.window", "delivered"]);
    assert_eq!(ground.seller.settled("/"), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_070_a_restart_keeps_the_window_on_sqlite() {
    a_killed_buyer_gets_no_new_day(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_070_a_restart_keeps_the_window_on_redis() {
    let server = RedisServer::start();
    a_killed_buyer_gets_no_new_day(Engine::redis(&server, "a test")).await;
}

async fn a_lie_is_not_paid_again_by_the_next_process(engine: Engine) {
    let ground = Ground::new(engine, 3).await;
    ground.seller.plan("/report", Behave::SettlesAndLies);
    let ran = ground
        .orders([ground.ask(0, "/report")])
        .run()
        .await
        .ended();
    assert_eq!(
        (ran.told, ran.after.counted),
        (vec!["rejected".to_owned()], 1)
    );
    let ran = ground
        .orders([ground.ask(0, "/report")])
        .run()
        .await
        .ended();
    assert_eq!(ran.told, ["settled_earlier"]);
    assert_eq!((ran.before.counted, ran.after.counted), (1, 1));
    assert_eq!(ground.place.signatures().len(), 1);
    assert_eq!(ground.seller.arrived("/").len(), 1);
    assert!(ground.place.verify().dangling_intents.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_074_a_lie_is_not_paid_again_by_the_next_process_on_sqlite() {
    a_lie_is_not_paid_again_by_the_next_process(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_074_a_lie_is_not_paid_again_by_the_next_process_on_redis() {
    let server = RedisServer::start();
    a_lie_is_not_paid_again_by_the_next_process(Engine::redis(&server, "a test")).await;
}

/// A buyer is killed while a seller that has settled says nothing, and its request is not repeated in time.
async fn not_repeated_in_time(engine: Engine, key: Option<&str>, told: [&str; 3]) {
    let ground = Ground::new(engine, 3).await;
    let ask = |secs| ground.ask(secs, "/report").named(key);
    let settled = ground.seller.plan("/report", Behave::SettlesQuietly);
    ground.orders([ask(0)]).killed_when(&settled).await;
    let ran = ground
        .orders([130, 400, 25 * HOUR].map(ask))
        .run()
        .await
        .ended();
    assert_eq!(ran.told, told);
    assert!(ran.before.counted >= 1, "{ran:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_087_a_payment_that_ran_out_stays_in_doubt_on_sqlite() {
    let told = ["request.in_doubt", "delivered", "delivered"];
    not_repeated_in_time(Engine::Sqlite, None, told).await;
    let told = ["request.in_doubt", "request.in_doubt", "delivered"];
    not_repeated_in_time(Engine::Sqlite, Some("order-7"), told).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_087_a_payment_that_ran_out_stays_in_doubt_on_redis() {
    let server = RedisServer::start();
    let told = ["request.in_doubt", "delivered", "delivered"];
    not_repeated_in_time(Engine::redis(&server, "one"), None, told).await;
    let told = ["request.in_doubt", "request.in_doubt", "delivered"];
    not_repeated_in_time(Engine::redis(&server, "two"), Some("order-7"), told).await;
}
