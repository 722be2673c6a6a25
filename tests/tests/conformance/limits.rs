//! Budgets as an agent meets them: per payment, per window and per endpoint.

use std::sync::Arc;
use std::time::Duration;

use x402_tower::policy::PolicyConfig;
use x402_tower::store::MemoryStore;
use x402_tower::testing::{Offer, ScriptedChallenge, ScriptedSeller};
use x402_tower::{Denial, GuardConfig, Usd};

use crate::ground::{Answer, Ground, URL, denial, outcome};

fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

/// Buys at `url` for so many millionths of a dollar.
async fn bought(ground: &Ground, url: &str, micros: u64) -> Answer {
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(url, [Offer::usdc(micros)]))
        .settle();
    let answer = ground.buy(&seller, url).await;
    let paid = outcome(&answer) == Some("settled");
    assert_eq!(paid, denial(&answer).is_none(), "paid or denied");
    assert_eq!(seller.paid_requests(), usize::from(paid));
    answer
}

/// The code of each denial; every purchase is of something else, so that none is a duplicate.
async fn denials(ground: &Ground, purchases: &[(&str, u64)]) -> Vec<Option<&'static str>> {
    let mut denials = Vec::new();
    for (n, (url, micros)) in purchases.iter().enumerate() {
        let answer = bought(ground, &format!("{url}?n={n}"), *micros).await;
        denials.push(denial(&answer));
    }
    denials
}

#[tokio::test]
async fn a_payment_is_allowed_below_and_at_the_limit_per_call_and_not_above() {
    let policy = PolicyConfig::new().with_max_per_call(usd("0.01"));
    let ground = Ground::with_policy(policy);
    let told = denials(&ground, &[(URL, 9_999), (URL, 10_000), (URL, 10_001)]).await;
    assert_eq!(told, [None, None, Some("policy.per_call")]);
}

#[tokio::test]
async fn a_denial_tells_the_agent_price_limit_and_rule() {
    let policy = PolicyConfig::new().with_max_per_call(usd("0.01"));
    let answer = bought(&Ground::with_policy(policy), URL, 20_000).await;
    let detail = answer.extensions().get::<Denial>().unwrap().detail();
    for part in ["0.02 USD", "max_per_call_usd", "0.01 USD"] {
        assert!(detail.contains(part), "{part} in {detail}");
    }
}

#[tokio::test]
async fn payments_add_up_to_the_daily_limit_and_denied_ones_do_not() {
    let policy = PolicyConfig::new().with_daily_limit(usd("0.03"));
    let ground = Ground::with_policy(policy);
    let told = denials(
        &ground,
        &[(URL, 20_000), (URL, 20_000), (URL, 10_000), (URL, 1)],
    )
    .await;
    let over = Some("policy.window");
    assert_eq!(told, [None, over, None, over]);
}

#[tokio::test]
async fn an_endpoint_has_a_limit_of_its_own_and_others_do_not() {
    let policy = PolicyConfig::new().with_endpoint_limit("https://api.example.com/a", usd("0.02"));
    let ground = Ground::with_policy(policy);
    let (limited, beside) = ("https://api.example.com/a", "https://api.example.com/b");
    let told = denials(
        &ground,
        &[
            (limited, 20_000),
            (limited, 1),
            (beside, 20_000),
            (beside, 5_000_000),
        ],
    )
    .await;
    assert_eq!(told, [None, Some("policy.endpoint_window"), None, None]);
}

#[tokio::test]
async fn a_base_url_covers_every_path_below_it_and_no_host_that_begins_alike() {
    let policy = PolicyConfig::new().with_endpoint_limit("https://api.example.com", usd("0.02"));
    let ground = Ground::with_policy(policy);
    let told = denials(
        &ground,
        &[
            ("https://api.example.com/v1/report", 10_000),
            ("https://api.example.com/v2", 10_000),
            ("https://api.example.com/", 10_000),
            ("https://api.example.com.other.test/v1", 10_000),
        ],
    )
    .await;
    assert_eq!(told, [None, None, Some("policy.endpoint_window"), None]);
}

#[tokio::test]
async fn what_was_spent_rolls_out_of_the_window() {
    let policy = PolicyConfig::new()
        .with_daily_limit(usd("0.01"))
        .with_window_seconds(3600);
    let ground = Ground::with_policy(policy);
    assert_eq!(denials(&ground, &[(URL, 10_000)]).await, [None]);
    ground.clock.advance(Duration::from_secs(3599));
    let early = denial(&bought(&ground, &format!("{URL}/early"), 10_000).await);
    assert_eq!(early, Some("policy.window"));
    ground.clock.advance(Duration::from_secs(3601));
    let late = denial(&bought(&ground, &format!("{URL}/late"), 10_000).await);
    assert_eq!(late, None);
}

/// There is no call that resets a budget: whoever could make it could spend without end.
#[tokio::test]
async fn a_budget_begins_anew_with_another_ledger_only() {
    let policy = PolicyConfig::new().with_daily_limit(usd("0.01"));
    let mut ground = Ground::with_policy(policy);
    let told = denials(&ground, &[(URL, 10_000), (URL, 10_000)]).await;
    assert_eq!(
        told,
        [None, Some("policy.window")],
        "every guard is a new one"
    );
    ground.store = Arc::new(MemoryStore::new());
    assert_eq!(denials(&ground, &[(URL, 10_000)]).await, [None]);
}

#[tokio::test]
async fn an_empty_policy_sets_no_limit() {
    let ground = Ground::with_policy(PolicyConfig::new());
    assert_eq!(denials(&ground, &[(URL, 900_000_000)]).await, [None]);
}

#[test]
fn a_buyer_without_any_policy_is_not_built() {
    let error = GuardConfig::buyer().build().unwrap_err();
    assert_eq!(error.code(), "config.no_policy");
}
