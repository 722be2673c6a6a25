//! Attack 48: the most that somebody gets who was never paid before.

use std::time::Duration;

use tower::ServiceExt;
use x402_tower::AgentId;
use x402_tower::testing::{Offer, RecordingSigner};

use crate::ground::{
    Ground, LOOK_ALIKE, URL, assert_denied, assert_paid, dime, get, interleave, offering,
};

/// Twenty cents.
const CAPPED: &str = "first_contact_cap_usd = 0.20";
const UNCAPPED: &str = "";

fn dollar() -> Offer {
    Offer::usdc(1_000_000).pay_to(crate::ground::HONEST)
}

#[tokio::test]
async fn attack_048_a_stranger_gets_no_more_than_the_cap() {
    let ground = Ground::under(CAPPED);
    assert_denied(&ground.buy(dollar()).await, "policy.first_contact");
    assert_eq!(ground.signer.count(), 0);
}

#[tokio::test]
async fn attack_048_without_a_cap_a_stranger_gets_what_he_asks() {
    assert_paid(&Ground::under(UNCAPPED).buy(dollar()).await);
}

#[tokio::test]
async fn the_cap_itself_may_be_paid_and_a_micro_dollar_more_may_not() {
    let at = |micros| async move { Ground::under(CAPPED).buy(Offer::usdc(micros)).await };
    assert_paid(&at(200_000).await);
    assert_denied(&at(200_001).await, "policy.first_contact");
}

#[tokio::test]
async fn a_recipient_that_was_paid_is_no_stranger() {
    let ground = Ground::under(CAPPED);
    assert_paid(&ground.buy(dime()).await);
    assert_paid(&ground.buy(dollar()).await);
}

#[tokio::test]
async fn attack_048_another_recipient_of_a_known_origin_is_a_stranger() {
    let ground = Ground::under(CAPPED);
    assert_paid(&ground.buy(dime()).await);
    let swapped = ground.buy(dollar().pay_to(LOOK_ALIKE)).await;
    assert_denied(&swapped, "policy.first_contact");
}

#[tokio::test]
async fn attack_053_a_look_alike_host_is_a_stranger() {
    let ground = Ground::under(CAPPED);
    assert_paid(&ground.buy(dime()).await);
    for host in ["api.examp1e.com", "api.exampIe.com", "api.еxample.com"] {
        let url = format!("https://{host}/report");
        let canonical = url::Url::parse(&url).unwrap().to_string();
        let bought = ground.buy_at(&canonical, dollar()).await;
        if canonical == "https://api.exampie.com/report" {
            assert_ne!(host, "api.exampie.com", "a capital I is an i");
        }
        assert_denied(&bought, "policy.first_contact");
    }
}

#[tokio::test]
async fn attack_083_an_acquaintance_is_its_agents_own() {
    let mut ground = Ground::under(CAPPED);
    assert_paid(&ground.buy(dime()).await);
    ground.agent = AgentId::new("another").unwrap();
    assert_denied(&ground.buy(dollar()).await, "policy.first_contact");
}

/// How many of ten dimes, asked for at once, are paid.
async fn dimes_at_once(policy: &str, each: usize) -> usize {
    let ground = Ground::under(policy).slowed();
    let sellers = [(); 10].map(|()| offering(URL, dime()).fail());
    let signer = RecordingSigner::new();
    let mut flows = sellers.each_ref().map(|s| ground.slow_flow(s, &signer));
    let schedule: Vec<usize> = (0..10 * 60).map(|n| (n / each) % 10).collect();
    interleave(&mut flows, &schedule);
    sellers.iter().map(|seller| seller.paid_requests()).sum()
}

#[tokio::test]
async fn attack_066_first_payments_at_once_share_the_cap() {
    for each in 1..60 {
        assert_eq!(dimes_at_once(CAPPED, each).await, 2, "{each} polls each");
    }
}

#[tokio::test]
async fn attack_066_without_a_cap_first_payments_at_once_are_all_paid() {
    assert_eq!(dimes_at_once(UNCAPPED, 1).await, 10);
}

#[tokio::test]
async fn a_payment_without_an_outcome_stays_counted_for_a_day() {
    let ground = Ground::under(CAPPED);
    for _ in 0..2 {
        let guard = ground.guard(offering(URL, dime()).fail());
        assert!(guard.oneshot(get(URL)).await.is_err());
    }
    assert_denied(&ground.buy(dime()).await, "policy.first_contact");
    ground.clock.advance(Duration::from_secs(86_400 * 66 / 64));
    assert_paid(&ground.buy(dime()).await);
}

#[tokio::test]
async fn a_payment_that_was_not_sent_does_not_count() {
    let mut ground = Ground::under(CAPPED);
    ground.signer = RecordingSigner::failing();
    for _ in 0..5 {
        assert_eq!(ground.buy(dime()).await.paid, 0);
    }
    ground.signer = RecordingSigner::new();
    assert_paid(&ground.buy(Offer::usdc(200_000)).await);
}

#[tokio::test]
async fn attack_009_a_payment_of_nothing_makes_no_acquaintance() {
    let policy = "first_contact_cap_usd = 0.20\nallow_zero_amount = true";
    let ground = Ground::under(policy);
    assert_paid(
        &ground
            .buy(Offer::usdc(0).pay_to(crate::ground::HONEST))
            .await,
    );
    assert_denied(&ground.buy(dollar()).await, "policy.first_contact");
}

#[tokio::test]
async fn attack_012_nobody_unpriced_is_met() {
    let unknown = dime().asset("0x00000000000000000000000000000000000000cc");
    assert_denied(&Ground::under(CAPPED).buy(unknown).await, "policy.unpriced");
}

#[tokio::test]
async fn the_cap_holds_beside_other_limits() {
    let policy = "first_contact_cap_usd = 0.20\ndaily_limit_usd = 0.15";
    let ground = Ground::under(policy);
    assert_denied(&ground.buy(dollar()).await, "policy.window");
    let policy = "first_contact_cap_usd = 0.20\ndaily_limit_usd = 5";
    let ground = Ground::under(policy);
    assert_denied(&ground.buy(dollar()).await, "policy.first_contact");
}
