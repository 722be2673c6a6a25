//! `corpus generate` and `corpus card`.

use serde_json::Value;

use crate::program::{Ended, Home};

fn corpus(home: &Home, args: &[&str]) -> Ended {
    let mut command = home.command();
    command.current_dir(home.path()).arg("corpus").args(args);
    Ended::of(command)
}

#[test]
fn samples_are_json_lines_whose_labels_point_at_their_text() {
    let home = Home::new();
    let made = corpus(&home, &["generate", "--n", "300"]);
    assert_eq!((made.code(), made.err()), (0, ""));
    let samples: Vec<Value> = made
        .out()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(samples.len(), 300);
    let mut labels = 0;
    for sample in &samples {
        assert_eq!(
            sample["pii_positive"],
            !sample["labels"].as_array().unwrap().is_empty()
        );
        for label in sample["labels"].as_array().unwrap() {
            let text = sample[label["field"].as_str().unwrap()].as_str().unwrap();
            let at = |key: &str| usize::try_from(label[key].as_u64().unwrap()).unwrap();
            let (start, end) = (at("start"), at("end"));
            let covered: String = text.chars().skip(start).take(end - start).collect();
            assert_eq!(label["original_text"], covered);
            labels += 1;
        }
    }
    assert!(labels > 100, "{labels}");
}

#[test]
fn a_file_gets_what_standard_output_would() {
    let home = Home::new();
    let args = [
        "generate", "--seed", "7", "--n", "50", "--split", "held-out",
    ];
    let printed = corpus(&home, &args);
    let filed = corpus(&home, &[&args[..], &["--out", "samples.jsonl"]].concat());
    assert_eq!((filed.code(), filed.out(), filed.err()), (0, "", ""));
    let file = std::fs::read_to_string(home.path().join("samples.jsonl")).unwrap();
    assert_eq!(file, printed.out());
}

#[test]
fn another_seed_or_split_is_another_corpus() {
    let home = Home::new();
    let made = |args: &[&str]| {
        corpus(&home, &[&["generate", "--n", "20"], args].concat())
            .out()
            .to_owned()
    };
    let default = made(&[]);
    assert_eq!(default, made(&["--seed", "42", "--split", "any"]));
    assert_ne!(default, made(&["--seed", "43"]));
    assert_ne!(default, made(&["--split", "held-out"]));
}

#[test]
fn the_card_counts_what_was_made() {
    let home = Home::new();
    corpus(&home, &["generate", "--n", "200", "--out", "samples.jsonl"]);
    let card = corpus(&home, &["card", "--corpus", "samples.jsonl"]);
    assert_eq!((card.code(), card.err()), (0, ""));
    assert!(
        card.out()
            .contains("| samples | 200 |\n| with personal data | 76 (38.0 %) |")
    );
}

#[test]
fn a_bad_line_is_named_and_not_quoted() {
    let home = Home::new();
    for (bad, said) in [
        (
            "{\"id\": \"Jane Roe\"}",
            "line 3 is no sample: a key is missing",
        ),
        ("Jane Roe", "line 3 is no sample: this is not JSON"),
    ] {
        let good = corpus(&home, &["generate", "--n", "2"]).out().to_owned();
        home.write("samples.jsonl", &format!("{good}{bad}\n"));
        let card = corpus(&home, &["card", "--corpus", "samples.jsonl"]);
        assert_eq!((card.code(), card.out()), (1, ""));
        assert!(
            card.err().contains(said) && !card.err().contains("Roe"),
            "{}",
            card.err()
        );
    }
}

#[test]
fn a_label_that_misses_its_text_fails_the_card() {
    let home = Home::new();
    let sample = r#"{"id":"s","category":"generic","resource_url":"https://a.example/","description":"for Jane Roe","reason":"","pii_positive":true,"labels":[{"field":"description","entity_type":"PERSON","start":5,"end":13,"original_text":"Jane Roe","surface_form":"full_name"}]}"#;
    home.write("samples.jsonl", sample);
    let card = corpus(&home, &["card", "--corpus", "samples.jsonl"]);
    assert_eq!(card.code(), 1);
    let said = "line 1, s: the label 5..13 of description does not cover PERSON \"full_name\"";
    assert!(card.err().contains(said), "{}", card.err());
}

#[test]
fn what_cannot_be_read_or_written_is_said() {
    let home = Home::new();
    let card = corpus(&home, &["card", "--corpus", "nowhere.jsonl"]);
    assert_eq!(card.code(), 1);
    assert!(card.err().contains("the corpus cannot be read"));
    let made = corpus(&home, &["generate", "--out", "no/such/folder.jsonl"]);
    assert_eq!(made.code(), 1);
    assert!(made.err().contains("the corpus cannot be written"));
    assert_eq!(corpus(&home, &["generate", "--split", "none"]).code(), 2);
}
