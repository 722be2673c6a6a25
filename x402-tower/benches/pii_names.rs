//! Names in the fields of payments: one field, the three fields of a payment, and the dearest 64 KiB.
//!
//! ```text
//! cargo bench -p x402-tower --features nlp --bench pii_names
//! ```

#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use x402_tower::pii::{DetectionMode, Detector, EntityType};

const FIELDS: [(&str, &str); 6] = [
    ("plain words", "access to the price feed of the last hour"),
    ("heading", "Premium Market Data Access"),
    (
        "model",
        "Chat completion by claude-3-opus, per thousand tokens",
    ),
    ("person", "Medical report for Maria Garcia"),
    ("person in a slug", "name=garcia-maria; tier=premium"),
    (
        "persons, places",
        "Dr. Aisha Patel (Mayo Clinic) flies from Paris to Munich on 12 May",
    ),
];
const URL: &str = "https://api.example.com/v1/patients/maria-garcia/records?page=2&format=json";

fn names(criterion: &mut Criterion) {
    let names = EntityType::NAMES.iter().copied();
    let detector = Detector::with_entities(names).with_mode(DetectionMode::Nlp);

    let mut fields = criterion.benchmark_group("names in a field");
    for (name, text) in FIELDS {
        fields.throughput(Throughput::Bytes(text.len().try_into().unwrap()));
        fields.bench_function(name, |bencher| {
            bencher.iter(|| detector.scan(black_box(text)));
        });
    }
    fields.throughput(Throughput::Bytes(URL.len().try_into().unwrap()));
    fields.bench_function("url", |bencher| {
        bencher.iter(|| detector.scan_url(black_box(URL)));
    });
    fields.finish();

    let mut payment = criterion.benchmark_group("names in a payment");
    let everything = Detector::new().with_mode(DetectionMode::Nlp);
    payment.bench_function("url, description and reason", |bencher| {
        bencher.iter(|| {
            let url = everything.scan_url(black_box(URL));
            let description = everything.scan(black_box("Patient record lookup, one page"));
            let reason = everything.scan(black_box("Requested by Dr. Aisha Patel"));
            (url, description, reason)
        });
    });
    payment.finish();

    let mut hostile = criterion.benchmark_group("names in 64 KiB");
    for unit in ["a", "a.", "Ab ", "Xy-", "John Smith ", "/john"] {
        let text = unit.repeat(65_536 / unit.len());
        hostile.throughput(Throughput::Bytes(text.len().try_into().unwrap()));
        hostile.bench_function(format!("{unit:?}"), |bencher| {
            bencher.iter(|| detector.scan(black_box(&text)));
        });
    }
    hostile.finish();
}

criterion_group!(benches, names);
criterion_main!(benches);
