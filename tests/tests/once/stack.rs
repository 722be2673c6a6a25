//! A stack of single layers pays once as well.

use std::sync::Arc;

use tower::{Service, ServiceBuilder, ServiceExt};
use x402_tower::audit::{AuditControl, AuditLayer};
use x402_tower::policy::{PolicyControl, PolicyLayer};
use x402_tower::replay::{FingerprintKey, ReplayControl, ReplayLayer};
use x402_tower::testing::ScriptedSeller;
use x402_tower::{Context, ControlKind, Idempotency, PayLayer, SignLayer};

use crate::ground::{Empty, Ground, URL, get, outcome, policy};
use crate::shared::{asking, assert_one_payment};

type Response = crate::ground::Answer;

/// The same controls as single layers, without the one for personal data.
fn stack(
    ground: &Ground,
    seller: &ScriptedSeller,
) -> impl Service<
    http::Request<Empty>,
    Response = Response,
    Error = x402_tower::testing::SellerError,
    Future: Send,
> + Clone
+ use<> {
    let key = FingerprintKey::from_hex(&"0a0b".repeat(16)).unwrap();
    let context = Context::buyer().with_clock(Arc::new(ground.clock.clone()));
    let rules = x402_tower::policy::Rules::compile(&policy()).unwrap();
    let ledger = PolicyControl::with_ledger(rules, ground.store.clone());
    let replay = ReplayControl::new(ground.store.clone(), key.clone());
    let sign = SignLayer::new(ground.signer.clone()).with_context(context.clone());
    let inner = ServiceBuilder::new()
        .layer(AuditLayer::new(AuditControl::new(ground.log.clone())).with_context(context.clone()))
        .layer(PolicyLayer::new(ledger).with_context(context.clone()))
        .layer(ReplayLayer::new(replay).with_context(context.clone()))
        .layer(sign.without(ControlKind::Pii))
        .service(seller.clone());
    let pay = PayLayer::with_context(context);
    let pay = pay.with_idempotency(Idempotency::new(ground.store.clone(), key));
    ServiceBuilder::new()
        .map_response(flatten)
        .layer(pay)
        .service(inner)
}

/// The body of each layer is wrapped in that of the next; only head and extensions are looked at here.
fn flatten<B>(response: http::Response<B>) -> Response {
    response.map(|_| x402_tower::GuardBody::whole(bytes::Bytes::new()))
}

#[tokio::test]
async fn attack_087_a_stack_sends_the_same_payment_again() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new().challenge(&asking()).fail();
    let seller = seller.challenge(&asking()).settle();
    assert!(stack(&ground, &seller).oneshot(get(URL)).await.is_err());
    let answer = stack(&ground, &seller).oneshot(get(URL)).await.unwrap();
    assert_eq!(outcome(&answer), Some("settled"));
    assert_one_payment(&ground, &seller, 2);
    assert_eq!(ground.spent_micros().await, 10_000);
    assert_eq!(
        ground.events(),
        [
            "PAYMENT_INTENT",
            "PAYMENT_UNKNOWN unknown",
            "PAYMENT_RESENT",
            "PAYMENT_ALLOWED settled"
        ]
    );
}
