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
