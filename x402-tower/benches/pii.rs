//! What the detector takes for a clean field, a triple of payment metadata, a held-out record and a hostile field, beside
//! `memchr` over the same bytes.
//!
//! ```text
//! cargo bench -p x402-tower --bench pii
//! cargo bench -p x402-tower --features nlp --bench pii
//! ```

#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use x402_tower::pii::{DetectionMode, Detector};

const CLEAN_URL: &str = "https://api.example.com/v1/fx/rates";
const CLEAN_TEXT: &str = "Access to premium market data";
/// URL, description and reason, as a seller writes them.
const TRIPLES: &[(&str, [&str; 3])] = &[
    (
        "clean",
        [
            "https://compute.example.com/v1/instances/inst-abc123",
            "Compute quota request for the nightly batch",
            "request_id=7f3a91",
        ],
    ),
    (
        "person and number",
        [
            "https://api.example.com/v1/users/Aisha%20Patel/profile",
            "Record retrieval for patient SSN 312 45 6789",
            "requested by alice@example.com",
        ],
    ),
];
/// URL, description and reason with digits, escapes and lists, as the held-out samples of the corpus have them.
const RECORDS: &[[&str; 3]] = &[
    [
        "https://api.example.org/v1/settle?network=eip155:84532&value=29196044&validBefore=1659277318",
        "Ampere tensor cores for DOGE-USDT",
        "request_id=d8d6a398-1ad0-4b17-920a-7930b3c4cc16",
    ],
    [
        "https://ai.example.org/v1/usage?month=2019-02-18&project=table-digest",
        "Extract routing number from a scan: 618982947",
        "retry 825, finish_reason=length",
    ],
    [
        "https://games.example.com/titles/Bloody%20Mary%20mix/patch/6.32.16",
        "Row-level diff acdf0573..51b27698",
        "{\"job\":\"REF-530373\",\"attempt\":461,\"at\":\"2025-10-28T08:43:47Z\"}",
    ],
    [
        "https://data.example.com/tiles/165/838/350.pbf",
        "Pays 9314542 atomic units of USDC on eip155:43114",
        "to=eip155:1:0xfba9a42cf77c02849798b4ca9efb85e409376ca6",
    ],
];
const HOSTILE: &[&str] = &[
    "a",
    "a.",
    "1-",
    "1 ",
    "@a",
    "a@a.aa ",
    "%25",
    "%2525",
    "&amp;",
    "=3D",
    "\\u0040",
    "1:",
    "GB82 ",
    "4111 ",
    "+1 ",
    "é",
    "аlice@",
    "YWxp",
    "(at)",
    "ssn ",
    "J. ",
    "Maria ",
    // Lists of digits and separators.
    "1,",
    "12, ",
    "12-34-",
    "123,456,",
    "1.2.3.4 ",
    "1|2|",
    "[1,2],",
    "\"4111\", ",
    "a=4111&",
    "1 2 3 4,",
    "10.0.0.1,",
    // Lists of encoded runs.
    "NTMzMTIzNDU2MTIz ",
    "NTMzMTIzNDU2MTIz/",
    "616c6963654061622e636f6d,",
];

fn modes() -> impl Iterator<Item = (&'static str, Detector)> {
    DetectionMode::ALL
        .iter()
        .map(|mode| (mode.as_str(), Detector::new().with_mode(*mode)))
}

fn clean_fields(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("clean field");
    for (name, text, is_url) in [("url", CLEAN_URL, true), ("text", CLEAN_TEXT, false)] {
        group.bench_function(format!("memchr/{name}"), |bencher| {
            bencher.iter(|| memchr::memchr(b'@', black_box(text).as_bytes()));
        });
        for (mode, detector) in modes() {
            group.bench_function(format!("{mode}/{name}"), |bencher| {
                bencher.iter(|| {
                    let text = black_box(text);
                    if is_url {
                        detector.scan_url(text)
                    } else {
                        detector.scan(text)
                    }
                });
            });
        }
    }
    group.finish();
}

fn triples(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("triple");
    for (name, [url, description, reason]) in TRIPLES {
        group.bench_function(format!("memchr/{name}"), |bencher| {
            bencher.iter(|| {
                [url, description, reason]
                    .map(|text| memchr::memchr(b'@', black_box(text).as_bytes()))
            });
        });
        for (mode, detector) in modes() {
            group.bench_function(format!("{mode}/{name}"), |bencher| {
                bencher.iter(|| {
                    (
                        detector.scan_url(black_box(url)),
                        detector.scan(black_box(description)),
                        detector.scan(black_box(reason)),
                    )
                });
            });
        }
    }
    group.finish();
}

fn records(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("held-out record");
    for (number, [url, description, reason]) in RECORDS.iter().enumerate() {
        for (mode, detector) in modes() {
            group.bench_function(format!("{mode}/{number}"), |bencher| {
                bencher.iter(|| {
                    (
                        detector.scan_url(black_box(url)),
                        detector.scan(black_box(description)),
                        detector.scan(black_box(reason)),
                    )
                });
            });
        }
    }
    group.finish();
}

fn hostile_fields(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hostile 64 KiB");
    group.sample_size(10);
    for unit in HOSTILE {
        let text = unit.repeat(65_536 / unit.len());
        group.throughput(Throughput::Bytes(text.len() as u64));
        for (mode, detector) in modes() {
            group.bench_function(format!("{mode}/{unit}"), |bencher| {
                bencher.iter(|| detector.scan(black_box(&text)));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, clean_fields, triples, records, hostile_fields);
criterion_main!(benches);
