//! A payment that passes several guards of one process.

use std::sync::Arc;

use http::Request;
use http_body_util::Full;
use metrics::set_default_local_recorder;
use tower::{Layer, ServiceExt};
use x402_tower::pii::{PiiControl, PiiLayer};
use x402_tower::policy::{PolicyConfig, PolicyControl, PolicyLayer, Rules};
use x402_tower::testing::{ManualClock, ScriptedSeller};
use x402_tower::{Context, GuardConfig, Usd, X402GuardLayer};

use crate::ground::{Ground, NOW, Page, URL, asking, cent, recorder};

/// The request that a third-party payer would send.
async fn signed() -> Request<Full<bytes::Bytes>> {
    let seller = asking(cent()).settle();
    Ground::new().buy(&seller).await.unwrap();
    let mut request = crate::ground::get(URL);
    *request.headers_mut() = seller.requests().remove(1).headers;
    request
}

fn context() -> Context {
    Context::buyer().with_clock(Arc::new(ManualClock::from_secs(NOW)))
}

fn policy(most: &str) -> PolicyLayer {
    let policy = PolicyConfig::new().with_max_per_call(Usd::parse(most).unwrap());
    PolicyLayer::new(PolicyControl::new(Rules::compile(&policy).unwrap())).with_context(context())
}

#[tokio::test]
async fn a_stack_of_single_layers_counts_a_payment_once() {
    let request = signed().await;
    for (seller, outcome) in [
        (ScriptedSeller::new().settle(), "allowed"),
        (ScriptedSeller::new().fail(), "unknown"),
    ] {
        let recorder = recorder();
        let _local = set_default_local_recorder(&recorder);
        let pii = PiiLayer::new(PiiControl::new()).with_context(context());
        let stack = pii.layer(policy("1").layer(seller));
        let _ = stack.oneshot(request.clone()).await;
        let page = Page::of(&recorder);
        assert_eq!(page.sum("x402_payments_total", &[]), 1.0, "{}", page.0);
        assert_eq!(
            page.sum("x402_payments_total", &[("outcome", outcome)]),
            1.0
        );
        assert_eq!(page.sum("x402_payment_amount_usd_count", &[]), 1.0);
        for control in ["pii", "policy"] {
            let labels = [("control", control), ("step", "check")];
            assert_eq!(
                page.sum("x402_control_duration_seconds_count", &labels),
                1.0
            );
        }
    }
}

#[tokio::test]
async fn a_denial_further_in_is_counted_once() {
    let request = signed().await;
    let recorder = recorder();
    let _local = set_default_local_recorder(&recorder);
    let pii = PiiLayer::new(PiiControl::new()).with_context(context());
    let stack = pii.layer(policy("0.001").layer(ScriptedSeller::new()));
    assert_eq!(stack.oneshot(request).await.unwrap().status(), 403);
    let page = Page::of(&recorder);
    assert_eq!(
        page.sum("x402_payments_total", &[("reason", "policy")]),
        1.0
    );
    assert_eq!(page.sum("x402_payments_total", &[]), 1.0);
    assert_eq!(page.sum("x402_denials_total", &[]), 1.0);
    assert_eq!(page.sum("x402_policy_violations_total", &[]), 1.0);
}

#[tokio::test]
async fn a_challenge_that_is_refused_further_in_is_counted_once() {
    let recorder = recorder();
    let _local = set_default_local_recorder(&recorder);
    let pii = PiiLayer::new(PiiControl::new()).with_context(context());
    let stack = pii.layer(policy("0.001").layer(asking(cent())));
    let answer = stack.oneshot(crate::ground::get(URL)).await.unwrap();
    assert_eq!(answer.status(), 403);
    let page = Page::of(&recorder);
    assert_eq!(
        page.sum("x402_payments_total", &[("outcome", "blocked")]),
        1.0
    );
    assert_eq!(page.sum("x402_denials_total", &[]), 1.0);
}

#[tokio::test]
async fn buyer_and_seller_in_one_process_count_for_themselves() {
    let recorder = recorder();
    let _local = set_default_local_recorder(&recorder);
    let request = {
        let silent = metrics::NoopRecorder;
        let _local = set_default_local_recorder(&silent);
        signed().await
    };
    let seller = GuardConfig::seller()
        .clock(Arc::new(ManualClock::from_secs(NOW)))
        .build()
        .unwrap();
    let served = X402GuardLayer::new(seller).layer(ScriptedSeller::new().settle());
    let answer = policy("1").layer(served).oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 200);
    let page = Page::of(&recorder);
    for position in ["third_party_payer", "seller"] {
        let labels = [("position", position), ("outcome", "allowed")];
        assert_eq!(page.sum("x402_payments_total", &labels), 1.0, "{position}");
    }
}
