//! When a seller's claim is given back: only where settlement provably did not happen.

use base64::prelude::{BASE64_STANDARD, Engine};
use futures_util::FutureExt;
use http::{Response, StatusCode};
use tower::ServiceExt;
use x402_tower::service::ProvenUnsettled;
use x402_tower::testing::{ScriptedBody, ScriptedSeller};
use x402_tower::{Denial, DenialKind};

use crate::ground::{Ground, call, denial, outcome};
use crate::signed::Signed;

fn answered(status: StatusCode) -> Response<ScriptedBody> {
    let mut response = Response::new(ScriptedBody::default());
    *response.status_mut() = status;
    response
}

fn proven() -> Response<ScriptedBody> {
    let mut response = answered(StatusCode::CONFLICT);
    response.extensions_mut().insert(ProvenUnsettled::new());
    response
}

/// A receipt that says whether the payment was settled.
fn receipt(mut response: Response<ScriptedBody>, success: bool) -> Response<ScriptedBody> {
    let json = format!(
        r#"{{"success":{success},"errorReason":"invalid_payload","transaction":"0x{}","network":"eip155:8453"}}"#,
        "ab".repeat(32)
    );
    let value = BASE64_STANDARD.encode(json).parse().unwrap();
    response.headers_mut().insert("payment-response", value);
    response
}

/// What the same payment is told after the service has answered it so.
async fn second_after(first: Response<ScriptedBody>) -> Option<&'static str> {
    let ground = Ground::new();
    let seller = ScriptedSeller::new().respond(first).settle();
    let shop = ground.shop(&seller);
    call(&shop, Signed::new(1).sent()).await;
    denial(&call(&shop, Signed::new(1).sent()).await)
}

const CLAIMED: Option<&str> = Some("replay.authorization");

#[tokio::test]
async fn proof_that_nothing_was_settled_gives_the_claim_back() {
    assert_eq!(second_after(proven()).await, None);
    assert_eq!(second_after(receipt(proven(), false)).await, None);
}

#[tokio::test]
async fn a_receipt_contradicts_the_proof() {
    assert_eq!(second_after(receipt(proven(), true)).await, CLAIMED);
}

#[tokio::test]
async fn an_unreadable_receipt_contradicts_the_proof() {
    let mut response = proven();
    let value = "not a receipt".parse().unwrap();
    response.headers_mut().insert("payment-response", value);
    assert_eq!(second_after(response).await, CLAIMED);
}

#[tokio::test]
async fn attack_074_no_other_answer_frees_a_payment() {
    for status in [200, 400, 402, 404, 409, 500, 503, 504] {
        let status = StatusCode::from_u16(status).unwrap();
        assert_eq!(second_after(answered(status)).await, CLAIMED, "{status}");
        let failed = receipt(answered(status), false);
        assert_eq!(second_after(failed).await, CLAIMED, "{status}");
    }
}

#[tokio::test]
async fn attack_074_an_error_of_the_service_frees_nothing() {
    let (ground, seller) = (Ground::new(), ScriptedSeller::new().fail().settle());
    let shop = ground.shop(&seller);
    shop.clone()
        .oneshot(Signed::new(1).sent())
        .await
        .unwrap_err();
    let again = call(&shop, Signed::new(1).sent()).await;
    assert_eq!(denial(&again), CLAIMED);
}

#[tokio::test]
async fn attack_125_a_caller_that_goes_away_frees_nothing() {
    let (ground, seller) = (Ground::new(), ScriptedSeller::new().hang().settle());
    let shop = ground.shop(&seller);
    let waiting = shop.clone().oneshot(Signed::new(1).sent()).now_or_never();
    assert!(waiting.is_none());
    let again = call(&shop, Signed::new(1).sent()).await;
    assert_eq!(denial(&again), CLAIMED);
}

fn denied_upstream() -> Response<ScriptedBody> {
    let mut response = answered(StatusCode::FORBIDDEN);
    let denial = Denial::new(DenialKind::PolicyViolation, "policy.per_call", "too dear");
    response.extensions_mut().insert(denial);
    response
}

#[tokio::test]
async fn a_denial_of_a_layer_further_in_gives_the_claim_back() {
    assert_eq!(second_after(denied_upstream()).await, None);
}

/// A handler that buys something itself, after it was paid, and hands on the denial that its own guard gave it.
#[tokio::test]
async fn attack_090_a_denial_handed_on_after_settling_frees_nothing() {
    assert_eq!(
        second_after(receipt(denied_upstream(), true)).await,
        CLAIMED
    );
}

#[tokio::test]
async fn a_store_that_is_full_serves_nobody() {
    let ground = Ground::with_claims(x402_tower::store::MemoryStore::with_capacity(1, 1, 1));
    let shop = ground.shop(&ScriptedSeller::new().settle().settle());
    assert_eq!(
        outcome(&call(&shop, Signed::new(1).sent()).await),
        Some("settled")
    );
    let refused = call(&shop, Signed::new(2).sent()).await;
    assert_eq!(
        (refused.status().as_u16(), denial(&refused)),
        (503, Some("store.full"))
    );
}
