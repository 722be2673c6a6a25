//! What is kept is a bearer instrument.

use std::sync::Arc;

use tower::ServiceExt;
use x402_tower::SealingKey;
use x402_tower::store::{Kept, MemoryStore, Put, Reach, RequestKey, SignedPayments, StoreError};
use x402_tower::testing::ScriptedSeller;
use x402_tower::{Step, UnixMillis};

use crate::ground::{Ground, URL, denial, get, outcome};
use crate::shared::{asking, assert_one_payment, payments};

/// Writes down every value that it is to keep.
#[derive(Debug, Default)]
struct Watched {
    store: MemoryStore,
    values: parking_lot::Mutex<Vec<Vec<u8>>>,
}

impl SignedPayments for Watched {
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
        self.values.lock().push(value.to_vec());
        self.store.put(key, expected, value, now, until)
    }

    fn remove(&self, key: RequestKey, expected: u64) -> Step<'_, Result<bool, StoreError>> {
        self.store.remove(key, expected)
    }

    fn reach(&self) -> Reach {
        Reach::Process
    }
}

fn sealing_key() -> SealingKey {
    SealingKey::from_hex(&"0c0d".repeat(16)).unwrap()
}

/// Loses an answer, and sends the payment again, with what is kept in `kept`.
async fn lost_and_resent(
    ground: &Ground,
    kept: &Arc<Watched>,
    keys: [Option<SealingKey>; 2],
) -> (ScriptedSeller, crate::ground::Answer) {
    let seller = ScriptedSeller::new().challenge(&asking()).fail();
    let seller = seller.challenge(&asking()).settle();
    let guard = |key: Option<SealingKey>| {
        let builder = ground.builder().signed_payments(kept.clone());
        let builder = match key {
            Some(key) => builder.sealing_key(key),
            None => builder,
        };
        ground.guard_with(builder.build().unwrap(), seller.clone())
    };
    let [first, second] = keys;
    assert!(guard(first).oneshot(get(URL)).await.is_err());
    let answer = guard(second).oneshot(get(URL)).await.unwrap();
    (seller, answer)
}

fn contains(values: &[Vec<u8>], text: &str) -> bool {
    let found = |value: &Vec<u8>| {
        value
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    values.iter().any(found)
}

#[tokio::test]
async fn a_sealed_payment_is_sent_again_and_shows_nothing_at_rest() {
    let (ground, kept) = (Ground::new(), Arc::new(Watched::default()));
    let keys = [Some(sealing_key()), Some(sealing_key())];
    let (seller, answer) = lost_and_resent(&ground, &kept, keys).await;
    assert_eq!(outcome(&answer), Some("settled"));
    assert_one_payment(&ground, &seller, 2);
    let values = kept.values.lock();
    let payment = &payments(&seller)[0];
    assert!(!contains(&values, payment) && !contains(&values, "eip155"));
}

#[tokio::test]
async fn without_a_sealing_key_what_is_kept_can_be_read() {
    let (ground, kept) = (Ground::new(), Arc::new(Watched::default()));
    let (seller, _) = lost_and_resent(&ground, &kept, [None, None]).await;
    assert!(contains(&kept.values.lock(), &payments(&seller)[0]));
}

#[tokio::test]
async fn under_another_key_nothing_is_paid() {
    let other = SealingKey::from_hex(&"0e0f".repeat(16)).unwrap();
    for second in [None, Some(other)] {
        let (ground, kept) = (Ground::new(), Arc::new(Watched::default()));
        let keys = [Some(sealing_key()), second];
        let (seller, answer) = lost_and_resent(&ground, &kept, keys).await;
        assert_eq!(denial(&answer), Some("request.unreadable"));
        assert_one_payment(&ground, &seller, 1);
    }
}
