//! A facilitator request passes through unchanged, and a redacted one asks the same.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use x402_tower::wire::FacilitatorRequest;

fuzz_target!(|data: &[u8]| {
    let Ok(mut request) = FacilitatorRequest::parse(Bytes::copy_from_slice(data)) else {
        return;
    };
    assert_eq!(request.to_bytes(), data);
    for text in request.texts().iter().filter(|text| text.rewritable) {
        request.replace_text(text, "").expect("a rewritable text");
    }
    let again = FacilitatorRequest::parse(request.to_bytes()).expect("a redacted request");
    assert_eq!(
        again.payload().authorization(),
        request.payload().authorization()
    );
    assert_eq!(again.requirement().amount(), request.requirement().amount());
});
