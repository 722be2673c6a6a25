//! Reading a real challenge: our strict tape beside `serde_json::Value` on the same bytes.
//!
//! ```text
//! cargo bench -p x402-tower --bench wire
//! ```

#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use http::HeaderMap;
use x402_tower::wire::{Challenge, Document, Limits, header};

/// As sent by `@x402/express` 2.27.0 with the payment-identifier extension.
const CHALLENGE: &str = r#"{"x402Version":2,"error":"Payment required","resource":{"url":"http://127.0.0.1:4603/premium","description":"Access to premium market data","mimeType":"application/json"},"accepts":[{"scheme":"exact","network":"eip155:84532","amount":"10000","asset":"0x036CbD53842c5426634e7929541eC2318f3dCF7e","payTo":"0x209693Bc6afc0C5328bA36FaF03C514EF312287C","maxTimeoutSeconds":300,"extra":{"name":"USDC","version":"2"}}],"extensions":{"payment-identifier":{"info":{"required":false},"schema":{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"required":{"type":"boolean"},"id":{"type":"string","minLength":16,"maxLength":128}},"required":["required"]}}}}"#;

fn challenge(criterion: &mut Criterion) {
    let json = Bytes::from_static(CHALLENGE.as_bytes());
    let mut headers = HeaderMap::new();
    headers.insert(header::PAYMENT_REQUIRED, header::encode(&json).unwrap());

    let mut group = criterion.benchmark_group("challenge");
    group.throughput(Throughput::Bytes(CHALLENGE.len().try_into().unwrap()));
    group.bench_function("Document::parse", |bencher| {
        bencher.iter(|| Document::parse(black_box(json.clone()), Limits::default()).unwrap());
    });
    group.bench_function("serde_json::Value", |bencher| {
        bencher.iter(|| serde_json::from_slice::<serde_json::Value>(black_box(&json)).unwrap());
    });
    group.bench_function("Challenge::from_headers", |bencher| {
        bencher.iter(|| {
            Challenge::from_headers(black_box(&headers))
                .unwrap()
                .unwrap()
        });
    });
    group.finish();
}

criterion_group!(benches, challenge);
criterion_main!(benches);
