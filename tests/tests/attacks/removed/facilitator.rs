//! The client that a seller calls its facilitator with: it spends nothing, so three controls stand before it.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use serde_json::{Value, json};
use tower::ServiceExt;
use x402_tower::ControlKind::{Audit, Pii, Replay};
use x402_tower::testing::{PAYER, SELLER, ScriptedBody, ScriptedSeller, USDC_BASE};

use super::guards::Guard::{Only, Whole, Without};
use super::guards::{EMAIL, Guard, Stage};
use crate::ground::{Answer, NOW_SECS, URL, denial};

/// What a seller tells its facilitator about a cent, where `description` is the buyer's copy of the offer's.
fn message(description: &str) -> Value {
    let requirement = json!({
        "scheme": "exact", "network": "eip155:8453", "amount": "10000", "asset": USDC_BASE,
        "payTo": SELLER, "maxTimeoutSeconds": 60, "extra": { "name": "USD Coin", "version": "2" },
    });
    let authorization = json!({
        "from": PAYER, "to": SELLER, "value": "10000", "validAfter": "0",
        "validBefore": (NOW_SECS + 60).to_string(), "nonce": format!("0x{:064x}", 7),
    });
    json!({
        "x402Version": 2,
        "paymentPayload": {
            "x402Version": 2,
            "resource": { "url": URL, "description": description },
            "accepted": requirement,
            "payload": { "signature": format!("0x{}", "5a".repeat(65)), "authorization": authorization },
        },
        "paymentRequirements": requirement,
    })
}

/// A facilitator that answers every one of this many messages in the same way.
fn answering(times: usize, json: &Value) -> ScriptedSeller {
    (0..times).fold(ScriptedSeller::new(), |facilitator, _| {
        facilitator.respond(Response::new(ScriptedBody::whole(json.to_string())))
    })
}

fn settling(times: usize) -> ScriptedSeller {
    let transaction = format!("0x{}", "ab".repeat(32));
    let settled = json!({ "success": true, "transaction": transaction, "network": "eip155:8453" });
    answering(times, &settled)
}

async fn ask(stage: &Stage, facilitator: &ScriptedSeller, operation: &str, body: &Value) -> Answer {
    let request = Request::post(format!("https://facilitator.example/{operation}"))
        .header("content-type", "application/json")
        .body(Full::<Bytes>::from(body.to_string()))
        .unwrap();
    stage.asking(facilitator).oneshot(request).await.unwrap()
}

/// What a settlement leaves in the log.
async fn events_of_a_settlement(guard: Guard) -> Vec<String> {
    let (stage, facilitator) = (Stage::facilitator_bound(guard), settling(1));
    let answer = ask(&stage, &facilitator, "settle", &message("a report")).await;
    assert_eq!(denial(&answer), None, "{guard:?}");
    assert_eq!(facilitator.requests().len(), 1, "{guard:?}");
    stage.ground.verify();
    stage.ground.events()
}

#[tokio::test]
async fn attack_139_audit_records_a_settlement_on_the_way_to_the_facilitator_and_nothing_else_does()
{
    let recorded = ["PAYMENT_INTENT", "PAYMENT_ALLOWED settled"];
    assert_eq!(events_of_a_settlement(Only(Audit)).await, recorded);
    let unrecorded = events_of_a_settlement(Without(Audit)).await;
    assert!(unrecorded.is_empty(), "settled, and nobody could tell");
    assert_eq!(events_of_a_settlement(Whole).await, recorded);
}

/// Whether an address in a payment reaches the facilitator.
async fn facilitator_learns_an_address(guard: Guard) -> bool {
    let stage = Stage::facilitator_bound(guard);
    let facilitator = answering(1, &json!({ "isValid": true, "payer": PAYER }));
    let sent = message(&format!("for {EMAIL}"));
    let answer = ask(&stage, &facilitator, "verify", &sent).await;
    assert_eq!(denial(&answer), None, "{guard:?}");
    let seen = facilitator.requests().remove(0).body.unwrap();
    let seen: Value = serde_json::from_slice(&seen).unwrap();
    for pointer in ["/paymentPayload/payload", "/paymentRequirements"] {
        assert_eq!(seen.pointer(pointer), sent.pointer(pointer), "{pointer}");
    }
    seen.to_string().contains(EMAIL)
}

#[tokio::test]
async fn attack_111_pii_takes_an_address_out_on_the_way_to_the_facilitator_and_nothing_else_does() {
    assert!(!facilitator_learns_an_address(Only(Pii)).await);
    assert!(facilitator_learns_an_address(Without(Pii)).await);
    assert!(!facilitator_learns_an_address(Whole).await);
}

/// A payment whose token settles a used nonce again: what the second settlement was told, and how many the facilitator was
/// asked for.
async fn settled_twice(guard: Guard) -> (Option<&'static str>, usize) {
    let (stage, facilitator) = (Stage::facilitator_bound(guard), settling(2));
    let first = ask(&stage, &facilitator, "settle", &message("a report")).await;
    assert_eq!(denial(&first), None, "{guard:?}");
    let again = ask(&stage, &facilitator, "settle", &message("another report")).await;
    (denial(&again), facilitator.requests().len())
}

#[tokio::test]
async fn attack_092_replay_stops_a_second_settlement_on_the_way_to_the_facilitator_and_nothing_else_does()
 {
    let stopped = (Some("replay.settled"), 1);
    assert_eq!(settled_twice(Only(Replay)).await, stopped);
    assert_eq!(settled_twice(Without(Replay)).await, (None, 2));
    assert_eq!(settled_twice(Whole).await, stopped);
}
