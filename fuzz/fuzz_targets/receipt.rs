//! Receipts and facilitator answers are refused or read, never a panic.

#![no_main]

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;
use x402_tower::wire::{Receipt, SettleResponse, VerifyResponse, Version, header};

fuzz_target!(|data: &[u8]| {
    let raw = HeaderValue::from_bytes(data).ok();
    for value in raw.into_iter().chain(header::encode(data).ok()) {
        let headers = HeaderMap::from_iter([(header::PAYMENT_RESPONSE, value)]);
        if let Ok(Some(mut receipt)) = Receipt::from_headers(&headers, Version::V2) {
            for text in receipt.texts().iter().filter(|text| text.rewritable) {
                receipt.replace_text(text, "").expect("a rewritable text");
            }
        }
    }
    let body = Bytes::copy_from_slice(data);
    if let Ok(answer) = VerifyResponse::parse(body.clone()) {
        assert_eq!(answer.document().bytes(), data);
    }
    if let Ok(answer) = SettleResponse::parse(Version::V1, body) {
        assert_eq!(answer.document().bytes(), data);
    }
});
