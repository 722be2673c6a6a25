//! Spans as OpenTelemetry traces.

use opentelemetry::trace::Tracer;
use tracing::{Metadata, Subscriber};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{FilterFn, Filtered, filter_fn};
use tracing_subscriber::registry::LookupSpan;

/// What [`otel_layer`] makes.
pub type OtelLayer<S, T> =
    Filtered<OpenTelemetryLayer<S, T>, FilterFn<fn(&Metadata<'_>) -> bool>, S>;

/// A layer for [`tracing_subscriber`] that hands this crate's spans to an OpenTelemetry tracer.
///
/// It lets through spans and events whose target begins with [`TARGET`](super::TARGET), and nothing of other crates:
/// those may put URLs and headers into their spans. Source locations and thread names are left out as well.
///
/// ```
/// use opentelemetry::trace::TracerProvider;
/// use opentelemetry_sdk::trace::SdkTracerProvider;
/// use tracing_subscriber::layer::SubscriberExt;
/// use x402_tower::telemetry;
///
/// let provider = SdkTracerProvider::builder().build(); // with a span exporter, such as opentelemetry-otlp's
/// let subscriber = tracing_subscriber::registry().with(telemetry::otel_layer(provider.tracer("x402-tower")));
/// tracing::subscriber::with_default(subscriber, || { /* pay */ });
/// ```
pub fn otel_layer<S, T>(tracer: T) -> OtelLayer<S, T>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    T: Tracer + 'static,
    T::Span: Send + Sync,
{
    let only_ours: fn(&Metadata<'_>) -> bool =
        |metadata| metadata.target().starts_with(super::TARGET);
    tracing_opentelemetry::layer()
        .with_tracer(tracer)
        .with_location(false)
        .with_threads(false)
        .with_filter(filter_fn(only_ours))
}
