//! Attack 116: the same canaries on every path that a payment can take.

use std::panic::panic_any;
use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD, Engine};
use bytes::Bytes;
use http::{HeaderValue, Request};
use serde_json::{Value, json};
use tower::ServiceExt;
use tower_layer::Layer;
use x402_tower::evm::LocalEvmSigner;
use x402_tower::pii::{PiiAction, PiiControl};
use x402_tower::replay::FingerprintKey;
use x402_tower::service::ProvenUnsettled;
use x402_tower::testing::{PAYER, SELLER, ScriptedBody, ScriptedSeller};
use x402_tower::wire::{
    Challenge, FacilitatorRequest, PaymentPayload, SettleResponse, VerifyResponse, Version,
};
use x402_tower::{
    Approved, Control, ControlKind, Denial, GuardConfig, Payment, Requirement, SignedPayment,
    Signer, SignerError, Step, Terms, X402GuardLayer,
};

use crate::ground::{BOTH, Empty, Ground, NOW_SECS, cent, get};
use crate::sinks::{CARD, Chatterbox, EMAIL, KEY, Said, canaries, leaking, overheard, url};

/// What an official client would send for [`leaking`]'s challenge, with personal data wherever a client echoes it.
pub(crate) fn payload(version: Version) -> Value {
    let authorization = json!({
        "signature": format!("0x{}1b", "c3".repeat(64)),
        "authorization": {
            "from": PAYER,
            "to": SELLER,
            "value": "10000",
            "validAfter": "0",
            "validBefore": (NOW_SECS + 60).to_string(),
            "nonce": format!("0x{}", "77".repeat(32)),
        },
    });
    match version {
        Version::V1 => json!({
            "x402Version": 1,
            "scheme": "exact",
            "network": "base",
            "payload": authorization,
            "note": EMAIL,
        }),
        _ => {
            let response = leaking(version, cent()).to_response();
            let challenge = Challenge::from_headers(response.headers())
                .unwrap()
                .unwrap();
            let json: Value = serde_json::from_slice(&challenge.to_bytes()).unwrap();
            json!({
                "x402Version": 2,
                "resource": json["resource"],
                "accepted": json["accepts"][0],
                "extensions": json["extensions"],
                "payload": authorization,
                "note": format!("card {CARD}"),
            })
        }
    }
}

fn bringing(version: Version) -> Request<Empty> {
    let name = match version {
        Version::V1 => "x-payment",
        _ => "payment-signature",
    };
    let value = BASE64_STANDARD.encode(payload(version).to_string());
    let mut request = get(&url());
    let headers = request.headers_mut();
    headers.insert(name, value.parse().unwrap());
    headers.insert("idempotency-key", HeaderValue::from_static(KEY));
    request
}

/// Everything that a server can make of a payment.
fn sellers() -> Vec<ScriptedSeller> {
    let proven = {
        let mut response = http::Response::new(ScriptedBody::whole(EMAIL));
        response.extensions_mut().insert(ProvenUnsettled::new());
        response
    };
    let again =
        BOTH.map(|version| ScriptedSeller::new().respond(leaking(version, cent()).to_response()));
    let mut sellers = vec![
        ScriptedSeller::new().settle(),
        ScriptedSeller::new().reject(EMAIL),
        ScriptedSeller::new().fail(),
        ScriptedSeller::new().respond(proven),
        ScriptedSeller::new().respond(http::Response::new(ScriptedBody::broken(EMAIL))),
    ];
    sellers.extend(again);
    sellers
}

const ACTIONS: [PiiAction; 3] = [PiiAction::Redact, PiiAction::Warn, PiiAction::Block];

/// Sends a payment that somebody else signed through `config`, in both versions, and listens to everything.
async fn listen_in(ground: &Ground, said: &Said, config: &GuardConfig, seller: ScriptedSeller) {
    let layer = X402GuardLayer::new(config.clone());
    let guard = layer.layer(seller);
    said.debug("Debug of a configuration", config);
    said.debug("Debug of a service", &layer.layer(()));
    for version in BOTH {
        // A buyer's guard denies the v1 payment, which names no token: no challenge for it has passed here.
        match overheard(said, guard.clone().oneshot(bringing(version))).await {
            Ok(answer) => said.answer(answer).await,
            Err(error) => said.error("the transport's error", &error),
        }
    }
    said.note("the audit log", ground.audit_text());
    ground.verify();
}

#[tokio::test]
async fn attack_116_payments_of_third_parties_are_not_repeated() {
    for action in ACTIONS {
        for seller in sellers() {
            let (ground, said) = (Ground::new(), Said::default());
            let pii = PiiControl::new().with_action(action);
            let builder = ground.builder().pii(pii);
            let config = builder.control(Chatterbox(said.clone())).build().unwrap();
            let kept = seller.clone();
            listen_in(&ground, &said, &config, seller).await;
            assert_eq!(kept.paid_requests() > 0, action != PiiAction::Block);
            said.assert_heard();
            said.assert_clean(&canaries());
        }
    }
}

#[tokio::test]
async fn attack_116_payments_that_a_seller_takes_are_not_repeated() {
    for seller in sellers() {
        let (ground, said) = (Ground::new(), Said::default());
        let config = GuardConfig::seller()
            .clock(Arc::new(ground.clock.clone()))
            .audit(Arc::clone(&ground.log))
            .claims(ground.store.clone())
            .fingerprint_key(FingerprintKey::from_hex(&"0a0b".repeat(16)).unwrap())
            .control(Chatterbox(said.clone()))
            .build()
            .unwrap();
        let kept = seller.clone();
        listen_in(&ground, &said, &config, seller).await;
        assert!(kept.paid_requests() > 0, "{:?}", ground.events());
        said.assert_heard();
        said.assert_clean(&canaries());
    }
}

/// A control that panics with what it was shown.
struct Shouting;

impl Control for Shouting {
    fn kind(&self) -> ControlKind {
        ControlKind::Custom("shouting")
    }
    fn check<'a>(&'a self, _: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        panic_any(format!("{EMAIL} {KEY}"))
    }
}

#[tokio::test]
async fn attack_116_what_a_control_panicked_with_is_not_repeated() {
    for version in BOTH {
        let (ground, said) = (Ground::new(), Said::default());
        let config = ground.builder().control(Shouting).build().unwrap();
        let seller = ScriptedSeller::new().challenge(&leaking(version, cent()));
        let guard = ground.guard_with(config, seller);
        let answer = overheard(&said, guard.oneshot(get(&url()))).await.unwrap();
        let denial = answer.extensions().get::<Denial>().unwrap();
        assert_eq!(denial.code(), "control.panicked");
        said.answer(answer).await;
        said.note("the audit log", ground.audit_text());
        said.assert_clean(&canaries());
    }
}

/// A signer that shows what it is asked and what it answers.
#[derive(Debug)]
struct Gossip(LocalEvmSigner, Said);

impl Signer for Gossip {
    fn can_sign(&self, requirement: &Requirement, terms: &Terms) -> bool {
        self.1.debug("Debug of a requirement", requirement);
        self.1.debug("Debug of terms", terms);
        self.0.can_sign(requirement, terms)
    }

    fn sign<'a>(
        &'a self,
        approved: &'a Approved<'a>,
    ) -> Step<'a, Result<SignedPayment, SignerError>> {
        Step::wait(async move {
            self.1.debug("Debug of what is approved", approved);
            let signed = self.0.sign(approved).await;
            self.1.debug("Debug of a signed payment", &signed);
            signed
        })
    }
}

#[tokio::test]
async fn attack_116_what_a_signer_sees_and_makes_is_not_shown() {
    for version in BOTH {
        let (ground, said) = (Ground::new(), Said::default());
        let seller = ScriptedSeller::new()
            .challenge(&leaking(version, cent()))
            .settle();
        let signer = Gossip(LocalEvmSigner::from_hex(KEY).unwrap(), said.clone());
        let layer = X402GuardLayer::new(ground.builder().build().unwrap());
        let guard = layer.with_signer(signer).unwrap().layer(seller.clone());
        let answer = overheard(&said, guard.oneshot(get(&url()))).await.unwrap();
        said.answer(answer).await;
        let requests = seller.requests();
        let paid = requests.iter().find(|seen| seen.is_paid()).unwrap();
        said.debug("Debug of what was sent", &paid.headers);
        let payload = PaymentPayload::from_headers(&paid.headers)
            .unwrap()
            .unwrap();
        let json: Value = serde_json::from_slice(&payload.to_bytes()).unwrap();
        let signature = json["payload"]["signature"].as_str().unwrap();
        let mut hidden = canaries();
        hidden.push(signature[2..34].to_owned());
        hidden.push(signature[66..98].to_owned());
        said.assert_clean(&hidden);
    }
}

#[test]
fn attack_116_messages_to_and_from_a_facilitator_do_not_show_themselves() {
    let said = Said::default();
    for version in BOTH {
        let challenge = leaking(version, cent()).to_json();
        let request = json!({
            "x402Version": version.number(),
            "paymentPayload": payload(version),
            "paymentRequirements": challenge["accepts"][0],
        });
        let parsed = FacilitatorRequest::parse(request.to_string().into()).unwrap();
        said.debug("Debug of a facilitator's request", &parsed);
        said.debug("Debug of its payment", parsed.payload());
        said.debug("Debug of its requirement", parsed.requirement());
        said.debug("Debug of its texts", &parsed.texts());
        for field in ["paymentPayload", "paymentRequirements", "x402Version"] {
            let mut broken = request.clone();
            broken[field] = json!(EMAIL);
            let error = FacilitatorRequest::parse(broken.to_string().into()).unwrap_err();
            said.error("a facilitator's request", &error);
        }
        let settled = json!({
            "success": false, "errorReason": EMAIL, "transaction": CARD, "network": EMAIL, "payer": EMAIL,
        });
        let settled = SettleResponse::parse(version, settled.to_string().into()).unwrap();
        said.debug("Debug of a settlement", &settled);
        said.debug("Debug of its texts", &settled.texts());
        let wrong = json!({ "success": EMAIL, "transaction": CARD });
        let error = SettleResponse::parse(version, wrong.to_string().into()).unwrap_err();
        said.error("a settlement", &error);
    }
    let verified = json!({ "isValid": false, "invalidReason": EMAIL, "payer": CARD });
    let verified = VerifyResponse::parse(verified.to_string().into()).unwrap();
    said.debug("Debug of a verification", &verified);
    said.debug("Debug of a document", verified.document());
    let error = VerifyResponse::parse(Bytes::from(format!(r#"{{"isValid":"{EMAIL}"}}"#)));
    said.error("a verification", &error.unwrap_err());
    said.assert_clean(&canaries());
}

#[test]
fn attack_116_keys_that_are_wrong_are_not_quoted() {
    use x402_tower::audit::AuditKey;
    let said = Said::default();
    for wrong in [
        format!("{KEY}00"),
        KEY[..62].to_owned(),
        format!("{}zz", &KEY[..62]),
    ] {
        said.error(
            "a private key",
            &LocalEvmSigner::from_hex(&wrong).unwrap_err(),
        );
        said.error("an audit key", &AuditKey::from_hex(&wrong).unwrap_err());
        said.error(
            "a fingerprint key",
            &FingerprintKey::from_hex(&wrong).unwrap_err(),
        );
    }
    said.debug("Debug of a signer", &LocalEvmSigner::from_hex(KEY).unwrap());
    said.debug("Debug of an audit key", &AuditKey::from_hex(KEY).unwrap());
    said.debug(
        "Debug of a fingerprint key",
        &FingerprintKey::from_hex(KEY).unwrap(),
    );
    said.assert_clean(&[KEY[..16].to_owned(), KEY[40..56].to_owned()]);
}
