//! Policy, key and state directory.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use x402_tower::audit::FileSink;

use crate::program::{Ended, Home, KEY};
use crate::seller::{Conduct, REPORT, Seller, Wire};

/// More than the built-in policy allows.
const QUARTER: u64 = 250_000;
const GENEROUS: &str = "max_per_call_usd = 0.50\n";
const STRICT: &str = "max_per_call_usd = 0.01\n";

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn make_state(home: &Home) {
    fs::create_dir_all(home.state()).unwrap();
    fs::set_permissions(home.state(), fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn the_policy_of_the_command_line_holds() {
    let seller = Seller::start(Wire::V2, QUARTER, Conduct::Sell(REPORT));
    let home = Home::new();
    let policy = home.write("mine.toml", GENEROUS);
    let ended = home.fetch([&seller.url(), "--policy", policy.to_str().unwrap()]);
    assert_eq!(ended.code(), 0, "{}", ended.err());
}

#[test]
fn the_policy_of_the_environment_holds_where_the_command_line_names_none() {
    let seller = Seller::start(Wire::V2, QUARTER, Conduct::Sell(REPORT));
    let home = Home::new();
    let policy = home.write("mine.json", r#"{"max_per_call_usd": 0.50}"#);
    let mut command = home.command();
    command.env("X402_POLICY", policy);
    command.env("X402_PRIVATE_KEY", KEY);
    command.args(["fetch", &seller.url()]);
    let ended = Ended::of(command);
    assert_eq!(ended.code(), 0, "{}", ended.err());
}

#[test]
fn the_policy_in_the_state_directory_holds_where_none_is_named() {
    let seller = Seller::start(Wire::V2, 50_000, Conduct::Sell(REPORT));
    let home = Home::new();
    make_state(&home);
    fs::write(home.state().join("policy.toml"), STRICT).unwrap();
    let ended = home.fetch([seller.url()]);
    assert_eq!(ended.code(), 10, "{}", ended.err());
}

#[test]
fn a_policy_link_that_leads_nowhere_does_not_fall_back_to_other_limits() {
    let seller = Seller::start(Wire::V2, 50_000, Conduct::Sell(REPORT));
    let home = Home::new();
    make_state(&home);
    std::os::unix::fs::symlink("nowhere.toml", home.state().join("policy.toml")).unwrap();
    let ended = home.fetch([seller.url()]);
    assert_eq!(ended.code(), 1);
    assert!(seller.seen().is_empty());
}

#[test]
fn without_a_policy_the_built_in_limits_are_said() {
    let seller = Seller::start(Wire::V2, 0, Conduct::Free(200));
    let ended = Home::new().fetch([seller.url()]);
    assert!(
        ended.err().contains("at most 0.10 USD a call and 1.00 USD"),
        "{}",
        ended.err()
    );
}

#[test]
fn a_text_that_is_no_key_is_a_failure_that_does_not_show_it() {
    let seller = Seller::start(Wire::V2, 50_000, Conduct::Sell(REPORT));
    let home = Home::new();
    let mut command = home.command();
    command.env("MY_KEY", "correct-horse");
    command.args(["fetch", &seller.url(), "--key-env", "MY_KEY"]);
    let ended = Ended::of(command);
    assert_eq!(ended.code(), 1);
    assert!(ended.err().contains("MY_KEY"), "{}", ended.err());
    assert!(!ended.err().contains("horse"), "{}", ended.err());
    assert!(seller.seen().is_empty());
}

#[test]
fn the_state_is_out_of_the_reach_of_others() {
    let seller = Seller::start(Wire::V2, 50_000, Conduct::Sell(REPORT));
    let home = Home::new();
    home.fetch([seller.url()]);
    assert_eq!(mode(&home.state()), 0o700);
    assert_eq!(mode(&home.audit_log()), 0o600);
    assert_eq!(mode(&home.state().join("audit.key")), 0o600);
}

#[test]
fn a_state_directory_that_others_can_write_to_is_refused() {
    let seller = Seller::start(Wire::V2, 0, Conduct::Free(200));
    let home = Home::new();
    make_state(&home);
    fs::set_permissions(home.state(), fs::Permissions::from_mode(0o770)).unwrap();
    let ended = home.fetch([seller.url()]);
    assert_eq!(ended.code(), 1);
    assert!(ended.err().contains("chmod 700"), "{}", ended.err());
    assert!(seller.seen().is_empty());
}

#[test]
fn the_state_directory_can_be_chosen() {
    let seller = Seller::start(Wire::V2, 50_000, Conduct::Sell(REPORT));
    let home = Home::new();
    let chosen = home.path().join("chosen");
    home.fetch([&seller.url(), "--state-dir", chosen.to_str().unwrap()]);
    assert!(chosen.join("audit.jsonl").is_file());
    assert!(!home.state().exists());
}

#[test]
fn the_policys_own_log_is_written_to() {
    let seller = Seller::start(Wire::V2, 50_000, Conduct::Sell(REPORT));
    let home = Home::new();
    let log = home.path().join("decisions.jsonl");
    let policy = format!("max_per_call_usd = 0.10\n[audit]\npath = {log:?}\n");
    let policy = home.write("mine.toml", &policy);
    home.fetch([&seller.url(), "--policy", policy.to_str().unwrap()]);
    assert_eq!(home.verify([&log]).code(), 0);
    assert!(!home.audit_log().exists());
}

#[test]
fn the_log_of_the_policy_is_synced_as_the_policy_says() {
    for sync in ["each", "grouped", "never"] {
        let seller = Seller::start(Wire::V2, 50_000, Conduct::Sell(REPORT));
        let home = Home::new();
        let log = home.path().join("decisions.jsonl");
        let policy = format!("max_per_call_usd = 0.10\n[audit]\npath = {log:?}\nsync = {sync:?}\n");
        let policy = home.write("mine.toml", &policy);
        let ended = home.fetch([&seller.url(), "--policy", policy.to_str().unwrap()]);
        assert_eq!(ended.code(), 0, "{sync}: {}", ended.err());
        assert_eq!(home.verify([&log]).code(), 0, "{sync}");
    }
}

#[test]
fn a_run_waits_for_a_process_that_keeps_the_log_to_itself() {
    let seller = Seller::start(Wire::V2, 0, Conduct::Free(200));
    let home = Home::new();
    make_state(&home);
    let held = FileSink::open(home.audit_log()).unwrap();
    let mut command = home.command();
    command.args(["fetch", &seller.url()]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut notes = BufReader::new(child.stderr.take().unwrap());
    let mut note = String::new();
    while !note.contains("waiting for a process") {
        note.clear();
        assert!(notes.read_line(&mut note).unwrap() > 0, "it did not wait");
    }
    assert!(seller.seen().is_empty(), "nothing is sent before");
    drop(held);
    let mut rest = String::new();
    notes.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{rest}");
}
