//! `[[limits]]`.

use core::time::Duration;

use super::*;
use crate::clock::UnixMillis;
use crate::payment::PaymentId;
use crate::store::{Ledger, LimitKey, MemoryStore, Quota, Reservation, Reserved};

fn limit(rest: &str) -> String {
    format!("[[limits]]\nwindow_seconds = 3600\n{rest}\n")
}

fn keys(rules: &Rules, agent: &str, asked: &Asked) -> Vec<LimitKey> {
    let limits = asked.limits(rules, agent);
    limits.as_slice().iter().map(|limit| limit.key).collect()
}

/// Whether two payments share a window of the only limit.
fn together(per: &str, one: (&str, &Asked), two: (&str, &Asked)) -> bool {
    let rules = rules(&limit(&format!("amount_usd = 1\nper = {per}")));
    keys(&rules, one.0, one.1) == keys(&rules, two.0, two.1)
}

/// Spends at `seconds` and says whether it was granted, else which limit refused.
async fn spend(
    store: &MemoryStore,
    rules: &Rules,
    (agent, asked): (&str, &Asked),
    seconds: u64,
) -> Result<(), &'static str> {
    let limits = asked.limits(rules, agent);
    let now = UnixMillis::from_secs(seconds);
    let (id, price) = (
        PaymentId::random().unwrap(),
        asked.price.unwrap_or(Usd::ZERO),
    );
    let expires = now.saturating_add(Duration::from_secs(900));
    let wish = Reservation::new(id, price, limits.as_slice(), now, expires);
    match store.reserve(&wish).await.unwrap() {
        Reserved::Granted => {
            store.mark_sent(id, None).await.unwrap();
            Ok(())
        }
        Reserved::Refused { limit, left } => {
            let violation = limits.violation(limit, left, price).unwrap();
            Err(violation.code())
        }
    }
}

#[test]
fn every_limit_is_read_and_applied() {
    let rules = rules(&format!(
        "daily_limit_usd = 5\n{}{}",
        limit(
            "amount_usd = 0.50\nper = [\"agent\", \"recipient\"]\nendpoint = \"https://api.ok.com/report\""
        ),
        "[[limits]]\nwindow_seconds = 60\ncount = 3\nper = []\n",
    ));
    let limits = Asked::fine().limits(&rules, "a");
    let shown: Vec<_> = (0..3)
        .map(|index| {
            (
                limits.name(index).unwrap().to_string(),
                limits.as_slice()[index].window.as_secs(),
                limits.as_slice()[index].quota,
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            (
                "daily_limit_usd".to_owned(),
                86_400,
                Quota::Amount(Usd::from_micros(5_000_000))
            ),
            ("limits".to_owned(), 60, Quota::Count(3)),
            (
                "limits per agent, recipient at https://api.ok.com/report".to_owned(),
                3600,
                Quota::Amount(Usd::from_micros(500_000))
            ),
        ]
    );
    assert_eq!(
        Asked::at("https://api.ok.com/reports")
            .limits(&rules, "a")
            .as_slice()
            .len(),
        2
    );
}

/// P11: no limit per recipient, network or asset, and `agent_id` is only a tag.
#[test]
fn defect_p11_limits_are_counted_per_what_they_name() {
    let here = Asked::fine();
    let elsewhere = Asked::at("https://other.test/report");
    let path = Asked::at("https://api.ok.com/other");
    let payee = Asked::paying(OTHER);
    let chain = Asked::fine().on("eip155:1");
    let mut asset = Asked::fine();
    asset.asset = asset.pay_to.clone();
    let mut dims = [
        ("agent", ("b", &here)),
        ("origin", ("a", &elsewhere)),
        ("endpoint", ("a", &path)),
        ("recipient", ("a", &payee)),
        ("asset", ("a", &asset)),
        ("network", ("a", &chain)),
    ];
    for (per, other) in dims {
        assert!(
            !together(&format!("[\"{per}\"]"), ("a", &here), other),
            "{per}"
        );
        assert!(
            together("[]", ("a", &here), other),
            "together where nothing is told apart: {per}"
        );
    }
    dims.rotate_left(1);
    // What is not named is not told apart.
    assert!(together("[\"recipient\"]", ("a", &here), ("b", &elsewhere)));
    assert!(together("[\"agent\"]", ("a", &here), ("a", &payee)));
    assert!(!together(
        "[\"agent\", \"recipient\"]",
        ("a", &here),
        ("b", &here)
    ));
}

#[test]
fn a_recipient_is_the_same_on_every_chain_of_its_kind() {
    let (base, main) = (Asked::fine(), Asked::fine().on("eip155:1"));
    assert!(together("[\"recipient\"]", ("a", &base), ("a", &main)));
    assert!(!together(
        "[\"recipient\", \"network\"]",
        ("a", &base),
        ("a", &main)
    ));
}

#[test]
fn a_query_or_a_spelling_makes_no_other_endpoint() {
    let one = Asked::at("https://api.ok.com/v1/report?nonce=1");
    for text in [
        "https://API.ok.com:443/v1/report?nonce=2",
        "https://api.ok.com/v1/x/../%72eport/",
    ] {
        assert!(
            together("[\"endpoint\"]", ("a", &one), ("a", &Asked::at(text))),
            "{text}"
        );
    }
}

#[test]
fn attack_055_a_path_that_can_be_misread_is_refused_where_it_is_counted() {
    let asked = Asked::at("https://api.ok.com/v1%2fx");
    for rest in [
        "count = 1\nper = [\"endpoint\"]",
        "count = 1\nper = []\nendpoint = \"https://api.ok.com/v1\"",
    ] {
        let rules = rules(&limit(rest));
        assert_eq!(asked.code(&rules), "policy.url", "{rest}");
        assert!(rules.limits_for("a", &asked.offer()).is_err());
    }
    let elsewhere = rules(&limit(
        "count = 1\nper = []\nendpoint = \"https://other.test/v1\"",
    ));
    assert_eq!(asked.code(&elsewhere), "allowed");
}

#[test]
fn attack_081_no_agent_id_reaches_into_another_window() {
    let (plain, asked) = (Asked::fine(), Asked::paying(OTHER));
    let rules = rules(&format!(
        "daily_limit_usd = 9\n{}{}{}",
        limit("amount_usd = 1\nper = [\"agent\"]"),
        limit("amount_usd = 1\nper = [\"agent\", \"recipient\"]"),
        limit("amount_usd = 1\nper = [\"recipient\"]"),
    ));
    let mut all = Vec::new();
    for agent in [
        "a",
        "a:eip155",
        "eip155",
        "0x209693bc6afc0c5328ba36faf03c514ef312287c",
    ] {
        all.extend(keys(&rules, agent, &plain));
        all.extend(keys(&rules, agent, &asked));
    }
    let distinct: std::collections::HashSet<_> = all.iter().collect();
    // Daily and per agent: 4 each. Per agent and recipient: 8. Per recipient: 2.
    assert_eq!(distinct.len(), 4 + 4 + 8 + 2);
}

#[tokio::test]
async fn attack_017_a_sum_split_into_small_payments_still_ends() {
    let store = MemoryStore::new();
    let cap = rules(&limit(
        "amount_usd = 0.05\nper = [\"agent\", \"recipient\"]",
    ));
    let asked = Asked::fine();
    for _ in 0..5 {
        assert_eq!(spend(&store, &cap, ("a", &asked), 1000).await, Ok(()));
    }
    assert_eq!(
        spend(&store, &cap, ("a", &asked), 1000).await,
        Err("policy.limit_amount")
    );
    assert_eq!(
        spend(&store, &cap, ("a", &Asked::paying(OTHER)), 1000).await,
        Ok(()),
        "another recipient"
    );
    let open = rules("max_per_call_usd = 0.05");
    for _ in 0..20 {
        assert_eq!(
            spend(&store, &open, ("a", &asked), 1000).await,
            Ok(()),
            "the attack, without the limit"
        );
    }
}

#[tokio::test]
async fn several_windows_hold_at_once() {
    let store = MemoryStore::new();
    let rules = rules(
        "[[limits]]\nwindow_seconds = 60\ncount = 2\nper = [\"agent\"]\n\
         [[limits]]\nwindow_seconds = 86400\namount_usd = 0.03\nper = [\"agent\"]",
    );
    let asked = Asked::fine();
    let at = async |seconds| spend(&store, &rules, ("a", &asked), seconds).await;
    assert_eq!((at(1000).await, at(1000).await), (Ok(()), Ok(())));
    assert_eq!(
        at(1000).await,
        Err("policy.limit_count"),
        "the minute is full"
    );
    assert_eq!(at(1200).await, Ok(()), "another minute");
    assert_eq!(
        at(1400).await,
        Err("policy.limit_amount"),
        "the day is full"
    );
}

#[tokio::test]
async fn what_was_spent_stays_counted_when_the_policy_changes() {
    let store = MemoryStore::new();
    let before = rules(&limit("amount_usd = 0.02\nper = [\"agent\"]"));
    let after = rules(&format!(
        "max_per_call_usd = 1\n{}",
        limit("amount_usd = 0.03\nper = [\"agent\"]")
    ));
    assert_ne!(before.revision(), after.revision());
    let asked = Asked::fine();
    for _ in 0..2 {
        assert_eq!(spend(&store, &before, ("a", &asked), 1000).await, Ok(()));
    }
    assert_eq!(spend(&store, &after, ("a", &asked), 1000).await, Ok(()));
    assert_eq!(
        spend(&store, &after, ("a", &asked), 1000).await,
        Err("policy.limit_amount")
    );
    let counted = rules(&limit("count = 3\nper = [\"agent\"]"));
    assert_eq!(
        spend(&store, &counted, ("a", &asked), 1000).await,
        Err("policy.limit_count"),
        "and when it counts otherwise"
    );
}

#[test]
fn counting_needs_no_price() {
    let mut asked = Asked::fine();
    asked.price = None;
    assert_eq!(asked.code(&rules(&limit("count = 1\nper = []"))), "allowed");
    let elsewhere = limit("amount_usd = 1\nper = []\nendpoint = \"https://other.test\"");
    assert_eq!(asked.code(&rules(&elsewhere)), "policy.unpriced");
}

/// Attack 16: a bridged coin is not a dollar unless the table says so, and a limit per asset bounds what one may cost.
#[test]
fn attack_016_a_coin_that_nobody_priced_is_not_paid_in_under_a_limit() {
    let mut asked = Asked::fine();
    asked.price = None;
    let per_asset = limit("amount_usd = 1\nper = [\"asset\"]");
    assert_eq!(asked.code(&rules(&per_asset)), "policy.unpriced");
    assert_eq!(
        asked.code(&rules("")),
        "allowed",
        "the attack, without a limit"
    );
}

#[test]
fn limits_that_cannot_be_right_are_refused() {
    for (text, code, path) in [
        (limit("per = [\"agent\"]"), "config.limit", "limits[0]"),
        (
            limit("amount_usd = 1\ncount = 1\nper = []"),
            "config.limit",
            "limits[0]",
        ),
        (limit("amount_usd = 1"), "config.missing", "limits[0].per"),
        (
            limit("amount_usd = -1\nper = []"),
            "config.amount",
            "limits[0].amount_usd",
        ),
        (
            limit("amount_usd = 1\nper = [\"host\"]"),
            "config.choice",
            "limits[0].per[0]",
        ),
        (
            limit("amount_usd = 1\nper = \"agent\""),
            "config.kind",
            "limits[0].per",
        ),
        (
            limit("amount_usd = 1\nper = [\"agent\", \"agent\"]"),
            "config.duplicate",
            "limits[0].per",
        ),
        (
            limit("count = 1.5\nper = []"),
            "config.kind",
            "limits[0].count",
        ),
        (
            limit("count = 1\nper = []\nendpoint = \"a.io\""),
            "scope.not_http",
            "limits[0].endpoint",
        ),
        (
            limit("count = 1\nper = []\nends = 1"),
            "config.unknown_key",
            "limits[0].ends",
        ),
        (
            "[[limits]]\nwindow_seconds = 0\ncount = 1\nper = []".to_owned(),
            "config.window",
            "limits[0].window_seconds",
        ),
        (
            "[[limits]]\ncount = 1\nper = []".to_owned(),
            "config.missing",
            "limits[0].window_seconds",
        ),
        ("limits = 3".to_owned(), "config.kind", "limits"),
        (
            limit("count = 1\nper = []").repeat(2),
            "config.duplicate",
            "limits[1]",
        ),
        (
            limit("count = 1\nper = [\"agent\", \"asset\"]")
                + &limit("count = 2\nper = [\"asset\", \"agent\"]"),
            "config.duplicate",
            "limits[1]",
        ),
        (
            format!(
                "allowed_origins = []\n{}",
                limit("count = 1\nper = []\nendpoint = \"https://a.io\"")
            ),
            "config.contradiction",
            "limits[0].endpoint",
        ),
    ] {
        let (found, at, _) = one(&text);
        assert_eq!((found, at.as_str()), (code, path), "{text}");
    }
}

#[test]
fn more_limits_than_a_ledger_takes_are_refused() {
    let many: String = (1..=33)
        .map(|window| format!("[[limits]]\nwindow_seconds = {window}\ncount = 1\nper = []\n"))
        .collect();
    assert_eq!(one(&many).0, "config.too_many");
}

#[test]
fn the_order_of_limits_makes_no_other_revision() {
    let (one, two) = (
        limit("count = 1\nper = [\"agent\", \"asset\"]"),
        limit("amount_usd = 1\nper = []"),
    );
    let turned = format!(
        "{two}{}",
        one.replace("\"agent\", \"asset\"", "\"asset\", \"agent\"")
    );
    assert_eq!(
        rules(&format!("{one}{two}")).revision(),
        rules(&turned).revision()
    );
    assert_ne!(rules(&one).revision(), rules(&two).revision());
}
