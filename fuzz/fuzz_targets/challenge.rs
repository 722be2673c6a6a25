//! A challenge passes through unchanged, and a redacted one is still a challenge.

#![no_main]

use bytes::Bytes;
use http::HeaderMap;
use libfuzzer_sys::fuzz_target;
use x402_tower::wire::{Challenge, header};

fuzz_target!(|data: &[u8]| {
    if let Ok(mut challenge) = Challenge::from_body(Bytes::copy_from_slice(data)) {
        assert_eq!(challenge.to_bytes(), data);
        redact(&mut challenge);
        let again = Challenge::from_body(challenge.to_bytes()).expect("a redacted v1 challenge");
        assert_eq!(again.requirements().len(), challenge.requirements().len());
        assert!(!challenge.conflicts_with(&again));
    }
    let Ok(value) = header::encode(data) else {
        return;
    };
    let headers = HeaderMap::from_iter([(header::PAYMENT_REQUIRED, value.clone())]);
    if let Ok(Some(mut challenge)) = Challenge::from_headers(&headers) {
        assert_eq!(challenge.to_header_value(), Ok(value));
        redact(&mut challenge);
        let value = challenge.to_header_value().expect("a shorter header");
        let headers = HeaderMap::from_iter([(header::PAYMENT_REQUIRED, value)]);
        let again = Challenge::from_headers(&headers).expect("a redacted v2 challenge");
        assert!(again.is_some_and(|again| !challenge.conflicts_with(&again)));
    }
});

fn redact(challenge: &mut Challenge) {
    for text in challenge.texts().iter().filter(|text| text.rewritable) {
        challenge.replace_text(text, "").expect("a rewritable text");
    }
}
