//! Attack 84: files that are not a policy, and what holds while they stand there.

use std::fs;

use x402_tower::policy::PolicyConfig;
use x402_tower::{GuardConfig, Usd};

use crate::ground::{Ground, ONE_CENT, ending};

const URL: &str = "https://api.example.com/report";

/// Loads `file`: refused with `code`, the policy before holds, and the next good file is taken.
async fn refused(write: impl FnOnce(&Ground), code: &str) {
    let ground = Ground::new(ONE_CENT);
    let (reloader, before) = (ground.config.reloader(), ground.revision());
    write(&ground);
    assert_eq!(reloader.reload().unwrap_err().code(), code);
    let status = reloader.status();
    assert_eq!(*status.revision, *before);
    assert_eq!((status.reloads, status.failures), (0, 1));
    let error = status.last_error.unwrap();
    assert_eq!(error.code, code);
    assert!(!error.message.is_empty());
    assert_eq!(ending(&ground.buy(URL, 20_000).await), "policy.per_call");

    let _ = fs::remove_dir(ground.file());
    ground.write("max_per_call_usd = 0.02");
    reloader.reload().unwrap();
    assert!(reloader.status().last_error.is_none());
    assert_eq!(ending(&ground.buy(URL, 20_000).await), "settled");
}

#[tokio::test]
async fn attack_084_a_policy_that_is_wrong_keeps_the_old_one() {
    for text in [
        "max_per_call_usd = -1",
        "max_per_call = 5",
        "max_per_call_usd = 0.02\n[audit]\npath = 7",
        "not a policy",
        "\u{0}",
    ] {
        refused(|ground| ground.write(text), "policy.invalid").await;
    }
}

#[tokio::test]
async fn attack_084_a_half_written_file_keeps_the_old_one() {
    let whole = "max_per_call_usd = 0.02\nallowed_origins = [\"https://api.example.com\"]";
    for end in [
        "max_per_call_usd = ".len(),
        whole.len() - 1,
        whole.len() - 10,
    ] {
        refused(|ground| ground.write(&whole[..end]), "policy.invalid").await;
    }
}

#[tokio::test]
async fn attack_084_an_emptied_file_lifts_no_limit() {
    for text in ["", "\n\n", "# written by hand\n"] {
        refused(|ground| ground.write(text), "reload.blank").await;
    }
    // Its twin: an empty policy is one that has no limits.
    let none = PolicyConfig::from_toml("", "policy.toml").unwrap();
    let config = GuardConfig::buyer().policy(none).build().unwrap();
    let answer = crate::ground::buy(&config, URL, 1_000_000).await;
    assert_eq!(ending(&answer), "settled");
}

#[tokio::test]
async fn attack_084_a_deleted_file_keeps_the_old_one() {
    refused(
        |ground| fs::remove_file(ground.file()).unwrap(),
        "policy.invalid",
    )
    .await;
}

#[tokio::test]
async fn attack_084_a_folder_in_its_place_keeps_the_old_one() {
    let replace = |ground: &Ground| {
        fs::remove_file(ground.file()).unwrap();
        fs::create_dir(ground.file()).unwrap();
    };
    refused(replace, "policy.invalid").await;
}

#[tokio::test]
async fn attack_084_a_file_of_any_bytes_keeps_the_old_one() {
    let bytes = |ground: &Ground| fs::write(ground.file(), [0xff, 0xfe, 0x00, 0x9f]).unwrap();
    refused(bytes, "policy.invalid").await;
    let huge = |ground: &Ground| ground.write(&"#".repeat(2 << 20));
    refused(huge, "policy.invalid").await;
}

#[test]
fn a_guard_without_a_file_says_so() {
    let policy = PolicyConfig::new().with_max_per_call(Usd::from_micros(1));
    let config = GuardConfig::buyer().policy(policy).build().unwrap();
    let reloader = config.reloader();
    assert_eq!(reloader.reload().unwrap_err().code(), "reload.no_file");
    assert_eq!(reloader.status().file, None);
    let watch = reloader.watch(x402_tower::guard::WatchOptions::new());
    assert_eq!(watch.unwrap_err().code(), "watch.no_file");
}

#[test]
fn the_error_names_file_line_and_remedy() {
    let ground = Ground::new(ONE_CENT);
    ground.write("window_seconds = 60\nmax_per_call_usd = -1\n");
    let error = ground.config.reloader().reload().unwrap_err().to_string();
    assert!(error.contains("policy.toml:2: max_per_call_usd"), "{error}");
}
