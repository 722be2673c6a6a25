//! What callers get back: the inner service's own answers and errors, or a denial.

use core::pin::Pin;
use core::task::{Context as TaskContext, Poll};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full};
use tower::{Layer, Service, ServiceExt, service_fn};
use x402_tower::testing::{ControlStep, RecordingControl, ScriptedSeller};
use x402_tower::{Chain, Context, ControlKind, ControlService, Denial, PayLayer};

use crate::ground::{
    audit, control, get, paying, pii, policy, replay, selling, sign, signed, watching,
};

/// An error that is neither `std::error::Error` nor convertible into anything.
#[derive(Debug, PartialEq)]
struct Odd(u8);

/// A body that is not `Default`, not `Sync` and whose errors are odd.
struct OddBody(Option<Bytes>, core::cell::Cell<u8>);

impl OddBody {
    fn new(bytes: Bytes) -> Self {
        Self(Some(bytes), core::cell::Cell::new(0))
    }
}

impl From<Bytes> for OddBody {
    fn from(bytes: Bytes) -> Self {
        Self::new(bytes)
    }
}

impl Body for OddBody {
    type Data = Bytes;
    type Error = Odd;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Odd>>> {
        self.1.set(self.1.get() + 1);
        Poll::Ready(match self.0.take() {
            Some(bytes) => Some(Ok(Frame::data(bytes))),
            None if self.1.get() == 2 => Some(Err(Odd(2))),
            None => None,
        })
    }
}

/// Echoes the body, fails at `/fail`.
#[derive(Debug, Clone)]
struct OddService;

impl Service<Request<OddBody>> for OddService {
    type Response = Response<OddBody>;
    type Error = Odd;
    type Future = core::future::Ready<Result<Response<OddBody>, Odd>>;

    fn poll_ready(&mut self, _cx: &mut TaskContext<'_>) -> Poll<Result<(), Odd>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<OddBody>) -> Self::Future {
        core::future::ready(if request.uri().path() == "/fail" {
            Err(Odd(7))
        } else {
            Ok(Response::new(request.into_body()))
        })
    }
}

fn odd_request(path: &str) -> Request<OddBody> {
    let body = OddBody::new(Bytes::from_static(b"hello"));
    Request::get(path).body(body).unwrap()
}

async fn assert_untouched<L, R>(layer: L)
where
    L: Layer<OddService>,
    L::Service: Service<Request<OddBody>, Response = Response<R>, Error = Odd> + Clone,
    R: Body<Data = Bytes, Error = Odd>,
{
    let service = layer.layer(OddService);
    let failed = service.clone().oneshot(odd_request("/fail")).await;
    assert_eq!(failed.map(|_| ()).unwrap_err(), Odd(7));
    let response = service.oneshot(odd_request("/echo")).await.unwrap();
    let mut body = core::pin::pin!(response.into_body());
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(first, "hello");
    assert_eq!(body.frame().await.unwrap().unwrap_err(), Odd(2));
}

#[tokio::test]
async fn any_error_and_any_body_pass_through_every_layer() {
    assert_untouched(audit()).await;
    assert_untouched(pii()).await;
    assert_untouched(policy()).await;
    assert_untouched(replay()).await;
    assert_untouched(control()).await;
    assert_untouched(watching()).await;
    assert_untouched(selling()).await;
    assert_untouched(paying()).await;
    assert_untouched(PayLayer::new()).await;
    assert_untouched(sign()).await;
}

async fn denied() -> Response<Bytes> {
    let control = RecordingControl::new(ControlKind::Policy).denying(ControlStep::Check);
    let service = ControlService::new(
        ScriptedSeller::new(),
        Chain::single(control),
        Context::buyer(),
    );
    let (parts, body) = service.oneshot(signed().await).await.unwrap().into_parts();
    Response::from_parts(parts, body.collect().await.unwrap().to_bytes())
}

#[tokio::test]
async fn a_denial_is_a_problem_document() {
    let response = denied().await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
    let problem: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(problem["code"], "recording.denied");
    assert_eq!(problem["kind"], "policy_violation");
    assert_eq!(problem["status"], 403);
}

#[tokio::test]
async fn attack_126_a_denial_is_not_stored() {
    assert_eq!(denied().await.headers()["cache-control"], "no-store");
}

#[tokio::test]
async fn attack_143_a_denial_tells_the_network_no_detail() {
    let response = denied().await;
    let denial = response.extensions().get::<Denial>().unwrap();
    let body = String::from_utf8(response.body().to_vec()).unwrap();
    assert!(!denial.detail().is_empty());
    assert!(!body.contains(denial.detail()), "{body}");
}

#[tokio::test]
async fn a_denial_is_typed_in_the_extensions() {
    let response = denied().await;
    let denial = response.extensions().get::<Denial>().unwrap();
    assert_eq!(denial.code(), "recording.denied");
}

#[tokio::test]
async fn an_unpaid_answer_is_changed_in_nothing() {
    let inner = service_fn(async |_: Request<Full<Bytes>>| {
        let answer = Response::builder()
            .status(203)
            .header("x-own", "1")
            .header("cache-control", "max-age=60")
            .body(Full::<Bytes>::from("open"));
        Ok::<_, Odd>(answer.unwrap())
    });
    let response = watching().layer(inner).oneshot(get()).await.unwrap();
    assert_eq!(response.status(), 203);
    assert_eq!(response.headers()["cache-control"], "max-age=60");
    assert_eq!(response.headers().len(), 2);
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "open");
}
