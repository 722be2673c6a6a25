//! The body of a request that carries a payment.

use core::convert::Infallible;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use http_body::{Body, Frame};
use tower::ServiceExt;
use x402_tower::testing::{RecordingControl, ScriptedBody, ScriptedSeller};
use x402_tower::{Chain, ControlKind, ControlService};

use crate::ground::{Answer, Ground, URL, call, denial, outcome, settling};
use crate::signed::Signed;

fn post(body: ScriptedBody) -> Request<ScriptedBody> {
    Request::post(URL).body(body).unwrap()
}

/// Sends a paid body to a shop whose limits are 16 bytes and 5 seconds.
async fn paid(body: ScriptedBody) -> (Answer, ScriptedSeller) {
    let (ground, seller) = (Ground::new(), settling(1));
    let context = ground
        .seller_context()
        .with_paid_body_limit(16)
        .with_paid_body_deadline(Duration::from_secs(5));
    let chain = Chain::single(ground.control());
    let shop = ControlService::new(seller.clone(), chain, context);
    let answer = call(&shop, Signed::new(1).on(post(body))).await;
    // Nothing was claimed for what was refused.
    if denial(&answer).is_some() {
        let later = call(&ground.shop(&settling(1)), Signed::new(1).sent()).await;
        assert_eq!(outcome(&later), Some("settled"));
    }
    (answer, seller)
}

async fn assert_refused(body: ScriptedBody, status: StatusCode, code: &str) {
    let (answer, seller) = paid(body).await;
    assert_eq!((answer.status(), denial(&answer)), (status, Some(code)));
    assert!(seller.requests().is_empty(), "the service was called");
}

#[tokio::test(start_paused = true)]
async fn a_body_is_handed_on_unchanged() {
    for body in [
        ScriptedBody::whole("sixteen bytes ok"),
        ScriptedBody::drip("sixteen bytes ok", Duration::from_millis(100)),
    ] {
        let (answer, seller) = paid(body).await;
        assert_eq!(outcome(&answer), Some("settled"));
        assert_eq!(
            seller.requests()[0].body.as_deref(),
            Some(&b"sixteen bytes ok"[..])
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_over_the_cap_is_refused_before_anything() {
    let (status, code) = (StatusCode::PAYLOAD_TOO_LARGE, "request.body_too_large");
    assert_refused(ScriptedBody::whole("seventeen bytes ."), status, code).await;
    assert_refused(ScriptedBody::endless("more"), status, code).await;
    assert_refused(ScriptedBody::endless(""), status, code).await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_takes_too_long_is_refused() {
    let (status, code) = (StatusCode::REQUEST_TIMEOUT, "request.body_deadline");
    assert_refused(ScriptedBody::silent(), status, code).await;
    let drip = ScriptedBody::drip("sixteen bytes ok", Duration::from_millis(400));
    assert_refused(drip, status, code).await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_breaks_off_is_refused() {
    let broken = ScriptedBody::broken("half a quest");
    assert_refused(broken, StatusCode::BAD_REQUEST, "request.body_interrupted").await;
}

/// A body with a field after it.
struct Trailing(Vec<Frame<Bytes>>);

impl From<Bytes> for Trailing {
    fn from(bytes: Bytes) -> Self {
        Self(vec![Frame::data(bytes)])
    }
}

impl Body for Trailing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop().map(Ok))
    }
}

#[tokio::test]
async fn trailers_that_could_not_be_handed_on_are_refused() {
    let mut fields = HeaderMap::new();
    fields.insert("x-checksum", HeaderValue::from_static("1"));
    let frames = vec![Frame::trailers(fields), Frame::data("question".into())];
    let (name, value) = Signed::new(1).header();
    let request = Request::post(URL).header(name, value);
    let request = request.body(Trailing(frames)).unwrap();
    let seller = settling(1);
    let answer = Ground::new().shop(&seller).oneshot(request).await.unwrap();
    assert_eq!(denial(&answer), Some("request.trailers"));
    assert!(seller.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_refused_body_is_on_record() {
    let ground = Ground::new();
    let audit = RecordingControl::new(ControlKind::Audit);
    let chain = Chain::new(vec![
        std::sync::Arc::new(audit.clone()) as _,
        std::sync::Arc::new(ground.control()) as _,
    ]);
    let context = ground.seller_context().with_paid_body_limit(4);
    let shop = ControlService::new(settling(1), chain.unwrap(), context);
    call(&shop, Signed::new(1).sent()).await;
    assert_eq!(audit.lines(), ["audit refused request.body_too_large"]);
}

#[tokio::test]
async fn without_a_payment_a_body_is_not_read() {
    let ground = Ground::new();
    let context = ground.seller_context().with_paid_body_limit(4);
    let seller = ScriptedSeller::new().respond(http::Response::default());
    let chain = Chain::single(ground.control());
    let shop = ControlService::new(seller.clone(), chain, context);
    let answer = call(&shop, post(ScriptedBody::whole("longer than four"))).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(
        seller.requests()[0].body.as_deref(),
        Some(&b"longer than four"[..])
    );
}

#[tokio::test]
async fn without_a_replay_control_a_paid_body_is_not_read() {
    let ground = Ground::new();
    let chain = Chain::single(RecordingControl::new(ControlKind::Audit));
    let context = ground.seller_context().with_paid_body_limit(4);
    let shop = ControlService::new(settling(1), chain, context);
    assert_eq!(
        outcome(&call(&shop, Signed::new(1).sent()).await),
        Some("settled")
    );
}

/// Nobody makes us hold a body without at least the form of a payment.
#[tokio::test]
async fn attack_024_beside_an_unreadable_payment_a_body_is_not_read() {
    let mut request = post(ScriptedBody::silent());
    let header = HeaderValue::from_static("not base64");
    request.headers_mut().insert("payment-signature", header);
    let answer = call(&Ground::new().shop(&settling(1)), request).await;
    assert_eq!(denial(&answer), Some("wire.base64"));
}

/// The default cap.
#[tokio::test]
async fn a_mebibyte_is_sold_for_and_a_byte_more_is_not() {
    let (ground, seller) = (Ground::new(), settling(1));
    let sized = |len| post(ScriptedBody::whole(vec![b'x'; len]));
    let answer = call(&ground.shop(&seller), Signed::new(1).on(sized(1024 * 1024))).await;
    assert_eq!(outcome(&answer), Some("settled"));
    let answer = call(
        &ground.shop(&seller),
        Signed::new(2).on(sized(1024 * 1024 + 1)),
    )
    .await;
    assert_eq!(denial(&answer), Some("request.body_too_large"));
}

#[tokio::test]
async fn attack_088_a_third_partys_stream_is_told_from_another_by_its_content() {
    let (ground, seller) = (Ground::new(), settling(3));
    let client = ground.client(&seller);
    let stream = |text: &'static str| post(ScriptedBody::drip(text, Duration::ZERO));
    for (nonce, text, expected) in [
        (1, "question", None),
        (2, "question", Some("replay.duplicate")),
        (3, "another", None),
    ] {
        let answer = call(&client, Signed::new(nonce).on(stream(text))).await;
        assert_eq!(denial(&answer), expected, "{nonce}");
    }
}
