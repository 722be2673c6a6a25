//! What a signed payload is, byte for byte, and what no answer and no text can do.

use bytes::Bytes;
use http::{Method, Response};
use proptest::prelude::*;
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use super::countersignature::Key;
use super::shown::untrusted;
use super::webhook::{Webhook, read};
use super::{ApprovalRequest, ApprovalSecret};
use crate::address::Address;
use crate::clock::UnixMillis;
use crate::money::{AtomicAmount, Usd};
use crate::network::ChainId;
use crate::payment::{AgentId, Exchange, Payment, PaymentId, Position, Terms};
use crate::wire::Version;

const VECTORS: &str = include_str!("../../../../tests/vectors/mpa.json");

fn vectors() -> Value {
    serde_json::from_str(VECTORS).unwrap()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("{key}"))
}

fn payment(vector: &Value) -> Payment {
    let chain = ChainId::parse(text(vector, "chain")).unwrap();
    let address = |key| Address::parse(&chain, text(vector, key)).unwrap();
    let terms = Terms {
        scheme: text(vector, "scheme").to_owned(),
        asset: Some(address("asset")),
        pay_to: address("pay_to"),
        amount: AtomicAmount::parse(text(vector, "amount")).unwrap(),
        price: vector["price_usd"]
            .as_str()
            .map(|usd| Usd::parse(usd).unwrap()),
        lifetime_seconds: 60,
        chain,
    };
    let mut exchange = Exchange::new(
        Position::Buyer,
        AgentId::new(text(vector, "agent")).unwrap(),
        Method::from_bytes(text(vector, "method").as_bytes()).unwrap(),
        Url::parse(text(vector, "url")).unwrap(),
        UnixMillis::from_secs(1_700_000_000),
    );
    if let Some(body) = vector["body"].as_str() {
        exchange = exchange.with_body_digest(Sha256::digest(body).into());
    }
    if let Some(key) = vector["idempotency_key"].as_str() {
        exchange = exchange.with_idempotency_key(key);
    }
    let id = PaymentId::from_bytes([9; 16]);
    let mut payment = Payment::new(id, exchange, Version::V2, terms);
    if let Some(url) = vector["shown_url"].as_str() {
        payment.set_shown_url(url.to_owned());
    }
    if let Some(revision) = vector["policy_revision"].as_str() {
        payment.set_policy_revision(revision.into());
    }
    payment
}

fn request(vector: &Value) -> ApprovalRequest {
    let mut id = [0; 16];
    const_hex::decode_to_slice(text(vector, "request_id"), &mut id).unwrap();
    let expires = vector["expires"].as_u64().unwrap();
    ApprovalRequest::new(&payment(vector), PaymentId::from_bytes(id), expires)
}

fn each(check: impl Fn(&Value, &Value, ApprovalRequest)) {
    let vectors = vectors();
    let requests = vectors["requests"].as_array().unwrap();
    assert_eq!(requests.len(), 3);
    for vector in requests {
        check(&vectors, vector, request(&vector["payment"]));
    }
}

#[test]
fn the_payload_is_the_one_of_the_vectors() {
    each(|_, vector, request| {
        assert_eq!(request.payload(), text(vector, "payload"));
        assert_eq!(const_hex::encode(request.digest()), text(vector, "digest"));
    });
}

#[test]
fn the_payload_is_json_that_our_own_reader_takes() {
    each(|_, _, request| {
        use crate::wire::json::{Document, Limits};
        let bytes = request.payload().to_owned().into_bytes().into();
        let document = Document::parse(bytes, Limits::default()).unwrap();
        let id = request.id().to_string();
        assert_eq!(
            document.root().get("request_id").unwrap().as_str().unwrap(),
            id
        );
    });
}

#[test]
fn hmac_signatures_are_those_of_the_vectors() {
    each(|all, vector, request| {
        let secret = ApprovalSecret::new(text(all, "hmac_secret")).unwrap();
        let signature = text(vector, "hmac_sha256");
        assert_eq!(secret.sign(request.payload().as_bytes()), signature);
        let key = Key::Hmac(secret);
        assert!(key.verifies(request.payload(), signature));
        assert!(!key.verifies(&format!("{} ", request.payload()), signature));
    });
}

#[test]
fn ed25519_signatures_are_those_of_the_vectors() {
    each(|all, vector, request| {
        let mut public = [0; 32];
        const_hex::decode_to_slice(text(all, "ed25519_public_key"), &mut public).unwrap();
        let key = Key::ed25519(&public).unwrap();
        let signature = text(vector, "ed25519");
        assert!(key.verifies(request.payload(), signature));
        assert!(!key.verifies(&format!("{} ", request.payload()), signature));
        assert!(!key.verifies(
            request.payload(),
            &signature.replacen(&signature[..2], "00", 1)
        ));
        assert!(!key.verifies(request.payload(), &signature[..64]));
    });
}

#[test]
fn attack_098_a_key_that_anybody_can_sign_for_is_none() {
    let mut neutral = [0; 32];
    neutral[0] = 1;
    assert!(Key::ed25519(&neutral).is_none());
    assert!(Key::ed25519(&[0; 32]).is_none());
}

/// Every part of a payment that money or data depends on is bound: a signature over one is none over the other.
#[test]
fn attack_097_every_part_of_the_payment_changes_the_payload() {
    let vectors = vectors();
    let original = vectors["requests"][0]["payment"].clone();
    let payload = request(&original).payload().to_owned();
    let changes = [
        ("agent", "another"),
        ("method", "POST"),
        ("url", "https://api.example.com/report?id=8"),
        ("body", "{}"),
        ("idempotency_key", "k"),
        ("policy_revision", "r2"),
        ("scheme", "upto"),
        ("chain", "eip155:84532"),
        ("asset", "0x036CbD53842c5426634e7929541eC2318f3dCF7e"),
        ("pay_to", "0x857b06519E91e3A54538791bDbb0E22373e36b66"),
        ("amount", "5000001"),
        ("price_usd", "5.01"),
        ("request_id", "000102030405060708090a0b0c0d0e10"),
    ];
    for (key, value) in changes {
        let mut changed = original.clone();
        changed[key] = value.into();
        assert_ne!(request(&changed).payload(), payload, "{key}");
    }
    let mut later = original;
    later["expires"] = 1_700_000_901_u64.into();
    assert_ne!(request(&later).payload(), payload, "expires");
}

#[test]
fn attack_116_debug_shows_no_payload_and_no_signature() {
    each(|_, vector, request| {
        let signature = text(vector, "hmac_sha256");
        let shown = format!(
            "{request:?} {:?}",
            request.signatures().with_signature("bob", signature)
        );
        assert!(shown.contains("bob"));
        assert!(
            !shown.contains(signature) && !shown.contains("example.com"),
            "{shown}"
        );
    });
}

/// Bytes that are JSON more often than not.
fn answers() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"approved\"",
        "\"Approved\"",
        "true",
        "false",
        "\"true\"",
        "1",
        " ",
        "\"\\u0061pproved\"",
        "{\"approved\":true}",
        "{\"approved\":true",
        "\n",
    ]);
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn attack_100_an_answer_approves_only_where_every_reader_says_so(body in answers()) {
        let webhook = Webhook::new("https://approvals.example.com/alice");
        let vectors = vectors();
        let request = request(&vectors["requests"][0]["payment"]);
        let approved = read(&webhook, &request, &Response::new(Bytes::from(body.clone())));
        if approved == Ok(true) {
            let other: Value = serde_json::from_str(&body).unwrap();
            prop_assert_eq!(&other["approved"], &Value::Bool(true));
        }
    }

    #[test]
    fn attack_103_no_text_moves_hides_or_links_anything(text in any::<String>(), most in 0..64_usize) {
        let shown = untrusted(&text, most);
        let turns = |c: char| c.is_control() || matches!(u32::from(c), 0x202a..=0x202e);
        prop_assert!(!shown.chars().any(turns));
        prop_assert!(!shown.contains("://") && !shown.contains("]("));
    }
}

#[cfg(not(feature = "webhook"))]
#[test]
fn webhooks_without_anything_to_call_them_are_refused() {
    use super::{Approver, MpaConfig, MpaControl};
    let alice = Approver::webhook("alice", "https://approvals.example.com/alice");
    let refused = MpaControl::new(MpaConfig::new(1).with_approver(alice)).unwrap_err();
    assert_eq!(refused.code(), "mpa.no_transport");
}
