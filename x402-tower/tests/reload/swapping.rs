//! What follows a policy that is loaded: everything that was built from the guard, at once.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tower::{ServiceExt, service_fn};
use tower_layer::Layer;
use x402_tower::policy::{KillSwitch, PolicyConfig};
use x402_tower::testing::{Offer, RecordingSigner, ScriptedChallenge, ScriptedSeller};
use x402_tower::wire::Challenge;
use x402_tower::{GuardConfig, PaymentRecord, X402GuardLayer};

use crate::ground::{Ground, ONE_CENT, TWO_CENTS, ending, get};

const URL: &str = "https://api.example.com/report";

#[tokio::test]
async fn a_service_that_runs_follows_the_file() {
    let ground = Ground::new(ONE_CENT);
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, [Offer::usdc(20_000)]))
        .challenge(&ScriptedChallenge::v2(URL, [Offer::usdc(20_000)]))
        .settle();
    let guard = X402GuardLayer::new(ground.config.clone());
    let service = guard
        .with_signer(RecordingSigner::new())
        .unwrap()
        .layer(seller);
    let refused = service.clone().oneshot(get(URL)).await.unwrap();
    assert_eq!(ending(&refused), "policy.per_call");

    ground.write(TWO_CENTS);
    let before = ground.revision();
    ground.config.reloader().reload().unwrap();
    assert_ne!(ground.revision(), before);
    let paid = service.oneshot(get(URL)).await.unwrap();
    assert_eq!(ending(&paid), "settled");
}

#[tokio::test]
async fn without_a_reload_a_new_file_changes_nothing() {
    let ground = Ground::new(ONE_CENT);
    ground.write(TWO_CENTS);
    assert_eq!(ending(&ground.buy(URL, 20_000).await), "policy.per_call");
}

#[tokio::test]
async fn a_guard_that_only_watches_follows_too() {
    let ground = Ground::new(ONE_CENT);
    let challenge = ScriptedChallenge::v2(URL, [Offer::usdc(10_000), Offer::usdc(20_000)]);
    let seller = ScriptedSeller::new()
        .challenge(&challenge)
        .challenge(&challenge);
    let service = X402GuardLayer::new(ground.config.clone()).layer(seller);
    let offers = async || {
        let answer = service.clone().oneshot(get(URL)).await.unwrap();
        let left = Challenge::from_headers(answer.headers()).unwrap().unwrap();
        left.requirements().len()
    };
    assert_eq!(offers().await, 1);
    let more = PolicyConfig::from_toml(TWO_CENTS, "policy.toml").unwrap();
    ground.config.reloader().replace(&more).unwrap();
    assert_eq!(offers().await, 2);
}

#[tokio::test]
async fn a_control_that_is_switched_on_and_off_follows() {
    let ground = Ground::new(ONE_CENT);
    assert_eq!(ground.config.chain().kinds().count(), 4);
    ground.write("max_per_call_usd = 0.01\n[replay]\nenabled = false");
    ground.config.reloader().reload().unwrap();
    assert_eq!(ground.config.chain().kinds().count(), 3);
    ground.write(ONE_CENT);
    ground.config.reloader().reload().unwrap();
    assert_eq!(ground.config.chain().kinds().count(), 4);
}

async fn free(_: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::default())
}

#[tokio::test]
async fn screening_of_requests_that_is_switched_on_and_off_follows() {
    let ground = Ground::new(ONE_CENT);
    let layer = X402GuardLayer::new(ground.config.clone());
    let watching = layer.layer(service_fn(free));
    let paying = layer.with_signer(RecordingSigner::new()).unwrap();
    let paying = paying.layer(service_fn(free));
    let url = "https://api.example.com/of/alice@example.com";
    let endings = async || {
        let watched = watching.clone().oneshot(get(url)).await.unwrap();
        let paid_for = paying.clone().oneshot(get(url)).await.unwrap();
        [ending(&watched), ending(&paid_for)]
    };
    assert_eq!(endings().await, ["nothing was paid"; 2]);
    ground.write("max_per_call_usd = 0.01\n[pii]\nurls = \"block\"");
    ground.config.reloader().reload().unwrap();
    assert_eq!(endings().await, ["pii.request_url"; 2]);
    ground.write(ONE_CENT);
    ground.config.reloader().reload().unwrap();
    assert_eq!(endings().await, ["nothing was paid"; 2]);
}

#[tokio::test]
async fn who_spends_and_how_close_a_resource_has_to_be_follow() {
    let ground = Ground::new("max_per_call_usd = 0.01\nagent_id = \"one\"");
    assert!(format!("{:?}", ground.config.context()).contains("one"));
    ground.write("max_per_call_usd = 0.01\nagent_id = \"other\"\nresource_match = \"exact\"");
    ground.config.reloader().reload().unwrap();
    let context = format!("{:?}", ground.config.context());
    assert!(
        context.contains("other") && context.contains("Exact"),
        "{context}"
    );
}

#[tokio::test]
async fn attack_105_a_kill_switch_in_the_file_stops_and_releases() {
    let switch = KillSwitch::new();
    let handle = switch.clone();
    let ground = Ground::with(ONE_CENT, |builder| builder.kill_switch(handle));
    ground.write("max_per_call_usd = 0.01\nkill_switch = true");
    ground.config.reloader().reload().unwrap();
    assert!(switch.is_engaged(), "payments on their way see it too");
    assert_eq!(ending(&ground.buy(URL, 10_000).await), "policy.kill_switch");

    ground.write(ONE_CENT);
    ground.config.reloader().reload().unwrap();
    assert!(!switch.is_engaged());
    assert_eq!(ending(&ground.buy(URL, 10_000).await), "settled");
}

#[tokio::test]
async fn a_switch_that_a_person_engaged_is_not_released_by_a_file() {
    let switch = KillSwitch::new();
    let handle = switch.clone();
    let ground = Ground::with(ONE_CENT, |builder| builder.kill_switch(handle));
    switch.engage();
    ground.config.reloader().reload().unwrap();
    assert_eq!(ending(&ground.buy(URL, 10_000).await), "policy.kill_switch");
}

#[tokio::test]
async fn every_record_names_the_revision_that_decided() {
    let ground = Ground::new(ONE_CENT);
    let first = ground.revision();
    let paid = ground.buy(URL, 10_000).await;
    let record = paid.extensions().get::<PaymentRecord>().unwrap();
    assert_eq!(record.policy_revision(), Some(&*first));
    let lines = ground.lines.take();
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().all(|line| line.contains(&first)), "{lines:?}");

    ground.write(TWO_CENTS);
    ground.config.reloader().reload().unwrap();
    let second = ground.revision();
    ground.buy(URL, 30_000).await;
    let lines = ground.lines.take();
    assert_eq!(lines.len(), 1, "denied before there was a payment");
    assert!(
        lines[0].contains(&second) && !lines[0].contains(&first),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_seller_has_a_revision_too() {
    let config = GuardConfig::seller().build().unwrap();
    let revision = config.reloader().status().revision;
    assert_eq!(config.context().policy_revision(), Some(&*revision));
}

#[test]
fn a_hook_hears_of_every_attempt() {
    let ground = Ground::new(ONE_CENT);
    let reloader = ground.config.reloader();
    let heard = Arc::new(parking_lot::Mutex::new(Vec::new()));
    let (told, asked) = (Arc::clone(&heard), reloader.clone());
    reloader.on_reload(move |status| {
        // It may ask back without waiting for itself.
        assert_eq!(asked.status().reloads, status.reloads);
        let code = status.last_error.as_ref().map(|error| error.code);
        told.lock().push((status.reloads, status.failures, code));
    });
    reloader.reload().unwrap();
    ground.write("max_per_call_usd = -1");
    reloader.reload().unwrap_err();
    ground.write(TWO_CENTS);
    reloader.reload().unwrap();
    assert_eq!(
        *heard.lock(),
        [(1, 0, None), (1, 1, Some("policy.invalid")), (2, 1, None)]
    );
}
