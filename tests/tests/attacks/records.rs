//! What every decision leaves in the audit log: a denial one record, a payment two, and nothing that breaks the chain.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::HeaderName;
use http::{Request, Response};
use http_body::{Body, Frame};
use tower::{ServiceExt, service_fn};
use x402_tower::audit::{AuditKey, AuditLog, StreamSink};
use x402_tower::guard::GuardConfigBuilder;
use x402_tower::testing::{
    RecordingSigner, ScriptedBody, ScriptedChallenge, ScriptedSeller, Tamper,
};

use x402_tower::wire::Version;
use x402_tower::{ControlKind, GuardConfig, Mode};

use crate::ground::{BOTH, Ground, URL, cent, denial, get, honest, outcome};

#[tokio::test]
async fn a_paid_request_leaves_an_intent_and_an_outcome() {
    for version in BOTH {
        let ground = Ground::new();
        assert_eq!(
            outcome(&ground.buy(&honest(version, URL), URL).await),
            Some("settled")
        );
        assert_eq!(
            ground.events(),
            ["PAYMENT_INTENT", "PAYMENT_ALLOWED settled"]
        );
        let records = ground.records();
        assert_eq!(records[0]["decision_id"], records[1]["decision_id"]);
        let summary = ground.verify();
        assert_eq!(summary.records, 2);
        assert!(summary.dangling_intents.is_empty());
    }
}

#[tokio::test]
async fn a_transport_error_leaves_an_intent_and_an_unknown_outcome() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, [cent()]))
        .fail();
    let failed = ground.guard(seller).oneshot(get(URL)).await;
    assert!(failed.is_err());
    assert_eq!(
        ground.events(),
        ["PAYMENT_INTENT", "PAYMENT_UNKNOWN unknown"]
    );
    assert_eq!(ground.spent_micros().await, 10_000);
}

#[tokio::test]
async fn what_a_signer_signed_differently_leaves_an_intent_and_its_end() {
    for how in Tamper::ALL {
        for version in BOTH {
            let ground = Ground::new().signing_with(RecordingSigner::tampering(how));
            let seller = honest(version, URL);
            let answer = ground.buy(&seller, URL).await;
            let code = denial(&answer).expect("denied");
            assert_eq!(seller.paid_requests(), 0, "{how:?}");
            assert_eq!(ground.spent_micros().await, 0, "{how:?}: it never left");
            let end = format!("PAYMENT_ERROR {code}");
            assert_eq!(ground.events(), ["PAYMENT_INTENT", end.as_str()], "{how:?}");
            assert_eq!(ground.verify().records, 2);
        }
    }
}

#[tokio::test]
async fn a_request_that_carries_no_payment_leaves_nothing() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new().respond(Response::new(ScriptedBody::whole("free")));
    assert_eq!(ground.buy(&seller, URL).await.status(), 200);
    assert!(ground.records().is_empty());
}

#[tokio::test]
async fn a_malformed_idempotency_key_is_refused_on_record() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, [cent()]))
        .settle();
    let mut request = get(URL);
    let name = HeaderName::from_static("idempotency-key");
    for value in ["one", "two"] {
        request.headers_mut().append(&name, value.parse().unwrap());
    }
    let answer = ground.guard(seller.clone()).oneshot(request).await.unwrap();
    ground
        .assert_untouched(&seller, answer, "request.idempotency_key")
        .await;
}

/// A request body of a length that nobody knows.
struct Stream(Option<Bytes>);

impl From<Bytes> for Stream {
    fn from(bytes: Bytes) -> Self {
        Self(Some(bytes))
    }
}

impl Body for Stream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(bytes))))
    }
}

#[tokio::test]
async fn attack_041_a_body_that_cannot_be_sent_again_is_refused_on_record() {
    let ground = Ground::new();
    let service = service_fn(|_: Request<Stream>| async {
        Ok::<_, Infallible>(ScriptedChallenge::v2(URL, [cent()]).to_response())
    });
    let request = Request::post(URL)
        .body(Stream(Some("a body".into())))
        .unwrap();
    let answer = ground.guard(service).oneshot(request).await.unwrap();
    assert_eq!(denial(&answer), Some("request.body_not_replayable"));
    assert_eq!(ground.signer.count(), 0);
    assert_eq!(
        ground.events(),
        ["CHALLENGE_DENIED request.body_not_replayable"]
    );
}

/// A guard whose log is on a disk that is full.
fn unwritable(ground: &Ground) -> GuardConfigBuilder {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let key = AuditKey::from_bytes(crate::ground::KEY).unwrap();
    let log = AuditLog::open(StreamSink::new(Full), &key).unwrap();
    ground.builder().audit(Arc::new(log))
}

#[tokio::test]
async fn attack_139_without_a_log_that_takes_the_intent_nothing_is_signed() {
    let ground = Ground::new();
    let seller = honest(Version::V2, URL);
    let guard = ground.guard_with(unwritable(&ground).build().unwrap(), seller.clone());
    let answer = guard.oneshot(get(URL)).await.unwrap();
    assert_eq!(denial(&answer), Some("audit.unwritten"));
    assert_eq!((ground.signer.count(), seller.paid_requests()), (0, 0));
    assert_eq!(ground.spent_micros().await, 0);
}

#[tokio::test]
async fn attack_139_in_shadow_a_log_that_takes_no_intent_stops_nothing() {
    let ground = Ground::new();
    let seller = honest(Version::V2, URL);
    let shadow = unwritable(&ground).mode(ControlKind::Audit, Mode::Shadow);
    let guard = ground.guard_with(shadow.build().unwrap(), seller.clone());
    let answer = guard.oneshot(get(URL)).await.unwrap();
    assert_eq!(outcome(&answer), Some("settled"));
    assert_eq!(seller.paid_requests(), 1);
}

#[tokio::test]
async fn attack_139_without_the_audit_control_a_payment_leaves_no_record() {
    let ground = Ground::new();
    let unrecorded = GuardConfig::buyer().policy(crate::ground::policy());
    let seller = honest(Version::V2, URL);
    let guard = ground.guard_with(unrecorded.build().unwrap(), seller.clone());
    let answer = guard.oneshot(get(URL)).await.unwrap();
    assert_eq!(outcome(&answer), Some("settled"));
    assert_eq!(seller.paid_requests(), 1);
    assert!(ground.records().is_empty(), "nobody could tell");
}
