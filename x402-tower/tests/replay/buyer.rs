//! Attacks 87 to 89: the same purchase, dressed up as another one.

use std::sync::Arc;

use http::Request;
use proptest::prelude::*;
use tower::ServiceExt;
use x402_tower::pay::PayService;
use x402_tower::store::MemoryStore;
use x402_tower::testing::{Offer, ScriptedBody, ScriptedChallenge, ScriptedSeller};
use x402_tower::{AgentId, Chain, ControlService};

use crate::ground::{Answer, Ground, URL, call, denial, outcome, settling};
use crate::signed::{Signed, post};

/// A seller that asks `times` times, by the offers of `offer`, and settles each time that it is paid.
pub(crate) fn charging(times: u64, offer: impl Fn(u64) -> Offer) -> ScriptedSeller {
    (0..times).fold(ScriptedSeller::new(), |seller, n| {
        seller
            .challenge(&ScriptedChallenge::v2(URL, [offer(n)]))
            .settle()
    })
}

pub(crate) async fn buy(payer: &PayService<ScriptedSeller>) -> Answer {
    payer.clone().oneshot(post(URL, "question")).await.unwrap()
}

/// What the second purchase is told where the seller asks for it so: behind the control, and without any.
async fn second_challenge(again: &ScriptedChallenge) -> [Option<&'static str>; 2] {
    let first = ScriptedChallenge::v2(URL, [Offer::usdc(10_000)]);
    let script = || {
        let seller = ScriptedSeller::new().challenge(&first).settle();
        seller.challenge(again).settle()
    };
    let ground = Ground::new();
    let seller = script();
    buy(&ground.payer(&seller)).await;
    let guarded = denial(&buy(&ground.payer(&seller)).await);
    assert_eq!(ground.signer.count(), 1, "signatures");

    let (ground, seller) = (Ground::new(), script());
    let unguarded = ground.payer_through(vec![], &seller);
    buy(&unguarded).await;
    let without = denial(&buy(&unguarded).await);
    assert_eq!(ground.signer.count(), 2, "the attack succeeds");
    [guarded, without]
}

const DUPLICATE: [Option<&str>; 2] = [Some("replay.duplicate"), None];

#[tokio::test]
async fn attack_087_a_retry_after_a_lost_answer_sends_the_same_payment() {
    let challenge = ScriptedChallenge::v2(URL, [Offer::usdc(10_000)]);
    let ground = Ground::new();
    let seller = ScriptedSeller::new().challenge(&challenge).fail();
    let seller = seller.challenge(&challenge).settle();
    let payer = ground.payer(&seller);
    payer
        .clone()
        .oneshot(post(URL, "question"))
        .await
        .unwrap_err();
    assert_eq!(denial(&buy(&payer).await), None);
    let paid: Vec<_> = seller
        .requests()
        .into_iter()
        .filter(|seen| seen.is_paid())
        .collect();
    let [first, second] = &*paid else {
        panic!("{paid:?}");
    };
    assert_eq!(
        first.headers["payment-signature"],
        second.headers["payment-signature"]
    );
    assert_eq!(ground.signer.count(), 1);
}

#[tokio::test]
async fn attack_089_what_the_challenge_says_of_itself_makes_no_new_purchase() {
    let offer = Offer::usdc(10_000);
    for again in [
        ScriptedChallenge::v2(&format!("{URL}&nonce=2"), [offer.clone()]),
        ScriptedChallenge::v2(URL, [offer.clone()]).description("another report"),
        ScriptedChallenge::v2(URL, [offer.clone()]).error("pay again"),
        ScriptedChallenge::v2(URL, [offer.clone().max_timeout_seconds(59)]),
        ScriptedChallenge::v2(URL, [offer.clone().extra("nonce", "2")]),
        ScriptedChallenge::v2(
            URL,
            [offer
                .clone()
                .pay_to(&x402_tower::testing::SELLER.to_lowercase())],
        ),
        ScriptedChallenge::v1(URL, [offer.clone()]),
    ] {
        assert_eq!(second_challenge(&again).await, DUPLICATE, "{again:?}");
    }
}

/// Defect P4 of a peer: keyed on the `resource` that the challenge names, any other name buys once more.
#[tokio::test]
async fn defect_p04_a_challenge_that_names_another_resource_is_the_same_purchase() {
    let fresh = ScriptedChallenge::v2("https://fresh.example/other", [Offer::usdc(10_000)]);
    assert_eq!(second_challenge(&fresh).await, DUPLICATE);
}

#[tokio::test]
async fn attack_089_another_price_is_the_same_purchase_and_said_so() {
    for price in [9_999, 10_001, 1_000_000] {
        let again = ScriptedChallenge::v2(URL, [Offer::usdc(price)]);
        let expected = [Some("replay.duplicate_amount"), None];
        assert_eq!(second_challenge(&again).await, expected, "{price}");
    }
}

#[tokio::test]
async fn another_recipient_token_or_chain_is_another_purchase() {
    let offer = Offer::usdc(10_000);
    let stranger = format!("0x{}", "ee".repeat(20));
    for other in [
        offer.clone().pay_to(&stranger),
        offer.clone().asset(&stranger),
        offer.clone().network("eip155:84532"),
    ] {
        let again = ScriptedChallenge::v2(URL, [other]);
        let ground = Ground::new();
        let seller = charging(1, |_| offer.clone()).challenge(&again).settle();
        let payer = ground.payer(&seller);
        assert_eq!(outcome(&buy(&payer).await), Some("settled"));
        let second = buy(&payer).await;
        assert_eq!(denial(&second), None, "{again:?}");
        assert_eq!(ground.signer.count(), 2);
    }
}

fn of_agent(name: &str, mut request: Request<ScriptedBody>) -> Request<ScriptedBody> {
    request.extensions_mut().insert(AgentId::new(name).unwrap());
    request
}

fn with_key(key: &str, mut request: Request<ScriptedBody>) -> Request<ScriptedBody> {
    let value = key.parse().unwrap();
    request.headers_mut().insert("idempotency-key", value);
    request
}

#[tokio::test]
async fn another_method_url_body_or_agent_is_another_purchase() {
    let (ground, seller) = (Ground::new(), charging(6, |_| Offer::usdc(10_000)));
    let mut put = post(URL, "question");
    *put.method_mut() = http::Method::PUT;
    for request in [
        post(URL, "question"),
        put,
        post("https://seller.example/report?id=8", "question"),
        post("https://seller.example/other?id=7", "question"),
        post(URL, "another question"),
        of_agent("somebody else", post(URL, "question")),
    ] {
        let answer = ground.payer(&seller).oneshot(request).await.unwrap();
        assert_eq!(outcome(&answer), Some("settled"), "{:?}", denial(&answer));
    }
    let answer = buy(&ground.payer(&charging(1, |_| Offer::usdc(10_000)))).await;
    assert_eq!(denial(&answer), Some("replay.duplicate"));
}

#[tokio::test]
async fn a_key_of_the_callers_own_makes_a_new_purchase() {
    let (ground, seller) = (Ground::new(), charging(3, |_| Offer::usdc(10_000)));
    for (key, expected) in [("a", None), ("b", None), ("b", Some("replay.duplicate"))] {
        let request = with_key(key, post(URL, "question"));
        let answer = ground.payer(&seller).oneshot(request).await.unwrap();
        assert_eq!(denial(&answer), expected, "{key}");
    }
}

#[tokio::test]
async fn attack_088_a_key_that_was_used_for_another_request_says_so() {
    for other in [
        post(URL, "another question"),
        post("https://seller.example/other", "question"),
    ] {
        let (ground, seller) = (Ground::new(), charging(2, |_| Offer::usdc(10_000)));
        let first = with_key("a", post(URL, "question"));
        ground.payer(&seller).oneshot(first).await.unwrap();
        let answer = ground
            .payer(&seller)
            .oneshot(with_key("a", other))
            .await
            .unwrap();
        assert_eq!(
            (answer.status().as_u16(), denial(&answer)),
            (409, Some("replay.key_reused"))
        );
        assert_eq!(ground.signer.count(), 1);
    }
}

/// A client that signs once more for every 402 (x402-rs, issue 108).
#[tokio::test]
async fn attack_087_a_third_party_that_signs_again_is_stopped() {
    let (ground, seller) = (Ground::new(), settling(2));
    let client = ground.client(&seller);
    assert_eq!(
        outcome(&call(&client, Signed::new(1).sent()).await),
        Some("settled")
    );
    let again = call(&client, Signed::new(2).sent()).await;
    assert_eq!(denial(&again), Some("replay.duplicate"));
    assert_eq!(seller.requests().len(), 1);

    let (bare, seller) = (Ground::new(), settling(2));
    let chain = Chain::new(vec![]).unwrap();
    let client = ControlService::new(seller.clone(), chain, bare.buyer_context());
    for nonce in [1, 2] {
        call(&client, Signed::new(nonce).sent()).await;
    }
    assert_eq!(seller.requests().len(), 2, "without the control both leave");
}

#[tokio::test]
async fn defect_p06_a_second_replica_that_shares_claims_and_key_pays_nothing() {
    let claims = Arc::new(MemoryStore::new());
    let mut denials = Vec::new();
    for _ in 0..2 {
        let ground = Ground {
            claims: claims.clone(),
            ..Ground::new()
        };
        let seller = charging(1, |_| Offer::usdc(10_000));
        denials.push(denial(&buy(&ground.payer(&seller)).await));
    }
    assert_eq!(denials, [None, Some("replay.duplicate")]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Attack 81: no agent's key can be written so that it is another agent's.
    #[test]
    fn attack_081_names_never_run_into_one_another(
        [a, b] in prop::array::uniform2(("[a:{}\u{20}]{1,4}", "[a:{}]{1,4}")),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let ground = Ground::new();
        let mut denials = Vec::new();
        for (agent, key) in [&a, &b] {
            let seller = charging(1, |_| Offer::usdc(10_000));
            let request = with_key(key, of_agent(agent, post(URL, "question")));
            let answer = runtime.block_on(ground.payer(&seller).oneshot(request)).unwrap();
            denials.push(denial(&answer));
        }
        let expected = (a == b).then_some("replay.duplicate");
        prop_assert_eq!(denials, [None, expected]);
    }
}
