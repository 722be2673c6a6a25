//! The kill matrix: a buyer is killed at each point of a payment, its next process repeats the request.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use x402_tower::failpoints::Failpoint;
use x402_tower::testing::RedisServer;

use crate::buyer::Setup;
use crate::buyer_process::{Ask, Orders, Ran};
use crate::engine::Engine;
use crate::place::{Place, Signature};
use crate::seller::{Behave, Seller};

/// Where a process is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kill {
    /// By itself, in its first attempt.
    At(Failpoint),
    /// By itself, when it sends again what an earlier process, which was killed at [`Failpoint::Kept`], has kept.
    Resending(Failpoint),
    /// By the test, when the seller has done this.
    Seller(Behave),
}

/// What a kill leaves, and what whoever repeats the request is told.
struct Row {
    kill: Kill,
    /// Signatures that exist.
    signatures: usize,
    /// Cents that the ledger counts.
    counted: u64,
    /// Payments that the ledger lists as open, for reconciliation.
    open: usize,
    /// Whether the audit log shows an intent without an outcome.
    dangling: bool,
    /// What the same request is told at each of [`MOMENTS`], until it ends well.
    told: &'static [&'static str],
}

/// Seconds after the kill: at once; when the authorization has run out, clocks that differ included; when the request is
/// remembered no longer.
const MOMENTS: [u64; 3] = [0, 130, 400];

const DELIVERED: &[&str] = &["delivered"];
const SETTLED_EARLIER: &[&str] = &["settled_earlier"];
const DUPLICATE_FOR_FIVE_MINUTES: &[&str] = &["replay.duplicate", "replay.duplicate", "delivered"];
const IN_DOUBT_FIRST: &[&str] = &["request.in_doubt", "replay.duplicate", "delivered"];

const fn row(
    kill: Kill,
    (signatures, counted, open): (usize, u64, usize),
    dangling: bool,
    told: &'static [&'static str],
) -> Row {
    Row {
        kill,
        signatures,
        counted,
        open,
        dangling,
        told,
    }
}

/// The whole matrix.
fn rows() -> Vec<Row> {
    use Failpoint::*;
    use Kill::{At, Resending, Seller};
    let paid_and_settled = &["replay.duplicate", "replay.duplicate"];
    vec![
        // Nothing is there, or only money set aside, which a new attempt does not need.
        row(At(Begun), (0, 0, 0), false, DELIVERED),
        row(At(Reserved), (0, 1, 0), false, DELIVERED),
        // The request is claimed.
        row(At(Checked), (0, 1, 0), false, DUPLICATE_FOR_FIVE_MINUTES),
        row(At(Intended), (0, 1, 0), true, DUPLICATE_FOR_FIVE_MINUTES),
        // A signature may exist of which nothing is kept.
        row(At(Signing), (0, 1, 0), true, IN_DOUBT_FIRST),
        row(
            At(Declined),
            (0, 0, 0),
            false,
            &["request.in_doubt", "delivered"],
        ),
        row(At(Signed), (1, 1, 0), true, IN_DOUBT_FIRST),
        row(At(MarkedSent), (1, 1, 1), true, IN_DOUBT_FIRST),
        // The signature is kept: it is sent again, whether or not it has arrived before.
        row(At(Kept), (1, 1, 1), true, DELIVERED),
        row(Seller(Behave::KeepsQuiet), (1, 1, 1), true, DELIVERED),
        row(
            Seller(Behave::SettlesQuietly),
            (1, 1, 1),
            true,
            SETTLED_EARLIER,
        ),
        row(At(Answered), (1, 1, 1), true, SETTLED_EARLIER),
        row(At(Counted), (1, 1, 0), true, SETTLED_EARLIER),
        row(At(Concluded), (1, 1, 0), false, SETTLED_EARLIER),
        row(At(Remembered), (1, 1, 0), false, paid_and_settled),
        // The same for whoever sends it again.
        row(Resending(Found), (1, 1, 1), true, DELIVERED),
        row(Resending(Resent), (1, 1, 1), true, DELIVERED),
        row(Resending(Answered), (1, 1, 1), true, SETTLED_EARLIER),
        row(Resending(Counted), (1, 1, 0), true, SETTLED_EARLIER),
        row(Resending(Concluded), (1, 1, 0), false, SETTLED_EARLIER),
        row(Resending(Remembered), (1, 1, 0), false, paid_and_settled),
    ]
}

/// One row at work: a buyer of its own, and paths of the seller of its own.
struct Case {
    row: Row,
    seller: Seller,
    place: Place,
    setup: Setup,
    prefix: String,
    key: Option<&'static str>,
}

impl Case {
    fn new(number: usize, row: Row, ground: &Ground, cents: u64) -> Self {
        let place = Place::new();
        let prefix = format!("/{number}/");
        Self {
            row,
            seller: ground.seller.clone(),
            setup: Setup {
                engine: ground.engine(&prefix),
                folder: place.folder(),
                cents,
                declines: false,
            },
            place,
            prefix,
            key: ground.key,
        }
    }

    fn path(&self) -> String {
        format!("{}report", self.prefix)
    }

    fn ask(&self, secs: u64) -> Ask {
        Ask::at(secs, self.seller.url(&self.path())).named(self.key)
    }

    async fn kill(&self) {
        let first = Orders::new(&self.setup, vec![self.ask(0)]);
        match self.row.kill {
            Kill::At(Failpoint::Declined) => {
                let mut declining = first;
                declining.setup.declines = true;
                declining.killed_at(Failpoint::Declined, 1).await
            }
            Kill::At(point) => first.killed_at(point, 1).await,
            Kill::Resending(point) => {
                first.clone().killed_at(Failpoint::Kept, 1).await;
                first.killed_at(point, 1).await
            }
            Kill::Seller(behave) => {
                let arrived = self.seller.plan(&self.path(), behave);
                first.killed_when(&arrived).await
            }
        };
        let (row, signatures) = (&self.row, self.place.signatures());
        assert_eq!(signatures.len(), row.signatures, "{:?}", row.kill);
        self.assert_audit(row.dangling);
    }

    /// Runs the next process, which finds what the killed one has left.
    async fn next(&self, asks: Vec<Ask>) -> Ran {
        let settled = self.settled();
        let ran = Orders::new(&self.setup, asks).run().await.ended();
        let (row, kill) = (&self.row, self.row.kill);
        assert_eq!(ran.before.counted, row.counted, "{kill:?}: counted");
        assert_eq!(ran.before.open.len(), row.open, "{kill:?}: open");
        assert!(settled <= ran.before.counted, "{kill:?}: {ran:?}");
        assert!(self.settled() <= ran.after.counted, "{kill:?}: {ran:?}");
        assert!(ran.after.counted <= self.setup.cents, "{kill:?}: {ran:?}");
        self.assert_signed_once();
        ran
    }

    fn settled(&self) -> u64 {
        self.seller.settled(&self.prefix)
    }

    /// No request has two signatures that could be settled at one time, nor did two of them arrive.
    fn assert_signed_once(&self) {
        let signatures = self.place.signatures();
        for (n, later) in signatures.iter().enumerate() {
            let overlaps =
                |earlier: &Signature| earlier.url == later.url && earlier.ends + 60 > later.made;
            let kill = self.row.kill;
            assert!(
                !signatures[..n].iter().any(overlaps),
                "{kill:?}: {signatures:?}"
            );
        }
        assert!(
            self.seller.arrived(&self.path()).len() <= 1,
            "{:?}",
            self.row.kill
        );
    }

    fn assert_audit(&self, dangling: bool) {
        let summary = self.place.verify();
        let expected = usize::from(dangling);
        assert_eq!(
            summary.dangling_intents.len(),
            expected,
            "{:?}: {summary:?}",
            self.row.kill
        );
    }

    /// Whoever repeats the request gets through in the end, at the moments that the matrix says.
    async fn repeated(self) {
        self.kill().await;
        let moments = MOMENTS.iter().zip(self.row.told);
        let asks = moments.map(|(secs, _)| self.ask(*secs)).collect();
        let ran = self.next(asks).await;
        assert_eq!(ran.told, self.row.told, "{:?}", self.row.kill);
        // Of a payment that goes on as a new one, the old intent has no outcome for good.
        let goes_on = self.row.signatures == 1 && self.row.told.len() == 1;
        self.assert_audit(self.row.dangling && !goes_on);
    }

    /// A budget of three is never exceeded, with what died counted in, and is used up by other requests.
    async fn spent(self) {
        self.kill().await;
        let others = (0..4).map(|n| self.seller.url(&format!("{}other/{n}", self.prefix)));
        let mut asks = vec![self.ask(0)];
        asks.extend(others.map(Ask::now));
        let ran = self.next(asks).await;
        let (kill, all) = (self.row.kill, self.place.signatures().len());
        assert_eq!(ran.told[0], self.row.told[0], "{kill:?}");
        assert_eq!(ran.told.last().unwrap(), "policy.window", "{kill:?}");
        assert_eq!(ran.after.counted, self.setup.cents, "{kill:?}: {ran:?}");
        assert!(
            u64::try_from(all).unwrap() <= self.setup.cents,
            "{kill:?}: {ran:?}"
        );
    }
}

/// What the rows of one run share.
struct Ground {
    seller: Seller,
    redis: Option<RedisServer>,
    key: Option<&'static str>,
}

impl Ground {
    async fn sqlite() -> Self {
        Self {
            seller: Seller::open().await,
            redis: None,
            key: None,
        }
    }

    async fn redis() -> Self {
        Self {
            redis: Some(RedisServer::start()),
            ..Self::sqlite().await
        }
    }

    fn named(mut self) -> Self {
        self.key = Some("order-7");
        self
    }

    fn engine(&self, namespace: &str) -> Engine {
        match &self.redis {
            None => Engine::Sqlite,
            Some(server) => Engine::redis(server, namespace),
        }
    }

    /// Does the whole matrix, some rows at a time.
    async fn each<F>(&self, cents: u64, run: impl Fn(Case) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let places = Arc::new(Semaphore::new(4));
        let mut running = JoinSet::new();
        for (number, row) in rows().into_iter().enumerate() {
            let case = run(Case::new(number, row, self, cents));
            let places = Arc::clone(&places);
            running.spawn(async move {
                let _place = places.acquire().await.unwrap();
                case.await;
            });
        }
        while let Some(ended) = running.join_next().await {
            if let Err(failed) = ended {
                std::panic::resume_unwind(failed.into_panic());
            }
        }
    }
}

#[test]
fn every_point_is_in_the_matrix() {
    for point in Failpoint::ALL {
        let rows = rows();
        let mut kills = rows.iter().map(|row| row.kill);
        let is_here = kills.any(|kill| kill == Kill::At(point) || kill == Kill::Resending(point));
        assert!(is_here, "{point}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_069_killed_at_each_point_on_sqlite() {
    Ground::sqlite().await.each(5, Case::repeated).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_069_killed_at_each_point_on_redis() {
    Ground::redis().await.each(5, Case::repeated).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_069_killed_at_each_point_with_a_key_of_its_own_on_sqlite() {
    Ground::sqlite().await.named().each(5, Case::repeated).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_069_killed_at_each_point_with_a_key_of_its_own_on_redis() {
    Ground::redis().await.named().each(5, Case::repeated).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_069_no_kill_lets_more_through_than_the_limit_on_sqlite() {
    Ground::sqlite().await.each(3, Case::spent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_069_no_kill_lets_more_through_than_the_limit_on_redis() {
    Ground::redis().await.each(3, Case::spent).await;
}
