//! Attacks 85 and 105, defect P11: everything stops at once.

use std::sync::Arc;
use std::task::{Context, Waker};

use tokio::task::yield_now;
use tower::ServiceExt;
use x402_tower::testing::{RecordingSigner, ScriptedSeller};
use x402_tower::{Control, ControlKind, ControlService, Denial, Payment, Step, policy::KillSwitch};

use crate::ground::{Bought, Ground, URL, around, assert_denied, assert_paid, dime, get, offering};

/// Approvals that take their time and are given in the end.
struct Approvals;

impl Control for Approvals {
    fn kind(&self) -> ControlKind {
        ControlKind::Mpa
    }

    fn check<'a>(&'a self, _payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        around(|| {
            Step::wait(async {
                yield_now().await;
                Ok(())
            })
        })
    }
}

#[tokio::test]
async fn defect_p11_an_engaged_switch_denies() {
    let ground = Ground::under("");
    ground.switch.engage();
    assert_denied(&ground.buy(dime()).await, "policy.kill_switch");
    assert_eq!(ground.signer.count(), 0);
}

#[tokio::test]
async fn a_switch_that_nobody_engaged_denies_nothing() {
    assert_paid(&Ground::under("").buy(dime()).await);
}

#[tokio::test]
async fn a_released_switch_lets_payments_flow_again() {
    let ground = Ground::under("");
    ground.switch.engage();
    assert_denied(&ground.buy(dime()).await, "policy.kill_switch");
    ground.switch.release();
    assert_paid(&ground.buy(dime()).await);
}

#[tokio::test]
async fn the_policy_file_can_say_it() {
    let ground = Ground::under("kill_switch = true");
    assert_denied(&ground.buy(dime()).await, "policy.kill_switch");
}

/// A purchase in which everything waits; after `polls` the switch is engaged, if at all. Answers with the end, whether
/// the payment had left when it was engaged, and whether the purchase was over by then.
fn engaged_after(polls: usize, engage: bool) -> (Bought, bool, bool, Ground) {
    let runtime = runtime();
    let _entered = runtime.enter();
    let mut ground =
        Ground::under("daily_limit_usd = 0.10\nrecipient_pinning = \"block\"").slowed();
    ground.inner = vec![Arc::new(Approvals)];
    let seller = offering(URL, dime()).settle();
    let mut flow = ground.slow_flow(&seller, &ground.signer);
    let mut cx = Context::from_waker(Waker::noop());
    let mut answer = None;
    for _ in 0..polls {
        if let std::task::Poll::Ready(done) = flow.as_mut().poll(&mut cx) {
            answer = Some(done);
            break;
        }
    }
    let over = answer.is_some();
    let left = seller.paid_requests() == 1;
    if engage {
        ground.switch.engage();
    }
    let answer = answer.unwrap_or_else(|| {
        (0..1000)
            .find_map(|_| match flow.as_mut().poll(&mut cx) {
                std::task::Poll::Ready(done) => Some(done),
                std::task::Poll::Pending => None,
            })
            .unwrap()
    });
    drop(flow);
    let bought = Bought::of(&answer.unwrap(), &seller);
    (bought, left, over, ground)
}

/// Whether the day's only dime can be spent once more.
fn money_is_back(mut ground: Ground) -> bool {
    ground.switch.release();
    ground.inner.clear();
    let again = runtime().block_on(ground.buy(dime()));
    again.end == "settled"
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
}

#[test]
fn attack_085_engaged_at_any_moment_before_the_send_it_stops_the_payment() {
    let (mut stopped, mut signed_and_stopped) = (0, 0);
    for polls in 0.. {
        assert!(polls < 200, "it never ends");
        let (bought, left, over, ground) = engaged_after(polls, true);
        if bought.end == "policy.kill_switch" {
            stopped += 1;
            signed_and_stopped += ground.signer.count();
            assert_eq!(bought.paid, 0, "after {polls} polls");
            assert!(money_is_back(ground), "after {polls} polls");
        } else {
            assert!(left, "after {polls} polls: {bought:?}");
        }
        if over {
            break;
        }
    }
    assert!(stopped >= 20, "{stopped} moments");
    assert!(signed_and_stopped >= 3, "also when a signature exists");
}

#[test]
fn attack_085_without_the_switch_the_payment_leaves() {
    assert!((0..20).all(|polls| engaged_after(polls, false).0.paid == 1));
}

/// An approval that comes when the switch has been engaged.
struct LateApproval(KillSwitch, Option<bool>);

impl Control for LateApproval {
    fn kind(&self) -> ControlKind {
        ControlKind::Mpa
    }

    fn check<'a>(&'a self, _payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        match self.1 {
            Some(policy_says) => self.0.follow_policy(policy_says),
            None => self.0.engage(),
        }
        Step::ready(Ok(()))
    }
}

async fn approved_late(policy_says: Option<bool>) -> (Bought, usize) {
    let mut ground = Ground::under("");
    let approval = LateApproval(ground.switch.clone(), policy_says);
    ground.inner = vec![Arc::new(approval)];
    let bought = ground.buy(dime()).await;
    (bought, ground.signer.count())
}

#[tokio::test]
async fn attack_105_an_approval_after_the_switch_comes_too_late() {
    let (bought, signed) = approved_late(None).await;
    assert_denied(&bought, "policy.kill_switch");
    assert_eq!(signed, 0);
}

#[tokio::test]
async fn attack_105_a_policy_that_was_reloaded_stops_payments_under_the_old_one() {
    let (bought, signed) = approved_late(Some(true)).await;
    assert_denied(&bought, "policy.kill_switch");
    assert_eq!(signed, 0);
}

#[tokio::test]
async fn attack_105_an_approval_under_an_open_switch_is_in_time() {
    let (bought, _) = approved_late(Some(false)).await;
    assert_paid(&bought);
}

#[test]
fn a_policy_does_not_release_what_a_person_engaged() {
    let switch = KillSwitch::new();
    switch.engage();
    switch.follow_policy(true);
    switch.follow_policy(false);
    assert!(switch.is_engaged());
    switch.release();
    assert!(!switch.is_engaged());
}

#[test]
fn a_person_does_not_release_what_the_policy_says() {
    let switch = KillSwitch::new();
    switch.follow_policy(true);
    switch.engage();
    switch.release();
    assert!(switch.is_engaged());
}

/// The request that a third-party payer would send.
async fn signed_by_a_third_party() -> http::Request<http_body_util::Full<bytes::Bytes>> {
    let seller = offering(URL, dime()).settle();
    assert_paid(&{
        let answer = Ground::under("").ask(&seller, URL).await;
        Bought::of(&answer, &seller)
    });
    let mut request = get(URL);
    *request.headers_mut() = seller.requests().remove(1).headers;
    request
}

#[tokio::test]
async fn attack_085_a_third_partys_payment_is_stopped_too() {
    let ground = Ground::under("");
    let seller = ScriptedSeller::new().settle();
    let service = ControlService::new(seller.clone(), ground.chain(), ground.context());
    ground.switch.engage();
    let request = signed_by_a_third_party().await;
    let answer = service.oneshot(request).await.unwrap();
    assert_denied(&Bought::of(&answer, &seller), "policy.kill_switch");
}

#[tokio::test]
async fn attack_085_a_third_party_is_shown_no_offer() {
    let ground = Ground::under("");
    let seller = offering(URL, dime());
    let service = ControlService::new(seller.clone(), ground.chain(), ground.context());
    ground.switch.engage();
    let answer = service.oneshot(get(URL)).await.unwrap();
    assert_denied(&Bought::of(&answer, &seller), "policy.kill_switch");
}

#[tokio::test]
async fn defect_p11_a_third_partys_swapped_recipient_is_denied() {
    let ground = Ground::under("recipient_pinning = \"block\"");
    let first = ground.buy(dime().pay_to(crate::ground::LOOK_ALIKE)).await;
    assert_paid(&first);
    let seller = ScriptedSeller::new().settle();
    let service = ControlService::new(seller.clone(), ground.chain(), ground.context());
    let request = signed_by_a_third_party().await;
    let answer = service.oneshot(request).await.unwrap();
    assert_denied(&Bought::of(&answer, &seller), "policy.recipient_changed");
}

#[tokio::test]
async fn what_a_switch_stopped_leaves_nothing_behind() {
    let mut ground = Ground::under("recipient_pinning = \"block\"\nfirst_contact_cap_usd = 0.10");
    let approval = LateApproval(ground.switch.clone(), None);
    ground.inner = vec![Arc::new(approval)];
    assert_denied(&ground.buy(dime()).await, "policy.kill_switch");
    ground.inner.clear();
    ground.switch.release();
    ground.signer = RecordingSigner::new();
    let other = dime().pay_to(crate::ground::LOOK_ALIKE);
    assert_paid(&ground.buy(other).await);
}
