//! Attacks 79 and 91: how long a claim lives.

use std::sync::Arc;
use std::time::Duration;

use x402_tower::replay::ReplayControl;
use x402_tower::store::MemoryStore;
use x402_tower::testing::{Offer, ScriptedChallenge, ScriptedSeller, ScriptedStore, StoreConduct};
use x402_tower::{Chain, ControlService, UnixMillis};

use crate::buyer::{buy, charging};
use crate::ground::{Ground, NOW, call, denial, outcome, settling, unguarded};
use crate::signed::Signed;

const MILLISECOND: Duration = Duration::from_millis(1);

fn shop(ground: &Ground, control: ReplayControl) -> ControlService<ScriptedSeller> {
    let seller = settling(2);
    ControlService::new(seller, Chain::single(control), ground.seller_context())
}

/// A cache of five minutes forgets a payment that is good for an hour; the claim does not.
#[tokio::test]
async fn attack_091_a_payment_is_remembered_for_as_long_as_it_lives() {
    let hour = Signed {
        until: NOW + 3600,
        ..Signed::new(1)
    };
    for (ttl, age) in [(300, 301), (300, 3599), (1, 3599)] {
        let ground = Ground::new();
        let control = ground.control().with_ttl(Duration::from_secs(ttl));
        let shop = shop(&ground, control);
        assert_eq!(outcome(&call(&shop, hour.sent()).await), Some("settled"));
        ground.clock.advance(Duration::from_secs(age));
        let late = call(&shop, hour.sent()).await;
        assert_eq!(denial(&late), Some("replay.authorization"), "{age} s");
    }
}

#[tokio::test]
async fn attack_091_without_the_control_an_old_payment_is_served_again() {
    let hour = Signed {
        until: NOW + 3600,
        ..Signed::new(1)
    };
    let ground = Ground::new();
    let shop = unguarded(&ground, &settling(2));
    call(&shop, hour.sent()).await;
    ground.clock.advance(Duration::from_secs(3599));
    assert_eq!(outcome(&call(&shop, hour.sent()).await), Some("settled"));
}

/// Clocks of chain, facilitator and seller differ by up to a minute.
#[tokio::test]
async fn attack_091_a_claim_outlives_the_authorization_by_the_skew_of_clocks() {
    let claims = ScriptedStore::new(MemoryStore::new(), StoreConduct::Answer);
    let ground = Ground::with_claims(claims.clone());
    for payment in [
        Signed::new(1),
        Signed {
            until: NOW + 60,
            ..Signed::permit2("1")
        },
    ] {
        call(&shop(&ground, ground.control()), payment.sent()).await;
    }
    let end = UnixMillis::from_secs(NOW + 60 + 60);
    assert_eq!(claims.claim_ends(), [end, end]);
}

#[tokio::test]
async fn attack_091_a_payment_that_has_run_out_is_not_served_at_all() {
    let ground = Ground::new();
    let shop = shop(&ground, ground.control());
    ground.clock.advance(Duration::from_secs(60));
    let late = call(&shop, Signed::new(1).sent()).await;
    assert_eq!(denial(&late), Some("payment.expired"));
}

/// Whoever pays chooses how long its claim is kept: a year of a million nonces would fill any store.
#[tokio::test]
async fn attack_082_a_seller_does_not_remember_for_a_year() {
    let lives = |seconds| Signed {
        until: NOW + seconds,
        ..Signed::new(seconds)
    };
    let ground = Ground::new();
    let day = shop(&ground, ground.control());
    let refused = call(&day, lives(86_401).sent()).await;
    assert_eq!(
        (refused.status().as_u16(), denial(&refused)),
        (400, Some("replay.long_lived"))
    );
    assert_eq!(denial(&call(&day, lives(86_400).sent()).await), None);

    let control = ground
        .control()
        .with_max_lifetime(Duration::from_secs(31_536_000));
    let year = shop(&ground, control);
    assert_eq!(
        denial(&call(&year, lives(31_536_000).sent()).await),
        None,
        "without the limit it is kept"
    );
}

#[tokio::test]
async fn attack_079_a_request_is_not_paid_again_for_five_minutes() {
    let (ground, seller) = (Ground::new(), charging(3, |_| Offer::usdc(10_000)));
    let bought = async || {
        let answer = buy(&ground.payer(&seller)).await;
        denial(&answer)
    };
    assert_eq!(bought().await, None);
    ground.clock.advance(Duration::from_secs(300));
    assert_eq!(bought().await, Some("replay.duplicate"), "at its end");
    ground.clock.advance(MILLISECOND);
    let again = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(
            crate::ground::URL,
            [Offer::usdc(10_000)],
        ))
        .settle();
    assert_eq!(outcome(&buy(&ground.payer(&again)).await), Some("settled"));
}

#[tokio::test]
async fn attack_079_a_claim_is_never_shorter_than_the_authorization() {
    let ground = Ground::new();
    let offer = || Offer::usdc(10_000).max_timeout_seconds(600);
    let bought = async || {
        let seller = charging(1, |_| offer());
        let control = ground.control().with_ttl(Duration::from_secs(10));
        denial(&buy(&ground.payer_through(vec![Arc::new(control)], &seller)).await)
    };
    assert_eq!(bought().await, None);
    // Ten minutes of the authorization, and a minute by which clocks may differ.
    ground.clock.advance(Duration::from_secs(660));
    assert_eq!(bought().await, Some("replay.duplicate"));
    ground.clock.advance(MILLISECOND);
    assert_eq!(bought().await, None);
}

#[tokio::test]
async fn attack_077_a_clock_that_steps_back_pays_nothing_again() {
    let ground = Ground::new();
    let bought = async || {
        let seller = charging(1, |_| Offer::usdc(10_000));
        denial(&buy(&ground.payer(&seller)).await)
    };
    assert_eq!(bought().await, None);
    ground.clock.set(UnixMillis::from_secs(NOW - 86_400));
    assert_eq!(bought().await, Some("replay.duplicate"));
}
