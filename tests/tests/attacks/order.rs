//! Attack 146: the real layers in every order, and retries around and between them.

use std::future::{Ready, ready};

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use tower::retry::{Policy, Retry};
use tower::util::BoxCloneService;
use tower::{Service, ServiceExt};
use tower_layer::Layer;
use x402_tower::audit::{AuditControl, AuditLayer};
use x402_tower::pii::{PiiControl, PiiLayer};
use x402_tower::policy::{PolicyControl, PolicyLayer, Rules};
use x402_tower::replay::{FingerprintKey, ReplayControl, ReplayLayer};
use x402_tower::testing::{ScriptedChallenge, ScriptedSeller};
use x402_tower::wire::Version;
use x402_tower::wire::header::PAYMENT_SIGNATURE;
use x402_tower::{Chain, Context, Control, PayLayer, SignLayer};

use crate::ground::{Empty, Ground, URL, cent, denial, get, honest, outcome, policy};

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type AnyBody = UnsyncBoxBody<Bytes, BoxError>;
type AnyService = BoxCloneService<Request<Empty>, Response<AnyBody>, BoxError>;

fn erase<S, B>(service: S) -> AnyService
where
    S: Service<Request<Empty>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let unify =
        |response: Response<B>| response.map(|body| body.map_err(Into::into).boxed_unsync());
    service
        .map_response(unify)
        .map_err(Into::into)
        .boxed_clone()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Pay,
    Audit,
    Pii,
    Policy,
    Replay,
    Sign,
}

const RIGHT: [Part; 6] = [
    Part::Pay,
    Part::Audit,
    Part::Pii,
    Part::Policy,
    Part::Replay,
    Part::Sign,
];

impl Ground {
    fn context(&self) -> Context {
        Context::buyer().with_clock(Arc::new(self.clock.clone()))
    }

    fn policy_control(&self) -> PolicyControl {
        PolicyControl::with_ledger(Rules::compile(&policy()).unwrap(), self.store.clone())
    }

    fn replay_control(&self) -> ReplayControl {
        let key = FingerprintKey::from_hex(&"0a0b".repeat(16)).unwrap();
        ReplayControl::new(self.store.clone(), key)
    }

    /// The layers, outermost first, around a service.
    fn stack(&self, parts: &[Part], service: AnyService) -> AnyService {
        let context = self.context();
        parts.iter().rev().fold(service, |service, part| {
            let context = context.clone();
            match part {
                Part::Pay => erase(PayLayer::with_context(context).layer(service)),
                Part::Audit => {
                    let control = AuditControl::new(Arc::clone(&self.log));
                    erase(
                        AuditLayer::new(control)
                            .with_context(context)
                            .layer(service),
                    )
                }
                Part::Pii => erase(
                    PiiLayer::new(PiiControl::new())
                        .with_context(context)
                        .layer(service),
                ),
                Part::Policy => {
                    let layer = PolicyLayer::new(self.policy_control());
                    erase(layer.with_context(context).layer(service))
                }
                Part::Replay => {
                    let layer = ReplayLayer::new(self.replay_control());
                    erase(layer.with_context(context).layer(service))
                }
                Part::Sign => {
                    let layer = SignLayer::new(self.signer.clone());
                    erase(layer.with_context(context).layer(service))
                }
            }
        })
    }
}

fn permutations<T: Copy>(parts: &mut [T], from: usize, each: &mut impl FnMut(&[T])) {
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
async fn attack_146_one_order_of_the_real_layers_pays() {
    let mut orders = Vec::new();
    permutations(&mut RIGHT.clone(), 0, &mut |order| {
        orders.push(order.to_vec())
    });
    assert_eq!(orders.len(), 720);
    let mut paid = Vec::new();
    for order in orders {
        let ground = Ground::new();
        // A wrong order may ask more than once; it is challenged each time.
        let challenge = ScriptedChallenge::v2(URL, [cent()]);
        let seller = ScriptedSeller::new().challenge(&challenge).settle();
        let answer = ground
            .stack(&order, erase(seller.clone()))
            .oneshot(get(URL))
            .await;
        let settled = answer
            .as_ref()
            .is_ok_and(|answer| outcome(answer) == Some("settled"));
        if settled {
            assert_eq!(
                ground.events(),
                ["PAYMENT_INTENT", "PAYMENT_ALLOWED settled"]
            );
            paid.push(order);
            continue;
        }
        assert_eq!(ground.signer.count(), 0, "{order:?}");
        assert_eq!(seller.paid_requests(), 0, "{order:?}");
        assert_eq!(ground.spent_micros().await, 0, "{order:?}");
        let again = ground.buy(&honest(Version::V2, URL), URL).await;
        assert_eq!(
            outcome(&again),
            Some("settled"),
            "{order:?} left a claim behind"
        );
    }
    assert_eq!(paid, [RIGHT]);
}

#[tokio::test]
async fn attack_146_without_one_layer_nothing_is_signed() {
    for missing in RIGHT {
        let ground = Ground::new();
        let order: Vec<_> = RIGHT.into_iter().filter(|part| *part != missing).collect();
        let seller = ScriptedSeller::new()
            .challenge(&ScriptedChallenge::v2(URL, [cent()]))
            .challenge(&ScriptedChallenge::v2(URL, [cent()]));
        let stack = ground.stack(&order, erase(seller.clone()));
        let answer = stack.oneshot(get(URL)).await.unwrap();
        let expected = (missing != Part::Pay).then_some("stack.order");
        assert_eq!(denial(&answer), expected, "without {missing:?}");
        assert_eq!(
            (ground.signer.count(), seller.paid_requests()),
            (0, 0),
            "without {missing:?}"
        );
        assert_eq!(ground.spent_micros().await, 0);
    }
}

#[test]
fn attack_146_one_order_of_a_chain_is_accepted() {
    let ground = Ground::new();
    let mut accepted = Vec::new();
    permutations(&mut [0, 1, 2, 3], 0, &mut |order| {
        let controls = order.iter().map(|part| -> Arc<dyn Control> {
            match part {
                0 => Arc::new(AuditControl::new(Arc::clone(&ground.log))),
                1 => Arc::new(PiiControl::new()),
                2 => Arc::new(ground.policy_control()),
                _ => Arc::new(ground.replay_control()),
            }
        });
        match Chain::new(controls.collect()) {
            Ok(_) => accepted.push(order.to_vec()),
            Err(error) => assert_eq!(error.code(), "stack.order"),
        }
    });
    assert_eq!(accepted, [[0, 1, 2, 3]]);
}

#[tokio::test]
async fn attack_146_a_challenge_that_single_layers_refuse_is_on_record() {
    let stranger = "https://evil.example.net/report";
    let dear = ScriptedChallenge::v2(URL, [cent().amount("5000000")]);
    let forged = ScriptedChallenge::v2(stranger, [cent()]);
    let broken = ScriptedChallenge::v2(URL, [cent().amount("-1")]);
    for (challenge, code) in [
        (dear, "policy.per_call"),
        (forged, "challenge.foreign_resource"),
        (broken, "wire.amount"),
    ] {
        let ground = Ground::new();
        let seller = ScriptedSeller::new().challenge(&challenge);
        let stack = ground.stack(&RIGHT, erase(seller));
        let answer = stack.oneshot(get(URL)).await.unwrap();
        assert_eq!(denial(&answer), Some(code));
        assert_eq!(ground.signer.count(), 0);
        assert_eq!(ground.events(), [format!("CHALLENGE_DENIED {code}")]);
    }
}

/// Tries again, up to three times, whatever did not succeed.
#[derive(Clone)]
struct Stubborn(u8);

impl<B, E> Policy<Request<Empty>, Response<B>, E> for Stubborn {
    type Future = Ready<()>;

    fn retry(
        &mut self,
        _: &mut Request<Empty>,
        result: &mut Result<Response<B>, E>,
    ) -> Option<Ready<()>> {
        let failed = !result
            .as_ref()
            .is_ok_and(|answer| answer.status().is_success());
        self.0 = self.0.checked_sub(1)?;
        failed.then(|| ready(()))
    }

    fn clone_request(&mut self, request: &Request<Empty>) -> Option<Request<Empty>> {
        Some(request.clone())
    }
}

/// A seller that asks for a cent and breaks the connection of whoever pays.
fn breaking() -> ScriptedSeller {
    let challenge = ScriptedChallenge::v2(URL, [cent()]);
    ScriptedSeller::new()
        .challenge(&challenge)
        .fail()
        .challenge(&challenge)
        .settle()
}

#[tokio::test]
async fn attack_146_a_retry_outside_the_guard_pays_once() {
    let ground = Ground::new();
    let seller = breaking();
    let retry = Retry::new(Stubborn(3), ground.guard(seller.clone()));
    let answer = retry.oneshot(get(URL)).await.unwrap();
    assert_eq!(outcome(&answer), Some("settled"));
    assert_eq!((ground.signer.count(), seller.paid_requests()), (1, 2));
    assert_eq!(ground.spent_micros().await, 10_000);
    assert!(ground.verify().dangling_intents.is_empty());
}

#[tokio::test]
async fn attack_146_a_retry_inside_the_guard_sends_the_same_bytes() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, [cent()]))
        .challenge(&ScriptedChallenge::v2(URL, [cent()]))
        .challenge(&ScriptedChallenge::v2(URL, [cent()]))
        .challenge(&ScriptedChallenge::v2(URL, [cent()]))
        .fail()
        .fail()
        .settle();
    let retry = Retry::new(Stubborn(3), seller.clone());
    let answer = ground.guard(retry).oneshot(get(URL)).await.unwrap();
    assert_eq!(outcome(&answer), Some("settled"));
    assert_eq!(ground.signer.count(), 1);
    let paid: Vec<_> = seller
        .requests()
        .into_iter()
        .filter_map(|seen| seen.headers.get(PAYMENT_SIGNATURE).cloned())
        .collect();
    assert_eq!(paid.len(), 3);
    assert!(
        paid.iter().all(|value| *value == paid[0]),
        "one signature, sent again"
    );
    assert_eq!(ground.spent_micros().await, 10_000);
    assert_eq!(
        ground.events(),
        ["PAYMENT_INTENT", "PAYMENT_ALLOWED settled"]
    );
}

#[tokio::test]
async fn attack_146_a_retry_between_the_layers_signs_once() {
    let ground = Ground::new();
    let challenge = ScriptedChallenge::v2(URL, [cent()]);
    let seller = (0..3).fold(
        ScriptedSeller::new().challenge(&challenge).fail(),
        |seller, _| seller.challenge(&challenge),
    );
    let sign = ground.stack(&RIGHT[5..], erase(seller.clone()));
    let retry = Retry::new(Stubborn(3), sign);
    let stack = ground.stack(&RIGHT[..5], erase(retry));
    let answer = stack.oneshot(get(URL)).await;
    assert!(answer.is_err() || denial(&answer.unwrap()).is_some());
    assert_eq!((ground.signer.count(), seller.paid_requests()), (1, 1));
    assert_eq!(ground.spent_micros().await, 10_000);
}
