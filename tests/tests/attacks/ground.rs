//! A full guard with real controls, and what it must look like after an attack.

use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD, Engine};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;
use tower_layer::Layer;
use x402_tower::audit::{AuditKey, AuditLog, AuditSummary, FileSink, SyncPolicy, verify_file};
use x402_tower::guard::GuardConfigBuilder;
use x402_tower::pay::{PayService, Signer};
use x402_tower::policy::{PolicyConfig, Rules};
use x402_tower::replay::FingerprintKey;
use x402_tower::store::{Ledger, MemoryStore, Usage};
use x402_tower::testing::{
    ManualClock, Offer, RecordingSigner, ScriptedBody, ScriptedChallenge, ScriptedSeller,
};
use x402_tower::wire::Version;
use x402_tower::wire::header::PAYMENT_REQUIRED;
use x402_tower::{Clock, Denial, GuardBody, GuardConfig, PaymentRecord, Usd, X402GuardLayer};

pub(crate) const URL: &str = "https://api.example.com/report";
pub(crate) const NOW_SECS: u64 = 1_767_225_600;
/// An audit key; nothing secret is under it.
pub(crate) const KEY: [u8; 32] = *b"the key of the attacks' own log.";
pub(crate) const BOTH: [Version; 2] = [Version::V1, Version::V2];

pub(crate) type Answer = Response<GuardBody<ScriptedBody>>;
pub(crate) type Empty = Full<Bytes>;

/// Five cents a day, two a payment.
pub(crate) fn policy() -> PolicyConfig {
    PolicyConfig::new()
        .with_max_per_call(Usd::parse("0.02").unwrap())
        .with_daily_limit(Usd::parse("0.05").unwrap())
}

/// A cent.
pub(crate) fn cent() -> Offer {
    Offer::usdc(10_000)
}

pub(crate) fn get(url: &str) -> Request<Empty> {
    Request::get(url).body(Full::default()).unwrap()
}

/// A seller that asks for `offers` and settles what it is paid.
pub(crate) fn honest(version: Version, url: &str) -> ScriptedSeller {
    ScriptedSeller::new()
        .challenge(&ScriptedChallenge::new(version, url, [cent()]))
        .settle()
}

/// A 402 with `body`, and with `header` as its `PAYMENT-REQUIRED`.
pub(crate) fn answer_402(body: impl Into<Bytes>, header: Option<&str>) -> Response<ScriptedBody> {
    let mut response = Response::new(ScriptedBody::whole(body));
    *response.status_mut() = StatusCode::PAYMENT_REQUIRED;
    if let Some(header) = header {
        let value = header.parse().unwrap();
        response.headers_mut().insert(PAYMENT_REQUIRED, value);
    }
    response
}

/// A 402 whose challenge is `json`, where its version carries it.
pub(crate) fn serve(version: Version, json: &str) -> Response<ScriptedBody> {
    match version {
        Version::V1 => answer_402(json.to_owned(), None),
        _ => answer_402("{}", Some(&BASE64_STANDARD.encode(json))),
    }
}

/// A guard of all controls around a seller, with everything that it writes to.
pub(crate) struct Ground {
    folder: TempDir,
    key: AuditKey,
    pub(crate) log: Arc<AuditLog>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) clock: ManualClock,
    pub(crate) signer: RecordingSigner,
    rules: Rules,
    policy: PolicyConfig,
}

impl Ground {
    pub(crate) fn new() -> Self {
        Self::with_policy(policy())
    }

    pub(crate) fn with_policy(policy: PolicyConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = AuditKey::from_bytes(KEY).unwrap();
        let sink = FileSink::open_with(folder.path().join("audit.jsonl"), SyncPolicy::Never);
        let log = AuditLog::open(sink.unwrap(), &key).unwrap();
        Self {
            folder,
            key,
            log: Arc::new(log),
            store: Arc::new(MemoryStore::new()),
            clock: ManualClock::from_secs(NOW_SECS),
            signer: RecordingSigner::new(),
            rules: Rules::compile(&policy).unwrap(),
            policy,
        }
    }

    pub(crate) fn signing_with(mut self, signer: RecordingSigner) -> Self {
        self.signer = signer;
        self
    }

    /// The configuration, to add to.
    pub(crate) fn builder(&self) -> GuardConfigBuilder {
        GuardConfig::buyer()
            .policy(self.policy.clone())
            .store(self.store.clone())
            .fingerprint_key(FingerprintKey::from_hex(&"0a0b".repeat(16)).unwrap())
            .audit(Arc::clone(&self.log))
            .clock(Arc::new(self.clock.clone()))
    }

    /// The whole guard around a service.
    pub(crate) fn guard<S>(&self, service: S) -> PayService<S> {
        let config = self.builder().build().unwrap();
        self.guard_with(config, service)
    }

    /// A whole guard of another configuration around a service.
    pub(crate) fn guard_with<S>(&self, config: GuardConfig, service: S) -> PayService<S> {
        let signer: Arc<dyn Signer> = Arc::new(self.signer.clone());
        let layer = X402GuardLayer::new(config).with_signer(signer).unwrap();
        layer.layer(service)
    }

    pub(crate) async fn buy(&self, seller: &ScriptedSeller, url: &str) -> Answer {
        self.guard(seller.clone()).oneshot(get(url)).await.unwrap()
    }

    /// What counts against the agent's day.
    pub(crate) async fn usage(&self) -> Usage {
        let limit = self.rules.daily_limit_of("agent").unwrap();
        let now = self.clock.now().unwrap();
        let usage = self.store.usage(limit.key, limit.window, now).await;
        usage.unwrap()
    }

    pub(crate) async fn spent_micros(&self) -> u64 {
        self.usage().await.amount.micros()
    }

    pub(crate) fn audit_text(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("audit.jsonl")).unwrap()
    }

    /// The records of the audit log, in order.
    pub(crate) fn records(&self) -> Vec<Value> {
        let text = self.audit_text();
        let lines = text.lines().map(serde_json::from_str);
        lines.collect::<Result<_, _>>().unwrap()
    }

    /// `EVENT code` for every record, or `EVENT outcome` where there is no code.
    pub(crate) fn events(&self) -> Vec<String> {
        let event = |record: &Value| {
            let text = |field: &str| record[field].as_str().unwrap_or_default().to_owned();
            let detail = match text("code") {
                code if code.is_empty() => text("outcome"),
                code => code,
            };
            format!("{} {detail}", text("event_type"))
                .trim_end()
                .to_owned()
        };
        self.records().iter().map(event).collect()
    }

    /// The audit log verifies.
    pub(crate) fn verify(&self) -> AuditSummary {
        verify_file(self.folder.path().join("audit.jsonl"), &self.key).unwrap()
    }

    /// What must hold after every denial that comes before a signature.
    pub(crate) async fn assert_untouched(
        &self,
        seller: &ScriptedSeller,
        answer: Answer,
        code: &str,
    ) {
        assert_eq!(denial(&answer), Some(code));
        let status = answer.status();
        assert!(!status.is_success() && status != StatusCode::PAYMENT_REQUIRED);
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let problem: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem["code"], code, "the problem document");
        assert_eq!(self.signer.count(), 0, "signatures asked for");
        assert_eq!(seller.paid_requests(), 0, "payments sent");
        assert_eq!(self.usage().await, Usage::default(), "money counted");
        let records = self.records();
        assert_eq!(records.len(), 1, "one record: {:?}", self.events());
        assert_eq!(records[0]["code"], code, "the record");
        assert_eq!(self.verify().records, 1);
        // A guard that denies everything is none: nothing may be left behind that keeps an honest seller out.
        let honest = honest(Version::V2, URL);
        assert_eq!(outcome(&self.buy(&honest, URL).await), Some("settled"));
        assert_eq!(self.spent_micros().await, 10_000);
    }
}

/// Serves one hostile answer to a fresh guard: denied with `code`, and nothing else happens.
pub(crate) async fn assert_denied(response: Response<ScriptedBody>, code: &str) {
    assert_denied_by(&Ground::new(), response, code).await;
}

pub(crate) async fn assert_denied_by(
    ground: &Ground,
    response: Response<ScriptedBody>,
    code: &str,
) {
    let seller = ScriptedSeller::new().respond(response).settle();
    let answer = ground.buy(&seller, URL).await;
    ground.assert_untouched(&seller, answer, code).await;
}

/// As [`assert_offers_denied`], under a policy that also denies the honest seller.
pub(crate) async fn assert_offers_denied_only(policy: &PolicyConfig, offers: &[Offer], code: &str) {
    for version in BOTH {
        let challenge = ScriptedChallenge::new(version, URL, offers.to_vec());
        let ground = Ground::with_policy(policy.clone());
        let seller = ScriptedSeller::new().challenge(&challenge).settle();
        assert_eq!(denial(&ground.buy(&seller, URL).await), Some(code));
        assert_eq!((ground.signer.count(), seller.paid_requests()), (0, 0));
        assert_eq!(ground.events(), [format!("CHALLENGE_DENIED {code}")]);
    }
}

/// Serves offers, in both versions, to fresh guards under the same policy.
pub(crate) async fn assert_offers_denied(policy: &PolicyConfig, offers: &[Offer], code: &str) {
    for version in BOTH {
        let challenge = ScriptedChallenge::new(version, URL, offers.to_vec());
        let ground = Ground::with_policy(policy.clone());
        assert_denied_by(&ground, challenge.to_response(), code).await;
    }
}

pub(crate) fn denial<B>(response: &Response<B>) -> Option<&'static str> {
    response.extensions().get::<Denial>().map(Denial::code)
}

pub(crate) fn outcome<B>(response: &Response<B>) -> Option<&'static str> {
    let record = response.extensions().get::<PaymentRecord>();
    record.map(|record| record.outcome().as_str())
}
