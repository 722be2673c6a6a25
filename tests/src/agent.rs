//! A buyer of ours: a guard's whole configuration, a signer that counts, and an audit log to look into.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;
use x402_tower::audit::{AuditEventType, AuditKey, AuditLog, AuditSummary, FileSink, verify_file};
use x402_tower::evm::LocalEvmSigner;
use x402_tower::guard::GuardConfig;
use x402_tower::policy::PolicyConfig;
use x402_tower::{Approved, Requirement, SignedPayment, Signer, SignerError, Step, Terms};
use x402_tower_reqwest::GuardedClient;

use crate::interop::PAYER_KEY;

/// Allows what the sellers of these tests ask for, ten times, and nothing else; personal data is redacted.
pub const POLICY: &str = r#"
max_per_call_usd = 0.01
daily_limit_usd = 0.10
allowed_networks = ["eip155:84532"]
allowed_assets = ["eip155:84532/erc20:0x036CbD53842c5426634e7929541eC2318f3dCF7e"]

[pii]
action = "redact"

[replay]
ttl_seconds = 300
"#;

/// A buyer with every control switched on.
#[derive(Debug)]
pub struct Agent {
    config: GuardConfig,
    signer: CountingSigner,
    audit_key: AuditKey,
    folder: TempDir,
}

impl Agent {
    /// One that signs with the public test key, under a policy in TOML such as [`POLICY`].
    ///
    /// # Panics
    ///
    /// If the policy is not valid or the audit log cannot be opened.
    #[must_use]
    pub fn new(policy: &str) -> Self {
        let signer = LocalEvmSigner::from_hex(PAYER_KEY).expect("a constant key");
        Self::with_signer(policy, signer)
    }

    /// One with another signer.
    ///
    /// # Panics
    ///
    /// As [`new`](Self::new).
    #[must_use]
    pub fn with_signer(policy: &str, signer: impl Signer) -> Self {
        let folder = TempDir::new().expect("a folder for the audit log");
        let audit_key = AuditKey::generate().expect("randomness");
        let sink = FileSink::open(audit_file(&folder)).expect("a new file");
        let log = AuditLog::open(sink, &audit_key).expect("an empty log");
        let policy = PolicyConfig::from_toml(policy, "policy.toml")
            .unwrap_or_else(|error| panic!("the policy is not valid: {error}"));
        let config = GuardConfig::buyer()
            .policy(policy)
            .audit(Arc::new(log))
            .build()
            .unwrap_or_else(|error| panic!("the guard cannot be built: {error}"));
        Self {
            config,
            signer: CountingSigner::new(signer),
            audit_key,
            folder,
        }
    }

    /// Its guard, for layers.
    #[must_use]
    pub fn config(&self) -> GuardConfig {
        self.config.clone()
    }

    /// Its signer, for layers.
    #[must_use]
    pub fn signer(&self) -> impl Signer + use<> {
        self.signer.clone()
    }

    /// Its guard and its signer around reqwest.
    ///
    /// # Panics
    ///
    /// If TLS cannot be set up.
    #[must_use]
    pub fn client(&self) -> GuardedClient {
        GuardedClient::builder(reqwest::Client::builder().no_proxy())
            .guard(&self.config)
            .signer(self.signer())
            .build()
            .expect("TLS can be set up")
    }

    /// How often the signer was asked to sign.
    #[must_use]
    pub fn signatures(&self) -> usize {
        self.signer.count.load(Ordering::SeqCst)
    }

    /// What its audit log holds.
    ///
    /// # Panics
    ///
    /// If the log is broken.
    #[must_use]
    pub fn audit(&self) -> AuditSummary {
        verify_file(audit_file(&self.folder), &self.audit_key)
            .unwrap_or_else(|broken| panic!("the audit log is broken: {broken}"))
    }

    /// Its audit log as it is on disk.
    ///
    /// # Panics
    ///
    /// If it cannot be read.
    #[must_use]
    pub fn audit_text(&self) -> String {
        std::fs::read_to_string(audit_file(&self.folder)).expect("the audit log")
    }

    /// Fails unless the audit log is unbroken and holds exactly one record of each of `events`.
    ///
    /// # Panics
    ///
    /// If it holds anything else.
    pub fn assert_audited(&self, events: &[AuditEventType]) {
        let summary = self.audit();
        let expected = events.iter().map(|event| (*event, 1)).collect();
        assert_eq!(summary.events, expected, "{}", self.audit_text());
        assert_eq!(summary.unknown_events, 0);
        assert!(summary.dangling_intents.is_empty(), "{summary:?}");
    }
}

fn audit_file(folder: &TempDir) -> PathBuf {
    folder.path().join("audit.jsonl")
}

/// Counts how often it is asked to sign. Clones share the count.
#[derive(Clone, Debug)]
struct CountingSigner {
    inner: Arc<dyn Signer>,
    count: Arc<AtomicUsize>,
}

impl CountingSigner {
    fn new(inner: impl Signer) -> Self {
        Self {
            inner: Arc::new(inner),
            count: Arc::default(),
        }
    }
}

impl Signer for CountingSigner {
    fn can_sign(&self, requirement: &Requirement, terms: &Terms) -> bool {
        self.inner.can_sign(requirement, terms)
    }

    fn sign<'a>(
        &'a self,
        approved: &'a Approved<'a>,
    ) -> Step<'a, Result<SignedPayment, SignerError>> {
        self.count.fetch_add(1, Ordering::SeqCst);
        self.inner.sign(approved)
    }
}
