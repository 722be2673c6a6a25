//! Personal data, keys and signatures in every field, searched for in everything that the guard says about them.

use base64::prelude::{BASE64_STANDARD, Engine};
use http::Request;
use http_body_util::BodyExt;
use serde_json::json;
use tower::ServiceExt;
use tower_layer::Layer;
use x402_tower::X402GuardLayer;
use x402_tower::evm::LocalEvmSigner;
use x402_tower::pii::{PiiAction, PiiControl};
use x402_tower::testing::{Offer, RecordingSigner, ScriptedBody, ScriptedSeller, Tamper};
use x402_tower::wire::header::PAYMENT_RESPONSE;
use x402_tower::wire::{Challenge, PaymentPayload, Receipt, Version};

use crate::ground::{BOTH, Empty, Ground, cent, get};
use crate::sinks::{CARD, Chatterbox, EMAIL, KEY, PAGE, Said, canaries, leaking, url, watched};

async fn buy(
    ground: &Ground,
    said: &Said,
    seller: &ScriptedSeller,
    pii: PiiControl,
    request: Request<Empty>,
) {
    let builder = ground.builder().pii(pii).control(Chatterbox(said.clone()));
    let guard = ground.guard_with(builder.build().unwrap(), seller.clone());
    watched(ground, said, || async { guard.oneshot(request).await.ok() }).await;
}

fn watchers() -> (Ground, Said) {
    (Ground::new(), Said::default())
}

#[tokio::test]
async fn a_paid_request_shows_no_personal_data() {
    for version in BOTH {
        let (ground, said) = watchers();
        let seller = ScriptedSeller::new()
            .challenge(&leaking(version, cent()))
            .settle();
        buy(&ground, &said, &seller, PiiControl::new(), get(&url())).await;
        assert_eq!(seller.paid_requests(), 1, "{:?}", ground.events());
        let records = ground.records();
        assert!(
            records[0]["pii_entities_found"].is_object(),
            "found, by name"
        );
        let shown = records[0]["resource_url"].as_str().unwrap();
        assert!(shown.contains("REDACTED") && shown.starts_with(PAGE));
        said.assert_clean(&canaries());
    }
}

#[tokio::test]
async fn a_paid_request_shows_no_signature_and_no_key() {
    for version in BOTH {
        let (ground, said) = watchers();
        let seller = ScriptedSeller::new()
            .challenge(&leaking(version, cent()))
            .settle();
        let signer = LocalEvmSigner::from_hex(KEY).unwrap();
        said.debug("Debug of a signer", &signer);
        let config = ground
            .builder()
            .control(Chatterbox(said.clone()))
            .build()
            .unwrap();
        said.debug("Debug of a configuration", &config);
        let layer = X402GuardLayer::new(config).with_signer(signer).unwrap();
        said.debug("Debug of a layer", &layer);
        let guard = layer.layer(seller.clone());
        said.debug("Debug of a service", &layer.layer(()));
        watched(&ground, &said, || async {
            guard.oneshot(get(&url())).await.ok()
        })
        .await;
        let requests = seller.requests();
        let paid = requests.iter().find(|seen| seen.is_paid()).expect("paid");
        let payload = PaymentPayload::from_headers(&paid.headers)
            .unwrap()
            .unwrap();
        said.debug("Debug of a payload", &payload);
        let json: serde_json::Value = serde_json::from_slice(&payload.to_bytes()).unwrap();
        let signature = json["payload"]["signature"].as_str().unwrap();
        let header = payload.to_header_value().unwrap();
        said.debug("Debug of a header", &header);
        let mut hidden = canaries();
        hidden.push(signature.to_owned());
        hidden.push(signature[2..66].to_owned());
        hidden.push(header.to_str().unwrap()[..64].to_owned());
        said.assert_clean(&hidden);
    }
}

#[tokio::test]
async fn a_guard_that_remembers_offers_does_not_show_them() {
    let (ground, said) = watchers();
    let config = ground
        .builder()
        .control(Chatterbox(said.clone()))
        .build()
        .unwrap();
    let layer = X402GuardLayer::new(config.clone());
    let seller = ScriptedSeller::new().challenge(&leaking(Version::V1, cent()));
    let guard = layer.layer(seller.clone());
    let answer = guard.oneshot(get(&url())).await.unwrap();
    assert_eq!(answer.status(), 402, "watched, not paid");
    said.debug("Debug of a configuration", &config);
    said.debug("Debug of a layer", &layer);
    said.debug("Debug of a service", &layer.layer(()));
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    let narrowed = Challenge::from_body(body).unwrap();
    said.debug("Debug of a narrowed challenge", &narrowed);
    said.assert_clean(&canaries());
}

#[tokio::test]
async fn denials_show_no_personal_data() {
    let dear = Offer::usdc(5_000_000);
    let stranger = "0x00000000000000000000000000000000000000aa";
    for offer in [
        dear,
        cent().asset(stranger),
        cent().asset(EMAIL),
        cent().pay_to(EMAIL),
        cent().network(EMAIL),
        cent().scheme(EMAIL),
        cent().scheme("upto"),
        cent().amount(EMAIL),
        cent().amount(CARD).field("AMOUNT", EMAIL),
        cent().max_timeout_seconds(31_536_000),
        cent().field("maxTimeoutSeconds", EMAIL),
        cent().field("extra", EMAIL),
    ] {
        for version in BOTH {
            let (ground, said) = watchers();
            let seller = ScriptedSeller::new().challenge(&leaking(version, offer.clone()));
            buy(&ground, &said, &seller, PiiControl::new(), get(&url())).await;
            assert_eq!(seller.paid_requests(), 0, "{:?}", ground.events());
            said.assert_clean(&canaries());
        }
    }
}

#[tokio::test]
async fn a_block_shows_no_personal_data() {
    for version in BOTH {
        let (ground, said) = watchers();
        let seller = ScriptedSeller::new().challenge(&leaking(version, cent()));
        let pii = PiiControl::new().with_action(PiiAction::Block);
        buy(&ground, &said, &seller, pii, get(&url())).await;
        assert_eq!(ground.events(), ["PII_BLOCKED pii.blocked"]);
        assert_eq!(ground.signer.count(), 0);
        said.assert_clean(&canaries());
    }
}

#[tokio::test]
async fn broken_messages_show_no_personal_data() {
    let good = leaking(Version::V2, cent()).to_json().to_string();
    for broken in [
        good.replace("\"accepts\"", "\"alice.canary\""),
        good.replace("payTo", "paYto"),
        good.replacen(
            "\"error\":",
            "\"error\":\"alice.canary@example.com\",\"error\":",
            1,
        ),
        good.replace("10000", EMAIL),
        good[..good.len() - 3].to_owned(),
        format!("{EMAIL} {CARD}"),
        format!("\"{EMAIL}\""),
    ] {
        for version in BOTH {
            let (ground, said) = watchers();
            let response = crate::ground::serve(version, &broken);
            let seller = ScriptedSeller::new().respond(response);
            buy(&ground, &said, &seller, PiiControl::new(), get(&url())).await;
            assert_eq!(ground.signer.count(), 0);
            said.assert_clean(&canaries());
        }
    }
}

#[tokio::test]
async fn what_servers_answer_to_a_payment_is_not_repeated() {
    for receipt in [
        json!({ "success": false, "errorReason": format!("{EMAIL} evil-text"), "transaction": EMAIL, "network": EMAIL }),
        json!({ "success": true, "transaction": EMAIL, "network": "eip155:8453", "payer": EMAIL }),
        json!({ "success": true, "transaction": CARD, "network": "eip155:8453" }),
        json!({ "success": true, "transaction": format!("0x{}", "ab".repeat(32)), "network": "eip155:8453", "note": EMAIL }),
        json!(EMAIL),
    ] {
        let (ground, said) = watchers();
        let mut paid = http::Response::new(ScriptedBody::whole(EMAIL));
        let value = BASE64_STANDARD.encode(receipt.to_string()).parse().unwrap();
        paid.headers_mut().insert(PAYMENT_RESPONSE, value);
        if let Ok(Some(receipt)) = Receipt::from_headers(paid.headers(), Version::V2) {
            said.debug("Debug of a receipt", &receipt);
        }
        let seller = ScriptedSeller::new()
            .challenge(&leaking(Version::V2, cent()))
            .respond(paid);
        buy(&ground, &said, &seller, PiiControl::new(), get(&url())).await;
        assert_eq!(seller.paid_requests(), 1);
        said.assert_clean(&canaries());
    }
}

#[tokio::test]
async fn failing_signers_and_transports_show_nothing() {
    let signers = Tamper::ALL.map(RecordingSigner::tampering);
    for signer in signers
        .into_iter()
        .chain([RecordingSigner::failing(), RecordingSigner::panicking()])
    {
        let (ground, said) = watchers();
        let ground = ground.signing_with(signer);
        let seller = ScriptedSeller::new().challenge(&leaking(Version::V2, cent()));
        buy(&ground, &said, &seller, PiiControl::new(), get(&url())).await;
        assert_eq!(seller.paid_requests(), 0);
        let mut hidden = canaries();
        hidden.push("5a5a5a5a5a5a5a5a".to_owned());
        said.assert_clean(&hidden);
    }
    let (ground, said) = watchers();
    let seller = ScriptedSeller::new()
        .challenge(&leaking(Version::V2, cent()))
        .fail();
    buy(&ground, &said, &seller, PiiControl::new(), get(&url())).await;
    said.assert_clean(&canaries());
}

#[tokio::test]
async fn what_the_caller_wrote_shows_nowhere() {
    let with_user = format!("https://{EMAIL}:{KEY}@api.example.com/report");
    let secret_in_query = format!("{PAGE}?x-payment={KEY}");
    for address in [with_user, secret_in_query] {
        let (ground, said) = watchers();
        let seller = ScriptedSeller::new().challenge(&leaking(Version::V2, cent()));
        let Ok(request) = Request::get(&address).body(Empty::default()) else {
            continue;
        };
        buy(&ground, &said, &seller, PiiControl::new(), request).await;
        assert_eq!(seller.paid_requests(), 0, "{:?}", ground.events());
        said.assert_clean(&canaries());
    }
    let (ground, said) = watchers();
    let seller = ScriptedSeller::new().challenge(&leaking(Version::V2, cent()));
    let mut request = get(PAGE);
    let headers = request.headers_mut();
    headers.insert(
        "idempotency-key",
        format!("order of {EMAIL}").parse().unwrap(),
    );
    headers.insert("authorization", format!("Bearer {KEY}").parse().unwrap());
    headers.insert("cookie", format!("user={EMAIL}").parse().unwrap());
    buy(&ground, &said, &seller.settle(), PiiControl::new(), request).await;
    assert_eq!(ground.signer.count(), 1);
    said.assert_clean(&canaries());
}

#[tokio::test]
async fn a_payment_that_the_caller_brings_is_not_repeated() {
    for scheme in [EMAIL, "evil-text", "exact"] {
        let (ground, said) = watchers();
        let response = leaking(Version::V2, cent().scheme(scheme)).to_response();
        let challenge = Challenge::from_headers(response.headers())
            .unwrap()
            .unwrap();
        let accepted = String::from_utf8(challenge.requirements()[0].raw().to_vec()).unwrap();
        let signature = format!("0x{}1b", "c3".repeat(64));
        let payload = json!({
            "signature": signature,
            "authorization": {
                "from": x402_tower::testing::PAYER,
                "to": x402_tower::testing::SELLER,
                "value": "10000",
                "validAfter": "0",
                "validBefore": (crate::ground::NOW_SECS + 60).to_string(),
                "nonce": format!("0x{}", "77".repeat(32)),
            },
        });
        let text = format!(
            r#"{{"x402Version":2,"accepted":{accepted},"payload":{payload},"note":"{EMAIL}"}}"#
        );
        let mut request = get(&url());
        let value = BASE64_STANDARD.encode(text).parse().unwrap();
        request.headers_mut().insert("payment-signature", value);
        let seller = ScriptedSeller::new().settle();
        buy(&ground, &said, &seller, PiiControl::new(), request).await;
        assert_eq!(
            seller.paid_requests(),
            usize::from(scheme == "exact"),
            "{:?}",
            ground.events()
        );
        let mut hidden = canaries();
        hidden.push("c3c3c3c3c3c3c3c3".to_owned());
        said.assert_clean(&hidden);
    }
}
