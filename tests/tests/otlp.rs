//! Spans as an OpenTelemetry collector gets them: over OTLP, on a real connection.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a missing span or attribute must fail the test"
)]

#[path = "otlp/collector.rs"]
mod collector;
#[allow(dead_code, reason = "shared with the attacks")]
#[path = "attacks/ground.rs"]
mod ground;

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::WithExportConfig;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tower::ServiceExt;
use tracing::Instrument;
use tracing_subscriber::layer::SubscriberExt;
use x402_tower::telemetry::otel_layer;
use x402_tower::testing::ScriptedSeller;
use x402_tower::wire::Version;

use crate::collector::{Collector, text};
use crate::ground::{Ground, URL, cent, get, honest};

/// Buys with every span sent to `collector`, inside a span of the caller's own.
async fn traced(collector: &Collector, ground: &Ground, seller: &ScriptedSeller, url: &str) {
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_tonic()
        .with_endpoint(collector.endpoint())
        .build()
        .unwrap();
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .build();
    let layer = otel_layer(provider.tracer("x402-tower"));
    let _default = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
    let purchase = ground.guard(seller.clone()).oneshot(get(url));
    let callers = tracing::info_span!(target: "agent", "purchase", card = "4111111111111111");
    drop(purchase.instrument(callers).await);
    // It waits for its own thread, which waits for the collector on this runtime.
    let flushed = tokio::task::spawn_blocking(move || provider.shutdown());
    flushed.await.unwrap().unwrap();
}

fn named<'a>(spans: &'a [Span], name: &str) -> Vec<&'a Span> {
    spans.iter().filter(|span| span.name == name).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_and_its_controls_arrive_as_one_trace() {
    let collector = Collector::start().await;
    let ground = Ground::new();
    traced(&collector, &ground, &honest(Version::V2, URL), URL).await;
    let spans = collector.spans();
    let payments = named(&spans, "x402.payment");
    assert_eq!(payments.len(), 1, "{spans:?}");
    let payment = payments[0];
    assert_eq!(text(payment, "outcome"), Some("allowed"));
    assert_eq!(text(payment, "position"), Some("buyer"));
    assert_eq!(text(payment, "scheme"), Some("exact"));
    assert_eq!(text(payment, "network"), Some("eip155:8453"));
    let decision = ground.records()[0]["decision_id"].clone();
    assert_eq!(text(payment, "decision_id"), decision.as_str());
    let controls = named(&spans, "x402.control");
    for control in &controls {
        assert_eq!(control.parent_span_id, payment.span_id);
        assert_eq!(control.trace_id, payment.trace_id);
        assert!(control.start_time_unix_nano >= payment.start_time_unix_nano);
        assert!(control.end_time_unix_nano <= payment.end_time_unix_nano);
    }
    let checked = |control: &&&Span| text(control, "step") == Some("check");
    let mut checks: Vec<_> = controls.iter().filter(checked).collect();
    checks.sort_by_key(|control| control.start_time_unix_nano);
    let names: Vec<_> = checks
        .iter()
        .filter_map(|check| text(check, "control"))
        .collect();
    assert_eq!(names, ["audit", "pii", "policy", "replay"]);
    assert!(
        checks
            .iter()
            .all(|check| text(check, "decision") == Some("allow"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_denial_arrives_with_its_code() {
    let collector = Collector::start().await;
    let ground = Ground::new();
    ground.buy(&honest(Version::V2, URL), URL).await;
    traced(&collector, &ground, &honest(Version::V2, URL), URL).await;
    let spans = collector.spans();
    let payment = named(&spans, "x402.payment")[0];
    assert_eq!(text(payment, "outcome"), Some("blocked"));
    assert_eq!(text(payment, "code"), Some("replay.duplicate"));
    let denied: Vec<_> = named(&spans, "x402.control")
        .into_iter()
        .filter(|control| text(control, "decision") == Some("deny"))
        .collect();
    assert_eq!(denied.len(), 1);
    assert_eq!(text(denied[0], "control"), Some("replay"));
    assert_eq!(text(denied[0], "code"), Some("replay.duplicate"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_116_spans_carry_no_personal_data_of_ours_or_of_others() {
    let collector = Collector::start().await;
    let ground = Ground::new();
    let url = "https://api.example.com/report/alice.canary@example.com?card=4111111111111111";
    let offer = cent()
        .resource(url)
        .extra("note", "alice.canary@example.com");
    let challenge = x402_tower::testing::ScriptedChallenge::v2(url, [offer])
        .description("for alice.canary@example.com");
    let seller = ScriptedSeller::new().challenge(&challenge).settle();
    traced(&collector, &ground, &seller, url).await;
    let spans = collector.spans();
    assert_eq!(named(&spans, "x402.payment").len(), 1);
    assert!(
        named(&spans, "purchase").is_empty(),
        "the caller's own span stays here"
    );
    let sent = format!("{spans:?}");
    for canary in [
        "alice.canary",
        "4111111111111111",
        "api.example.com",
        "report",
        "agent",
    ] {
        assert!(!sent.contains(canary), "{canary} in {sent}");
    }
}
