//! Attack 146: a stack of single layers signs in one order only.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use tower::util::BoxCloneService;
use tower::{Layer, Service, ServiceExt};
use x402_tower::testing::{
    Offer, RecordingControl, RecordingSigner, ScriptedBody, ScriptedChallenge, ScriptedSeller,
    Transcript,
};
use x402_tower::{Chain, ControlKind, ControlService, GuardBody, PayLayer, SignLayer};

use crate::ground::{URL, context, denial, get, outcome};

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type AnyBody = UnsyncBoxBody<Bytes, BoxError>;
type AnyService = BoxCloneService<Request<Full<Bytes>>, Response<AnyBody>, BoxError>;

fn erase<S, B>(service: S) -> AnyService
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    service
        .map_response(|response: Response<B>| {
            response.map(|body| body.map_err(Into::into).boxed_unsync())
        })
        .map_err(Into::into)
        .boxed_clone()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Pay,
    Control(ControlKind),
    Sign,
}

const RIGHT: [Part; 6] = [
    Part::Pay,
    Part::Control(ControlKind::Audit),
    Part::Control(ControlKind::Pii),
    Part::Control(ControlKind::Policy),
    Part::Control(ControlKind::Replay),
    Part::Sign,
];

/// Builds the layers, outermost first, around `seller`.
fn stack(
    parts: &[Part],
    seller: &ScriptedSeller,
    signer: &RecordingSigner,
    transcript: &Transcript,
) -> AnyService {
    let mut service = erase(seller.clone());
    for part in parts.iter().rev() {
        service = match part {
            Part::Pay => erase(PayLayer::with_context(context()).layer(service)),
            Part::Sign => erase(
                SignLayer::new(signer.clone())
                    .with_context(context())
                    .layer(service),
            ),
            Part::Control(kind) => {
                let control = RecordingControl::new(*kind).writing_to(transcript);
                erase(ControlService::new(
                    service,
                    Chain::single(control),
                    context(),
                ))
            }
        };
    }
    service
}

fn seller() -> ScriptedSeller {
    let challenge = ScriptedChallenge::v2(URL, [Offer::usdc(10_000)]);
    ScriptedSeller::new().challenge(&challenge).settle()
}

/// Unpaid requests go on being answered 402.
fn patient_seller() -> ScriptedSeller {
    let challenge = ScriptedChallenge::v2(URL, [Offer::usdc(10_000)]);
    (0..4).fold(ScriptedSeller::new(), |seller, _| {
        seller.challenge(&challenge)
    })
}

fn permutations(parts: &mut [Part], from: usize, each: &mut impl FnMut(&[Part])) {
    if from == parts.len() {
        return each(parts);
    }
    for other in from..parts.len() {
        parts.swap(from, other);
        permutations(parts, from + 1, each);
        parts.swap(from, other);
    }
}

#[tokio::test]
async fn the_right_order_pays() {
    let (signer, transcript) = (RecordingSigner::new(), Transcript::new());
    let response = stack(&RIGHT, &seller(), &signer, &transcript)
        .oneshot(get(URL))
        .await
        .unwrap();
    assert_eq!(denial(&response), None);
    assert_eq!(outcome(&response), Some("settled"));
    assert_eq!(signer.count(), 1);
    assert_eq!(
        transcript.lines(),
        [
            "audit check",
            "pii check",
            "policy check",
            "replay check",
            "replay approve",
            "policy approve",
            "pii approve",
            "audit approve",
            "audit sending",
            "pii sending",
            "policy sending",
            "replay sending",
            "replay finish settled",
            "policy finish settled",
            "pii finish settled",
            "audit finish settled",
        ]
    );
}

#[tokio::test]
async fn attack_146_every_other_order_signs_nothing() {
    let mut orders = Vec::new();
    permutations(&mut RIGHT.clone(), 0, &mut |order| {
        orders.push(order.to_vec())
    });
    assert_eq!(orders.len(), 720);
    for order in orders.iter().filter(|order| **order != RIGHT) {
        let (signer, transcript) = (RecordingSigner::new(), Transcript::new());
        let seller = patient_seller();
        let response = stack(order, &seller, &signer, &transcript)
            .oneshot(get(URL))
            .await
            .unwrap();
        assert_eq!(signer.count(), 0, "{order:?} signed");
        assert_eq!(seller.paid_requests(), 0, "{order:?} paid");
        assert_eq!(denial(&response), Some("stack.order"), "{order:?}");
    }
}

#[tokio::test]
async fn attack_146_whoever_checked_in_a_wrong_order_hears_of_the_end() {
    let mut orders = Vec::new();
    permutations(&mut RIGHT.clone(), 0, &mut |order| {
        orders.push(order.to_vec())
    });
    for order in orders.iter().filter(|order| **order != RIGHT) {
        let (signer, transcript) = (RecordingSigner::new(), Transcript::new());
        stack(order, &patient_seller(), &signer, &transcript)
            .oneshot(get(URL))
            .await
            .unwrap();
        let lines = transcript.lines();
        let count = |what: &str| lines.iter().filter(|line| line.contains(what)).count();
        assert_eq!(
            count(" check"),
            count(" finish not_sent stack.order"),
            "{order:?}: {lines:?}"
        );
    }
}

#[tokio::test]
async fn attack_146_a_forgotten_control_signs_nothing() {
    for forgotten in 1..5 {
        let mut order = RIGHT.to_vec();
        order.remove(forgotten);
        let (signer, transcript) = (RecordingSigner::new(), Transcript::new());
        let response = stack(&order, &patient_seller(), &signer, &transcript)
            .oneshot(get(URL))
            .await
            .unwrap();
        assert_eq!(denial(&response), Some("stack.order"), "{order:?}");
        assert_eq!(signer.count(), 0);
    }
}

#[tokio::test]
async fn a_control_may_be_left_out_by_name() {
    let signer = RecordingSigner::new();
    let sign = [
        ControlKind::Audit,
        ControlKind::Pii,
        ControlKind::Policy,
        ControlKind::Replay,
    ]
    .into_iter()
    .fold(SignLayer::new(signer.clone()), SignLayer::without)
    .with_context(context());
    let response = PayLayer::with_context(context())
        .layer(sign.layer(seller()))
        .oneshot(get(URL))
        .await
        .unwrap();
    assert_eq!(outcome(&response), Some("settled"));
    assert_eq!(signer.count(), 1);
}

#[tokio::test]
async fn attack_146_a_retry_between_the_layers_signs_once() {
    let signer = RecordingSigner::new();
    let sign = SignLayer::new(signer.clone())
        .with_context(context())
        .without(ControlKind::Audit)
        .without(ControlKind::Pii)
        .without(ControlKind::Policy)
        .without(ControlKind::Replay);
    let challenge = ScriptedChallenge::v2(URL, [Offer::usdc(10_000)]);
    let seller = ScriptedSeller::new().challenge(&challenge).fail().settle();
    let inner = sign.layer(seller.clone());
    let retrying = tower::service_fn(move |request: Request<Full<Bytes>>| {
        let inner = inner.clone();
        async move {
            match inner.clone().oneshot(request.clone()).await {
                Err(_) => inner.oneshot(request).await,
                answer => answer,
            }
        }
    });
    let response = PayLayer::with_context(context())
        .layer(retrying)
        .oneshot(get(URL))
        .await
        .unwrap();
    assert_eq!(denial(&response), Some("stack.order"));
    assert_eq!((signer.count(), seller.paid_requests()), (1, 1));
}

#[tokio::test]
async fn a_layer_between_that_drops_extensions_does_not_hide_what_was_bought() {
    let signer = RecordingSigner::new();
    let sign = SignLayer::new(signer.clone())
        .with_context(context())
        .without(ControlKind::Audit)
        .without(ControlKind::Pii)
        .without(ControlKind::Policy)
        .without(ControlKind::Replay);
    let forgetful = |response: Response<GuardBody<ScriptedBody>>| {
        let (mut parts, body) = response.into_parts();
        parts.extensions.clear();
        Response::from_parts(parts, body)
    };
    let inner = ServiceExt::<Request<Full<Bytes>>>::map_response(sign.layer(seller()), forgetful);
    let response = PayLayer::with_context(context())
        .layer(inner)
        .oneshot(get(URL))
        .await
        .unwrap();
    assert_eq!(signer.count(), 1);
    assert_eq!(response.status(), 200, "it was paid for");
}
