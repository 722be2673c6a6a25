//! A store that does what it is told, and whose answer gets lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use tower::ServiceExt;
use tower_layer::Layer;
use x402_tower::policy::{PolicyConfig, Rules};
use x402_tower::store::{
    Kept, Ledger, Limit, MemoryStore, Put, Reach, RequestKey, SignedPayments, StoreError,
};
use x402_tower::testing::{ManualClock, Offer, RecordingSigner, ScriptedChallenge, ScriptedSeller};
use x402_tower::{
    Clock, Denial, GuardConfig, PaymentRecord, Step, UnixMillis, Usd, X402GuardLayer,
};

use crate::buyer::{CENT, NOW};

const URL: &str = "https://api.example.com/report";

/// Loses its answer to whoever keeps a signed payment, after the work is done.
#[derive(Debug)]
struct Unheard {
    store: Arc<MemoryStore>,
    loses: AtomicBool,
}

impl SignedPayments for Unheard {
    fn load(&self, key: RequestKey, now: UnixMillis) -> Step<'_, Result<Option<Kept>, StoreError>> {
        self.store.load(key, now)
    }

    fn put(
        &self,
        key: RequestKey,
        expected: Option<u64>,
        value: &[u8],
        now: UnixMillis,
        until: UnixMillis,
    ) -> Step<'_, Result<Put, StoreError>> {
        let done = self.store.put(key, expected, value, now, until);
        // The first one notes that it is about to be signed.
        let lost = expected.is_some() && self.loses.load(Ordering::SeqCst);
        done.map(move |done| {
            if lost {
                Err(StoreError::Unavailable)
            } else {
                done
            }
        })
    }

    fn remove(&self, key: RequestKey, expected: u64) -> Step<'_, Result<bool, StoreError>> {
        self.store.remove(key, expected)
    }

    fn reach(&self) -> Reach {
        Reach::Process
    }
}

#[tokio::test]
async fn attack_087_a_payment_that_may_be_kept_stays_counted() {
    let store = Arc::new(MemoryStore::new());
    let unheard = Arc::new(Unheard {
        store: Arc::clone(&store),
        loses: AtomicBool::new(true),
    });
    let policy = PolicyConfig::new().with_daily_limit(Usd::from_micros(CENT));
    let limit = Rules::compile(&policy).unwrap().daily_limit_of("agent");
    let Limit { key, window, .. } = limit.unwrap();
    let clock = ManualClock::from_secs(NOW);
    let config = GuardConfig::buyer()
        .policy(policy)
        .store(Arc::clone(&store))
        .signed_payments(Arc::clone(&unheard) as Arc<dyn SignedPayments>)
        .clock(Arc::new(clock.clone()))
        .build()
        .unwrap();
    let signer = RecordingSigner::new();
    let guard = X402GuardLayer::new(config).with_signer(signer.clone());
    let offer = ScriptedChallenge::v2(URL, [Offer::usdc(10_000)]);
    let seller = ScriptedSeller::new()
        .challenge(&offer)
        .challenge(&offer)
        .settle();
    let buyer = guard.unwrap().layer(seller.clone());
    let get = || Request::get(URL).body(Full::<Bytes>::default()).unwrap();
    let counted = async || {
        store
            .usage(key, window, clock.now().unwrap())
            .await
            .unwrap()
    };

    let first = buyer.clone().oneshot(get()).await.unwrap();
    let denial = first.extensions().get::<Denial>().map(Denial::code);
    assert_eq!(denial, Some("store.unavailable"));
    assert_eq!(seller.paid_requests(), 0);
    assert_eq!(counted().await.amount, Usd::from_micros(CENT));

    unheard.loses.store(false, Ordering::SeqCst);
    let again = buyer.oneshot(get()).await.unwrap();
    let outcome = again.extensions().get::<PaymentRecord>().unwrap().outcome();
    assert_eq!(outcome.as_str(), "settled");
    assert_eq!(counted().await.amount, Usd::from_micros(CENT));
    assert_eq!(signer.count(), 1);
}
