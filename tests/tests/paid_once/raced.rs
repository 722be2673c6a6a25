//! Many buyers at one budget.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use x402_tower::testing::RedisServer;

use crate::buyer::{Books, Buyer, Setup};
use crate::buyer_process::{Ask, Orders};
use crate::engine::Engine;
use crate::place::Place;
use crate::seller::Seller;

/// What fits into the budget.
const FITS: u64 = 5;

const TASKS: usize = 200;
const PROCESSES: usize = 10;
const ASKS: usize = 20;

/// When reservations and claims of callers who were told nothing have ended, in seconds.
const RECOVERED: u64 = 20 * 60;

struct Race {
    seller: Seller,
    place: Place,
    setup: Setup,
}

impl Race {
    async fn new(engine: Engine) -> Self {
        let place = Place::new();
        Self {
            seller: Seller::open().await,
            setup: Setup {
                engine,
                folder: place.folder(),
                cents: FITS,
                declines: false,
            },
            place,
        }
    }

    /// Every task of one guard asks once; what they are told.
    async fn tasks(&self, buyer: &Arc<Buyer>) -> Vec<String> {
        let mut tasks = JoinSet::new();
        for n in 0..TASKS {
            let (buyer, url) = (Arc::clone(buyer), self.seller.url(&format!("/{n}")));
            tasks.spawn(async move { buyer.get(&url, None).await });
        }
        tasks.join_all().await
    }

    /// Every process asks for different things, all at once; what they are told.
    async fn processes(&self, secs: u64) -> Vec<String> {
        let mut processes = JoinSet::new();
        for n in 0..PROCESSES {
            let url = |ask| self.seller.url(&format!("/{n}/{ask}"));
            let asks = (0..ASKS).map(|ask| Ask::at(secs, url(ask))).collect();
            let orders = Orders::new(&self.setup, asks).at_once();
            processes.spawn(async move { orders.run().await.ended() });
        }
        let ran = processes.join_all().await;
        ran.into_iter().flat_map(|ran| ran.told).collect()
    }

    fn assert_exactly_five(&self, told: &[String], books: &Books) {
        let delivered = told.iter().filter(|told| *told == "delivered").count();
        assert_eq!(u64::try_from(delivered).unwrap(), FITS);
        assert_eq!(books.counted, FITS);
        assert!(books.open.is_empty(), "{books:?}");
        assert_eq!(self.seller.settled("/"), FITS);
        assert_eq!(self.place.signatures().len(), delivered);
        assert_eq!(self.seller.arrived("/").len(), delivered);
        assert!(self.place.verify().dangling_intents.is_empty());
    }

    /// After trouble with the store: what counts is the whole budget and never more, and each payment that counts has been
    /// settled or can be reconciled.
    fn assert_at_most_five(&self, books: &Books) {
        let settled = self.seller.settled("/");
        let open = u64::try_from(books.open.len()).unwrap();
        assert_eq!(books.counted, FITS, "{books:?}");
        assert!(
            settled <= FITS && settled + open >= FITS,
            "{settled}: {books:?}"
        );
        let arrived = self.seller.arrived("/").len();
        assert!(u64::try_from(arrived).unwrap() <= FITS, "{arrived}");
        self.place.verify();
    }
}

async fn two_hundred_tasks(engine: Engine) {
    let race = Race::new(engine).await;
    let buyer = Arc::new(Buyer::open(&race.setup).await);
    let told = race.tasks(&buyer).await;
    race.assert_exactly_five(&told, &buyer.books().await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_066_of_200_tasks_exactly_five_pay_on_sqlite() {
    two_hundred_tasks(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_066_of_200_tasks_exactly_five_pay_on_redis() {
    let server = RedisServer::start();
    two_hundred_tasks(Engine::redis(&server, "a test")).await;
}

async fn ten_processes(engine: Engine) {
    let race = Race::new(engine).await;
    let told = race.processes(0).await;
    let last = Buyer::open(&race.setup).await.books().await.unwrap();
    race.assert_exactly_five(&told, &last);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_067_of_ten_processes_exactly_five_payments_leave_on_sqlite() {
    ten_processes(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_067_of_ten_processes_exactly_five_payments_leave_on_redis() {
    let server = RedisServer::start();
    ten_processes(Engine::redis(&server, "a test")).await;
}

/// How long a step may take while the server is in trouble: some steps fail.
const IMPATIENCE: Duration = Duration::from_secs(1);

/// Flushes, pauses and restarts the server until `race` has ended, and leaves it alone for longer each time, so that a busy
/// machine gets something done as well.
async fn in_trouble<T>(server: RedisServer, race: impl Future<Output = T>) -> (RedisServer, T) {
    let (end, mut ended) = tokio::sync::oneshot::channel::<()>();
    let trouble = tokio::task::spawn_blocking(move || {
        let (mut server, mut calm) = (server, IMPATIENCE);
        while ended.try_recv().is_err() {
            server.flush_scripts();
            std::thread::sleep(calm);
            calm += IMPATIENCE;
            server.pause();
            std::thread::sleep(IMPATIENCE * 5 / 4);
            server.resume();
            server.restart();
        }
        server
    });
    let done = race.await;
    end.send(()).unwrap();
    (trouble.await.unwrap(), done)
}

/// Races on a server in trouble, again and again until some callers had no answer and some were delivered, and once more
/// when it is well.
async fn in_trouble_and_after<F>(ask: impl Fn(Race, u64) -> F)
where
    F: Future<Output = (Race, Vec<String>)>,
{
    let server = RedisServer::start_durable();
    let race = Race::new(Engine::redis_within(&server, "a test", IMPATIENCE)).await;
    let (server, (mut race, end)) = in_trouble(server, async {
        let (mut race, mut unanswered) = (race, false);
        // Before the day is over, which would begin another budget.
        for round in 1..60 {
            let (raced, told) = ask(race, round * RECOVERED).await;
            race = raced;
            unanswered |= told.iter().any(|told| told == "store.unavailable");
            if unanswered && race.seller.settled("/") > 0 {
                return (race, round);
            }
        }
        panic!("no trouble, or nothing else")
    })
    .await;
    assert!(race.seller.arrived("/").len() <= 5);
    race.setup.engine = Engine::redis(&server, "a test");
    let secs = (end + 1) * RECOVERED;
    (race, _) = ask(race, secs).await;
    let last = Buyer::open(&race.setup).await;
    last.move_to(secs);
    race.assert_at_most_five(&last.books().await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_080_a_server_in_trouble_lets_no_sixth_task_pay() {
    in_trouble_and_after(async |race: Race, secs| {
        let buyer = Arc::new(Buyer::open(&race.setup).await);
        buyer.move_to(secs);
        let told = race.tasks(&buyer).await;
        (race, told)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_080_a_server_in_trouble_lets_no_sixth_payment_of_ten_processes_leave() {
    in_trouble_and_after(async |race: Race, secs| {
        let told = race.processes(secs).await;
        (race, told)
    })
    .await;
}
