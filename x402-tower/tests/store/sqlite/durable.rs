//! What outlives the process that wrote it.

use x402_tower::store::{
    Claim, ClaimKey, Claims, Put, RequestKey, Reserved, SignedPayments, Usage,
};

use super::{Place, START, at, id, reserve_a_cent, send_a_cent, usd, used};

#[tokio::test]
async fn attack_070_a_restart_does_not_reset_the_window() {
    let place = Place::new();
    for n in 0..5 {
        send_a_cent(&place.open(), n, START).await;
    }
    let store = place.open();
    assert!(matches!(
        reserve_a_cent(&store, 9, START + 3_600_000).await,
        Ok(Reserved::Refused { .. })
    ));
}

#[tokio::test]
async fn attack_077_a_clock_that_steps_back_over_a_restart_frees_nothing() {
    let place = Place::new();
    send_a_cent(&place.open(), 1, START).await;
    let back = START - 3 * 86_400_000;
    assert_eq!(used(&place.open(), back).await, Usage::new(usd("0.01"), 1));
}

#[tokio::test]
async fn a_claim_outlives_a_restart() {
    let place = Place::new();
    let key = ClaimKey::from_bytes([1; 32]);
    let claim = async |n| {
        let claimed = place
            .open()
            .claim(key, id(n), b"v", at(START), at(START + 9))
            .await;
        claimed.unwrap()
    };
    assert_eq!(claim(1).await, Claim::Taken);
    let held = Claim::Held {
        holder: id(1),
        value: b"v".to_vec(),
    };
    assert_eq!(claim(2).await, held);
}

#[tokio::test]
async fn a_revision_comes_no_second_time_after_a_restart() {
    let place = Place::new();
    let key = RequestKey::from_bytes([1; 32]);
    let mut last = 0;
    for _ in 0..3 {
        let store = place.open();
        let put = store.put(key, None, b"v", at(START), at(START + 9)).await;
        let Ok(Put::Done(revision)) = put else {
            panic!("{put:?}");
        };
        assert!(revision > last);
        assert_eq!(store.remove(key, revision).await, Ok(true));
        last = revision;
    }
}
