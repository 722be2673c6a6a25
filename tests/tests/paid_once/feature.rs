//! That points at which tests kill a process exist in tests only.

#[test]
fn only_this_crate_turns_failpoints_on() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap();
    let manifest = |of: &str| std::fs::read_to_string(root.join(of).join("Cargo.toml")).unwrap();
    for other in ["", "x402-reqwest", "x402-guard", "x402-axum-example"] {
        assert!(!manifest(other).contains("failpoints"), "{other}");
    }
    let library = manifest("x402-tower");
    let names = library
        .lines()
        .filter(|line| line.contains("failpoints") && !line.starts_with("##"));
    assert_eq!(names.collect::<Vec<_>>(), ["failpoints = []"]);
    assert!(manifest("tests").contains(r#""failpoints""#));
}
