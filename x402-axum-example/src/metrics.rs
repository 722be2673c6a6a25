//! What the guards of this process count, as Prometheus reads it.

use std::time::Duration;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use x402_tower::telemetry;

/// How often what was measured is folded into buckets, so that it does not pile up where nobody asks for the page.
const UPKEEP: Duration = Duration::from_secs(5);

/// The recorder of this process.
#[derive(Debug, Clone)]
pub(crate) struct Metrics(PrometheusHandle);

impl Metrics {
    /// Records from now on; once in a process.
    pub(crate) fn install() -> Result<Self, BuildError> {
        let amount = Matcher::Full(telemetry::PAYMENT_AMOUNT_USD.to_owned());
        let duration = Matcher::Full(telemetry::CONTROL_DURATION_SECONDS.to_owned());
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(amount, &telemetry::AMOUNT_BUCKETS)?
            .set_buckets_for_metric(duration, &telemetry::DURATION_BUCKETS)?
            .install_recorder()?;
        telemetry::describe();
        Ok(Self(recorder))
    }

    /// `GET /metrics`.
    pub(crate) fn router(&self) -> Router {
        let handle = self.0.clone();
        let page = move || {
            let page = handle.render();
            async { ([(CONTENT_TYPE, "text/plain; version=0.0.4")], page) }
        };
        Router::new().route("/metrics", get(page))
    }

    /// Keeps what is measured small until the process is asked to stop.
    pub(crate) fn keep_up(
        &self,
        mut stopped: watch::Receiver<bool>,
    ) -> JoinHandle<std::io::Result<()>> {
        let handle = self.0.clone();
        tokio::spawn(async move {
            // It ends where the stop is signalled, and where nobody is left to signal it.
            while tokio::time::timeout(UPKEEP, stopped.wait_for(|stop| *stop))
                .await
                .is_err()
            {
                handle.run_upkeep();
            }
            Ok(())
        })
    }
}
