//! What the documents name exists.
#![allow(
    clippy::expect_used,
    reason = "a missing file is what the test is about"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use x402_tower::policy::{PolicyConfig, Rules};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
        .to_owned()
}

/// Every `.rs` file of the workspace's own crates.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let skipped = ["target", "node_modules", ".venv", ".git"];
        if path.is_dir() && !skipped.iter().any(|skip| name == *skip) {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
}

fn attack_tests() -> BTreeSet<String> {
    let mut files = Vec::new();
    sources(&root(), &mut files);
    let mut names = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a source file");
        for rest in text.split("fn attack_").skip(1) {
            let name: String = rest
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            names.insert(format!("attack_{name}"));
        }
    }
    names
}

#[test]
fn every_test_that_the_threat_model_names_exists() {
    let text = fs::read_to_string(root().join("docs/threat-model.md")).expect("the threat model");
    let tests = attack_tests();
    let named: Vec<&str> = text
        .split('`')
        .filter(|word| word.starts_with("attack_"))
        .collect();
    assert!(named.len() > 30, "the table is there");
    for name in named {
        assert!(tests.contains(name), "docs/threat-model.md names {name}");
    }
}

fn conformance() -> String {
    fs::read_to_string(root().join("docs/conformance.md")).expect("the conformance page")
}

/// Files and names of the tests in a part of a document, each written as `file.rs::name`.
fn tests_named_in(text: &str) -> Vec<(&str, &str)> {
    let words = text.split('`').filter(|word| word.contains(".rs::"));
    words.filter_map(|word| word.split_once("::")).collect()
}

/// The rows of the tables whose first column is a number behind `prefix`.
fn rows<'t>(text: &'t str, prefix: &str) -> Vec<(usize, &'t str)> {
    let row = |line: &'t str| {
        let (first, rest) = line.strip_prefix("| ")?.split_once(" |")?;
        Some((first.strip_prefix(prefix)?.parse().ok()?, rest))
    };
    text.lines().filter_map(row).collect()
}

/// Whether there is a test of that name, and not merely a function.
fn is_test(source: &str, name: &str) -> bool {
    source.match_indices(&format!("fn {name}(")).any(|(at, _)| {
        let before = source.get(..at).unwrap_or_default();
        let mut near = before.lines().rev().take(5);
        near.any(|line| line.contains("#[test]") || line.contains("#[tokio::test"))
    })
}

#[test]
fn every_test_that_the_conformance_page_names_exists() {
    let text = conformance();
    let named = tests_named_in(&text);
    assert!(named.len() > 206, "the tables are there");
    let missing: Vec<_> = named
        .into_iter()
        .filter(|(file, name)| {
            let source = fs::read_to_string(root().join(file)).unwrap_or_default();
            !is_test(&source, name)
        })
        .collect();
    assert_eq!(missing, [], "docs/conformance.md names what is not there");
}

#[test]
fn every_test_that_the_money_page_names_exists() {
    let text = fs::read_to_string(root().join("docs/money.md")).expect("the money page");
    let named = tests_named_in(&text);
    assert!(named.len() > 50, "the claims are there: {}", named.len());
    let missing: Vec<_> = named
        .into_iter()
        .filter(|(file, name)| {
            let source = fs::read_to_string(root().join(file)).unwrap_or_default();
            // A fact of the suite is a function that every engine's own test calls.
            let is_fact =
                file.contains("/store_suite/") && source.contains(&format!("pub async fn {name}<"));
            !is_fact && !is_test(&source, name)
        })
        .collect();
    assert_eq!(missing, [], "docs/money.md names what is not there");
}

#[test]
fn every_behaviour_of_the_reference_has_a_row_and_a_test() {
    let text = conformance();
    let rows = rows(&text, "");
    assert!(
        rows.iter().map(|row| row.0).eq(1..=192),
        "192 rows in order"
    );
    for (number, row) in rows {
        assert!(!tests_named_in(row).is_empty(), "row {number} has no test");
    }
}

#[test]
fn every_known_defect_of_the_reference_has_a_row_and_a_test() {
    let text = conformance();
    let rows = rows(&text, "P");
    assert!(rows.iter().map(|row| row.0).eq(1..=14), "14 rows in order");
    for (number, row) in rows {
        let prefix = format!("defect_p{number:02}_");
        let mut names = tests_named_in(row).into_iter();
        assert!(
            names.any(|(_, name)| name.starts_with(&prefix)),
            "P{number} has no test of its own"
        );
    }
}

#[test]
fn every_link_of_the_first_page_leads_somewhere() {
    let text = fs::read_to_string(root().join("README.md")).expect("the first page");
    let links = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    for link in links.filter(|link| !link.starts_with("http")) {
        assert!(root().join(link).exists(), "README.md links to {link}");
    }
}

#[test]
fn every_policy_of_the_first_page_can_be_used() {
    let text = fs::read_to_string(root().join("README.md")).expect("the first page");
    let policies: Vec<&str> = text
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert!(
        policies.len() >= 2,
        "the policy and its approvals are there"
    );
    for policy in policies {
        let compiled =
            PolicyConfig::from_toml(policy, "README.md").and_then(|it| Rules::compile(&it));
        assert!(compiled.is_ok(), "{compiled:?}");
    }
}

#[test]
fn every_inner_service_that_is_cloned_is_swapped() {
    let clone = concat!("self.inner", ".clone()");
    let mut files = Vec::new();
    sources(&root(), &mut files);
    let mut seen = 0;
    for file in files {
        let text = fs::read_to_string(&file).expect("a source file");
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            if line.contains(clone) && line.trim_start().starts_with("let ") {
                seen += 1;
                let next = lines.get(number + 1).copied().unwrap_or_default();
                assert!(
                    next.contains("mem::replace(&mut self.inner, clone)"),
                    "{}:{}: the readied service has to go and its clone to stay",
                    file.display(),
                    number + 1
                );
            }
        }
    }
    assert!(seen >= 3, "the services are where this test looks");
}
