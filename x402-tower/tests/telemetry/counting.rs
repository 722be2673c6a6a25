//! Each metric of the reference implementation, and our own, counts what it says.

use futures_util::FutureExt;
use metrics::set_default_local_recorder;
use tower::ServiceExt;
use x402_tower::pii::{PiiAction, PiiControl};
use x402_tower::testing::{ControlStep, RecordingControl, RecordingSigner};
use x402_tower::{Control, ControlKind, Denial, DenialKind, Payment, Step};

use crate::ground::{Ground, Page, URL, asking, cent, get, recorder};

#[tokio::test]
async fn a_paid_request_is_allowed_once_with_its_price() {
    let recorder = recorder();
    let _local = set_default_local_recorder(&recorder);
    Ground::new().buy(&asking(cent()).settle()).await.unwrap();
    let page = Page::of(&recorder);
    let labels = [
        ("outcome", "allowed"),
        ("reason", "none"),
        ("position", "buyer"),
    ];
    assert_eq!(page.sum("x402_payments_total", &labels), 1.0);
    assert_eq!(page.sum("x402_payments_total", &[]), 1.0);
    let allowed = [("outcome", "allowed")];
    assert_eq!(page.sum("x402_payment_amount_usd_sum", &allowed), 0.01);
    assert_eq!(page.sum("x402_payment_amount_usd_count", &[]), 1.0);
}

#[tokio::test]
async fn prices_are_in_the_ten_buckets_of_the_reference() {
    let recorder = recorder();
    let _local = set_default_local_recorder(&recorder);
    Ground::new().buy(&asking(cent()).settle()).await.unwrap();
    let page = Page::of(&recorder);
    let bounds = [
        "0.001", "0.005", "0.01", "0.05", "0.1", "0.5", "1", "5", "10", "50", "+Inf",
    ];
    let counts = bounds.map(|le| page.sum("x402_payment_amount_usd_bucket", &[("le", le)]));
    assert_eq!(
        counts,
        [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    );
    let buckets = page
        .series()
        .filter(|(series, _)| series.starts_with("x402_payment_amount_usd_bucket"));
    assert_eq!(buckets.count(), bounds.len());
}

#[tokio::test]
async fn a_violation_is_blocked_by_policy_and_has_a_type() {
    let recorder = recorder();
    let _local = set_default_local_recorder(&recorder);
    Ground::new()
        .buy(&asking(cent().amount("5000000")))
        .await
        .unwrap();
    let page = Page::of(&recorder);
    let blocked = [("outcome", "blocked"), ("reason", "policy")];
    assert_eq!(page.sum("x402_payments_total", &blocked), 1.0);
    let per_call = [("violation_type", "per_call")];
    assert_eq!(page.sum("x402_policy_violations_total", &per_call), 1.0);
    assert_eq!(page.sum("x402_policy_violations_total", &[]), 1.0);
    assert_eq!(
        page.sum("x402_denials_total", &[("code", "policy.per_call")]),
        1.0
    );
}

#[tokio::test]
async fn a_duplicate_is_a_replay_detection() {
    let recorder = recorder();
    let _local = set_default_local_recorder(&recorder);
    let ground = Ground::new();
    ground.buy(&asking(cent()).settle()).await.unwrap();
    ground.buy(&asking(cent())).await.unwrap();
    let page = Page::of(&recorder);
    let duplicate = [("reason", "duplicate")];
    assert_eq!(page.sum("x402_replay_detections_total", &duplicate), 1.0);
    let blocked = [("outcome", "blocked"), ("reason", "replay")];
    assert_eq!(page.sum("x402_payments_total", &blocked), 1.0);
}

#[tokio::test]
async fn personal_data_is_counted_by_type_and_action() {
    for action in [PiiAction::Redact, PiiAction::Block, PiiAction::Warn] {
        let recorder = recorder();
        let _local = set_default_local_recorder(&recorder);
        let ground = Ground::new();
        let builder = ground.builder().pii(PiiControl::new().with_action(action));
        let seller = asking(cent().extra("note", "ask alice@example.com")).settle();
        ground
            .guard(builder, seller)
            .oneshot(get(URL))
            .await
            .unwrap();
        let page = Page::of(&recorder);
        let found = [
            ("entity_type", "EMAIL_ADDRESS"),
            ("action", action.as_str()),
        ];
        assert_eq!(
            page.sum("x402_pii_detections_total", &found),
            1.0,
            "{action}"
        );
        let blocked = [("outcome", "blocked"), ("reason", "pii")];
        let expected = if action == PiiAction::Block { 1.0 } else { 0.0 };
        assert_eq!(
            page.sum("x402_payments_total", &blocked),
            expected,
            "{action}"
        );
    }
}

#[tokio::test]
async fn every_control_is_timed_at_every_step() {
    let recorder = recorder();
    let _local = set_default_local_recorder(&recorder);
    Ground::new().buy(&asking(cent()).settle()).await.unwrap();
    let page = Page::of(&recorder);
    for control in ["pii", "policy", "replay"] {
        for step in ["check", "approve", "sending"] {
            let labels = [("control", control), ("step", step), ("decision", "allow")];
            let count = page.sum("x402_control_duration_seconds_count", &labels);
            assert_eq!(count, 1.0, "{control} {step}");
        }
    }
}

#[tokio::test]
async fn a_control_that_panics_is_timed_as_a_denial() {
    let recorder = recorder();
    let _local = set_default_local_recorder(&recorder);
    let ground = Ground::new();
    let control = RecordingControl::new(ControlKind::Custom("house")).panicking(ControlStep::Check);
    let builder = ground.builder().control(control);
    ground
        .guard(builder, asking(cent()))
        .oneshot(get(URL))
        .await
        .unwrap();
    let page = Page::of(&recorder);
    let labels = [
        ("control", "house"),
        ("step", "check"),
        ("decision", "deny"),
    ];
    assert_eq!(
        page.sum("x402_control_duration_seconds_count", &labels),
        1.0
    );
    let blocked = [("outcome", "blocked"), ("reason", "error")];
    assert_eq!(page.sum("x402_payments_total", &blocked), 1.0);
}

/// Stands where people are asked, and answers for them.
struct Nobody(DenialKind);

impl Control for Nobody {
    fn kind(&self) -> ControlKind {
        ControlKind::Mpa
    }
    fn check<'a>(&'a self, _: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        Step::ready(Err(Denial::new(self.0, "mpa.nobody", "nobody approved")))
    }
}

#[tokio::test]
async fn approvals_that_fail_are_events_with_an_outcome() {
    for (kind, outcome) in [
        (DenialKind::MpaDenied, "denied"),
        (DenialKind::MpaTimeout, "timeout"),
    ] {
        let recorder = recorder();
        let _local = set_default_local_recorder(&recorder);
        let ground = Ground::new();
        let builder = ground.builder().control(Nobody(kind));
        let guard = ground.guard(builder, asking(cent()));
        guard.oneshot(get(URL)).await.unwrap();
        let page = Page::of(&recorder);
        let event = [("outcome", outcome)];
        assert_eq!(page.sum("x402_mpa_events_total", &event), 1.0, "{outcome}");
        let blocked = [("outcome", "blocked"), ("reason", "mpa")];
        assert_eq!(page.sum("x402_payments_total", &blocked), 1.0, "{outcome}");
    }
}

#[tokio::test]
async fn reservations_are_counted_through_their_states() {
    let states = |page: &Page| {
        ["reserved", "sent", "settled", "unknown", "released"]
            .map(|state| page.sum("x402_reservations_total", &[("state", state)]))
    };
    for (seller, expected) in [
        (asking(cent()).settle(), [1.0, 1.0, 1.0, 0.0, 0.0]),
        (asking(cent()).reject("no_funds"), [1.0, 1.0, 0.0, 1.0, 0.0]),
        (asking(cent()).fail(), [1.0, 1.0, 0.0, 1.0, 0.0]),
    ] {
        let recorder = recorder();
        let _local = set_default_local_recorder(&recorder);
        let _ = Ground::new().buy(&seller).await;
        assert_eq!(states(&Page::of(&recorder)), expected);
    }
    let recorder = recorder();
    let _local = set_default_local_recorder(&recorder);
    let mut ground = Ground::new();
    ground.signer = RecordingSigner::failing();
    ground.buy(&asking(cent())).await.unwrap();
    assert_eq!(states(&Page::of(&recorder)), [1.0, 0.0, 0.0, 0.0, 1.0]);
}

#[tokio::test]
async fn outcomes_have_their_reasons() {
    for (seller, outcome, reason) in [
        (asking(cent()).reject("no_funds"), "rejected", "none"),
        (asking(cent()).fail(), "unknown", "transport"),
    ] {
        let recorder = recorder();
        let _local = set_default_local_recorder(&recorder);
        let _ = Ground::new().buy(&seller).await;
        let labels = [("outcome", outcome), ("reason", reason)];
        assert_eq!(Page::of(&recorder).sum("x402_payments_total", &labels), 1.0);
    }
}

#[tokio::test]
async fn a_caller_that_goes_away_is_counted_once() {
    let recorder = recorder();
    let _local = set_default_local_recorder(&recorder);
    let flow = Ground::new().buy(&asking(cent()).hang()).now_or_never();
    assert!(flow.is_none(), "it did not wait");
    let mut before = Ground::new();
    before.signer = RecordingSigner::hanging();
    assert!(before.buy(&asking(cent())).now_or_never().is_none());
    let page = Page::of(&recorder);
    for outcome in ["unknown", "not_sent"] {
        let labels = [("outcome", outcome), ("reason", "cancelled")];
        assert_eq!(page.sum("x402_payments_total", &labels), 1.0, "{outcome}");
    }
    assert_eq!(page.sum("x402_payments_total", &[]), 2.0);
    assert_eq!(
        page.sum("x402_reservations_total", &[("state", "released")]),
        1.0
    );
}

#[test]
fn every_metric_is_described() {
    let recorder = recorder();
    metrics::with_local_recorder(&recorder, || {
        x402_tower::telemetry::describe();
        // What was never recorded is not rendered.
        metrics::counter!("x402_payments_total").increment(1);
    });
    let page = Page::of(&recorder).0;
    assert!(
        page.contains("# HELP x402_payments_total x402 payments"),
        "{page}"
    );
}

#[tokio::test]
async fn without_a_recorder_everything_works() {
    let answer = Ground::new().buy(&asking(cent()).settle()).await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn a_request_without_a_payment_counts_nothing() {
    let recorder = recorder();
    let _local = set_default_local_recorder(&recorder);
    let free = x402_tower::testing::ScriptedSeller::new().respond(http::Response::new(
        x402_tower::testing::ScriptedBody::whole("free"),
    ));
    Ground::new().buy(&free).await.unwrap();
    assert_eq!(Page::of(&recorder).series().count(), 0);
}
