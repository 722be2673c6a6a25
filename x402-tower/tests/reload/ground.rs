//! A guard that was built from a policy file, and what it is asked to pay.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use parking_lot::Mutex;
use tempfile::TempDir;
use tower::ServiceExt;
use tower_layer::Layer;
use x402_tower::audit::{AuditError, AuditKey, AuditLog, AuditSink};
use x402_tower::guard::GuardConfigBuilder;
use x402_tower::testing::{
    ManualClock, Offer, RecordingSigner, ScriptedBody, ScriptedChallenge, ScriptedSeller,
};
use x402_tower::{Denial, GuardBody, GuardConfig, PaymentRecord, X402GuardLayer};

pub(crate) const NOW: u64 = 1_767_225_600;
pub(crate) const ONE_CENT: &str = "max_per_call_usd = 0.01\n";
pub(crate) const TWO_CENTS: &str = "max_per_call_usd = 0.02\n";

pub(crate) type Answer = Response<GuardBody<ScriptedBody>>;

/// A guard, its policy file, and the log that it writes.
pub(crate) struct Ground {
    pub(crate) folder: TempDir,
    pub(crate) config: GuardConfig,
    pub(crate) clock: ManualClock,
    pub(crate) lines: Lines,
}

impl Ground {
    pub(crate) fn new(policy: &str) -> Self {
        Self::with(policy, |builder| builder)
    }

    pub(crate) fn with(
        policy: &str,
        more: impl FnOnce(GuardConfigBuilder) -> GuardConfigBuilder,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("policy.toml");
        fs::write(&file, policy).unwrap();
        Self::of(folder, &file, more)
    }

    /// A guard by a file that is there already.
    pub(crate) fn of(
        folder: TempDir,
        file: &Path,
        more: impl FnOnce(GuardConfigBuilder) -> GuardConfigBuilder,
    ) -> Self {
        let (clock, lines) = (ManualClock::from_secs(NOW), Lines::default());
        let key = AuditKey::generate().unwrap();
        let builder = GuardConfig::buyer()
            .policy_file(file)
            .audit(Arc::new(AuditLog::open(lines.clone(), &key).unwrap()))
            .clock(Arc::new(clock.clone()));
        Self {
            folder,
            config: more(builder).build().unwrap(),
            clock,
            lines,
        }
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("policy.toml")
    }

    pub(crate) fn write(&self, policy: &str) {
        fs::write(self.file(), policy).unwrap();
    }

    /// The revision in force.
    pub(crate) fn revision(&self) -> String {
        self.config.reloader().status().revision.to_string()
    }

    /// Asks for `url`, which costs `amount` atomic units of USDC: millionths of a dollar.
    pub(crate) async fn buy(&self, url: &str, amount: u64) -> Answer {
        buy(&self.config, url, amount).await
    }
}

pub(crate) async fn buy(config: &GuardConfig, url: &str, amount: u64) -> Answer {
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(url, [Offer::usdc(amount)]))
        .settle();
    let guard = X402GuardLayer::new(config.clone())
        .with_signer(RecordingSigner::new())
        .unwrap();
    guard.layer(seller).oneshot(get(url)).await.unwrap()
}

pub(crate) fn get(url: &str) -> Request<Full<Bytes>> {
    Request::get(url).body(Full::default()).unwrap()
}

/// The code of the denial, else how the payment ended.
pub(crate) fn ending<B>(answer: &Response<B>) -> &'static str {
    let extensions = answer.extensions();
    match (
        extensions.get::<Denial>(),
        extensions.get::<PaymentRecord>(),
    ) {
        (Some(denial), _) => denial.code(),
        (None, Some(record)) => record.outcome().as_str(),
        (None, None) => "nothing was paid",
    }
}

/// An audit log in memory.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock())
    }
}

impl AuditSink for Lines {
    fn append(&self, line: &[u8]) -> Result<(), AuditError> {
        let line = String::from_utf8_lossy(line).into_owned();
        self.0.lock().push(line);
        Ok(())
    }
}
