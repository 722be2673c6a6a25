//! The suite itself.

use std::path::{Path, PathBuf};

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files_below(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

#[test]
fn every_fact_is_asked() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/testing/store_suite");
    let tests = std::fs::read_to_string(suite.join("tests.rs")).unwrap();
    let asked: Vec<_> = tests.lines().map(str::trim).collect();
    let mut facts = 0;
    for file in files_below(&suite) {
        let text = std::fs::read_to_string(&file).unwrap();
        for line in text.lines() {
            let Some(rest) = line.strip_prefix("pub async fn ") else {
                continue;
            };
            let fact = rest.split(['<', '(']).next().unwrap();
            assert!(
                asked.contains(&fact),
                "{fact} is missing in {}",
                file.display()
            );
            facts += 1;
        }
    }
    assert!(facts > 50, "{facts} facts");
}
