//! Requests that have a body.

use core::convert::Infallible;
use core::pin::Pin;
use core::task::{Context, Poll};

use bytes::Bytes;
use http::Request;
use http_body::{Body, Frame};
use http_body_util::Full;
use tower::ServiceExt;
use x402_tower::testing::{Offer, ScriptedChallenge, ScriptedSeller};
use x402_tower::wire::Version;

use crate::ground::{Buyer, URL, denial, honest_seller, outcome};

/// A body of unknown length.
struct Streaming(Option<Bytes>);

impl From<Bytes> for Streaming {
    fn from(bytes: Bytes) -> Self {
        Self(Some(bytes))
    }
}

impl Body for Streaming {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.take().map(Frame::data).map(Ok))
    }
}

#[tokio::test]
async fn a_known_body_is_sent_twice_unchanged() {
    let (buyer, seller) = (Buyer::new(), honest_seller(Version::V2));
    let request = Request::post(URL)
        .header("x-trace", "1")
        .body(Full::from("question"))
        .unwrap();
    let response = buyer.service(&seller).oneshot(request).await.unwrap();
    assert_eq!(outcome(&response), Some("settled"));
    let requests = seller.requests();
    for request in &requests {
        assert_eq!(request.method, "POST");
        assert_eq!(request.uri, URL);
        assert_eq!(request.headers["x-trace"], "1");
        assert_eq!(request.body.as_deref(), Some(&b"question"[..]));
    }
    assert_eq!(requests.len(), 2);
}

#[tokio::test]
async fn the_paid_request_has_the_extensions_of_the_first() {
    #[derive(Clone, PartialEq, Debug)]
    struct Trace(u8);

    let seller = honest_seller(Version::V2);
    let mut request = Request::post(URL).body(Full::from("question")).unwrap();
    request.extensions_mut().insert(Trace(7));
    Buyer::new()
        .service(&seller)
        .oneshot(request)
        .await
        .unwrap();
    for request in seller.requests() {
        assert_eq!(request.extensions.get::<Trace>(), Some(&Trace(7)));
    }
}

#[tokio::test]
async fn a_chunked_request_gets_no_length_beside_it() {
    let seller = honest_seller(Version::V2);
    let request = Request::post(URL)
        .header("transfer-encoding", "chunked")
        .body(Full::from("question"))
        .unwrap();
    Buyer::new()
        .service(&seller)
        .oneshot(request)
        .await
        .unwrap();
    let paid = &seller.requests()[1];
    assert!(!paid.headers.contains_key("content-length"));
}

#[tokio::test]
async fn attack_041_a_streaming_body_is_refused_before_signing() {
    let (buyer, seller) = (Buyer::new(), honest_seller(Version::V2));
    let request = Request::post(URL)
        .body(Streaming(Some("question".into())))
        .unwrap();
    let response = buyer.service(&seller).oneshot(request).await.unwrap();
    assert_eq!(denial(&response), Some("request.body_not_replayable"));
    assert_eq!((buyer.signer.count(), seller.requests().len()), (0, 1));
}

#[tokio::test]
async fn attack_041_the_refusal_of_a_streaming_body_is_on_record() {
    let (buyer, seller) = (Buyer::new(), honest_seller(Version::V2));
    let request = Request::post(URL)
        .body(Streaming(Some("question".into())))
        .unwrap();
    buyer.service(&seller).oneshot(request).await.unwrap();
    assert_eq!(
        buyer.control.lines(),
        ["policy refused request.body_not_replayable"]
    );
}

#[tokio::test]
async fn a_streaming_body_that_nobody_charges_for_passes_through() {
    let seller = ScriptedSeller::new().respond(http::Response::default());
    let request = Request::post(URL)
        .body(Streaming(Some("question".into())))
        .unwrap();
    let response = Buyer::new()
        .service(&seller)
        .oneshot(request)
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(seller.requests()[0].body.as_deref(), Some(&b"question"[..]));
}

#[tokio::test]
async fn a_body_over_the_cap_is_sent_once_and_unpaid() {
    let seller =
        ScriptedSeller::new().challenge(&ScriptedChallenge::v2(URL, [Offer::usdc(10_000)]));
    let buyer = Buyer::new();
    let request = Request::post(URL)
        .body(Full::from(vec![b'x'; 1024 * 1024 + 1]))
        .unwrap();
    let response = buyer.service(&seller).oneshot(request).await.unwrap();
    assert_eq!(denial(&response), Some("request.body_not_replayable"));
    assert_eq!(buyer.signer.count(), 0);
}
