//! A request without personal data leaves as it was, one with it leaves without, and stays so.

#![no_main]

use bytes::Bytes;
use http::Uri;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, REFERER};
use libfuzzer_sys::fuzz_target;
use x402_tower::outgoing::{OutgoingBody, OutgoingRequest};
use x402_tower::pii::{PiiAction, PiiControl};
use x402_tower::{Control, Denial};

const TYPES: [&str; 8] = [
    "application/json",
    "application/x-www-form-urlencoded",
    "text/plain; charset=utf-8",
    "application/vnd.api+json",
    "multipart/form-data; boundary=x",
    "image/png",
    "text/plain; charset=utf-16",
    "",
];

#[derive(Debug, Clone, PartialEq)]
struct Sent {
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

/// What leaves, and whether something was found in it.
fn screened(action: PiiAction, mut sent: Sent) -> Result<(Sent, bool), Denial> {
    let control = PiiControl::new()
        .with_request_urls(action)
        .with_request_headers(action, [REFERER])
        .with_request_bodies(action);
    let body = OutgoingBody::Whole(&mut sent.body);
    let mut request = OutgoingRequest::new(&mut sent.uri, &mut sent.headers, body);
    control.screen_request(&mut request)?;
    let found = !request.findings().is_empty();
    Ok((sent, found))
}

fuzz_target!(|input: (u8, &str, &[u8], &[u8])| {
    let (choice, target, referer, body) = input;
    let Ok(uri) = target.parse::<Uri>() else {
        return;
    };
    let mut headers = HeaderMap::new();
    let kind = TYPES[usize::from(choice) % TYPES.len()];
    if !kind.is_empty() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    headers.insert(
        AUTHORIZATION,
        HeaderValue::from_static("Bearer bob@example.com"),
    );
    if let Ok(referer) = HeaderValue::from_bytes(referer) {
        headers.insert(REFERER, referer);
    }
    let before = Sent {
        uri,
        headers,
        body: Bytes::copy_from_slice(body),
    };
    let Ok((after, found)) = screened(PiiAction::Redact, before.clone()) else {
        return;
    };
    if !found {
        assert_eq!(after, before);
        // A body that holds no text is not looked into, whatever the action is.
        assert!(screened(PiiAction::Block, before.clone()).is_ok());
    }
    assert_eq!(after.headers[CONTENT_LENGTH], after.body.len().to_string());
    assert_eq!(after.headers[AUTHORIZATION], before.headers[AUTHORIZATION]);
    assert_eq!(
        after.uri.authority().is_some(),
        before.uri.authority().is_some()
    );
    if kind.ends_with("json") {
        assert!(
            after.body.is_empty()
                || serde_json::from_slice::<&serde_json::value::RawValue>(&after.body).is_ok()
        );
    }
    let (again, found) = screened(PiiAction::Redact, after.clone()).expect("it has left once");
    assert!(
        !found,
        "{before:?} left as {after:?}, and then as {again:?}"
    );
    assert_eq!(again, after);
});
