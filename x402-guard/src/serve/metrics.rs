//! What the guards of this process count, as Prometheus reads it.

use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use x402_tower::telemetry;

use crate::serve::error::ServeError;

/// How often what was measured is folded into buckets, so that it does not pile up where nobody asks for the page.
const UPKEEP: Duration = Duration::from_secs(5);

/// The recorder of this process.
#[derive(Debug, Clone)]
pub(crate) struct Metrics(PrometheusHandle);

impl Metrics {
    /// Records from now on; once in a process.
    pub(crate) fn install() -> Result<Self, ServeError> {
        let failed = |error: &dyn core::fmt::Display| ServeError::Metrics(error.to_string());
        let amount = Matcher::Full(telemetry::PAYMENT_AMOUNT_USD.to_owned());
        let duration = Matcher::Full(telemetry::CONTROL_DURATION_SECONDS.to_owned());
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(amount, &telemetry::AMOUNT_BUCKETS)
            .map_err(|error| failed(&error))?
            .set_buckets_for_metric(duration, &telemetry::DURATION_BUCKETS)
            .map_err(|error| failed(&error))?
            .install_recorder()
            .map_err(|error| failed(&error))?;
        telemetry::describe();
        Ok(Self(recorder))
    }

    /// The page.
    pub(crate) fn page(&self) -> String {
        self.0.render()
    }

    /// Keeps what is measured small, for as long as the process runs.
    pub(crate) async fn keep_up(self) {
        loop {
            tokio::time::sleep(UPKEEP).await;
            self.0.run_upkeep();
        }
    }
}
