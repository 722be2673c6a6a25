//! A facilitator's answer passes through unchanged, and a redacted one says the same about the money.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use x402_tower::wire::{SettleResponse, VerifyResponse, Version};

fuzz_target!(|input: (&[u8], &str)| {
    let (data, new) = input;
    let body = Bytes::copy_from_slice(data);
    if let Ok(mut answer) = VerifyResponse::parse(body.clone()) {
        assert_eq!(answer.to_bytes(), data);
        for text in answer.texts().iter().filter(|text| text.rewritable) {
            answer.replace_text(text, new).expect("a rewritable text");
        }
        if let Some(again) = small(answer.to_bytes()) {
            let again = VerifyResponse::parse(again).expect("a redacted answer");
            assert_eq!(again.is_valid(), answer.is_valid());
            assert_eq!(again.payer(), answer.payer());
        }
    }
    for version in [Version::V1, Version::V2] {
        let Ok(mut answer) = SettleResponse::parse(version, body.clone()) else {
            continue;
        };
        assert_eq!(answer.to_bytes(), data);
        for text in answer.texts().iter().filter(|text| text.rewritable) {
            answer.replace_text(text, new).expect("a rewritable text");
        }
        if let Some(again) = small(answer.to_bytes()) {
            let again = SettleResponse::parse(version, again).expect("a redacted answer");
            assert_eq!(again.success(), answer.success());
            assert_eq!(again.transaction(), answer.transaction());
            assert_eq!(again.network_name(), answer.network_name());
            assert_eq!(again.payer(), answer.payer());
            assert_eq!(again.amount(), answer.amount());
        }
    }
});

/// Nothing that has grown beyond what is read.
fn small(bytes: Bytes) -> Option<Bytes> {
    (bytes.len() <= x402_tower::wire::MAX_RECEIPT_BYTES).then_some(bytes)
}
