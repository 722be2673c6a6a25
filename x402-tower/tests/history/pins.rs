//! Attacks 46 and 51: another recipient than the first.

use std::sync::Arc;
use std::time::Duration;

use tower::ServiceExt;
use x402_tower::policy::RecipientPins;
use x402_tower::store::{Claim, ClaimKey, Claims, Reach, StoreError};
use x402_tower::testing::{Offer, RecordingSigner, ScriptedChallenge, ScriptedSeller};
use x402_tower::{AgentId, PaymentId, PaymentRecord, Step, UnixMillis};

use crate::ground::{
    Bought, Ground, HONEST, LOOK_ALIKE, URL, assert_denied, assert_paid, dime, get, offering,
};

const BLOCK: &str = r#"recipient_pinning = "block""#;
const WARN: &str = r#"recipient_pinning = "warn""#;
const OFF: &str = "";
const THIEF: &str = "0x3333000000000000000000000000000000004444";

fn swapped() -> Offer {
    dime().pay_to(THIEF)
}

#[tokio::test]
async fn attack_046_a_swapped_recipient_is_denied() {
    let ground = Ground::under(BLOCK);
    assert_paid(&ground.buy(dime()).await);
    let signed = ground.signer.count();
    assert_denied(&ground.buy(swapped()).await, "policy.recipient_changed");
    assert_eq!(ground.signer.count(), signed, "the signer was called");
}

#[tokio::test]
async fn attack_046_without_pinning_the_swapped_recipient_is_paid() {
    let ground = Ground::under(OFF);
    assert_paid(&ground.buy(dime()).await);
    assert_paid(&ground.buy(swapped()).await);
}

#[tokio::test]
async fn attack_046_a_denied_swap_does_not_keep_the_honest_seller_out() {
    let ground = Ground::under(BLOCK);
    assert_paid(&ground.buy(dime()).await);
    assert_denied(&ground.buy(swapped()).await, "policy.recipient_changed");
    assert_paid(&ground.buy(dime()).await);
}

#[tokio::test]
async fn a_warning_lets_the_payment_pass_and_is_on_its_record() {
    let ground = Ground::under(WARN);
    assert_eq!(ground.buy(dime()).await.warnings, [""; 0]);
    let bought = ground.buy(swapped()).await;
    assert_paid(&bought);
    assert_eq!(bought.warnings, ["policy.recipient_changed"]);
}

#[tokio::test]
async fn a_pin_never_moves_by_itself() {
    let ground = Ground::under(WARN);
    assert_paid(&ground.buy(dime()).await);
    let first = ground.pin().await.unwrap();
    assert_eq!(first.recipient.as_str(), HONEST);
    for _ in 0..3 {
        let bought = ground.buy(swapped()).await;
        assert_eq!(bought.warnings, ["policy.recipient_changed"]);
        assert_eq!(ground.pin().await, Some(first.clone()));
    }
}

#[tokio::test]
async fn attack_051_a_look_alike_address_is_another_recipient() {
    assert_eq!(LOOK_ALIKE[..6], HONEST[..6]);
    assert_eq!(LOOK_ALIKE[38..], HONEST[38..]);
    let ground = Ground::under(BLOCK);
    assert_paid(&ground.buy(dime()).await);
    let poisoned = ground.buy(dime().pay_to(LOOK_ALIKE)).await;
    assert_denied(&poisoned, "policy.recipient_changed");
}

#[tokio::test]
async fn attack_050_the_same_address_in_other_letter_case_is_the_same_recipient() {
    let checksummed = "0xABCDEFabcdefABCDEFabcdefABCDEFabcdefABCD";
    let ground = Ground::under(BLOCK);
    assert_paid(&ground.buy(dime().pay_to(checksummed)).await);
    let lower = checksummed.to_ascii_lowercase();
    assert_paid(&ground.buy(dime().pay_to(&lower)).await);
}

#[tokio::test]
async fn defect_p03_another_asset_of_the_same_recipient_is_denied() {
    let ground = Ground::under(BLOCK);
    assert_paid(&ground.buy(dime()).await);
    let other = dime().asset("0x60a3E35Cc302bFA44Cb288Bc5a4F316Fdb1adb42");
    assert_denied(&ground.buy(other).await, "policy.asset_changed");
}

#[tokio::test]
async fn defect_p04_a_challenge_that_names_another_resource_meets_the_pin_of_the_requested_url() {
    let policy = "recipient_pinning = \"block\"\nresource_match = \"any\"";
    let forged = ScriptedChallenge::v2("https://fresh.example/", [swapped()]);
    let ground = Ground::under(policy);
    assert_paid(&ground.buy(dime()).await);
    let seller = ScriptedSeller::new().challenge(&forged).settle();
    let answer = ground.ask(&seller, URL).await;
    assert_denied(&Bought::of(&answer, &seller), "policy.recipient_changed");

    let unpinned = Ground::under("resource_match = \"any\"");
    assert_paid(&unpinned.buy(dime()).await);
    let seller = ScriptedSeller::new().challenge(&forged).settle();
    let answer = unpinned.ask(&seller, URL).await;
    assert_paid(&Bought::of(&answer, &seller));
}

#[tokio::test]
async fn attack_083_a_pin_is_its_agents_own() {
    let mut ground = Ground::under(BLOCK);
    assert_paid(&ground.buy(dime()).await);
    ground.agent = AgentId::new("another").unwrap();
    assert_paid(&ground.buy(swapped()).await);
    ground.agent = AgentId::default();
    assert_denied(&ground.buy(swapped()).await, "policy.recipient_changed");
}

#[tokio::test]
async fn a_pin_holds_for_its_origin_and_chain() {
    let ground = Ground::under(BLOCK);
    assert_paid(&ground.buy(dime()).await);
    let elsewhere = ground.buy_at("https://other.example/report", swapped());
    assert_paid(&elsewhere.await);
    let on_polygon = swapped()
        .network("eip155:137")
        .asset("0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359");
    assert_paid(&ground.buy(on_polygon).await);
    let same_origin = ground.buy_at("https://API.example.com.:443/another", swapped());
    assert_denied(&same_origin.await, "policy.recipient_changed");
}

#[tokio::test]
async fn a_payment_without_an_outcome_pins_nothing_but_holds_while_it_may_settle() {
    let ground = Ground::under(BLOCK);
    let seller = offering(URL, swapped()).fail();
    let guard = ground.guard(seller.clone());
    let failed = guard.oneshot(get(URL)).await;
    assert!(failed.is_err());
    assert_eq!(ground.pin().await, None);
    assert_denied(&ground.buy(dime()).await, "policy.recipient_changed");
    ground.clock.advance(Duration::from_secs(3600));
    assert_paid(&ground.buy(dime()).await);
    assert_eq!(ground.pin().await.unwrap().recipient.as_str(), HONEST);
}

#[tokio::test]
async fn a_payment_that_was_not_signed_leaves_nothing() {
    let mut ground = Ground::under(BLOCK);
    ground.signer = RecordingSigner::failing();
    let unsigned = ground.buy(swapped()).await;
    assert_eq!(unsigned.paid, 0);
    ground.signer = RecordingSigner::new();
    assert_paid(&ground.buy(dime()).await);
}

#[tokio::test]
async fn attack_009_a_payment_of_nothing_pins_nobody() {
    let policy = "recipient_pinning = \"block\"\nallow_zero_amount = true";
    let ground = Ground::under(policy);
    assert_paid(&ground.buy(Offer::usdc(0).pay_to(THIEF)).await);
    assert_eq!(ground.pin().await, None);
}

#[tokio::test]
async fn a_pin_outlives_a_change_of_the_policy() {
    let ground = Ground::under(BLOCK);
    assert_paid(&ground.buy(dime()).await);
    let reloaded = ground.reloaded("recipient_pinning = \"block\"\nmax_per_call_usd = 5");
    assert_denied(&reloaded.buy(swapped()).await, "policy.recipient_changed");
}

#[tokio::test]
async fn an_operator_can_forget_a_pin() {
    let ground = Ground::under(BLOCK);
    assert_paid(&ground.buy(dime()).await);
    let (origin, chain, now) = ground.place();
    let pins = ground.control().pins();
    let forgotten = pins.forget(&ground.agent, &origin, &chain, now).await;
    assert_eq!(forgotten.unwrap().unwrap().recipient.as_str(), HONEST);
    assert_eq!(ground.pin().await, None);
    assert_paid(&ground.buy(swapped()).await);
    assert_denied(&ground.buy(dime()).await, "policy.recipient_changed");
}

#[tokio::test]
async fn forgetting_leaves_other_agents_pins_alone() {
    let ground = Ground::under(BLOCK);
    assert_paid(&ground.buy(dime()).await);
    let (origin, chain, now) = ground.place();
    let other = AgentId::new("another").unwrap();
    let pins = RecipientPins::new(ground.claims.clone());
    let forgotten = pins.forget(&other, &origin, &chain, now).await;
    assert_eq!(forgotten, Ok(None));
    assert_denied(&ground.buy(swapped()).await, "policy.recipient_changed");
}

#[tokio::test]
async fn a_pin_names_the_payment_that_set_it() {
    let ground = Ground::under(BLOCK);
    let seller = offering(URL, dime()).settle();
    let answer = ground.ask(&seller, URL).await;
    let record = answer.extensions().get::<PaymentRecord>();
    assert_eq!(ground.pin().await.unwrap().payment, record.unwrap().id());
}

/// A store whose every claim holds the same value, as after somebody has written into it.
#[derive(Debug)]
struct Scribbled(&'static [u8]);

impl Claims for Scribbled {
    fn claim(
        &self,
        _key: ClaimKey,
        holder: PaymentId,
        _value: &[u8],
        _now: UnixMillis,
        _until: UnixMillis,
    ) -> Step<'_, Result<Claim, StoreError>> {
        let value = self.0.to_vec();
        Step::ready(Ok(Claim::Held { holder, value }))
    }
    fn read(
        &self,
        _key: ClaimKey,
        _now: UnixMillis,
    ) -> Step<'_, Result<Option<Vec<u8>>, StoreError>> {
        Step::ready(Ok(Some(self.0.to_vec())))
    }
    fn give_back(&self, _key: ClaimKey, _holder: PaymentId) -> Step<'_, Result<(), StoreError>> {
        Step::ready(Ok(()))
    }
    fn give_back_now(&self, _key: ClaimKey, _holder: PaymentId) {}

    fn reach(&self) -> Reach {
        Reach::Process
    }
}

#[tokio::test]
async fn what_cannot_be_read_denies() {
    for value in [&b""[..], b"short", &[0xff; 80], &[7; 256]] {
        for policy in [BLOCK, WARN, "max_quote_drift_percent = 10"] {
            let mut ground = Ground::under(policy);
            ground.claims = Arc::new(Scribbled(value));
            assert_denied(&ground.buy(dime()).await, "store.unreadable");
        }
    }
}
