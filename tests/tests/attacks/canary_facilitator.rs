//! Attack 116 between a seller and its facilitator: what is asked there, and what comes back.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tower::{ServiceExt, service_fn};
use tower_layer::Layer;
use x402_tower::guard::GuardConfigBuilder;
use x402_tower::pii::{PiiAction, PiiControl};
use x402_tower::testing::ScriptedBody;
use x402_tower::wire::Version;
use x402_tower::{ControlKind, FacilitatorGuardLayer, GuardConfig, Mode};

use crate::canary_paths::payload;
use crate::ground::{BOTH, Empty, Ground, cent, denial};
use crate::sinks::{CARD, Chatterbox, EMAIL, KEY, Said, canaries, leaking, overheard};

/// A message to the facilitator with personal data in every place that a buyer or a seller may write to.
fn message(version: Version) -> Value {
    let challenge = leaking(version, cent()).to_json();
    json!({
        "x402Version": version.number(),
        "paymentPayload": payload(version),
        "paymentRequirements": challenge["accepts"][0],
    })
}

/// The same with personal data only where it may be taken out (WIRE 2.3).
fn changeable(version: Version) -> Value {
    let mut message = message(version);
    for place in [
        "/paymentPayload/accepted/extra",
        "/paymentRequirements/extra",
    ] {
        if let Some(extra) = message.pointer_mut(place).and_then(Value::as_object_mut) {
            extra.remove("note");
            extra.remove(EMAIL);
        }
    }
    let payload = message["paymentPayload"].as_object_mut().unwrap();
    payload.remove("note");
    if let Some(extensions) = payload.get_mut("extensions") {
        extensions["bazaar"] = extensions["crm"].take();
        extensions.as_object_mut().unwrap().remove("crm");
    }
    message
}

/// What a facilitator may answer, personal data in all of it.
fn answers() -> Vec<String> {
    let settled = format!("0x{}", "ab".repeat(32));
    let answers = [
        json!({ "isValid": true, "payer": EMAIL, "note": CARD }),
        json!({
            "isValid": false,
            "invalidReason": EMAIL,
            "invalidMessage": format!("{EMAIL} with card {CARD} is out of money: evil-text"),
            "payer": CARD,
            "extra": { EMAIL: KEY },
        }),
        json!({
            "success": false,
            "errorReason": format!("{EMAIL} evil-text"),
            "errorMessage": format!("{EMAIL} {CARD}"),
            "transaction": EMAIL,
            "network": EMAIL,
            "payer": EMAIL,
        }),
        json!({ "success": true, "transaction": settled, "network": "eip155:8453", "payer": EMAIL }),
        json!({ "success": EMAIL, "isValid": CARD }),
        json!(EMAIL),
    ];
    let mut answers: Vec<_> = answers.iter().map(Value::to_string).collect();
    answers.push(format!("<html>{EMAIL} {CARD}"));
    answers
}

/// One call, with everything that is said about it.
struct Call {
    ground: Ground,
    said: Said,
    told: Arc<Mutex<Vec<String>>>,
}

impl Call {
    fn new() -> Self {
        Self {
            ground: Ground::new(),
            said: Said::default(),
            told: Arc::default(),
        }
    }

    fn builder(&self, pii: PiiControl) -> GuardConfigBuilder {
        GuardConfig::facilitator()
            .pii(pii)
            .clock(Arc::new(self.ground.clock.clone()))
            .audit(Arc::clone(&self.ground.log))
            .control(Chatterbox(self.said.clone()))
    }

    /// Asks `operation` with `body`; the facilitator answers `answer`, or breaks off. Says which code denied it.
    async fn ask(
        &self,
        config: GuardConfigBuilder,
        operation: &str,
        body: String,
        answer: Option<String>,
    ) -> Option<&'static str> {
        let config = config.build().unwrap();
        let told = Arc::clone(&self.told);
        let facilitator = service_fn(move |request: Request<Empty>| {
            let (told, answer) = (Arc::clone(&told), answer.clone());
            async move {
                let body = request.into_body().collect().await.unwrap().to_bytes();
                told.lock().push(String::from_utf8(body.into()).unwrap());
                answer
                    .map(|answer| Response::new(ScriptedBody::whole(answer)))
                    .ok_or(EMAIL)
            }
        });
        let layer = FacilitatorGuardLayer::new(&config);
        let guard = layer.layer(facilitator);
        self.said.debug("Debug of a configuration", &config);
        self.said.debug("Debug of a layer", &layer);
        self.said.debug("Debug of a service", &layer.layer(()));
        let request = Request::post(format!("https://facilitator.example/{operation}?key={KEY}"))
            .header("authorization", format!("Bearer {KEY}"))
            .header("idempotency-key", EMAIL)
            .body(Empty::from(Bytes::from(body)))
            .unwrap();
        // The transport's own error is the transport's to tell; here it ends.
        let answer = overheard(&self.said, guard.oneshot(request)).await.ok();
        let code = answer.as_ref().and_then(denial);
        if let Some(answer) = answer {
            self.said.answer(answer).await;
        }
        code
    }

    fn assert_clean(&self) {
        self.said.note("the audit log", self.ground.audit_text());
        self.ground.verify();
        self.said.assert_clean(&canaries());
    }
}

#[tokio::test]
async fn attack_116_what_a_facilitator_is_asked_and_answers_is_not_repeated() {
    for version in BOTH {
        for operation in ["verify", "settle"] {
            for action in [PiiAction::Redact, PiiAction::Warn] {
                for answer in answers().into_iter().map(Some).chain([None]) {
                    let call = Call::new();
                    let config = call.builder(PiiControl::new().with_action(action));
                    let body = message(version).to_string();
                    let code = call.ask(config, operation, body, answer).await;
                    assert_eq!((code, call.told.lock().len()), (None, 1));
                    assert!(!call.ground.records().is_empty());
                    call.said.assert_heard();
                    call.assert_clean();
                }
            }
        }
    }
}

#[tokio::test]
async fn attack_116_what_may_change_reaches_the_facilitator_without_personal_data() {
    for version in BOTH {
        for operation in ["verify", "settle"] {
            let call = Call::new();
            let body = changeable(version).to_string();
            assert!(body.contains(EMAIL) && body.contains(CARD));
            let config = call.builder(PiiControl::new());
            let answer = answers().into_iter().nth(1);
            assert_eq!(call.ask(config, operation, body, answer).await, None);
            let told = call.told.lock().clone();
            assert!(told[0].contains("REDACTED"));
            for personal in [EMAIL, "alice.canary", CARD, "4111 1111 1111 1111"] {
                assert!(!told[0].contains(personal), "{personal}: {}", told[0]);
            }
            call.assert_clean();
        }
    }
}

#[tokio::test]
async fn attack_116_messages_that_do_not_leave_are_not_repeated() {
    let broken = |field: &str, value: Value| {
        let mut message = message(Version::V2);
        message[field] = value;
        message.to_string()
    };
    let mut elsewhere = message(Version::V2);
    elsewhere["paymentRequirements"]["payTo"] = json!(format!("0x{}", "99".repeat(20)));
    for body in [
        message(Version::V1).to_string(),
        message(Version::V2).to_string(),
        elsewhere.to_string(),
        broken("paymentPayload", json!(EMAIL)),
        broken("paymentRequirements", json!({ EMAIL: CARD })),
        broken("x402Version", json!(EMAIL)),
        format!(r#"{{"{EMAIL}":1,"{EMAIL}":1}}"#),
        format!("{EMAIL} {KEY}"),
        EMAIL.repeat(8000),
    ] {
        let call = Call::new();
        let config = call.builder(PiiControl::new().with_action(PiiAction::Block));
        let code = call.ask(config, "settle", body, None).await;
        assert!(code.is_some() && call.told.lock().is_empty());
        let records = call.ground.records();
        assert_eq!(records[0]["code"], code.unwrap());
        assert!(records[0]["error_message"].is_string());
        call.assert_clean();
    }
}

#[tokio::test]
async fn attack_116_a_block_in_shadow_shows_nothing_either() {
    for version in BOTH {
        let call = Call::new();
        let pii = PiiControl::new().with_action(PiiAction::Block);
        let config = call.builder(pii).mode(ControlKind::Pii, Mode::Shadow);
        let body = message(version).to_string();
        let answer = answers().into_iter().next();
        assert_eq!(call.ask(config, "verify", body, answer).await, None);
        assert_eq!(call.told.lock().len(), 1);
        call.assert_clean();
    }
}
