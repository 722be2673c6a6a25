//! A payment that was denied, or never sent, leaves no claim behind.

use std::sync::Arc;

use futures_util::FutureExt;
use tower::ServiceExt;
use x402_tower::store::MemoryStore;
use x402_tower::testing::{
    ControlStep, Offer, RecordingControl, RecordingSigner, ScriptedSeller, ScriptedStore,
    StoreConduct,
};
use x402_tower::{Control, ControlKind};

use crate::buyer::{buy, charging};
use crate::ground::{Ground, URL, call, denial, outcome, settling};
use crate::signed::{Signed, post};

fn one() -> ScriptedSeller {
    charging(1, |_| Offer::usdc(10_000))
}

/// After whatever happened, the same request is paid as if for the first time.
async fn assert_free(ground: &mut Ground) {
    ground.signer = RecordingSigner::new();
    let answer = buy(&ground.payer(&one())).await;
    assert_eq!(outcome(&answer), Some("settled"), "{:?}", denial(&answer));
}

fn behind(ground: &Ground, inner: RecordingControl) -> Vec<Arc<dyn Control>> {
    vec![Arc::new(ground.control()), Arc::new(inner)]
}

#[tokio::test]
async fn where_a_control_further_in_denies() {
    for step in [
        ControlStep::Check,
        ControlStep::Approve,
        ControlStep::Sending,
    ] {
        let mut ground = Ground::new();
        let controls = behind(
            &ground,
            RecordingControl::new(ControlKind::Mpa).denying(step),
        );
        let answer = buy(&ground.payer_through(controls, &one())).await;
        assert_eq!(denial(&answer), Some("recording.denied"), "{step}");
        assert_free(&mut ground).await;
    }
}

#[tokio::test]
async fn where_a_control_further_in_panics() {
    for step in [
        ControlStep::Check,
        ControlStep::Approve,
        ControlStep::Sending,
    ] {
        let mut ground = Ground::new();
        let controls = behind(
            &ground,
            RecordingControl::new(ControlKind::Mpa).panicking(step),
        );
        assert!(denial(&buy(&ground.payer_through(controls, &one())).await).is_some());
        assert_free(&mut ground).await;
    }
}

#[tokio::test]
async fn where_the_signer_fails() {
    for signer in [RecordingSigner::failing(), RecordingSigner::panicking()] {
        let mut ground = Ground::new();
        ground.signer = signer;
        assert!(denial(&buy(&ground.payer(&one())).await).is_some());
        assert_free(&mut ground).await;
    }
}

#[tokio::test]
async fn where_the_caller_goes_away_before_the_payment_left() {
    for step in [
        ControlStep::Check,
        ControlStep::Approve,
        ControlStep::Sending,
    ] {
        let mut ground = Ground::new();
        let controls = behind(
            &ground,
            RecordingControl::new(ControlKind::Mpa).hanging(step),
        );
        let payer = ground.payer_through(controls, &one());
        let waiting = payer.oneshot(post(URL, "question")).now_or_never();
        assert!(waiting.is_none(), "{step}");
        assert_free(&mut ground).await;
    }
    let mut ground = Ground::new();
    ground.signer = RecordingSigner::hanging();
    let waiting = ground
        .payer(&one())
        .oneshot(post(URL, "question"))
        .now_or_never();
    assert!(waiting.is_none());
    assert_free(&mut ground).await;
}

#[tokio::test]
async fn where_the_caller_goes_away_while_the_store_is_asked() {
    let store = ScriptedStore::new(MemoryStore::new(), StoreConduct::DoAndHang);
    let mut ground = Ground::with_claims(store.clone());
    let waiting = ground
        .payer(&one())
        .oneshot(post(URL, "question"))
        .now_or_never();
    assert!(waiting.is_none());
    store.behave(StoreConduct::Answer);
    assert_free(&mut ground).await;
}

#[tokio::test]
async fn where_the_store_takes_a_claim_and_does_not_say_so() {
    let store = ScriptedStore::new(MemoryStore::new(), StoreConduct::DoAndFail);
    let mut ground = Ground::with_claims(store.clone());
    let answer = buy(&ground.payer(&one())).await;
    assert_eq!(
        (answer.status().as_u16(), denial(&answer)),
        (503, Some("store.unavailable"))
    );
    assert_eq!(ground.signer.count(), 0);
    store.behave(StoreConduct::Answer);
    assert_free(&mut ground).await;
}

/// The second of two claims is refused; the first, of the authorization, is given back.
#[tokio::test]
async fn where_only_one_of_two_claims_was_free() {
    let (ground, seller) = (Ground::new(), settling(2));
    let client = ground.client(&seller);
    call(&client, Signed::new(1).sent()).await;
    let duplicate = call(&client, Signed::new(2).sent()).await;
    assert_eq!(denial(&duplicate), Some("replay.duplicate"));
    let elsewhere = Signed::new(2).on(post("https://seller.example/other", ""));
    assert_eq!(outcome(&call(&client, elsewhere).await), Some("settled"));
}

/// A duplicate that is denied does not free what it is a duplicate of.
#[tokio::test]
async fn a_denied_duplicate_frees_nothing_of_the_first() {
    let ground = Ground::new();
    assert_eq!(denial(&buy(&ground.payer(&one())).await), None);
    for _ in 0..3 {
        let again = buy(&ground.payer(&one())).await;
        assert_eq!(denial(&again), Some("replay.duplicate"));
    }
    assert_eq!(ground.signer.count(), 1);
}

#[tokio::test]
async fn attack_145_a_payment_that_may_have_left_stays_claimed() {
    let ground = Ground::new();
    let challenge = x402_tower::testing::ScriptedChallenge::v2(URL, [Offer::usdc(10_000)]);
    let seller = ScriptedSeller::new().challenge(&challenge).hang();
    let waiting = ground
        .payer(&seller)
        .oneshot(post(URL, "question"))
        .now_or_never();
    assert!(waiting.is_none());
    assert_eq!(seller.paid_requests(), 1);
    assert_eq!(
        denial(&buy(&ground.payer(&one())).await),
        Some("replay.duplicate")
    );
}
