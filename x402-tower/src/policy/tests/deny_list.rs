//! `denied_recipients_file`.

use std::fs::{self, File};
use std::time::{Duration, UNIX_EPOCH};

use tempfile::TempDir;

use super::*;
use crate::clock::UnixMillis;

/// A policy that names a list of this text.
fn loaded(list: &[u8], rest: &str) -> (TempDir, Result<PolicyConfig, PolicyError>) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("denied.txt"), list).unwrap();
    let path = folder.path().join("policy.toml");
    fs::write(
        &path,
        format!("denied_recipients_file = \"denied.txt\"\n{rest}"),
    )
    .unwrap();
    let config = PolicyConfig::load(path);
    (folder, config)
}

#[test]
fn attack_064_a_listed_recipient_is_denied() {
    let list = format!("# fetched on Monday\n\n{PAYEE} # somebody\r\neip155:1/{OTHER}\n{PAYEE}\n");
    let (_folder, config) = loaded(list.as_bytes(), "");
    let rules = Rules::compile(&config.unwrap()).unwrap();
    assert_eq!(Asked::fine().code(&rules), "policy.denied_recipient");
    assert_eq!(Asked::paying(OTHER).code(&rules), "allowed");
    assert_eq!(
        Asked::paying(OTHER).on("eip155:1").code(&rules),
        "policy.denied_recipient"
    );
}

#[test]
fn another_list_is_another_policy() {
    let revision = |list: &str| {
        let (_folder, config) = loaded(list.as_bytes(), "");
        Rules::compile(&config.unwrap())
            .unwrap()
            .revision()
            .to_owned()
    };
    assert_eq!(
        revision(PAYEE),
        revision(&format!("# spelled otherwise\n{}\n", PAYEE.to_lowercase()))
    );
    assert_ne!(revision(PAYEE), revision(OTHER));
    let inline = rules(&format!("denied_recipients = [\"{PAYEE}\"]"));
    assert_eq!(revision(PAYEE), inline.revision(), "it means the same");
}

#[test]
fn a_list_that_cannot_be_used_is_no_empty_list() {
    let long = vec![b'#'; (1 << 20) + 1];
    for (list, code) in [
        (&b"alice"[..], "config.recipient"),
        (b"\xff\xfe", "config.unreadable"),
        (&long, "config.unreadable"),
    ] {
        let (_folder, config) = loaded(list, "");
        let error = config.unwrap_err();
        let problem = &error.problems()[0];
        assert_eq!(
            (problem.code(), problem.path(), problem.line()),
            (code, "denied_recipients_file", Some(1))
        );
        assert_eq!(error.problems().len(), 1, "{error}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.toml");
    fs::write(&path, "denied_recipients_file = \"gone.txt\"").unwrap();
    assert_eq!(
        PolicyConfig::load(path).unwrap_err().problems()[0].code(),
        "config.unreadable"
    );
}

#[test]
fn a_line_that_is_no_address_is_named() {
    let (_folder, config) = loaded(format!("{PAYEE}\n\nalice\n").as_bytes(), "");
    let error = config.unwrap_err().to_string();
    assert!(error.contains("line 3 of \"denied.txt\""), "{error}");
}

#[test]
fn a_text_cannot_make_files_be_read() {
    assert_eq!(
        one("denied_recipients_file = \"/etc/hostname\"").0,
        "config.no_folder"
    );
    assert_eq!(
        one("denied_recipients_max_age_days = 3").0,
        "config.contradiction"
    );
}

#[test]
fn an_old_list_is_told_from_a_new_one() {
    let (folder, _) = loaded(PAYEE.as_bytes(), "denied_recipients_max_age_days = 7");
    let list = File::options()
        .write(true)
        .open(folder.path().join("denied.txt"))
        .unwrap();
    list.set_modified(UNIX_EPOCH + Duration::from_secs(86_400))
        .unwrap();
    let config = PolicyConfig::load(folder.path().join("policy.toml")).unwrap();
    let day = |day: u64| UnixMillis::from_secs(day * 86_400);
    assert!(!config.denied_recipients_are_old(day(8)));
    assert!(config.denied_recipients_are_old(day(9)));
    assert!(!toml("").unwrap().denied_recipients_are_old(day(9)));
}
