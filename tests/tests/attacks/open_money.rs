//! Money that is signed for and not settled yet: maximum amounts, vouchers, and times.

use std::time::Duration;

use futures_util::future::join_all;
use http::Request;
use serde_json::{Value, json};
use tower::ServiceExt;
use x402_tower::testing::{ManualClock, Offer, PAYER, SELLER, ScriptedSeller, USDC_BASE};
use x402_tower::wire::Version;
use x402_tower::wire::header::{PAYMENT_SIGNATURE, encode};

use x402_tower::{Control, ControlKind, Denial, Payment, Step};

use crate::ground::{
    BOTH, Empty, Ground, NOW_SECS, URL, assert_offers_denied, cent, denial, get, honest, outcome,
    policy,
};

/// A payment in `scheme` of at most `amount` on a request of its own.
fn carrying(scheme: &str, amount: u64, number: usize, payload: &Value) -> Request<Empty> {
    let message = json!({
        "x402Version": 2,
        "accepted": {
            "scheme": scheme, "network": "eip155:8453", "amount": amount.to_string(),
            "asset": USDC_BASE, "payTo": SELLER, "maxTimeoutSeconds": 60,
        },
        "payload": payload,
    });
    let mut request = get(&format!("{URL}?n={number}"));
    let header = encode(message.to_string().as_bytes()).unwrap();
    request.headers_mut().insert(PAYMENT_SIGNATURE, header);
    request
}

fn upto(amount: u64, number: usize) -> Request<Empty> {
    let payload = json!({
        "signature": format!("0x{}1b", "5a".repeat(64)),
        "permit2Authorization": {
            "from": PAYER,
            "permitted": { "token": USDC_BASE, "amount": amount.to_string() },
            "spender": SELLER,
            "nonce": number.to_string(),
            "deadline": (NOW_SECS + 60).to_string(),
            "witness": { "to": SELLER, "facilitator": SELLER, "validAfter": "0" },
        },
    });
    carrying("upto", amount, number, &payload)
}

#[tokio::test]
async fn attack_022_maximum_amounts_that_are_signed_at_once_do_not_overdraw_the_budget() {
    let ground = Ground::with_policy(policy().with_allowed_schemes(["upto"]));
    let seller = (0..20).fold(ScriptedSeller::new(), |seller, _| seller.settle());
    let guard = ground.guard(seller.clone());
    // Each promises to charge less; what counts is the two cents that each could take of the five.
    let answers = join_all((0..20).map(|n| guard.clone().oneshot(upto(20_000, n)))).await;
    let denied = answers
        .iter()
        .filter(|answer| denial(answer.as_ref().unwrap()) == Some("policy.window"));
    assert_eq!((denied.count(), seller.paid_requests()), (18, 2));
    assert_eq!(ground.spent_micros().await, 40_000);
}

#[tokio::test]
async fn attack_023_a_voucher_that_cannot_be_read_is_not_forwarded() {
    let voucher = json!({
        "signature": format!("0x{}1b", "5a".repeat(64)),
        "voucher": { "channel": "0x01", "cumulativeAmount": "10000", "resource": URL },
    });
    let ground = Ground::new();
    let seller = ScriptedSeller::new().settle();
    let request = carrying("batch-settlement", 10_000, 0, &voucher);
    let answer = ground.guard(seller.clone()).oneshot(request).await.unwrap();
    assert_eq!(denial(&answer), Some("payment.opaque"));
    assert_eq!(
        (seller.paid_requests(), ground.spent_micros().await),
        (0, 0)
    );

    let offers = [cent().scheme("batch-settlement")];
    assert_offers_denied(&policy(), &offers, "policy.scheme").await;
}

#[tokio::test]
async fn attack_076_an_offer_that_could_never_be_settled_in_time_is_not_paid() {
    for seconds in [json!(0), json!(-1), json!("60"), json!(1.5)] {
        for version in BOTH {
            let offer = cent().field("maxTimeoutSeconds", seconds.clone());
            let challenge = x402_tower::testing::ScriptedChallenge::new(version, URL, [offer]);
            let ground = Ground::new();
            let seller = ScriptedSeller::new().challenge(&challenge).settle();
            let answer = ground.buy(&seller, URL).await;
            assert!(denial(&answer).is_some(), "{seconds}");
            assert_eq!((ground.signer.count(), ground.spent_micros().await), (0, 0));
        }
    }
}

#[tokio::test]
async fn attack_076_a_time_that_overflows_is_no_long_life() {
    let offers = [Offer::usdc(10_000).max_timeout_seconds(u64::MAX)];
    let capped = policy().with_max_authorization_seconds(300);
    for version in [Version::V1, Version::V2] {
        let challenge = x402_tower::testing::ScriptedChallenge::new(version, URL, offers.clone());
        let ground = Ground::with_policy(capped.clone());
        let seller = ScriptedSeller::new().challenge(&challenge).settle();
        assert!(denial(&ground.buy(&seller, URL).await).is_some());
        assert_eq!(ground.signer.count(), 0);
    }
}

#[tokio::test]
async fn attack_076_a_payment_that_begins_later_is_not_forwarded() {
    let authorization = |after: u64| {
        json!({
            "signature": format!("0x{}1b", "5a".repeat(64)),
            "authorization": {
                "from": PAYER, "to": SELLER, "value": "10000", "validAfter": after.to_string(),
                "validBefore": (NOW_SECS + 60).to_string(), "nonce": format!("0x{}", "77".repeat(32)),
            },
        })
    };
    for (after, code) in [
        (NOW_SECS + 61, Some("payment.not_yet_valid")),
        (u64::MAX, Some("payment.not_yet_valid")),
        (NOW_SECS - 600, None),
    ] {
        let ground = Ground::new();
        let seller = ScriptedSeller::new().settle();
        let request = carrying("exact", 10_000, 0, &authorization(after));
        let answer = ground.guard(seller).oneshot(request).await.unwrap();
        assert_eq!(denial(&answer), code, "{after}");
    }
}

/// Says yes, five minutes later.
struct Deliberate(ManualClock);

impl Control for Deliberate {
    fn kind(&self) -> ControlKind {
        ControlKind::Custom("deliberate")
    }

    fn check<'a>(&'a self, _payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        self.0.advance(Duration::from_secs(300));
        Step::ready(Ok(()))
    }
}

#[tokio::test]
async fn attack_076_what_took_a_while_to_be_approved_lives_from_its_signature_on() {
    let ground = Ground::new();
    let slow = Deliberate(ground.clock.clone());
    let config = ground.builder().control(slow).build().unwrap();
    let seller = honest(Version::V2, URL);
    let guard = ground.guard_with(config, seller);
    let answer = guard.oneshot(get(URL)).await.unwrap();
    assert_eq!(outcome(&answer), Some("settled"));
    assert_eq!(ground.signer.calls()[0].valid_before, NOW_SECS + 300 + 60);
}
