//! `[mpa]`.

use super::*;

const KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

fn with(head: &str, approvers: &[&str]) -> String {
    let mut text = format!("[mpa]\n{head}\n");
    for approver in approvers {
        text.push_str(&format!("[[mpa.approvers]]\n{approver}\n"));
    }
    text
}

fn code(head: &str, approvers: &[&str]) -> (&'static str, String) {
    let (code, path, _) = one(&with(head, approvers));
    (code, path)
}

const ALICE: &str = "approver_id = \"alice\"\nmode = \"webhook\"\nwebhook_url = \"https://a.io/\"";
const BOB: &str = "approver_id = \"bob\"\nmode = \"crypto\"\nsecret_env = \"BOB\"";

#[test]
fn every_kind_of_approver_is_read() {
    let carol = format!("approver_id = \"carol\"\nmode = \"crypto\"\npublic_key = \"{KEY}\"");
    let head = "threshold = 2\ncumulative_usd = 9\ncumulative_window_seconds = 3600\nmode = \"shadow\"\n\
                private_hosts = [\"approvals.internal\", \"10.0.0.7\"]";
    let mpa = toml(&with(head, &[ALICE, BOB, &carol]))
        .unwrap()
        .mpa
        .unwrap();
    assert_eq!(mpa.mode, Mode::Shadow);
    assert_eq!(mpa.cumulative, Some(Usd::from_micros(9_000_000)));
    assert_eq!(mpa.private_hosts.len(), 2);
    assert_eq!(mpa.approvers[1], ApproverSettings::hmac("bob", "BOB"));
    assert_eq!(mpa.approvers[2], ApproverSettings::ed25519("carol", KEY));
}

#[test]
fn approvals_that_nobody_could_give_are_refused() {
    for (head, approvers, code, path) in [
        (
            "threshold = 0",
            &[ALICE][..],
            "config.threshold",
            "mpa.threshold",
        ),
        (
            "threshold = 2",
            &[ALICE],
            "config.threshold",
            "mpa.threshold",
        ),
        (
            "threshold = 1\napprovers = []",
            &[],
            "config.approvers",
            "mpa.approvers",
        ),
        ("threshold = 1", &[], "config.missing", "mpa.approvers"),
        ("", &[ALICE], "config.missing", "mpa.threshold"),
        (
            "threshold = \"2\"",
            &[ALICE],
            "config.kind",
            "mpa.threshold",
        ),
        (
            "threshold = 1\ntimeout_seconds = 0",
            &[ALICE],
            "config.timeout",
            "mpa.timeout_seconds",
        ),
        (
            "threshold = 1\ntimeout_seconds = 601",
            &[ALICE],
            "config.timeout",
            "mpa.timeout_seconds",
        ),
        (
            "threshold = 1\ncumulative_window_seconds = 60",
            &[ALICE],
            "config.contradiction",
            "mpa.cumulative_window_seconds",
        ),
        (
            "threshold = 1\nprivate_hosts = [\"a b\"]",
            &[ALICE],
            "config.host",
            "mpa.private_hosts[0]",
        ),
        (
            "threshold = 1\nquorum = 2",
            &[ALICE],
            "config.unknown_key",
            "mpa.quorum",
        ),
    ] {
        assert_eq!(
            self::code(head, approvers),
            (code, path.to_owned()),
            "{head}"
        );
    }
}

#[test]
fn an_approver_has_what_its_mode_needs() {
    let id = "approver_id = \"alice\"";
    for (rest, code) in [
        ("mode = \"telepathy\"", "config.choice"),
        ("", "config.missing"),
        ("mode = \"webhook\"", "config.approver"),
        ("mode = \"crypto\"", "config.approver"),
        (
            "mode = \"crypto\"\nsecret_env = \"A\"\npublic_key = \"KEY\"",
            "config.approver",
        ),
        (
            "mode = \"crypto\"\nsecret_env = \"A\"\nwebhook_url = \"https://a.io\"",
            "config.approver",
        ),
        (
            "mode = \"webhook\"\nwebhook_url = \"https://a.io\"\npublic_key = \"KEY\"",
            "config.approver",
        ),
        (
            "mode = \"crypto\"\npublic_key = \"abc\"",
            "config.public_key",
        ),
        ("mode = \"crypto\"\nsecret_env = \"a b\"", "config.env"),
        (
            "mode = \"webhook\"\nwebhook_url = \"ftp://a.io\"",
            "config.webhook_url",
        ),
        (
            "mode = \"webhook\"\nwebhook_url = \"https://me:pw@a.io\"",
            "config.webhook_url",
        ),
        (
            "mode = \"webhook\"\nwebhook_url = \"http://a.io\"",
            "config.insecure",
        ),
    ] {
        let approver = format!("{id}\n{}", rest.replace("KEY", KEY));
        assert_eq!(self::code("threshold = 1", &[&approver]).0, code, "{rest}");
    }
    let nameless = "mode = \"crypto\"\nsecret_env = \"A\"";
    assert_eq!(code("threshold = 1", &[nameless]).0, "config.missing");
}

#[test]
fn attack_098_one_approver_under_two_names_is_refused() {
    let key = |id: &str, key: &str| {
        format!("approver_id = \"{id}\"\nmode = \"crypto\"\npublic_key = \"{key}\"")
    };
    let upper = KEY.to_uppercase();
    let again = ALICE.replace("\"alice\"", "\"mallory\"");
    let same_name = BOB.replace("\"bob\"", "\"alice\"");
    for (approvers, code) in [
        (
            [key("alice", KEY).as_str(), &key("mallory", &upper)],
            "config.shared_key",
        ),
        (
            [BOB, &BOB.replace("\"bob\"", "\"mallory\"")],
            "config.shared_key",
        ),
        ([ALICE, &again], "config.shared_key"),
        ([ALICE, &same_name], "config.duplicate"),
    ] {
        assert_eq!(
            self::code("threshold = 2", &approvers).0,
            code,
            "{approvers:?}"
        );
    }
}

#[test]
fn a_secret_in_the_file_is_refused_and_never_shown() {
    let approver = "approver_id = \"bob\"\nmode = \"crypto\"\nshared_secret = \"HUSH\"";
    let error = toml(&with("threshold = 1", &[approver])).unwrap_err();
    assert_eq!(error.problems()[0].code(), "config.secret");
    assert!(!format!("{error} {error:?}").contains("HUSH"));
}

#[test]
fn debug_does_not_show_a_webhooks_path() {
    let hook = ALICE.replace("https://a.io/", "https://hooks.chat.test/T0/HUSH");
    let config = toml(&with("threshold = 1", &[&hook])).unwrap();
    assert!(!format!("{config:?}").contains("HUSH"));
    let wrong = hook.replace("https://", "http://");
    let error = toml(&with("threshold = 1", &[&wrong])).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("HUSH"), "{error}");
}

#[test]
fn a_policy_with_approvals_has_a_revision_of_its_own() {
    let bare = rules("");
    let asked = rules(&with("threshold = 1", &[ALICE, BOB]));
    let turned = rules(&with("threshold = 1", &[BOB, ALICE]));
    let more = rules(&with("threshold = 2", &[ALICE, BOB]));
    assert_eq!(asked.revision(), turned.revision());
    assert_ne!(asked.revision(), more.revision());
    assert_ne!(asked.revision(), bare.revision());
}
