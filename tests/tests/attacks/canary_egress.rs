//! Attack 116: the agent's own requests, which are screened before they leave, and are nobody else's to repeat.

use bytes::Bytes;
use http::{Request, header};
use tower::{ServiceBuilder, ServiceExt};
use x402_tower::egress::EgressLayer;
use x402_tower::pii::{PiiAction, PiiControl};
use x402_tower::policy::PolicyConfig;
use x402_tower::testing::{ScriptedBody, ScriptedSeller};
use x402_tower::wire::Version;
use x402_tower::{ControlKind, Denial, GuardConfig, Mode, PaymentRecord, Usd};

use crate::ground::{BOTH, Empty, Ground, cent, denial};
use crate::sinks::{CARD, Chatterbox, EMAIL, KEY, Said, canaries, leaking, overheard, url};

const ACTIONS: [PiiAction; 3] = [PiiAction::Redact, PiiAction::Warn, PiiAction::Block];

fn everything(action: PiiAction) -> PiiControl {
    PiiControl::new()
        .with_request_urls(action)
        .with_request_headers(action, [header::REFERER, header::COOKIE])
        .with_request_bodies(action)
}

/// A request with personal data in each of its parts, of which only some can be looked into.
fn posting(content_type: &str, body: impl Into<Bytes>) -> Request<Empty> {
    Request::post(url())
        .header("content-type", content_type)
        .header("referer", url())
        .header("cookie", format!("user={EMAIL}; card={CARD}"))
        .header("authorization", format!("Bearer {KEY}"))
        .header("idempotency-key", format!("order of {EMAIL}"))
        .body(Empty::new(body.into()))
        .unwrap()
}

fn order() -> String {
    format!(r#"{{"to":"{EMAIL}","card":{CARD},"{EMAIL}":["{CARD}"],"note":"for {EMAIL}"}}"#)
}

/// Sends a request through both places that screen one, and answers which code denied it.
async fn send(
    ground: &Ground,
    said: &Said,
    config: &GuardConfig,
    seller: &ScriptedSeller,
    request: Request<Empty>,
) -> Option<&'static str> {
    let egress = EgressLayer::of(config);
    said.debug("Debug of a configuration", config);
    said.debug("Debug of a layer", &egress);
    let guard = ground.guard_with(config.clone(), seller.clone());
    let client = ServiceBuilder::new().layer(egress).service(guard);
    let answer = overheard(said, client.oneshot(request)).await.unwrap();
    if let Some(record) = answer.extensions().get::<PaymentRecord>() {
        for (_, denial) in record.shadowed() {
            said.denial(denial);
        }
    }
    let code = answer.extensions().get::<Denial>().map(Denial::code);
    assert_eq!(code, denial(&answer));
    said.answer(answer).await;
    said.note("the audit log", ground.audit_text());
    ground.verify();
    code
}

fn configured(ground: &Ground, said: &Said, pii: PiiControl) -> GuardConfig {
    let builder = ground.builder().pii(pii);
    builder.control(Chatterbox(said.clone())).build().unwrap()
}

fn paid(version: Version) -> ScriptedSeller {
    ScriptedSeller::new()
        .challenge(&leaking(version, cent()))
        .settle()
}

fn free() -> ScriptedSeller {
    ScriptedSeller::new().respond(http::Response::new(ScriptedBody::whole(EMAIL)))
}

#[tokio::test]
async fn attack_116_requests_that_are_screened_are_not_repeated() {
    for action in ACTIONS {
        for seller in [paid(Version::V1), paid(Version::V2), free()] {
            let (ground, said) = (Ground::new(), Said::default());
            let config = configured(&ground, &said, everything(action));
            let request = posting("application/json", order());
            let code = send(&ground, &said, &config, &seller, request).await;
            assert_eq!(code.is_some(), action == PiiAction::Block, "{code:?}");
            for seen in seller.requests() {
                let body = seen.body.as_deref().unwrap_or_default();
                let sent = format!(
                    "{} {} {} {}",
                    seen.uri,
                    seen.headers["referer"].to_str().unwrap(),
                    seen.headers["cookie"].to_str().unwrap(),
                    String::from_utf8_lossy(body),
                );
                let personal = ["alice.canary", CARD].map(|text| sent.contains(text));
                assert_eq!(personal, [action == PiiAction::Warn; 2], "{sent}");
            }
            assert_eq!(seller.requests().is_empty(), action == PiiAction::Block);
            said.assert_clean(&canaries());
        }
    }
}

#[tokio::test]
async fn attack_116_requests_that_cannot_be_screened_are_not_repeated() {
    let mut unreadable = EMAIL.as_bytes().to_vec();
    unreadable.push(0xff);
    let long = format!("{EMAIL} ").repeat(50_000);
    for action in ACTIONS {
        for (content_type, body) in [
            (
                "application/json",
                Bytes::from(format!("{{\"{EMAIL}\": {CARD}")),
            ),
            ("application/json", Bytes::from(unreadable.clone())),
            ("text/plain", Bytes::from(long.clone())),
            ("application/octet-stream", Bytes::from(order())),
            (
                "multipart/form-data; boundary=alice.canary",
                Bytes::from(order()),
            ),
        ] {
            for extra in ["accept", "content-encoding", "signature", "digest"] {
                let (ground, said) = (Ground::new(), Said::default());
                let config = configured(&ground, &said, everything(action));
                let mut request = posting(content_type, body.clone());
                let value = format!("gzip, {EMAIL}").parse().unwrap();
                request.headers_mut().insert(extra, value);
                let seller = paid(Version::V2);
                let code = send(&ground, &said, &config, &seller, request).await;
                let left = !seller.requests().is_empty();
                let held = code.is_some_and(|code| code.starts_with("pii."));
                assert_ne!(left, held, "{code:?}");
                said.assert_clean(&canaries());
            }
        }
    }
}

#[tokio::test]
async fn attack_116_denials_that_do_not_hold_show_nothing() {
    let strict = PolicyConfig::new().with_max_per_call(Usd::parse("0.001").unwrap());
    for version in BOTH {
        let said = Said::default();
        let ground = Ground::with_policy(strict.clone());
        let pii = everything(PiiAction::Block).with_action(PiiAction::Block);
        let config = ground
            .builder()
            .pii(pii)
            .mode(ControlKind::Pii, Mode::Shadow)
            .mode(ControlKind::Policy, Mode::Shadow)
            .control(Chatterbox(said.clone()))
            .build()
            .unwrap();
        let seller = paid(version);
        let request = posting("application/json", order());
        let code = send(&ground, &said, &config, &seller, request).await;
        assert_eq!((code, seller.paid_requests()), (None, 1));
        let noted = ground.audit_text();
        assert!(
            noted.contains("policy.per_call"),
            "what was not heeded: {noted}"
        );
        said.assert_heard();
        said.assert_clean(&canaries());
    }
}
