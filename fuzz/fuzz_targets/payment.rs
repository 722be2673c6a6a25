//! A payment passes through unchanged, and a redacted one authorizes the same.

#![no_main]

use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;
use x402_tower::wire::{PaymentPayload, header};

fuzz_target!(|data: &[u8]| {
    for name in [header::PAYMENT_SIGNATURE, header::X_PAYMENT] {
        // The raw bytes go through the base64 reader, the encoded ones reach the JSON reader.
        let raw = HeaderValue::from_bytes(data).ok();
        for value in raw.into_iter().chain(header::encode(data).ok()) {
            let headers = HeaderMap::from_iter([(name.clone(), value.clone())]);
            let Ok(Some(mut payment)) = PaymentPayload::from_headers(&headers) else {
                continue;
            };
            assert_eq!(payment.to_header_value(), Ok(value));
            assert_eq!(payment.header_name(), name);
            for text in payment.texts().iter().filter(|text| text.rewritable) {
                payment.replace_text(text, "").expect("a rewritable text");
            }
            let again = PaymentPayload::parse(payment.version(), payment.to_bytes());
            let again = again.expect("a redacted payment");
            assert_eq!(again.authorization(), payment.authorization());
        }
    }
});
