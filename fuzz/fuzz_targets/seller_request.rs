//! What a stranger sends a seller is served at most once for one authorization, whatever it is sent to.

#![no_main]

use std::sync::Arc;

use http::{HeaderValue, Request, Uri};
use libfuzzer_sys::fuzz_target;
use serde_json::json;
use tower_service::Service;
use x402_tower::replay::{FingerprintKey, ReplayControl};
use x402_tower::store::MemoryStore;
use x402_tower::testing::{ManualClock, ScriptedBody, ScriptedSeller};
use x402_tower::wire::header;
use x402_tower::{Chain, Context, ControlService, Denial};

const NOW: u64 = 1_767_225_600;

/// A request, but for its payment.
struct Sent<'a> {
    uri: Uri,
    host: &'a str,
    idempotency_key: &'a str,
}

impl Sent<'_> {
    fn paid_with(&self, transaction: &[u8]) -> Option<Request<ScriptedBody>> {
        let mut request = Request::new(ScriptedBody::default());
        *request.uri_mut() = self.uri.clone();
        let headers = request.headers_mut();
        headers.insert("host", HeaderValue::from_str(self.host).ok()?);
        if !self.idempotency_key.is_empty() {
            let key = HeaderValue::from_str(self.idempotency_key).ok()?;
            headers.insert("idempotency-key", key);
        }
        let transaction = header::encode(transaction).ok()?;
        let payment = json!({
            "x402Version": 2,
            "accepted": {
                "scheme": "exact",
                "network": "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
                "amount": "10000",
                "asset": "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
                "payTo": "2wKupLR9q6wXYppw8Gr2NvWxKBUqm4PPJKkQfoxHDBg4",
                "maxTimeoutSeconds": 60,
                "extra": { "feePayer": "EwWqGE4ZFKLofuestmU4LDdK7XM1N4ALgdZccwYugwGd" },
            },
            "payload": { "transaction": transaction.to_str().ok()? },
        });
        let payment = header::encode(payment.to_string().as_bytes()).ok()?;
        headers.insert(header::PAYMENT_SIGNATURE, payment);
        Some(request)
    }
}

fuzz_target!(|input: (bool, Vec<(u16, u8)>, &str, &str, &str, &[u8])| {
    let (written, edits, target, host, idempotency_key, raw) = input;
    let Ok(uri) = target.parse::<Uri>() else {
        return;
    };
    let sent = Sent {
        uri,
        host,
        idempotency_key,
    };
    let elsewhere = Sent {
        uri: Uri::from_static("/elsewhere"),
        host: "seller.example",
        idempotency_key: "",
    };
    let mut transaction = if written { raw.to_vec() } else { transfer() };
    for (at, byte) in edits {
        if let Some(place) = transaction.get_mut(usize::from(at)) {
            *place = byte;
        }
    }
    // Another signature of the same message is the same payment.
    let mut resigned = transaction.clone();
    if let Some(byte) = resigned.get_mut(1) {
        *byte ^= 1;
    }
    let shop = shop();
    let Some(first) = sent.paid_with(&transaction) else {
        return;
    };
    if refusal(&shop, first).is_some() {
        return;
    }
    for (sent, transaction) in [
        (&sent, &transaction),
        (&sent, &resigned),
        (&elsewhere, &resigned),
    ] {
        let again = sent.paid_with(transaction).expect("as before");
        let refused = refusal(&shop, again).expect("one authorization, one service");
        assert!(refused.starts_with("replay."), "{refused}");
    }
});

/// A seller that would settle whatever gets through.
fn shop() -> ControlService<ScriptedSeller> {
    let key = FingerprintKey::from_hex(&"000102030405060708090a0b0c0d0e0f".repeat(2));
    let control = ReplayControl::new(Arc::new(MemoryStore::new()), key.expect("a key"));
    let context = Context::seller().with_clock(Arc::new(ManualClock::from_secs(NOW)));
    let seller = (0..4).fold(ScriptedSeller::new(), |seller, _| seller.settle());
    ControlService::new(seller, Chain::single(control), context)
}

/// The code of the denial, if it was one.
fn refusal(
    shop: &ControlService<ScriptedSeller>,
    request: Request<ScriptedBody>,
) -> Option<&'static str> {
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
    }
    let mut shop = shop.clone();
    // A scripted seller is always ready.
    let answer = RUNTIME.with(|runtime| runtime.block_on(async { shop.call(request).await }));
    let answer = answer.expect("it answers");
    answer.extensions().get::<Denial>().map(Denial::code)
}

/// One signature, and a message of three accounts with one instruction, as Solana's legacy layout has it.
fn transfer() -> Vec<u8> {
    let accounts = [[1; 32], [2; 32], [3; 32]].concat();
    let instruction = [2, 2, 0, 1, 4, 3, 0, 0, 0];
    [
        &[1][..],
        &[7; 64],
        &[1, 0, 1, 3],
        &accounts,
        &[9; 32],
        &[1],
        &instruction,
    ]
    .concat()
}
