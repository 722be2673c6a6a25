//! What the tests of this binary ask of a seller that was paid.

use http::Request;
use tower::ServiceExt;
use x402_tower::testing::{ScriptedChallenge, ScriptedSeller};

use crate::ground::{Answer, Empty, Ground, URL, cent, get};

/// What it asks for: a cent.
pub(crate) fn asking() -> ScriptedChallenge {
    ScriptedChallenge::v2(URL, [cent()])
}

/// The payment headers that arrived, in order.
pub(crate) fn payments(seller: &ScriptedSeller) -> Vec<String> {
    let seen = seller.requests().into_iter().filter(|seen| seen.is_paid());
    let value = |name: &str, seen: &x402_tower::testing::SeenRequest| {
        let value = seen.headers.get(name)?;
        Some(value.to_str().unwrap().to_owned())
    };
    seen.map(|seen| value("payment-signature", &seen).or_else(|| value("x-payment", &seen)))
        .map(Option::unwrap)
        .collect()
}

/// Asserts that this many payments arrived, all of them the same bytes, and that one signature was made.
pub(crate) fn assert_one_payment(ground: &Ground, seller: &ScriptedSeller, arrivals: usize) {
    let payments = payments(seller);
    assert_eq!(payments.len(), arrivals);
    assert!(payments.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(ground.signer.count(), 1, "signatures");
}

/// A request with a key of its own.
pub(crate) fn named(url: &str, key: &str) -> Request<Empty> {
    let mut request = get(url);
    request
        .headers_mut()
        .insert("idempotency-key", key.parse().unwrap());
    request
}

/// Sends a request through a fresh guard on the same stores: another process, as far as anybody can tell.
pub(crate) async fn send(
    ground: &Ground,
    seller: &ScriptedSeller,
    request: Request<Empty>,
) -> Answer {
    ground.guard(seller.clone()).oneshot(request).await.unwrap()
}

/// The same where the transport fails.
pub(crate) async fn send_in_vain(
    ground: &Ground,
    seller: &ScriptedSeller,
    request: Request<Empty>,
) {
    let sent = ground.guard(seller.clone()).oneshot(request).await;
    assert!(sent.is_err(), "the transport was to fail");
}
