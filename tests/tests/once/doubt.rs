//! Requests of which nobody knows whether they were paid.

use std::time::Duration;

use futures_util::FutureExt;
use tower::ServiceExt;
use x402_tower::idempotency::IN_DOUBT;
use x402_tower::testing::{RecordingSigner, ScriptedSeller};

use crate::ground::{Ground, URL, denial, get, outcome};
use crate::shared::{asking, assert_one_payment, named, send, send_in_vain};

#[tokio::test]
async fn attack_069_who_died_over_the_signer_leaves_the_request_in_doubt_until_it_has_run_out() {
    let ground = Ground::new().signing_with(RecordingSigner::hanging());
    let seller = ScriptedSeller::new().challenge(&asking());
    let flow = ground.guard(seller).oneshot(get(URL));
    assert!(flow.now_or_never().is_none(), "the signer hangs");
    assert_eq!(ground.signer.count(), 1);

    let ground = ground.signing_with(RecordingSigner::new());
    let seller = ScriptedSeller::new().challenge(&asking());
    let refused = send(&ground, &seller, get(URL)).await;
    assert_eq!(denial(&refused), Some(IN_DOUBT));
    assert_eq!((ground.signer.count(), seller.paid_requests()), (0, 0));

    // A minute to live, and a minute for clocks that differ.
    ground.clock.advance(Duration::from_secs(121));
    let seller = ScriptedSeller::new().challenge(&asking()).settle();
    let paid = send(&ground, &seller, get(URL)).await;
    assert_eq!(outcome(&paid), Some("settled"));
}

#[tokio::test]
async fn a_panicking_signer_may_have_signed() {
    let ground = Ground::new().signing_with(RecordingSigner::panicking());
    let seller = ScriptedSeller::new()
        .challenge(&asking())
        .challenge(&asking());
    let first = send(&ground, &seller, get(URL)).await;
    assert_eq!(denial(&first), Some("signer.panicked"));
    let second = send(&ground, &seller, get(URL)).await;
    assert_eq!(denial(&second), Some(IN_DOUBT));
}

#[tokio::test]
async fn attack_074_a_payment_that_has_run_out_is_not_signed_anew_under_its_key() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new().challenge(&asking()).fail();
    let seller = seller.challenge(&asking());
    send_in_vain(&ground, &seller, named(URL, "order-1")).await;
    ground.clock.advance(Duration::from_secs(3600));
    let refused = send(&ground, &seller, named(URL, "order-1")).await;
    assert_eq!(denial(&refused), Some(IN_DOUBT));
    assert_one_payment(&ground, &seller, 1);
    assert_eq!(
        ground.spent_micros().await,
        10_000,
        "it may have been settled"
    );
}

#[tokio::test]
async fn a_request_without_a_key_is_a_new_one_when_it_is_forgotten() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new().challenge(&asking()).fail();
    send_in_vain(&ground, &seller, get(URL)).await;
    ground.clock.advance(Duration::from_secs(301));
    let seller = ScriptedSeller::new().challenge(&asking()).settle();
    let paid = send(&ground, &seller, get(URL)).await;
    assert_eq!(outcome(&paid), Some("settled"));
    assert_eq!(ground.spent_micros().await, 20_000, "both count");
}
