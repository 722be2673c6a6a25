//! What a reload leaves as it was: what was counted, claimed, begun and said in code.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use x402_tower::policy::PolicyConfig;
use x402_tower::{Control, ControlKind, Denial, Payment, PaymentRecord, Step};

use crate::ground::{Ground, NOW, ONE_CENT, TWO_CENTS, buy, ending};

fn url(n: usize) -> String {
    format!("https://api.example.com/report/{n}")
}

#[tokio::test]
async fn attack_084_spend_stays_counted_across_reloads() {
    let three_cents_a_day = |rest: &str| format!("daily_limit_usd = 0.03\n{rest}");
    let ground = Ground::new(&three_cents_a_day(ONE_CENT));
    for n in 0..2 {
        assert_eq!(ending(&ground.buy(&url(n), 10_000).await), "settled");
    }
    ground.write(&three_cents_a_day(TWO_CENTS));
    ground.config.reloader().reload().unwrap();
    assert_eq!(ending(&ground.buy(&url(2), 20_000).await), "policy.window");
    assert_eq!(ending(&ground.buy(&url(3), 10_000).await), "settled");

    // Its twin: a guard that is built anew, as by a restart without a store, has forgotten.
    let fresh = Ground::new(&three_cents_a_day(TWO_CENTS));
    assert_eq!(ending(&fresh.buy(&url(2), 20_000).await), "settled");
}

#[tokio::test]
async fn a_limit_that_is_lowered_holds_for_what_was_spent_before() {
    let ground = Ground::new("daily_limit_usd = 0.05");
    for n in 0..3 {
        assert_eq!(ending(&ground.buy(&url(n), 10_000).await), "settled");
    }
    ground.write("daily_limit_usd = 0.03");
    ground.config.reloader().reload().unwrap();
    assert_eq!(ending(&ground.buy(&url(3), 10_000).await), "policy.window");
}

#[tokio::test]
async fn a_claim_stays_claimed_across_reloads() {
    let ground = Ground::new(ONE_CENT);
    assert_eq!(ending(&ground.buy(&url(0), 10_000).await), "settled");
    ground.write(TWO_CENTS);
    ground.config.reloader().reload().unwrap();
    assert_eq!(
        ending(&ground.buy(&url(0), 10_000).await),
        "replay.duplicate"
    );
}

#[tokio::test]
async fn a_claim_is_found_after_replay_was_off_for_a_while() {
    let ground = Ground::new(ONE_CENT);
    assert_eq!(ending(&ground.buy(&url(0), 10_000).await), "settled");
    ground.write("max_per_call_usd = 0.01\n[replay]\nenabled = false");
    ground.config.reloader().reload().unwrap();
    ground.write(ONE_CENT);
    ground.config.reloader().reload().unwrap();
    assert_eq!(
        ending(&ground.buy(&url(0), 10_000).await),
        "replay.duplicate"
    );
}

#[tokio::test]
async fn what_the_code_said_wins_over_the_new_file_as_well() {
    let ground = Ground::with(
        ONE_CENT,
        x402_tower::guard::GuardConfigBuilder::without_replay,
    );
    ground.write("max_per_call_usd = 0.02\n[replay]\nenabled = true");
    ground.config.reloader().reload().unwrap();
    assert!(
        ground
            .config
            .chain()
            .kinds()
            .all(|kind| kind != ControlKind::Replay)
    );
}

/// Holds a payment in `check` until it is let go.
#[derive(Clone, Default)]
struct Gate {
    arrived: Arc<Notify>,
    open: Arc<Notify>,
}

impl Control for Gate {
    fn kind(&self) -> ControlKind {
        ControlKind::Custom("gate")
    }

    fn check<'a>(&'a self, _payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        Step::wait(async {
            self.arrived.notify_one();
            self.open.notified().await;
            Ok(())
        })
    }
}

#[tokio::test]
async fn a_payment_in_flight_keeps_the_controls_that_it_began_with() {
    let gate = Gate::default();
    let ground = Ground::with(TWO_CENTS, |builder| builder.control(gate.clone()));
    let before = ground.revision();
    let config = ground.config.clone();
    let begun = tokio::spawn(async move { buy(&config, &url(0), 20_000).await });
    gate.arrived.notified().await;

    ground.write(ONE_CENT);
    ground.config.reloader().reload().unwrap();
    gate.open.notify_one();
    let paid = begun.await.unwrap();
    assert_eq!(ending(&paid), "settled");
    let record = paid.extensions().get::<PaymentRecord>().unwrap();
    assert_eq!(record.policy_revision(), Some(&*before));

    // Its twin: one that begins now is decided by the new policy.
    assert_eq!(
        ending(&ground.buy(&url(1), 20_000).await),
        "policy.per_call"
    );
}

#[tokio::test]
async fn what_stops_every_payment_stops_one_in_flight() {
    let gate = Gate::default();
    let ground = Ground::with(TWO_CENTS, |builder| builder.control(gate.clone()));
    let config = ground.config.clone();
    let begun = tokio::spawn(async move { buy(&config, &url(0), 20_000).await });
    gate.arrived.notified().await;

    ground.write("max_per_call_usd = 0.02\nkill_switch = true");
    ground.config.reloader().reload().unwrap();
    gate.open.notify_one();
    assert_eq!(ending(&begun.await.unwrap()), "policy.kill_switch");
}

#[test]
fn the_log_stays_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let policy = |name: &str| {
        let path = folder.path().join(name);
        let text = format!(
            "max_per_call_usd = 0.01\n[audit]\npath = '{}'",
            path.display()
        );
        PolicyConfig::from_toml(&text, "policy.toml").unwrap()
    };
    let config = x402_tower::GuardConfig::buyer()
        .policy(policy("one.jsonl"))
        .build()
        .unwrap();
    let reloader = config.reloader();
    reloader.replace(&policy("one.jsonl")).unwrap();
    let refused = reloader.replace(&policy("other.jsonl")).unwrap_err();
    assert_eq!(refused.code(), "config.restart_needed");
    assert!(refused.to_string().contains("[audit]"), "{refused}");
    let gone = PolicyConfig::from_toml(ONE_CENT, "policy.toml").unwrap();
    assert_eq!(
        reloader.replace(&gone).unwrap_err().code(),
        "config.restart_needed"
    );
    assert!(!folder.path().join("other.jsonl").exists());
}

#[test]
fn the_status_tells_when() {
    let ground = Ground::new(ONE_CENT);
    let reloader = ground.config.reloader();
    let loaded = |at: Option<x402_tower::UnixMillis>| at.unwrap().as_secs();
    assert_eq!(loaded(reloader.status().loaded_at), NOW);
    ground.clock.advance(Duration::from_secs(60));
    ground.write("");
    reloader.reload().unwrap_err();
    let status = reloader.status();
    assert_eq!(
        loaded(status.loaded_at),
        NOW,
        "the old one is still in force"
    );
    assert_eq!(loaded(status.last_error.unwrap().at), NOW + 60);
    ground.write(TWO_CENTS);
    reloader.reload().unwrap();
    let status = reloader.status();
    assert_eq!(loaded(status.loaded_at), NOW + 60);
    assert!(status.last_error.is_none());
}
