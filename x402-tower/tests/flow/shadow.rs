//! What a control in shadow does, and what it leaves alone. Each has its twin: the same control, enforced.

use std::io;
use std::sync::Arc;

use http::Response;
use parking_lot::Mutex;
use tower::{ServiceBuilder, ServiceExt};
use tower_layer::Layer;
use x402_tower::audit::{AuditControl, AuditError, AuditKey, AuditLog, AuditSink};
use x402_tower::guard::GuardConfigBuilder;
use x402_tower::pay::{PayService, Payer};
use x402_tower::pii::{PiiAction, PiiControl};
use x402_tower::policy::{KillSwitch, PolicyConfig, PolicyControl, PolicyLayer, Rules};
use x402_tower::replay::{FingerprintKey, ReplayControl};
use x402_tower::store::MemoryStore;
use x402_tower::testing::{
    ControlStep, Offer, RecordingControl, RecordingSigner, ScriptedChallenge, ScriptedSeller,
};
use x402_tower::wire::{Challenge, PaymentPayload, Version};
use x402_tower::{
    Chain, Control, ControlKind, Denial, GuardConfig, Mode, PayLayer, Payment, PaymentRecord,
    Shadow, SignLayer, Step, Usd, X402GuardLayer,
};

use crate::ground::{Answer, URL, context, denial, get, honest_seller, outcome};

/// Pays the honest seller behind `controls`; tells how often the signer was asked as well.
async fn buy(controls: Vec<Arc<dyn Control>>) -> (Answer, usize) {
    let signer = RecordingSigner::new();
    let payer = Payer::new(
        Chain::new(controls).unwrap(),
        context(),
        Arc::new(signer.clone()),
    );
    let answer = PayService::with_payer(honest_seller(Version::V2), payer)
        .oneshot(get(URL))
        .await;
    (answer, signer.count())
}

fn shadowed<B>(response: &Response<B>) -> Vec<(&'static str, &'static str)> {
    let record = response.extensions().get::<PaymentRecord>();
    let notes = record.map(PaymentRecord::shadowed).unwrap_or_default();
    let words = |(kind, denial): &(ControlKind, Denial)| (kind.as_str(), denial.code());
    notes.iter().map(words).collect()
}

fn denying(step: ControlStep) -> RecordingControl {
    RecordingControl::new(ControlKind::Policy).denying(step)
}

/// At most half a cent a payment: the honest seller asks for a whole one.
fn half_a_cent() -> PolicyControl {
    let policy = PolicyConfig::new().with_max_per_call(Usd::from_micros(5_000));
    PolicyControl::new(Rules::compile(&policy).unwrap())
}

#[tokio::test]
async fn a_denial_in_shadow_is_noted_and_the_payment_passes() {
    let control = denying(ControlStep::Check);
    let (answer, signed) = buy(vec![Arc::new(Shadow::new(control.clone()))]).await;
    let answer = answer.unwrap();
    assert_eq!((outcome(&answer), signed), (Some("settled"), 1));
    assert_eq!(shadowed(&answer), [("policy", "recording.denied")]);
    assert_eq!(
        control.lines(),
        ["policy check"],
        "it denied, so it hears no more"
    );

    let (enforced, signed) = buy(vec![Arc::new(control)]).await;
    assert_eq!(
        (denial(&enforced.unwrap()), signed),
        (Some("recording.denied"), 0)
    );
}

#[tokio::test]
async fn a_late_denial_in_shadow_passes_and_its_control_hears_the_end() {
    for step in [ControlStep::Approve, ControlStep::Sending] {
        let control = denying(step);
        let (answer, _) = buy(vec![Arc::new(Shadow::new(control.clone()))]).await;
        let answer = answer.unwrap();
        assert_eq!(outcome(&answer), Some("settled"), "{step}");
        assert_eq!(
            shadowed(&answer),
            [("policy", "recording.denied")],
            "{step}"
        );
        assert_eq!(
            control.lines(),
            [
                "policy check",
                "policy approve",
                "policy sending",
                "policy finish settled"
            ]
        );

        let (enforced, _) = buy(vec![Arc::new(control)]).await;
        assert_eq!(
            denial(&enforced.unwrap()),
            Some("recording.denied"),
            "{step}"
        );
    }
}

#[tokio::test]
async fn a_panic_in_shadow_breaks_no_traffic() {
    for step in [
        ControlStep::Check,
        ControlStep::Approve,
        ControlStep::Sending,
        ControlStep::Screen,
    ] {
        let control = RecordingControl::new(ControlKind::Policy).panicking(step);
        let (answer, _) = buy(vec![Arc::new(Shadow::new(control.clone()))]).await;
        let answer = answer.unwrap();
        assert_eq!(outcome(&answer), Some("settled"), "{step}");
        if step != ControlStep::Screen {
            assert_eq!(shadowed(&answer), [("policy", "control.panicked")]);
        }
        assert_eq!(
            control.lines().last().unwrap(),
            "policy finish settled",
            "it may have set something aside"
        );

        let (enforced, signed) = buy(vec![Arc::new(control)]).await;
        assert_eq!(denial(&enforced.unwrap()), Some("control.panicked"));
        assert_eq!(signed, usize::from(step == ControlStep::Sending));
    }
}

#[tokio::test]
async fn a_control_that_is_enforced_still_denies_beside_one_in_shadow() {
    let inner = RecordingControl::new(ControlKind::Replay).denying(ControlStep::Check);
    let outer = Shadow::new(denying(ControlStep::Check));
    let (answer, signed) = buy(vec![Arc::new(outer), Arc::new(inner)]).await;
    assert_eq!(
        (denial(&answer.unwrap()), signed),
        (Some("recording.denied"), 0)
    );
}

/// The description that leaves with a payment for an offer that holds an e-mail address.
async fn description_sent(control: impl Control) -> Option<String> {
    let challenge =
        ScriptedChallenge::v2(URL, [Offer::usdc(10_000)]).description("for jane.doe@example.com");
    let seller = ScriptedSeller::new().challenge(&challenge).settle();
    let signer = Arc::new(RecordingSigner::new());
    let payer = Payer::new(Chain::single(control), context(), signer);
    let answer = PayService::with_payer(seller.clone(), payer)
        .oneshot(get(URL))
        .await;
    assert!(answer.is_ok());
    let paid = seller.requests().into_iter().find(|seen| seen.is_paid())?;
    let payload = PaymentPayload::from_headers(&paid.headers)
        .unwrap()
        .unwrap();
    let texts = payload.texts();
    let description = texts
        .iter()
        .find(|text| text.path == "resource.description");
    Some(description.unwrap().value.clone())
}

#[tokio::test]
async fn a_redaction_in_shadow_is_not_applied() {
    let as_it_was = Some("for jane.doe@example.com".to_owned());
    let sent = description_sent(Shadow::new(PiiControl::new())).await;
    assert_eq!(sent, as_it_was);
    let enforced = description_sent(PiiControl::new()).await.unwrap();
    assert!(!enforced.contains("jane.doe"), "{enforced}");

    let blocking = PiiControl::new().with_action(PiiAction::Block);
    assert_eq!(
        description_sent(Shadow::new(blocking.clone())).await,
        as_it_was
    );
    assert_eq!(description_sent(blocking).await, None);
}

#[tokio::test]
async fn what_a_log_may_show_is_redacted_in_shadow_too() {
    #[derive(Clone, Default)]
    struct Reader(Arc<Mutex<Option<String>>>);
    impl Control for Reader {
        fn kind(&self) -> ControlKind {
            ControlKind::Custom("reader")
        }
        fn check<'a>(&'a self, payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
            *self.0.lock() = payment.shown_url().map(str::to_owned);
            Step::ready(Ok(()))
        }
    }
    let reader = Reader::default();
    let pii: Arc<dyn Control> = Arc::new(Shadow::new(PiiControl::new()));
    buy(vec![pii, Arc::new(reader.clone())]).await.0.unwrap();
    let shown = reader.0.lock().clone().unwrap();
    assert_eq!(shown, "https://api.example.com/report?[query]");
}

#[tokio::test]
async fn offers_that_shadow_would_strike_out_stay() {
    let challenge = ScriptedChallenge::v2(URL, [Offer::usdc(4_000), Offer::usdc(250_000)]);
    let offered = async |control: Arc<dyn Control>| {
        let chain = Chain::new(vec![control]).unwrap();
        let payer = Payer::without_signer(chain, context());
        let seller = ScriptedSeller::new().challenge(&challenge);
        let answer = PayService::with_payer(seller, payer)
            .oneshot(get(URL))
            .await
            .unwrap();
        let left = Challenge::from_headers(answer.headers()).unwrap().unwrap();
        left.requirements().len()
    };
    assert_eq!(offered(Arc::new(Shadow::new(half_a_cent()))).await, 2);
    assert_eq!(offered(Arc::new(half_a_cent())).await, 1);
}

/// How a cent ends under a limit of a cent a day, after another cent has passed a control in shadow by `policy`.
async fn after_a_cent_in_shadow(policy: &PolicyConfig) -> Answer {
    let store = Arc::new(MemoryStore::new());
    let by = |policy: &PolicyConfig| {
        PolicyControl::with_ledger(Rules::compile(policy).unwrap(), store.clone())
    };
    let first = buy(vec![Arc::new(Shadow::new(by(policy)))]).await.0;
    assert_eq!(outcome(&first.unwrap()), Some("settled"));
    let a_cent_a_day = PolicyConfig::new().with_daily_limit(Usd::from_micros(10_000));
    buy(vec![Arc::new(by(&a_cent_a_day))]).await.0
}

#[tokio::test]
async fn what_shadow_would_have_denied_is_not_counted_and_what_it_allows_is() {
    let denied = PolicyConfig::new()
        .with_max_per_call(Usd::from_micros(5_000))
        .with_daily_limit(Usd::from_micros(1_000_000));
    let after = after_a_cent_in_shadow(&denied).await.unwrap();
    assert_eq!(outcome(&after), Some("settled"));

    let allowed = PolicyConfig::new().with_daily_limit(Usd::from_micros(1_000_000));
    let after = after_a_cent_in_shadow(&allowed).await.unwrap();
    assert_eq!(denial(&after), Some("policy.window"));
}

#[tokio::test]
async fn a_single_layer_in_shadow_lets_pass_and_counts_as_having_looked() {
    let stack = |policy: PolicyLayer| {
        ServiceBuilder::new()
            .layer(PayLayer::with_context(context()))
            .layer(policy.with_context(context()))
            .layer(
                SignLayer::new(RecordingSigner::new())
                    .with_context(context())
                    .without(ControlKind::Audit)
                    .without(ControlKind::Pii)
                    .without(ControlKind::Replay),
            )
            .service(honest_seller(Version::V2))
    };
    let layer = PolicyLayer::new(half_a_cent());
    let answer = stack(layer.clone().shadow())
        .oneshot(get(URL))
        .await
        .unwrap();
    assert_eq!(outcome(&answer), Some("settled"));
    assert_eq!(shadowed(&answer), [("policy", "policy.per_call")]);

    let enforced = stack(layer).oneshot(get(URL)).await.unwrap();
    assert_eq!(denial(&enforced), Some("policy.per_call"));
}

/// A log that has no room left.
#[derive(Debug)]
struct FullDisk;

impl AuditSink for FullDisk {
    fn append(&self, _line: &[u8]) -> Result<(), AuditError> {
        Err(AuditError::Io {
            action: "write the record",
            source: io::ErrorKind::StorageFull.into(),
        })
    }
}

#[tokio::test]
async fn an_audit_log_in_shadow_that_cannot_be_written_lets_pass() {
    let log = || {
        let key = AuditKey::generate().unwrap();
        AuditControl::new(Arc::new(AuditLog::open(FullDisk, &key).unwrap()))
    };
    let (answer, _) = buy(vec![Arc::new(Shadow::new(log()))]).await;
    let answer = answer.unwrap();
    assert_eq!(outcome(&answer), Some("settled"));
    assert_eq!(shadowed(&answer), [("audit", "audit.unwritten")]);

    let (enforced, signed) = buy(vec![Arc::new(log())]).await;
    assert_eq!(
        (denial(&enforced.unwrap()), signed),
        (Some("audit.unwritten"), 0)
    );
}

#[tokio::test]
async fn a_duplicate_passes_a_replay_control_in_shadow() {
    let claims = Arc::new(MemoryStore::new());
    let key = FingerprintKey::generate().unwrap();
    let control = || ReplayControl::new(claims.clone(), key.clone());
    let shadow: Arc<dyn Control> = Arc::new(Shadow::new(control()));
    buy(vec![shadow.clone()]).await.0.unwrap();
    let again = buy(vec![shadow]).await.0.unwrap();
    assert_eq!(outcome(&again), Some("settled"));
    assert_eq!(shadowed(&again), [("replay", "replay.duplicate")]);

    let enforced = buy(vec![Arc::new(control())]).await.0.unwrap();
    assert_eq!(denial(&enforced), Some("replay.duplicate"));
}

/// A guard by a policy file's text; the payment asks for a cent.
async fn guarded(
    text: &str,
    more: impl FnOnce(GuardConfigBuilder) -> GuardConfigBuilder,
) -> Response<()> {
    let policy = PolicyConfig::from_toml(text, "policy.toml").unwrap();
    let clock = Arc::new(x402_tower::testing::ManualClock::from_secs(
        crate::ground::NOW,
    ));
    let config = more(GuardConfig::buyer().policy(policy).clock(clock))
        .build()
        .unwrap();
    let guard = X402GuardLayer::new(config)
        .with_signer(RecordingSigner::new())
        .unwrap();
    let answer = guard
        .layer(honest_seller(Version::V2))
        .oneshot(get(URL))
        .await;
    answer.unwrap().map(drop)
}

#[tokio::test]
async fn the_policy_file_says_who_is_in_shadow_and_the_code_wins() {
    let as_is = |builder: GuardConfigBuilder| builder;
    let answer = guarded("max_per_call_usd = 0.005\nmode = \"shadow\"", as_is).await;
    assert_eq!(outcome(&answer), Some("settled"));
    assert_eq!(shadowed(&answer), [("policy", "policy.per_call")]);

    let enforced = guarded("max_per_call_usd = 0.005", as_is).await;
    assert_eq!(denial(&enforced), Some("policy.per_call"));

    let by_code = guarded(
        "max_per_call_usd = 0.005\nmode = \"shadow\"",
        |builder: GuardConfigBuilder| builder.mode(ControlKind::Policy, Mode::Enforce),
    )
    .await;
    assert_eq!(denial(&by_code), Some("policy.per_call"));
    let by_code = guarded("max_per_call_usd = 0.005", |builder: GuardConfigBuilder| {
        builder.mode(ControlKind::Policy, Mode::Shadow)
    })
    .await;
    assert_eq!(outcome(&by_code), Some("settled"));
}

#[tokio::test]
async fn every_control_of_the_file_has_a_mode_of_its_own() {
    let modes = |text: &str| {
        let policy = PolicyConfig::from_toml(text, "policy.toml").unwrap();
        let config = GuardConfig::buyer().policy(policy).build().unwrap();
        let chain = config.chain();
        let modes = chain
            .controls()
            .map(|control| (control.kind(), control.mode()));
        modes.collect::<Vec<_>>()
    };
    let (pii, policy, replay) = (ControlKind::Pii, ControlKind::Policy, ControlKind::Replay);
    let (enforce, shadow) = (Mode::Enforce, Mode::Shadow);
    assert_eq!(
        modes("max_per_call_usd = 1\n[pii]\nmode = \"shadow\""),
        [(pii, shadow), (policy, enforce), (replay, enforce)]
    );
    assert_eq!(
        modes("max_per_call_usd = 1\n[replay]\nmode = \"shadow\""),
        [(pii, enforce), (policy, enforce), (replay, shadow)]
    );
}

#[tokio::test]
async fn attack_105_a_kill_switch_stops_a_policy_in_shadow_too() {
    let text = "max_per_call_usd = 0.005\nmode = \"shadow\"";
    let switch = KillSwitch::new();
    switch.engage();
    let stopped = guarded(text, |builder: GuardConfigBuilder| {
        builder.kill_switch(switch.clone())
    })
    .await;
    assert_eq!(denial(&stopped), Some("policy.kill_switch"));

    switch.release();
    let running = guarded(text, |builder: GuardConfigBuilder| {
        builder.kill_switch(switch)
    })
    .await;
    assert_eq!(outcome(&running), Some("settled"));
}

#[tokio::test]
async fn a_shadow_denial_stands_on_the_audit_record() {
    let sink = Lines::default();
    let key = AuditKey::generate().unwrap();
    let log = Arc::new(AuditLog::open(sink.clone(), &key).unwrap());
    guarded(
        "max_per_call_usd = 0.005\nmode = \"shadow\"",
        |builder: GuardConfigBuilder| builder.audit(log),
    )
    .await;
    let lines = sink.0.lock().clone();
    assert_eq!(lines.len(), 2, "intent and outcome: {lines:?}");
    for line in lines {
        assert!(line.contains(r#""shadow":["policy.per_call"]"#), "{line}");
    }
}

/// A log in memory.
#[derive(Debug, Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl AuditSink for Lines {
    fn append(&self, line: &[u8]) -> Result<(), AuditError> {
        self.0
            .lock()
            .push(String::from_utf8_lossy(line).into_owned());
        Ok(())
    }
}
