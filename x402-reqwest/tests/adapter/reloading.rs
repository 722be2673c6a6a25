//! A client whose guard is given another policy while it runs.

use std::sync::Arc;

use parking_lot::Mutex;
use x402_tower::guard::GuardConfig;
use x402_tower::policy::PolicyConfig;
use x402_tower::{Clock, PolicyReloader, SystemClock, UnixMillis};
use x402_tower_reqwest::{GuardedClient, payment_record};

use crate::seller::{Seller, honest};
use crate::signer::CountingSigner;

/// Enough for what the seller asks, and not enough.
const ENOUGH: &str = "max_per_call_usd = 0.01";
const TOO_LITTLE: &str = "max_per_call_usd = 0.005";

fn policy(text: &str) -> PolicyConfig {
    PolicyConfig::from_toml(text, "policy.toml").unwrap()
}

fn guard(text: &str) -> GuardConfig {
    GuardConfig::buyer().policy(policy(text)).build().unwrap()
}

fn client(guard: &GuardConfig) -> GuardedClient {
    GuardedClient::builder(reqwest::Client::builder())
        .guard(guard)
        .signer(CountingSigner::default())
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_client_follows_the_policy_that_is_loaded() {
    let seller = Seller::start(honest).await;
    let guard = guard(TOO_LITTLE);
    let client = client(&guard);
    let refused = client.get(seller.url("/one")).send().await.unwrap_err();
    assert_eq!(refused.code(), "policy.per_call");

    guard.reloader().replace(&policy(ENOUGH)).unwrap();
    let paid = client.get(seller.url("/one")).send().await.unwrap();
    assert_eq!(payment_record(&paid).unwrap().outcome().as_str(), "settled");

    guard.reloader().replace(&policy(TOO_LITTLE)).unwrap();
    let refused = client.get(seller.url("/two")).send().await.unwrap_err();
    assert_eq!(refused.code(), "policy.per_call");
}

/// A clock that loads [`TOO_LITTLE`] when it is asked for the first time after it was wound up: in a payment that is when
/// the challenge has come and nothing is decided.
#[derive(Debug, Clone, Default)]
struct Alarm(Arc<Mutex<Option<PolicyReloader>>>);

impl Alarm {
    fn wind_up(&self, reloader: PolicyReloader) {
        *self.0.lock() = Some(reloader);
    }
}

impl Clock for Alarm {
    fn now(&self) -> Option<UnixMillis> {
        let reloader = self.0.lock().take();
        if let Some(reloader) = reloader {
            reloader.replace(&policy(TOO_LITTLE)).unwrap();
        }
        SystemClock::new().now()
    }
}

#[tokio::test]
async fn attack_084_a_payment_is_decided_by_the_policy_that_it_began_with() {
    let alarm = Alarm::default();
    let guard = GuardConfig::buyer()
        .policy(policy(ENOUGH))
        .clock(Arc::new(alarm.clone()))
        .build()
        .unwrap();
    let seller = Seller::start(honest).await;
    let client = client(&guard);
    let before = guard.reloader().status().revision;
    alarm.wind_up(guard.reloader());
    let paid = client.get(seller.url("/across")).send().await.unwrap();
    assert_ne!(
        guard.reloader().status().revision,
        before,
        "loaded meanwhile"
    );
    let record = payment_record(&paid).unwrap();
    assert_eq!(record.policy_revision(), Some(&*before));

    // Its twin: a payment that begins now is decided by the new one.
    let refused = client.get(seller.url("/after")).send().await.unwrap_err();
    assert_eq!(refused.code(), "policy.per_call");
}
