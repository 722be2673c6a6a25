//! Attack 19: prices that walk.

use std::time::Duration;

use tower::ServiceExt;
use x402_tower::AgentId;
use x402_tower::testing::Offer;

use crate::ground::{Ground, HONEST, URL, assert_denied, assert_paid, get, offering};

const TEN_PERCENT: &str = "max_quote_drift_percent = 10";
const ANY: &str = "";

fn priced(amount: u64) -> Offer {
    Offer::usdc(amount).pay_to(HONEST)
}

/// Twelve purchases, each 9 % dearer than the one before; how many were paid.
async fn walk(policy: &str) -> usize {
    let ground = Ground::under(policy);
    let (mut price, mut paid) = (10_000, 0);
    for _ in 0..12 {
        paid += ground.buy(priced(price)).await.paid;
        price += price * 9 / 100;
    }
    paid
}

#[tokio::test]
async fn attack_019_small_rises_do_not_add_up() {
    assert_eq!(walk(TEN_PERCENT).await, 2, "the first price and 9 % more");
}

#[tokio::test]
async fn attack_019_without_the_rule_a_price_walks_away() {
    assert_eq!(walk(ANY).await, 12);
}

#[tokio::test]
async fn nothing_is_rounded_in_favour_of_the_seller() {
    let ground = Ground::under(TEN_PERCENT);
    assert_paid(&ground.buy(priced(99)).await);
    assert_paid(&ground.buy(priced(108)).await);
    assert_denied(&ground.buy(priced(109)).await, "policy.quote_drift");
}

#[tokio::test]
async fn no_per_cent_allows_the_reference_itself() {
    let ground = Ground::under("max_quote_drift_percent = 0");
    assert_paid(&ground.buy(priced(99)).await);
    assert_paid(&ground.buy(priced(99)).await);
    assert_denied(&ground.buy(priced(100)).await, "policy.quote_drift");
}

#[tokio::test]
async fn the_signer_is_not_asked_for_a_price_that_drifted() {
    let ground = Ground::under(TEN_PERCENT);
    assert_paid(&ground.buy(priced(100)).await);
    assert_denied(&ground.buy(priced(200)).await, "policy.quote_drift");
    assert_eq!(ground.signer.count(), 1);
}

#[tokio::test]
async fn a_cheaper_purchase_does_not_lower_the_reference() {
    let ground = Ground::under(TEN_PERCENT);
    assert_paid(&ground.buy(priced(100)).await);
    assert_paid(&ground.buy(priced(10)).await);
    assert_paid(&ground.buy(priced(110)).await);
}

#[tokio::test]
async fn a_reference_ends_with_its_window() {
    let ground = Ground::under("max_quote_drift_percent = 10\nquote_drift_window_seconds = 600");
    assert_paid(&ground.buy(priced(100)).await);
    ground.clock.advance(Duration::from_secs(600));
    assert_denied(&ground.buy(priced(200)).await, "policy.quote_drift");
    ground.clock.advance(Duration::from_millis(1));
    assert_paid(&ground.buy(priced(200)).await);
}

#[tokio::test]
async fn purchases_within_the_window_do_not_prolong_it() {
    let ground = Ground::under("max_quote_drift_percent = 10\nquote_drift_window_seconds = 600");
    for _ in 0..3 {
        assert_paid(&ground.buy(priced(100)).await);
        ground.clock.advance(Duration::from_secs(250));
    }
    assert_paid(&ground.buy(priced(200)).await);
}

#[tokio::test]
async fn attack_054_one_endpoint_in_other_spellings_has_one_reference() {
    let ground = Ground::under(TEN_PERCENT);
    assert_paid(&ground.buy(priced(100)).await);
    for url in [
        "https://api.example.com/report?id=8",
        "https://api.example.com/report/",
        "https://API.EXAMPLE.com:443/a/../report#top",
        "https://api.example.com./%72eport",
    ] {
        let bought = ground.buy_at(url, priced(200)).await;
        assert_denied(&bought, "policy.quote_drift");
    }
}

#[tokio::test]
async fn attack_054_an_endpoint_that_servers_read_differently_is_not_paid() {
    let ground = Ground::under(TEN_PERCENT);
    let bought = ground.buy_at("https://api.example.com/report;v=2", priced(200));
    assert_denied(&bought.await, "policy.url");
}

#[tokio::test]
async fn endpoints_methods_and_agents_have_references_of_their_own() {
    let mut ground = Ground::under(TEN_PERCENT);
    assert_paid(&ground.buy(priced(100)).await);
    let path = ground.buy_at("https://api.example.com/film", priced(900));
    assert_paid(&path.await);

    let seller = offering(URL, priced(900)).settle();
    let mut post = get(URL);
    *post.method_mut() = http::Method::POST;
    ground.guard(seller.clone()).oneshot(post).await.unwrap();
    assert_eq!(seller.paid_requests(), 1);

    ground.agent = AgentId::new("another").unwrap();
    assert_paid(&ground.buy(priced(900)).await);
}

#[tokio::test]
async fn a_payment_without_an_outcome_is_no_reference() {
    let ground = Ground::under(TEN_PERCENT);
    let guard = ground.guard(offering(URL, priced(900)).fail());
    assert!(guard.oneshot(get(URL)).await.is_err());
    assert_paid(&ground.buy(priced(100)).await);
    assert_denied(&ground.buy(priced(900)).await, "policy.quote_drift");
}

#[tokio::test]
async fn attack_009_a_payment_of_nothing_is_no_reference() {
    let ground = Ground::under("max_quote_drift_percent = 10\nallow_zero_amount = true");
    assert_paid(&ground.buy(priced(0)).await);
    assert_paid(&ground.buy(priced(100)).await);
    assert_denied(&ground.buy(priced(900)).await, "policy.quote_drift");
}

#[tokio::test]
async fn attack_006_a_price_too_large_to_compare_is_denied() {
    let ground = Ground::under(TEN_PERCENT);
    let huge = "57896044618658097711785492504343953926634992332820282019728792003956564819968";
    assert_paid(&ground.buy(priced(1).amount(huge)).await);
    assert_denied(
        &ground.buy(priced(1).amount(huge)).await,
        "policy.quote_drift",
    );
}

#[tokio::test]
async fn a_reference_outlives_a_change_of_the_policy() {
    let ground = Ground::under(TEN_PERCENT);
    assert_paid(&ground.buy(priced(100)).await);
    let reloaded = ground.reloaded("max_quote_drift_percent = 50");
    assert_denied(&reloaded.buy(priced(151)).await, "policy.quote_drift");
    assert_paid(&reloaded.buy(priced(150)).await);
}
