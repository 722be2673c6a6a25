//! A whole guard, a recorder of its own and what it has counted.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};
use tower::{Layer, ServiceExt};
use x402_tower::guard::{GuardConfig, GuardConfigBuilder};
use x402_tower::pay::PayService;
use x402_tower::policy::PolicyConfig;
use x402_tower::replay::FingerprintKey;
use x402_tower::store::MemoryStore;
use x402_tower::testing::{
    ManualClock, Offer, RecordingSigner, ScriptedBody, ScriptedChallenge, ScriptedSeller,
    SellerError,
};
use x402_tower::{GuardBody, Usd, X402GuardLayer, telemetry};

pub(crate) const URL: &str = "https://api.example.com/report?id=7";
pub(crate) const NOW: u64 = 1_700_000_000;

pub(crate) type Answer = Result<Response<GuardBody<ScriptedBody>>, SellerError>;

pub(crate) fn recorder() -> PrometheusRecorder {
    let amount = Matcher::Full(telemetry::PAYMENT_AMOUNT_USD.into());
    let duration = Matcher::Full(telemetry::CONTROL_DURATION_SECONDS.into());
    PrometheusBuilder::new()
        .set_buckets_for_metric(amount, &telemetry::AMOUNT_BUCKETS)
        .unwrap()
        .set_buckets_for_metric(duration, &telemetry::DURATION_BUCKETS)
        .unwrap()
        .build_recorder()
}

/// A rendered page of metrics.
pub(crate) struct Page(pub(crate) String);

impl Page {
    pub(crate) fn of(recorder: &PrometheusRecorder) -> Self {
        Self(recorder.handle().render())
    }

    /// The sum of all series of `name` that have all of `labels`.
    pub(crate) fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let wanted: Vec<_> = labels.iter().map(|(k, v)| format!("{k}=\"{v}\"")).collect();
        self.series()
            .filter(|(series, _)| series.split('{').next() == Some(name))
            .filter(|(series, _)| wanted.iter().all(|label| series.contains(label)))
            .map(|(_, value)| value)
            .sum()
    }

    pub(crate) fn series(&self) -> impl Iterator<Item = (&str, f64)> {
        let lines = self.0.lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| {
            let (series, value) = line.rsplit_once(' ')?;
            Some((series, value.parse().unwrap()))
        })
    }
}

/// A buyer's guard with every control but the log.
pub(crate) struct Ground {
    pub(crate) signer: RecordingSigner,
    store: Arc<MemoryStore>,
    clock: ManualClock,
}

impl Ground {
    pub(crate) fn new() -> Self {
        Self {
            signer: RecordingSigner::new(),
            store: Arc::new(MemoryStore::new()),
            clock: ManualClock::from_secs(NOW),
        }
    }

    pub(crate) fn clock(&self) -> Arc<ManualClock> {
        Arc::new(self.clock.clone())
    }

    pub(crate) fn builder(&self) -> GuardConfigBuilder {
        let policy = PolicyConfig::new()
            .with_max_per_call(Usd::parse("0.02").unwrap())
            .with_daily_limit(Usd::parse("0.05").unwrap());
        GuardConfig::buyer()
            .policy(policy)
            .ledger(self.store.clone())
            .claims(self.store.clone())
            .fingerprint_key(FingerprintKey::from_hex(&"0a0b".repeat(16)).unwrap())
            .clock(self.clock())
    }

    pub(crate) fn guard<S>(&self, builder: GuardConfigBuilder, inner: S) -> PayService<S> {
        X402GuardLayer::new(builder.build().unwrap())
            .with_signer(self.signer.clone())
            .unwrap()
            .layer(inner)
    }

    pub(crate) async fn buy(&self, seller: &ScriptedSeller) -> Answer {
        self.guard(self.builder(), seller.clone())
            .oneshot(get(URL))
            .await
    }
}

pub(crate) fn get(url: &str) -> Request<Full<Bytes>> {
    Request::get(url).body(Full::default()).unwrap()
}

pub(crate) fn cent() -> Offer {
    Offer::usdc(10_000)
}

/// A seller that asks for `offer`.
pub(crate) fn asking(offer: Offer) -> ScriptedSeller {
    ScriptedSeller::new().challenge(&ScriptedChallenge::v2(URL, [offer]))
}
