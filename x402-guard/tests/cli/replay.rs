//! The fingerprint key of a run.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use crate::program::{Ended, Home, KEY};
use crate::seller::{Conduct, REPORT, Seller, Wire};

fn seller() -> Seller {
    Seller::start(Wire::V2, 50_000, Conduct::Sell(REPORT))
}

fn key_file(home: &Home) -> PathBuf {
    home.state().join("fingerprint.key")
}

/// A run with this in `X402_FINGERPRINT_KEY`.
fn fetch_with(home: &Home, key: &str, seller: &Seller) -> Ended {
    let mut command = home.command();
    command.env("X402_PRIVATE_KEY", KEY);
    command.env("X402_FINGERPRINT_KEY", key);
    command.args(["fetch", &seller.url()]);
    Ended::of(command)
}

fn assert_refused(ended: &Ended, seller: &Seller, says: &str) {
    assert_eq!(ended.code(), 1, "{}", ended.err());
    assert!(ended.err().contains(says), "{}", ended.err());
    assert!(
        ended.err().contains("X402_FINGERPRINT_KEY"),
        "{}",
        ended.err()
    );
    assert!(seller.seen().is_empty(), "something was sent");
}

#[test]
fn a_run_makes_itself_a_key_and_the_next_one_keeps_it() {
    let home = Home::new();
    let mut kept = Vec::new();
    for _ in 0..2 {
        let seller = seller();
        assert_eq!(home.fetch([seller.url()]).code(), 0);
        kept.push(fs::read_to_string(key_file(&home)).unwrap());
    }
    assert_eq!(kept[0], kept[1]);
    assert_eq!(kept[0].trim_end().len(), 64);
    let mode = fs::metadata(key_file(&home)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn the_key_of_the_environment_makes_no_file() {
    let (home, seller) = (Home::new(), seller());
    let ended = fetch_with(&home, &"0123456789abcdef".repeat(4), &seller);
    assert_eq!(ended.code(), 0, "{}", ended.err());
    assert!(!key_file(&home).exists());
}

#[test]
fn a_bad_key_in_the_environment_is_refused_and_not_quoted() {
    for bad in [
        "",
        "hunter2",
        &"0123456789abcdef".repeat(3),
        &"zz".repeat(32),
    ] {
        let (home, seller) = (Home::new(), seller());
        let ended = fetch_with(&home, bad, &seller);
        assert_refused(&ended, &seller, "64 hexadecimal digits");
        assert!(bad.is_empty() || !ended.err().contains(bad));
    }
    let (home, seller) = (Home::new(), seller());
    let ended = fetch_with(&home, &"00".repeat(32), &seller);
    assert_refused(&ended, &seller, "one byte repeated");
}

#[test]
fn a_key_file_that_others_can_read_is_refused() {
    let home = Home::new();
    assert_eq!(home.fetch([seller().url()]).code(), 0);
    fs::set_permissions(key_file(&home), fs::Permissions::from_mode(0o644)).unwrap();
    let seller = seller();
    assert_refused(&home.fetch([seller.url()]), &seller, "chmod 600");
}

#[test]
fn a_link_in_place_of_the_key_file_is_refused() {
    let home = Home::new();
    assert_eq!(home.fetch([seller().url()]).code(), 0);
    let real = home.path().join("elsewhere.key");
    fs::rename(key_file(&home), &real).unwrap();
    symlink(&real, key_file(&home)).unwrap();
    let seller = seller();
    assert_refused(&home.fetch([seller.url()]), &seller, "not a plain file");
}
