//! On the way to the facilitator and back.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tower::{Layer, Service, ServiceExt, service_fn};
use x402_tower::facilitator::{FacilitatorGuard, FacilitatorGuardLayer};
use x402_tower::pii::{PiiAction, PiiControl};
use x402_tower::testing::{ControlStep, ManualClock, RecordingControl, ScriptedBody, Transcript};
use x402_tower::{Chain, Context, Control, ControlKind};

use crate::ground::*;

const FACILITATOR: &str = "https://facilitator.example/v2";

/// What a facilitator was sent.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Vec<(http::HeaderMap, String)>>>);

impl Told {
    pub(crate) fn all(&self) -> Vec<(http::HeaderMap, String)> {
        self.0.lock().clone()
    }

    pub(crate) fn only(&self) -> String {
        let all = self.all();
        assert_eq!(all.len(), 1);
        all[0].1.clone()
    }
}

/// A facilitator that answers `json` and remembers what it was told.
pub(crate) fn facilitator(
    told: &Told,
    json: &str,
) -> impl Service<Request<Empty>, Response = Response<ScriptedBody>, Error = Infallible, Future: Send>
+ Clone
+ Send
+ use<> {
    let (told, json) = (told.clone(), json.to_owned());
    service_fn(move |request: Request<Empty>| {
        let (told, json) = (told.clone(), json.clone());
        async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await?.to_bytes();
            let body = String::from_utf8(body.to_vec()).unwrap();
            told.0.lock().push((parts.headers, body));
            let mut response = Response::new(ScriptedBody::whole(json.clone()));
            let len = json.len().into();
            response.headers_mut().insert("content-length", len);
            Ok(response)
        }
    })
}

pub(crate) fn layer_of(controls: Vec<Arc<dyn Control>>) -> FacilitatorGuardLayer {
    let clock = Arc::new(ManualClock::from_secs(NOW));
    let context = Context::facilitator_bound().with_clock(clock);
    let chain = Chain::new(controls).unwrap();
    FacilitatorGuardLayer::with_guard(FacilitatorGuard::with_chain(chain, context))
}

fn layer(pii: Option<PiiControl>) -> FacilitatorGuardLayer {
    layer_of(
        pii.map(|pii| Arc::new(pii) as Arc<dyn Control>)
            .into_iter()
            .collect(),
    )
}

fn requirement(pay_to: &str, amount: &str) -> Value {
    json!({
        "scheme": "exact", "network": "eip155:84532", "amount": amount,
        "asset": "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "payTo": pay_to,
        "maxTimeoutSeconds": 60, "extra": { "name": "USDC", "version": "2" },
    })
}

pub(crate) const PAY_TO: &str = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

pub(crate) fn payload() -> Value {
    json!({
        "signature": format!("0x{}", "5a".repeat(65)),
        "authorization": {
            "from": format!("0x{}", "11".repeat(20)), "to": PAY_TO, "value": "10000",
            "validAfter": "0", "validBefore": (NOW + 60).to_string(),
            "nonce": format!("0x{}", "77".repeat(32)),
        },
    })
}

pub(crate) fn v2() -> Value {
    json!({
        "x402Version": 2,
        "paymentPayload": {
            "x402Version": 2,
            "resource": { "url": format!("{URL}?email={EMAIL}"), "description": format!("for {EMAIL}") },
            "accepted": requirement(PAY_TO, "10000"),
            "payload": payload(),
            "extensions": { "bazaar": { "info": { "input": { EMAIL: CARD } } } },
        },
        "paymentRequirements": requirement(PAY_TO, "10000"),
    })
}

pub(crate) fn v1() -> Value {
    json!({
        "x402Version": 1,
        "paymentPayload": {
            "x402Version": 1, "scheme": "exact", "network": "base-sepolia", "payload": payload(),
        },
        "paymentRequirements": {
            "scheme": "exact", "network": "base-sepolia", "maxAmountRequired": "10000",
            "resource": format!("{URL}?email={EMAIL}"), "description": format!("for {EMAIL}"),
            "outputSchema": { "input": { EMAIL: "string" } }, "mimeType": "application/json",
            "asset": "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "payTo": PAY_TO,
            "maxTimeoutSeconds": 60, "extra": { "name": "USDC", "version": "2" },
        },
    })
}

pub(crate) fn ask(operation: &str, body: &str) -> Request<Empty> {
    let url = format!("{FACILITATOR}/{operation}");
    let mut request = post(&url, "application/json", body);
    let secret = "Bearer s3cr3t".parse().unwrap();
    request.headers_mut().insert("authorization", secret);
    request
}

const GOOD: &str = r#"{"isValid":true,"payer":"0x1111111111111111111111111111111111111111"}"#;

async fn verified(pii: Option<PiiControl>, body: &str) -> (Answer, Told) {
    let told = Told::default();
    let client = layer(pii).layer(facilitator(&told, GOOD));
    let answer = client.oneshot(ask("verify", body)).await.unwrap();
    (answer, told)
}

#[tokio::test]
async fn attack_111_a_facilitator_learns_no_personal_data_from_free_text() {
    for message in [v1(), v2()] {
        let body = message.to_string();
        let (answer, told) = verified(Some(PiiControl::new()), &body).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let sent = told.only();
        assert!(!sent.contains(EMAIL) && !sent.contains(CARD), "{sent}");
        let length = told.all()[0].0["content-length"].clone();
        assert_eq!(length, sent.len().to_string());
        assert_eq!(told.all()[0].0["authorization"], "Bearer s3cr3t");
        let sent: Value = serde_json::from_str(&sent).unwrap();
        for pointer in [
            "/paymentPayload/payload",
            "/paymentPayload/accepted",
            "/paymentRequirements/payTo",
            "/paymentRequirements/extra",
        ] {
            assert_eq!(sent.pointer(pointer), message.pointer(pointer), "{pointer}");
        }
        assert!(record(&answer).kept_findings().is_empty());

        let (_, leak) = verified(None, &body).await;
        assert_eq!(
            leak.only(),
            body,
            "without the control it leaks, byte for byte"
        );
    }
}

#[tokio::test]
async fn v1_fields_that_a_facilitator_requires_stay_there() {
    let (_, told) = verified(Some(PiiControl::new()), &v1().to_string()).await;
    let sent: Value = serde_json::from_str(&told.only()).unwrap();
    let requirement = &sent["paymentRequirements"];
    assert_eq!(requirement["description"], "for <REDACTED>");
    assert_eq!(
        requirement["resource"],
        format!("{URL}?email=%3CREDACTED%3E")
    );
    assert_eq!(
        requirement["outputSchema"],
        json!({ "input": { "<REDACTED>": "string" } })
    );
}

/// Personal data where WIRE 2.3 says that nothing may change, one place each.
fn fixed_places() -> Vec<Value> {
    let with = |pointer: &str, key: &str, value: Value| {
        let mut message = v2();
        message["paymentPayload"]["resource"] = json!({ "url": URL });
        message["paymentPayload"]["extensions"] = json!({});
        let place = message.pointer_mut(pointer).unwrap();
        place[key] = value;
        message
    };
    vec![
        with("/paymentPayload/accepted/extra", "note", json!(EMAIL)),
        with("/paymentRequirements/extra", "memo", json!(EMAIL)),
        with("/paymentPayload/payload", "note", json!(EMAIL)),
        with("/paymentPayload/payload", EMAIL, json!(1)),
        with(
            "/paymentPayload/extensions",
            "payment-identifier",
            json!({ "info": { "id": EMAIL } }),
        ),
        with(
            "/paymentPayload/extensions",
            "sign-in-with-x",
            json!({ "info": { "statement": EMAIL } }),
        ),
        with("/paymentPayload", "unknown", json!(EMAIL)),
        with("", "unknown", json!(EMAIL)),
    ]
}

#[tokio::test]
async fn attack_111_what_must_not_change_is_kept_and_reported() {
    for message in fixed_places() {
        let body = message.to_string();
        let (answer, told) = verified(Some(PiiControl::new()), &body).await;
        assert_eq!(told.only(), body, "byte for byte");
        assert_eq!(
            record(&answer).kept_findings(),
            [("EMAIL_ADDRESS", 1)],
            "{body}"
        );
    }
}

#[tokio::test]
async fn attack_111_what_must_not_change_is_denied_where_personal_data_blocks() {
    for message in fixed_places() {
        let pii = PiiControl::new().with_action(PiiAction::Block);
        let (answer, told) = verified(Some(pii), &message.to_string()).await;
        assert_eq!(denial(&answer), Some("pii.blocked"));
        assert!(told.all().is_empty());
    }
}

#[tokio::test]
async fn a_message_without_personal_data_leaves_byte_for_byte() {
    let mut message = v2();
    message["paymentPayload"]["resource"] = json!({ "url": URL, "description": "a report" });
    message["paymentPayload"]["extensions"] = json!({ "bazaar": { "info": { "n": 1 } } });
    let body = serde_json::to_string_pretty(&message).unwrap();
    let (answer, told) = verified(Some(PiiControl::new()), &body).await;
    assert_eq!(told.only(), body);
    assert_eq!(text(answer.into_body()).await, GOOD);
}

#[tokio::test]
async fn other_requests_pass_unseen() {
    let told = Told::default();
    let client = layer(Some(PiiControl::new())).layer(facilitator(&told, "{}"));
    let body = format!("no JSON of {EMAIL}");
    for request in [
        Request::get(format!("{FACILITATOR}/supported"))
            .body(Full::default())
            .unwrap(),
        Request::get(format!("{FACILITATOR}/verify"))
            .body(Full::from(body.clone()))
            .unwrap(),
        post(&format!("{FACILITATOR}/discovery"), "text/plain", &body),
    ] {
        let answer = client.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(
            answer
                .extensions()
                .get::<x402_tower::PaymentRecord>()
                .is_none()
        );
    }
    assert_eq!(told.all()[1].1, body);
}

#[tokio::test]
async fn what_cannot_be_read_does_not_leave() {
    for (body, code) in [
        ("", "wire.json"),
        ("{}", "wire.version"),
        (r#"{"x402Version":2}"#, "wire.missing_field"),
        (r#"{"x402Version":2,"x402Version":2}"#, "wire.duplicate_key"),
    ] {
        let (answer, told) = verified(Some(PiiControl::new()), body).await;
        assert_eq!(denial(&answer), Some(code), "{body}");
        assert!(told.all().is_empty());
    }
    let large = "x".repeat(70_000);
    let (answer, _) = verified(None, &large).await;
    assert_eq!(denial(&answer), Some("facilitator.too_large"));
    let told = Told::default();
    let mut zipped = ask("verify", &v2().to_string());
    let gzip = "gzip".parse().unwrap();
    zipped.headers_mut().insert("content-encoding", gzip);
    let client = layer(None).layer(facilitator(&told, GOOD));
    let answer = client.oneshot(zipped).await.unwrap();
    assert_eq!(denial(&answer), Some("facilitator.encoded"));
}

#[tokio::test]
async fn attack_124_a_payment_for_something_else_is_not_sent() {
    let other = format!("0x{}", "99".repeat(20));
    let change = |pointer: &str, value: Value| {
        let mut message = v2();
        *message.pointer_mut(pointer).unwrap() = value;
        message
    };
    let token = json!("0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913");
    for (message, code) in [
        (
            change("/paymentRequirements/payTo", json!(other)),
            "facilitator.recipient_mismatch",
        ),
        (
            change("/paymentPayload/payload/authorization/to", json!(other)),
            "facilitator.recipient_mismatch",
        ),
        (
            change("/paymentRequirements/amount", json!("10001")),
            "facilitator.amount_mismatch",
        ),
        (
            change("/paymentRequirements/amount", json!("9999")),
            "facilitator.amount_mismatch",
        ),
        (
            change("/paymentRequirements/network", json!("eip155:8453")),
            "facilitator.network_mismatch",
        ),
        (
            change("/paymentRequirements/scheme", json!("upto")),
            "facilitator.scheme_mismatch",
        ),
    ] {
        let (answer, told) = verified(None, &message.to_string()).await;
        assert_eq!(denial(&answer), Some(code));
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        assert!(told.all().is_empty());
        // Without the layer nothing stands between such a message and the facilitator.
        let told = Told::default();
        let bare = facilitator(&told, GOOD);
        bare.oneshot(ask("verify", &message.to_string()))
            .await
            .unwrap();
        assert_eq!(told.all().len(), 1);
    }
    let permit = |token: &Value| {
        let mut message = v2();
        message["paymentPayload"]["payload"] = json!({
            "signature": format!("0x{}", "5a".repeat(65)),
            "permit2Authorization": {
                "from": format!("0x{}", "11".repeat(20)),
                "permitted": { "token": token, "amount": "10000" },
                "spender": "0x402085c248EeA27D92E8b30b2C58ed07f9E20001", "nonce": "1",
                "deadline": (NOW + 60).to_string(),
                "witness": { "to": PAY_TO, "validAfter": "0" },
            },
        });
        message.to_string()
    };
    let (answer, _) = verified(None, &permit(&token)).await;
    assert_eq!(denial(&answer), Some("facilitator.asset_mismatch"));
    let own = requirement(PAY_TO, "10000")["asset"].clone();
    let (answer, _) = verified(None, &permit(&own)).await;
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test]
async fn upto_settles_a_part_and_verifies_the_whole() {
    let message = |amount: &str| {
        let mut message = v2();
        message["paymentPayload"]["payload"] = json!({
            "signature": format!("0x{}", "5a".repeat(65)),
            "permit2Authorization": {
                "from": format!("0x{}", "11".repeat(20)),
                "permitted": { "token": requirement(PAY_TO, "1")["asset"], "amount": "10000" },
                "spender": "0x4020A4f3b7b90ccA423B9fabCc0CE57C6C240002", "nonce": "1",
                "deadline": (NOW + 60).to_string(),
                "witness": { "to": PAY_TO, "validAfter": "0" },
            },
        });
        for place in ["/paymentPayload/accepted", "/paymentRequirements"] {
            message.pointer_mut(place).unwrap()["scheme"] = json!("upto");
        }
        message["paymentRequirements"]["amount"] = json!(amount);
        message.to_string()
    };
    for (operation, amount, code) in [
        ("settle", "400", None),
        ("settle", "10001", Some("facilitator.amount_mismatch")),
        ("verify", "10000", None),
        ("verify", "400", Some("facilitator.amount_mismatch")),
    ] {
        let told = Told::default();
        let client = layer(None).layer(facilitator(&told, GOOD));
        let answer = client
            .oneshot(ask(operation, &message(amount)))
            .await
            .unwrap();
        assert_eq!(denial(&answer), code, "{operation} {amount}");
    }
}

#[tokio::test]
async fn attack_111_the_facilitators_explanations_are_redacted() {
    let invalid = format!(
        r#"{{"isValid":false,"invalidReason":"x","invalidMessage":"{EMAIL} is broke", "payer":"0x1"}}"#
    );
    let failed = format!(
        r#"{{"success":false,"errorReason":"{EMAIL}","transaction":"","network":"eip155:84532"}}"#
    );
    for (operation, json) in [("verify", invalid), ("settle", failed)] {
        for (pii, shown) in [
            (Some(PiiControl::new()), json.replace(EMAIL, "<REDACTED>")),
            (
                Some(PiiControl::new().with_action(PiiAction::Block)),
                json.replace(EMAIL, "<REDACTED>"),
            ),
            (None, json.clone()),
        ] {
            let mut message = v2();
            message["paymentPayload"]["resource"] = json!({ "url": URL });
            message["paymentPayload"]["extensions"] = json!({});
            let told = Told::default();
            let client = layer(pii).layer(facilitator(&told, &json));
            let answer = client
                .oneshot(ask(operation, &message.to_string()))
                .await
                .unwrap();
            assert_eq!(record(&answer).outcome().as_str(), "rejected");
            assert_eq!(answer.headers()["content-length"], shown.len().to_string());
            assert_eq!(text(answer.into_body()).await, shown);
        }
    }
}

#[tokio::test]
async fn every_call_ends_on_record_once() {
    let settled = format!(
        r#"{{"success":true,"transaction":"0x{}","network":"eip155:84532"}}"#,
        "ab".repeat(32)
    );
    for (operation, answer, ending) in [
        ("verify", GOOD, "unknown only_verified"),
        ("verify", r#"{"isValid":false}"#, "rejected 200"),
        ("verify", "<html>", "unknown unreadable_receipt"),
        ("settle", settled.as_str(), "settled"),
        (
            "settle",
            r#"{"success":false,"errorReason":"settlement_pending"}"#,
            "unknown settlement_pending",
        ),
        ("settle", r#"{"success":false}"#, "rejected 200"),
        (
            "settle",
            r#"{"success":true,"transaction":"0x1","network":"eip155:84532"}"#,
            "unknown mismatched_receipt",
        ),
    ] {
        let transcript = Transcript::new();
        let control = RecordingControl::new(ControlKind::Audit).writing_to(&transcript);
        let told = Told::default();
        let client = layer_of(vec![Arc::new(control)]).layer(facilitator(&told, answer));
        let response = client
            .oneshot(ask(operation, &v2().to_string()))
            .await
            .unwrap();
        assert_eq!(text(response.into_body()).await, answer);
        assert_eq!(
            transcript.lines(),
            [
                "audit check",
                "audit approve",
                "audit sending",
                &format!("audit finish {ending}")
            ]
        );
    }
}

#[tokio::test]
async fn attack_129_a_broken_call_is_unknown_and_the_error_passes() {
    let control = RecordingControl::new(ControlKind::Audit);
    let broken = service_fn(|_: Request<Empty>| async {
        Err::<Response<ScriptedBody>, _>("the connection broke")
    });
    let client = layer_of(vec![Arc::new(control.clone())]).layer(broken);
    let error = client.oneshot(ask("settle", &v2().to_string())).await;
    assert_eq!(error.err(), Some("the connection broke"));
    assert_eq!(
        control.lines().last().unwrap(),
        "audit finish unknown transport"
    );
}

#[tokio::test]
async fn an_endless_answer_is_cut_off_and_unknown() {
    let endless = service_fn(|_: Request<Empty>| async {
        Ok::<_, Infallible>(Response::new(ScriptedBody::endless(Bytes::from_static(
            &[b' '; 1024],
        ))))
    });
    let answer = layer(None)
        .layer(endless)
        .oneshot(ask("settle", &v2().to_string()))
        .await
        .unwrap();
    assert_eq!(denial(&answer), Some("facilitator.answer_unreadable"));
    assert_eq!(record(&answer).outcome().as_str(), "unknown");
}

#[tokio::test]
async fn a_dropped_call_is_told() {
    let control = RecordingControl::new(ControlKind::Audit);
    let silent = service_fn(|_: Request<Empty>| {
        core::future::pending::<Result<Response<ScriptedBody>, Infallible>>()
    });
    let client = layer_of(vec![Arc::new(control.clone())]).layer(silent);
    let mut call = Box::pin(client.oneshot(ask("settle", &v2().to_string())));
    let mut waiting = core::task::Context::from_waker(core::task::Waker::noop());
    assert!(call.as_mut().poll(&mut waiting).is_pending());
    drop(call);
    assert_eq!(
        control.lines().last().unwrap(),
        "audit abandon unknown cancelled"
    );
}

#[tokio::test]
async fn a_control_that_denies_or_panics_keeps_the_message_back() {
    for (control, code) in [
        (
            RecordingControl::new(ControlKind::Policy).denying(ControlStep::Check),
            "recording.denied",
        ),
        (
            RecordingControl::new(ControlKind::Policy).denying(ControlStep::Sending),
            "recording.denied",
        ),
        (
            RecordingControl::new(ControlKind::Policy).panicking(ControlStep::Check),
            "control.panicked",
        ),
    ] {
        let told = Told::default();
        let client = layer_of(vec![Arc::new(control)]).layer(facilitator(&told, GOOD));
        let answer = client
            .oneshot(ask("verify", &v2().to_string()))
            .await
            .unwrap();
        assert_eq!(denial(&answer), Some(code));
        assert!(told.all().is_empty());
    }
}
