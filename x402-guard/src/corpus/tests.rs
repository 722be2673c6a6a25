//! Facts about whole corpora.

use std::collections::BTreeSet;
use std::io::BufReader;

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::corpus::card::card;
use crate::corpus::count::points;
use crate::corpus::held_out::Split;
use crate::corpus::record::{Field, Record};
use crate::corpus::sample::Corpus;

/// The corpus of a seed, as the program writes it.
fn written(seed: u64, count: usize, split: Split) -> Vec<u8> {
    let mut out = Vec::new();
    for record in Corpus::new(seed, split).take(count) {
        serde_json::to_writer(&mut out, &record).unwrap();
        out.push(b'\n');
    }
    out
}

fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn samples(seed: u64, split: Split) -> Vec<Record> {
    Corpus::new(seed, split).take(2_000).collect()
}

#[test]
fn the_corpus_of_a_seed_is_pinned() {
    // Whoever changes a list or a template changes every later corpus: renew the card and these two in the same commit.
    let any = digest(&written(42, 2_000, Split::Any));
    let held_out = digest(&written(42, 2_000, Split::HeldOut));
    assert_eq!(
        any,
        "781cfcc496dfdf5b61849a9c187d31bda4198b35aecf870b002b053f66b2b54b"
    );
    assert_eq!(
        held_out,
        "b1324ba91362d119ac6bd8be4d477950b08b27f8412dcb19c15b08576c593b3a"
    );
}

#[test]
fn the_card_in_the_repository_is_what_the_command_prints() {
    let corpus = written(42, 2_000, Split::Any);
    let printed = card(BufReader::new(corpus.as_slice())).unwrap();
    assert_eq!(printed, include_str!("../../../corpus/DATACARD.md"));
}

#[test]
fn asking_for_more_adds_to_the_end() {
    let few: Vec<Record> = Corpus::new(7, Split::Any).take(150).collect();
    assert_eq!(few, samples(7, Split::Any)[..150]);
}

#[test]
fn between_36_and_40_percent_have_personal_data_in_them() {
    for split in [Split::Any, Split::HeldOut] {
        let samples = samples(42, split);
        let positive = samples.iter().filter(|sample| sample.pii_positive).count();
        assert!((720..=800).contains(&positive), "{positive}");
        assert!(
            samples
                .iter()
                .all(|sample| sample.pii_positive != sample.labels.is_empty())
        );
    }
}

#[test]
fn nearly_every_text_is_another() {
    let samples = samples(42, Split::Any);
    let all = || {
        samples
            .iter()
            .flat_map(|sample| Field::ALL.map(|field| sample.text(field)))
    };
    let texts = all().filter(|text| !text.is_empty()).count();
    let different: BTreeSet<&str> = all().filter(|text| !text.is_empty()).collect();
    assert!(
        different.len() > 4_000 && different.len() * 10 > texts * 8,
        "{} of {texts}",
        different.len()
    );
}

#[test]
fn every_type_comes_in_every_large_corpus() {
    let samples: Vec<Record> = Corpus::new(3, Split::HeldOut).take(10_000).collect();
    let labels = samples.iter().flat_map(|sample| &sample.labels);
    let types: BTreeSet<&str> = labels.map(|label| label.entity_type.as_str()).collect();
    assert_eq!(types.len(), 35, "{types:?}");
}

#[test]
fn no_slot_of_a_template_is_unknown() {
    for sample in Corpus::new(11, Split::Any).take(10_000) {
        for field in Field::ALL {
            let text = sample.text(field);
            assert!(
                !text.contains("  ") && !text.ends_with('=') && !text.contains("//."),
                "{text}"
            );
        }
    }
}

#[test]
fn held_out_corpora_name_held_out_places_alone() {
    let forms = ["town", "native", "country", "caps"];
    for sample in samples(5, Split::HeldOut) {
        for label in sample.labels {
            if label.entity_type == "LOCATION" && forms.contains(&label.surface_form.as_str()) {
                assert!(
                    Split::HeldOut.has_whole(&label.original_text),
                    "{}",
                    label.original_text
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn labels_cover_their_text_and_never_meet(seed: u64, held_out: bool) {
        let split = if held_out { Split::HeldOut } else { Split::Any };
        for sample in Corpus::new(seed, split).take(200) {
            for label in &sample.labels {
                prop_assert!(points(&sample, label), "{sample:?}");
                prop_assert!(label.start < label.end);
            }
            for pair in sample.labels.windows(2).filter(|pair| pair[0].field == pair[1].field) {
                prop_assert!(pair[0].end <= pair[1].start, "{sample:?}");
            }
        }
    }

    #[test]
    fn every_url_parses_and_keeps_its_host(seed: u64, held_out: bool) {
        let split = if held_out { Split::HeldOut } else { Split::Any };
        for sample in Corpus::new(seed, split).take(200) {
            let url = url::Url::parse(&sample.resource_url).unwrap();
            prop_assert_eq!(url.scheme(), "https");
            let host = url.host_str().unwrap();
            let begins = format!("https://{host}/");
            prop_assert!(sample.resource_url.starts_with(&begins), "{}", sample.resource_url);
        }
    }
}
