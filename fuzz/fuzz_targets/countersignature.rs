//! What is signed is canonical JSON, and one signature of it in hexadecimal approves it; nothing near it does.

#![no_main]

mod payments;

use std::sync::LazyLock;

use ed25519_dalek::{Signer as _, SigningKey};
use libfuzzer_sys::fuzz_target;
use x402_tower::Denial;
use x402_tower::mpa::{ApprovalRequest, Approver, MpaConfig, NotApproved};

use payments::{Edit, Purchase, decide, edited, secret};

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_bytes(&[7; 32]));

fuzz_target!(|input: (u8, Vec<Edit>, &str, &str)| {
    let (choice, edits, scheme, path) = input;
    // Curves are slow under coverage, and their text is read by the same rules.
    let ed25519 = choice % 32 == 1;
    let purchase = Purchase {
        path,
        scheme,
        amount: 10_000,
    };
    let config = || {
        MpaConfig::new(1).with_approver(if ed25519 {
            Approver::ed25519("alice", KEY.verifying_key().to_bytes())
        } else {
            Approver::hmac("alice", secret())
        })
    };
    let denial = decide(config(), purchase.payment(None)).expect_err("nobody has signed");
    let request = request_of(&denial);
    assert_canonical(&request);

    let payload = request.payload().as_bytes();
    let right = if ed25519 {
        format!("{:x}", KEY.sign(payload))
    } else {
        secret().sign(payload)
    };
    let near = edited(&right, &edits);
    let brought = |hex: &str| request.signatures().with_signature("alice", hex);
    let decided = decide(config(), purchase.payment(Some(brought(&near))));
    assert_eq!(decided.is_ok(), near.eq_ignore_ascii_case(&right));

    let dearer = Purchase {
        amount: 10_001,
        ..purchase
    };
    let decided = decide(config(), dearer.payment(Some(brought(&right))));
    assert!(decided.is_err());
});

fn request_of(denial: &Denial) -> ApprovalRequest {
    let told = NotApproved::of(denial).expect("a denial for want of approvals");
    told.request.clone().expect("something to sign")
}

/// As RFC 8785 writes it: this object holds texts, a whole number and nulls only.
fn assert_canonical(request: &ApprovalRequest) {
    let payload: serde_json::Value = serde_json::from_str(request.payload()).expect("JSON");
    assert_eq!(payload.to_string(), request.payload());
    assert_eq!(payload["request_id"], request.id().to_string());
}
