//! Countersignatures: brought by the caller, or made in this process.

use std::sync::Arc;
use std::time::Duration;

use ed25519_dalek::{Signer as _, SigningKey};
use futures_util::future::join_all;
use x402_tower::mpa::{
    ApprovalRequest, ApprovalSecret, Approver, Countersigner, MpaConfig, MpaControl,
};
use x402_tower::payment::ApprovalSignatures;
use x402_tower::policy::{PolicyConfig, PolicyControl, Rules};
use x402_tower::store::MemoryStore;
use x402_tower::testing::RecordingSigner;
use x402_tower::{Control, PaymentId, Step, Usd};

use crate::ground::{
    Attempt, Buyer, NOW, assert_paid, assert_refused, code, not_approved, offer, secret,
};

const NAMES: [&str; 3] = ["alice", "bob", "carol"];

fn hmac(name: &str) -> Approver {
    Approver::hmac(name, secret(name))
}

fn ed25519_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// `threshold` of alice, bob and carol.
fn of_three(threshold: usize) -> MpaConfig {
    NAMES
        .into_iter()
        .fold(MpaConfig::new(threshold), |config, name| {
            config.with_approver(hmac(name))
        })
}

fn signature(name: &str, request: &ApprovalRequest) -> String {
    secret(name).sign(request.payload().as_bytes())
}

fn signed(request: &ApprovalRequest, names: &[&str]) -> ApprovalSignatures {
    names.iter().fold(request.signatures(), |signatures, name| {
        signatures.with_signature(name, &signature(name, request))
    })
}

fn five_dollars() -> Attempt {
    Attempt::of(offer(500))
}

#[tokio::test]
async fn one_valid_signature_meets_a_threshold_of_one() {
    let buyer = Buyer::asking(of_three(1));
    let request = buyer.request_for(500).await;
    assert_paid(
        &buyer
            .buy(five_dollars().signed(signed(&request, &["bob"])))
            .await,
    );
}

#[tokio::test]
async fn two_of_three_signatures_meet_a_threshold_of_two() {
    let buyer = Buyer::asking(of_three(2));
    let request = buyer.request_for(500).await;
    let both = signed(&request, &["alice", "carol"]);
    assert_paid(&buyer.buy(five_dollars().signed(both)).await);
}

#[tokio::test]
async fn fewer_signatures_than_the_threshold_are_denied() {
    let buyer = Buyer::asking(of_three(2));
    let request = buyer.request_for(500).await;
    let one = buyer
        .buy(five_dollars().signed(signed(&request, &["alice"])))
        .await;
    assert_refused(&one, "mpa.approval_required", 1, 2);
    assert_eq!(buyer.signer.count(), 0);
}

#[tokio::test]
async fn a_request_that_one_has_signed_goes_on_to_the_next() {
    let buyer = Buyer::asking(of_three(2));
    let first = buyer.request_for(500).await;
    let alice = signed(&first, &["alice"]);
    let one = buyer.buy(five_dollars().signed(alice.clone())).await;
    let second = not_approved(&one).request.unwrap();
    assert_eq!(second.payload(), first.payload());
    let both = alice.with_signature("bob", &signature("bob", &second));
    assert_paid(&buyer.buy(five_dollars().signed(both)).await);
}

#[tokio::test]
async fn a_wrong_signature_is_rejected() {
    let buyer = Buyer::asking(of_three(1));
    let request = buyer.request_for(500).await;
    for wrong in [
        signature("mallory", &request),
        signature("bob", &request),
        secret("alice").sign(b"something else"),
        String::new(),
        "not hexadecimal".into(),
        format!("0x{}", signature("alice", &request)),
    ] {
        let signatures = request.signatures().with_signature("alice", &wrong);
        let refused = buyer.buy(five_dollars().signed(signatures)).await;
        assert_refused(&refused, "mpa.approval_required", 0, 1);
    }
}

#[tokio::test]
async fn a_missing_signature_is_denied() {
    let buyer = Buyer::asking(of_three(1));
    let request = buyer.request_for(500).await;
    let none = buyer.buy(five_dollars().signed(request.signatures())).await;
    assert_refused(&none, "mpa.approval_required", 0, 1);
}

#[tokio::test]
async fn ed25519_and_hmac_count_together() {
    let key = ed25519_key();
    let config = MpaConfig::new(2)
        .with_approver(hmac("alice"))
        .with_approver(Approver::ed25519("dora", key.verifying_key().to_bytes()));
    let buyer = Buyer::asking(config);
    let request = buyer.request_for(500).await;
    let dora = const_hex::encode(key.sign(request.payload().as_bytes()).to_bytes());
    let both = signed(&request, &["alice"]).with_signature("dora", &dora);
    assert_paid(&buyer.buy(five_dollars().signed(both)).await);
}

#[tokio::test]
async fn the_response_tells_approvals_threshold_and_what_to_sign() {
    use http_body_util::BodyExt;
    let buyer = Buyer::asking(of_three(2));
    let request = buyer.request_for(500).await;
    let refused = buyer
        .buy(five_dollars().signed(signed(&request, &["alice"])))
        .await;
    assert_eq!(refused.status(), 403);
    let body = refused.into_body().collect().await.unwrap().to_bytes();
    let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(problem["approvals"], 1);
    assert_eq!(problem["threshold"], 2);
    let payload: serde_json::Value = serde_json::from_str(request.payload()).unwrap();
    assert_eq!(problem["approval_request"], payload);
}

#[derive(Debug)]
struct Treasury {
    secret: ApprovalSecret,
    agrees: bool,
}

impl Countersigner for Treasury {
    fn countersign<'a>(&'a self, request: &'a ApprovalRequest) -> Step<'a, Option<String>> {
        let signature = || self.secret.sign(request.payload().as_bytes());
        Step::ready(self.agrees.then(signature))
    }
}

fn treasury(name: &str, key: &str, agrees: bool) -> Approver {
    let secret = secret(key);
    hmac(name).with_countersigner(Treasury { secret, agrees })
}

#[tokio::test]
async fn a_countersigner_in_this_process_is_asked_at_once() {
    let config = MpaConfig::new(1).with_approver(treasury("alice", "alice", true));
    assert_paid(&Buyer::asking(config).pay(500).await);
}

#[tokio::test]
async fn a_countersigner_who_refuses_or_has_another_key_is_no_approval() {
    for approver in [
        treasury("alice", "alice", false),
        treasury("alice", "bob", true),
    ] {
        let buyer = Buyer::asking(MpaConfig::new(1).with_approver(approver));
        assert_refused(&buyer.pay(500).await, "mpa.denied", 0, 1);
    }
}

#[tokio::test]
async fn a_countersigner_and_a_signature_that_was_brought_count_together() {
    let config = MpaConfig::new(2)
        .with_approver(treasury("alice", "alice", true))
        .with_approver(hmac("bob"));
    let buyer = Buyer::asking(config);
    let request = buyer.request_for(500).await;
    assert_paid(
        &buyer
            .buy(five_dollars().signed(signed(&request, &["bob"])))
            .await,
    );
}

#[tokio::test]
async fn attack_096_a_signature_buys_once() {
    let buyer = Buyer::asking(of_three(1));
    let request = buyer.request_for(500).await;
    let signatures = signed(&request, &["alice"]);
    let again = || five_dollars().signed(signatures.clone());
    assert_paid(&buyer.buy(again()).await);
    assert_refused(&buyer.buy(again()).await, "mpa.approval_used", 0, 1);
    assert_eq!(buyer.signer.count(), 1);

    let unguarded = Buyer::unguarded();
    assert_paid(&unguarded.buy(again()).await);
    assert_paid(&unguarded.buy(again()).await);
}

/// Signed by others, it is still the same request.
#[tokio::test]
async fn attack_096_another_set_of_signers_does_not_buy_again() {
    let buyer = Buyer::asking(of_three(1));
    let request = buyer.request_for(500).await;
    assert_paid(
        &buyer
            .buy(five_dollars().signed(signed(&request, &["alice"])))
            .await,
    );
    let others = buyer
        .buy(five_dollars().signed(signed(&request, &["bob", "carol"])))
        .await;
    assert_refused(&others, "mpa.approval_used", 0, 1);
}

#[tokio::test]
async fn attack_096_of_parallel_uses_one_buys() {
    let buyer = Buyer::asking(of_three(1));
    let request = buyer.request_for(500).await;
    let signatures = signed(&request, &["alice"]);
    let all = join_all((0..16).map(|_| buyer.buy(five_dollars().signed(signatures.clone()))));
    let paid = all
        .await
        .iter()
        .filter(|answer| code(answer).is_none())
        .count();
    assert_eq!(paid, 1);
}

#[tokio::test]
async fn attack_095_siblings_that_share_claims_accept_a_signature_once() {
    let buyers = |shared: Option<Arc<MemoryStore>>| {
        let one = || {
            let control = MpaControl::new(of_three(1)).unwrap();
            Buyer::with_control(match &shared {
                Some(claims) => control.with_claims(claims.clone()),
                None => control,
            })
        };
        (one(), one())
    };
    let (blue, green) = buyers(Some(Arc::new(MemoryStore::new())));
    let request = blue.request_for(500).await;
    let attempt = || five_dollars().signed(signed(&request, &["alice"]));
    assert_paid(&blue.buy(attempt()).await);
    assert_refused(&green.buy(attempt()).await, "mpa.approval_used", 0, 1);

    let (blue, green) = buyers(None);
    assert_paid(&blue.buy(attempt()).await);
    assert_paid(&green.buy(attempt()).await);
}

#[tokio::test]
async fn attack_097_a_raised_price_needs_new_signatures() {
    let buyer = Buyer::asking(of_three(1));
    let request = buyer.request_for(500).await;
    let attempt = || Attempt::of(offer(501)).signed(signed(&request, &["alice"]));
    let refused = buyer.buy(attempt()).await;
    assert_refused(&refused, "mpa.approval_required", 0, 1);
    assert_ne!(not_approved(&refused).request.unwrap().id(), request.id());
    assert_eq!(buyer.signer.count(), 0);
    assert_paid(&Buyer::unguarded().buy(attempt()).await);
}

#[tokio::test]
async fn attack_097_a_swapped_recipient_needs_new_signatures() {
    let buyer = Buyer::asking(of_three(1));
    let request = buyer.request_for(500).await;
    let swapped = offer(500).pay_to("0x1111111111111111111111111111111111111111");
    let attempt = || Attempt::of(swapped.clone()).signed(signed(&request, &["alice"]));
    assert_refused(&buyer.buy(attempt()).await, "mpa.approval_required", 0, 1);
    assert_paid(&Buyer::unguarded().buy(attempt()).await);
}

#[tokio::test]
async fn attack_097_what_one_agent_was_allowed_another_is_not() {
    let buyer = Buyer::asking(of_three(1));
    let request = buyer.request_for(500).await;
    let attempt = five_dollars()
        .signed(signed(&request, &["alice"]))
        .by("another");
    assert_refused(&buyer.buy(attempt).await, "mpa.approval_required", 0, 1);
}

/// The last character of poisoned addresses is not all that an approver sees (attack 51).
#[tokio::test]
async fn attack_051_what_is_signed_names_the_whole_recipient() {
    let buyer = Buyer::asking(of_three(1));
    let poisoned = "0x209600000000000000000000000000000000287c";
    let refused = buyer.buy(Attempt::of(offer(500).pay_to(poisoned))).await;
    let request = not_approved(&refused).request.unwrap();
    assert!(
        request
            .payload()
            .contains(&format!(r#""pay_to":"{poisoned}""#))
    );
}

/// The reference accepts a signature for twice as long as it remembers it, because it takes the distance of times.
#[tokio::test]
async fn defect_p09_a_signature_is_never_good_for_longer_than_it_is_remembered() {
    let store = Arc::new(MemoryStore::new());
    let control = MpaControl::new(of_three(1)).unwrap();
    let buyer = Buyer::with_control(control.with_claims(store));
    let request = buyer.request_for(500).await;
    let attempt = || five_dollars().signed(signed(&request, &["alice"]));
    assert_paid(&buyer.buy(attempt()).await);
    buyer.clock.advance(Duration::from_millis(899_999));
    assert_refused(&buyer.buy(attempt()).await, "mpa.approval_used", 0, 1);
    for _ in 0..600 {
        buyer.clock.advance(Duration::from_millis(1_000));
        assert_refused(&buyer.buy(attempt()).await, "mpa.approval_required", 0, 1);
    }
}

/// A signer who was talked into a request that runs out in a year has signed nothing.
#[tokio::test]
async fn defect_p09_a_date_in_the_future_makes_no_long_lived_approval() {
    let buyer = Buyer::asking(of_three(1));
    let request = buyer.request_for(500).await;
    let far = request.payload().replace(
        &format!(r#""expires":{}"#, NOW + 900),
        &format!(r#""expires":{}"#, NOW + 901),
    );
    assert_ne!(far, request.payload());
    let signatures = ApprovalSignatures::new(request.id(), NOW + 901)
        .with_signature("alice", &secret("alice").sign(far.as_bytes()));
    let attempt = || five_dollars().signed(signatures.clone());
    assert_refused(&buyer.buy(attempt()).await, "mpa.approval_required", 0, 1);
    buyer.clock.advance(Duration::from_secs(1));
    assert_paid(&buyer.buy(attempt()).await);
}

#[tokio::test]
async fn attack_079_a_signature_is_good_until_the_moment_it_names() {
    for (later, code) in [
        (899_999, None),
        (900_000, Some("mpa.approval_required")),
        (900_001, Some("mpa.approval_required")),
    ] {
        let buyer = Buyer::asking(of_three(1));
        let request = buyer.request_for(500).await;
        buyer.clock.advance(Duration::from_millis(later));
        let answer = buyer
            .buy(five_dollars().signed(signed(&request, &["alice"])))
            .await;
        assert_eq!(crate::ground::code(&answer), code, "{later} ms later");
    }
}

/// An approver is asked about a request of this guard, not about one that the agent made up.
#[tokio::test]
async fn a_request_id_of_the_callers_own_still_buys_once() {
    let buyer = Buyer::asking(of_three(1));
    let request = buyer.request_for(500).await;
    let own = PaymentId::from_bytes([9; 16]);
    let payload = request
        .payload()
        .replace(&request.id().to_string(), &own.to_string());
    let signatures = ApprovalSignatures::new(own, NOW + 900)
        .with_signature("alice", &secret("alice").sign(payload.as_bytes()));
    let attempt = || five_dollars().signed(signatures.clone());
    assert_paid(&buyer.buy(attempt()).await);
    assert_refused(&buyer.buy(attempt()).await, "mpa.approval_used", 0, 1);
}

#[tokio::test]
async fn a_payment_that_was_not_sent_gives_the_approval_back() {
    let claims = Arc::new(MemoryStore::new());
    let buyer = |signer| {
        let control = MpaControl::new(of_three(1)).unwrap();
        Buyer::with_control(control.with_claims(claims.clone())).with_signer(signer)
    };
    let failing = buyer(RecordingSigner::failing());
    let request = failing.request_for(500).await;
    let attempt = || five_dollars().signed(signed(&request, &["alice"]));
    assert_eq!(code(&failing.buy(attempt()).await), Some("signer.failed"));
    assert_paid(&buyer(RecordingSigner::new()).buy(attempt()).await);
}

#[tokio::test]
async fn attack_098_one_signature_under_two_names_counts_once() {
    let buyer = Buyer::asking(of_three(2));
    let request = buyer.request_for(500).await;
    let alice = signature("alice", &request);
    let twice = request
        .signatures()
        .with_signature("alice", &alice)
        .with_signature("bob", &alice)
        .with_signature("ALICE", &alice);
    let refused = buyer.buy(five_dollars().signed(twice)).await;
    assert_refused(&refused, "mpa.approval_required", 1, 2);
    assert_paid(&Buyer::unguarded().pay(500).await);
}

#[tokio::test]
async fn attack_099_whoever_started_the_payment_does_not_count() {
    let buyer = Buyer::asking(of_three(2));
    let refused = buyer.buy(five_dollars().by("Alice")).await;
    let request = not_approved(&refused).request.unwrap();
    let attempt = |names: &[&str]| five_dollars().by("Alice").signed(signed(&request, names));
    let own = buyer.buy(attempt(&["alice", "bob"])).await;
    assert_refused(&own, "mpa.approval_required", 1, 2);
    assert_paid(&buyer.buy(attempt(&["bob", "carol"])).await);
    assert_paid(&Buyer::unguarded().buy(attempt(&["alice", "bob"])).await);
}

#[tokio::test]
async fn attack_099_nobody_approves_for_an_agent_that_they_run() {
    let agent = x402_tower::AgentId::new("bot-7").unwrap();
    let config = MpaConfig::new(1)
        .with_approver(hmac("alice").running_agent(agent))
        .with_approver(hmac("bob"));
    let buyer = Buyer::asking(config);
    let refused = buyer.buy(five_dollars().by("bot-7")).await;
    let request = not_approved(&refused).request.unwrap();
    let attempt = |name| five_dollars().by("bot-7").signed(signed(&request, &[name]));
    assert_refused(
        &buyer.buy(attempt("alice")).await,
        "mpa.approval_required",
        0,
        1,
    );
    assert_paid(&buyer.buy(attempt("bob")).await);
}

/// Where the initiator is needed for the threshold, nothing could ever approve the payment, and nobody is asked to.
#[tokio::test]
async fn attack_099_a_threshold_that_needs_the_initiator_is_out_of_reach() {
    let buyer = Buyer::asking(of_three(3));
    let refused = buyer.buy(five_dollars().by("carol")).await;
    assert_refused(&refused, "mpa.denied", 0, 3);
    assert!(not_approved(&refused).request.is_none());
}

fn policy(max_per_call: &str) -> Arc<dyn Control> {
    let config = PolicyConfig::new().with_max_per_call(Usd::parse(max_per_call).unwrap());
    Arc::new(PolicyControl::new(Rules::compile(&config).unwrap()))
}

/// The approval is for a payment inside the policy; it does not lift it.
#[tokio::test]
async fn attack_105_an_approval_does_not_lift_the_policy() {
    let claims = Arc::new(MemoryStore::new());
    let buyer = |max: &str| {
        let control = MpaControl::new(of_three(1)).unwrap();
        Buyer::guarded(vec![
            policy(max),
            Arc::new(control.with_claims(claims.clone())),
        ])
    };
    let request = buyer("10").request_for(500).await;
    let attempt = || five_dollars().signed(signed(&request, &["alice"]));
    assert_eq!(
        code(&buyer("1").buy(attempt()).await),
        Some("policy.per_call")
    );
    assert_paid(&buyer("10").buy(attempt()).await);
    let without_policy = Buyer::asking(of_three(1));
    let request = without_policy.request_for(500).await;
    let attempt = five_dollars().signed(signed(&request, &["alice"]));
    assert_paid(&without_policy.buy(attempt).await);
}

/// What was approved under one policy was not approved under the next, also where both would let it pass.
#[tokio::test]
async fn attack_105_a_changed_policy_needs_new_signatures() {
    let buyer = |max: &str| {
        let control = MpaControl::new(of_three(1)).unwrap();
        Buyer::guarded(vec![policy(max), Arc::new(control)])
    };
    let request = buyer("10").request_for(500).await;
    let attempt = five_dollars().signed(signed(&request, &["alice"]));
    let refused = buyer("9").buy(attempt).await;
    assert_refused(&refused, "mpa.approval_required", 0, 1);
}
