//! Endpoints whose URLs hold keys.

use std::error::Error;
use std::sync::Arc;

use parking_lot::Mutex;
use tracing_subscriber::fmt::MakeWriter;
use x402_tower::evm::JsonRpcOracle;
use x402_tower::reconcile::{OracleError, Reconciler, SettlementOracle};
use x402_tower::store::{Ledger, MemoryStore, Reservation};
use x402_tower::testing::ManualClock;
use x402_tower::{Clock, PaymentId, Usd};

use crate::node::{Lie, Node, Script, VALID_BEFORE, base, oracle, payment};

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Written {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn attack_116_no_event_error_or_debug_shows_an_endpoints_key() {
    let script = Script {
        lie: Some(Lie::Error(-32005)),
        ..Script::default()
    };
    let node = Node::start(script).await;
    let oracle = oracle(&[&node]);
    assert!(!format!("{oracle:?}").contains("a-key"));
    let error = oracle
        .settlement(&payment("eip3009", "cc"))
        .await
        .unwrap_err();
    assert!(!format!("{error} {error:?}").contains("a-key"));
    assert!(error.source().is_none());

    let written = Written::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(written.clone())
        .finish();
    let _ours = tracing::subscriber::set_default(subscriber);
    let store = Arc::new(MemoryStore::new());
    let clock = ManualClock::from_secs(VALID_BEFORE + 3600);
    let id = PaymentId::from_bytes([1; 16]);
    let now = clock.now().unwrap();
    let wish = Reservation::new(id, Usd::from_micros(1), &[], now, now);
    store.reserve(&wish).await.unwrap();
    store
        .mark_sent(id, Some(payment("eip3009", "cc")))
        .await
        .unwrap();
    let reconciler = Reconciler::new(store, Arc::new(clock)).with_oracle(Arc::new(oracle));
    assert_eq!(reconciler.run_once().await.unwrap().failed, 1);

    let written = String::from_utf8(written.0.lock().clone()).unwrap();
    let ours: Vec<_> = written
        .lines()
        .filter(|line| line.contains("x402_tower"))
        .collect();
    assert!(
        ours.iter().any(|line| line.contains("oracle.refused")),
        "{written}"
    );
    assert!(!written.contains("a-key"), "{written}");
}

#[tokio::test]
async fn attack_116_an_endpoint_that_is_refused_is_not_quoted() {
    for url in [
        "a-key",
        "ftp://rpc.example.com/a-key",
        "http://rpc.example.com/a-key",
    ] {
        let refused = JsonRpcOracle::new().unwrap().endpoint(&base(), url);
        let error = refused.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("a-key"), "{url}");
    }
    assert_eq!(OracleError::Unreachable.code(), "oracle.unreachable");
}
