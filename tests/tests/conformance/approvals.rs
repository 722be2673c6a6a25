//! Approvals that were given are counted, and payments that needed none are not.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};
use x402_tower::mpa::{ApprovalRequest, ApprovalSecret, Approver, Countersigner, MpaConfig};
use x402_tower::{Step, Usd};

use crate::ground::{Ground, URL, get, honest, outcome};
use tower::ServiceExt;
use x402_tower::wire::Version;

const SECRET: &str = "3f8a1c5de27b49601122334455667788";

/// Signs whatever it is shown.
#[derive(Debug)]
struct Treasury(ApprovalSecret);

impl Countersigner for Treasury {
    fn countersign<'a>(&'a self, request: &'a ApprovalRequest) -> Step<'a, Option<String>> {
        Step::ready(Some(self.0.sign(request.payload().as_bytes())))
    }
}

/// What is counted of approvals where a cent is paid that needs one from `minimum` on.
async fn counted(minimum: &str) -> String {
    let recorder: PrometheusRecorder = PrometheusBuilder::new().build_recorder();
    let _local = metrics::set_default_local_recorder(&recorder);
    let secret = || ApprovalSecret::new(SECRET).unwrap();
    let alice = Approver::hmac("alice", secret()).with_countersigner(Treasury(secret()));
    let approvals = MpaConfig::new(1)
        .with_min_amount(Usd::parse(minimum).unwrap())
        .with_approver(alice);
    let ground = Ground::new();
    let config = ground.builder().mpa(approvals).build().unwrap();
    let guard = ground.guard_with(config, honest(Version::V2, URL));
    let answer = guard.oneshot(get(URL)).await.unwrap();
    assert_eq!(outcome(&answer), Some("settled"));
    let page = recorder.handle().render();
    let events = page
        .lines()
        .filter(|line| line.starts_with("x402_mpa_events_total"));
    events.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn an_approval_that_was_given_is_an_event() {
    let expected = "x402_mpa_events_total{outcome=\"approved\"} 1";
    assert_eq!(counted("0.01").await, expected);
}

#[tokio::test]
async fn a_payment_that_needs_no_approval_is_no_event() {
    assert_eq!(counted("0.02").await, "");
}
