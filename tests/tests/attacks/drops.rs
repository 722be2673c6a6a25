//! Attack 145: the caller goes away at any moment, with the real ledger and the real claims.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use tokio::task::yield_now;
use tower::ServiceExt;
use tower_layer::Layer;
use x402_tower::idempotency::IN_DOUBT;
use x402_tower::pay::{Approved, SignedPayment, Signer, SignerError};
use x402_tower::store::MemoryStore;
use x402_tower::testing::{
    RecordingSigner, ScriptedBody, ScriptedChallenge, ScriptedSeller, ScriptedStore, StoreConduct,
};
use x402_tower::wire::header::PAYMENT_SIGNATURE;
use x402_tower::wire::{Requirement, Version};
use x402_tower::{Step, Terms, X402GuardLayer};

use crate::ground::{Empty, Ground, URL, cent, denial, get, honest, outcome};

/// A signer that waits before and after it signs.
#[derive(Debug, Clone)]
struct SlowSigner(RecordingSigner);

impl Signer for SlowSigner {
    fn can_sign(&self, requirement: &Requirement, terms: &Terms) -> bool {
        self.0.can_sign(requirement, terms)
    }
    fn sign<'a>(
        &'a self,
        approved: &'a Approved<'a>,
    ) -> Step<'a, Result<SignedPayment, SignerError>> {
        Step::wait(async move {
            yield_now().await;
            let signed = self.0.sign(approved).await;
            yield_now().await;
            signed
        })
    }
}

/// How far a purchase came before it was dropped.
struct Dropped {
    left: bool,
    ended: bool,
}

/// Runs a purchase in which everything waits, and drops it after `polls`.
async fn dropped_after(polls: usize, ground: &Ground, seller: &ScriptedSeller) -> Dropped {
    let store = Arc::new(ScriptedStore::new(
        MemoryStore::clone(&ground.store),
        StoreConduct::Wait,
    ));
    let config = ground
        .builder()
        .ledger(store.clone())
        .claims(store)
        .build()
        .unwrap();
    let signer = SlowSigner(ground.signer.clone());
    let left = Arc::new(AtomicBool::new(false));
    let (seller, told) = (seller.clone(), Arc::clone(&left));
    let service = tower::service_fn(move |request: http::Request<Empty>| {
        let seller = seller.clone();
        told.fetch_or(
            request.headers().contains_key(PAYMENT_SIGNATURE),
            Ordering::SeqCst,
        );
        async move {
            yield_now().await;
            let answer = seller.oneshot(request).await;
            yield_now().await;
            answer
        }
    });
    let layer = X402GuardLayer::new(config).with_signer(signer).unwrap();
    let mut flow = pin!(layer.layer(service).oneshot(get(URL)));
    let mut cx = Context::from_waker(Waker::noop());
    let ended = (0..polls).any(|_| flow.as_mut().poll(&mut cx).is_ready());
    let left = left.load(Ordering::SeqCst);
    Dropped { left, ended }
}

#[tokio::test]
async fn attack_145_dropped_at_every_await() {
    let (mut before, mut after) = (0, 0);
    for polls in 0.. {
        assert!(polls < 200, "it never ends");
        let ground = Ground::new();
        let seller = honest(Version::V2, URL);
        let dropped = dropped_after(polls, &ground, &seller).await;
        let events = ground.events();
        let spent = ground.spent_micros().await;
        let signatures = ground.signer.count();
        assert!(
            ground.verify().dangling_intents.is_empty(),
            "{polls}: {events:?}"
        );
        let again = honest(Version::V2, URL);
        let answer = ground.buy(&again, URL).await;
        if dropped.left {
            after += 1;
            assert_eq!(spent, 10_000, "{polls}: it may be settled any time");
            // Kept before it left, so the same bytes go out again, unless it was known to have settled.
            let known = denial(&answer) == Some("replay.duplicate");
            assert!(known || outcome(&answer) == Some("settled"), "{polls}");
            assert_eq!(ground.signer.count(), 1, "{polls}");
        } else {
            before += 1;
            // Once a signature exists, the ledger may have been told that it leaves: counted, to be safe.
            let most = if signatures == 0 { 0 } else { 10_000 };
            assert!(spent <= most, "{polls}: {events:?}");
            // Whether the signer has signed cannot be known where it was asked and did not answer.
            let doubt = denial(&answer) == Some(IN_DOUBT);
            assert!(
                doubt && ground.signer.count() <= 1 || outcome(&answer) == Some("settled"),
                "{polls}: the claim is back: {:?}",
                denial(&answer)
            );
        }
        if dropped.ended {
            break;
        }
    }
    assert!(
        before >= 8 && after >= 3,
        "{before} before the send, {after} after it"
    );
}

#[tokio::test]
async fn attack_145_dropped_while_the_answer_is_awaited_is_unknown() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, [cent()]))
        .hang();
    let flow = ground.guard(seller.clone()).oneshot(get(URL));
    let late = tokio::time::timeout(Duration::from_millis(1), flow).await;
    assert!(late.is_err());
    assert_eq!(seller.paid_requests(), 1);
    assert_eq!(ground.spent_micros().await, 10_000);
    assert_eq!(
        ground.events(),
        ["PAYMENT_INTENT", "PAYMENT_UNKNOWN unknown"]
    );
    assert_eq!(ground.records()[1]["reason"], "cancelled");
    let again = honest(Version::V2, URL);
    assert_eq!(outcome(&ground.buy(&again, URL).await), Some("settled"));
    assert_eq!(ground.signer.count(), 1, "the same payment, sent again");
}

#[tokio::test]
async fn attack_145_dropped_while_the_challenge_is_read_leaves_nothing() {
    let ground = Ground::new();
    let challenge = ScriptedChallenge::v2(URL, [cent()]).to_response();
    let seller = ScriptedSeller::new().respond(challenge.map(|_| ScriptedBody::silent()));
    let flow = ground.guard(seller).oneshot(get(URL));
    let late = tokio::time::timeout(Duration::from_millis(1), flow).await;
    assert!(late.is_err());
    assert_eq!((ground.signer.count(), ground.spent_micros().await), (0, 0));
    assert!(ground.records().is_empty());
}
