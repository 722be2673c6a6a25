//! Configurations that cannot be right, and those of a policy file.

use std::time::Duration;

use x402_tower::mpa::{Approver, MpaConfig, MpaControl, MpaError};
use x402_tower::policy::PolicyConfig;
use x402_tower::{ControlKind, GuardConfig};

use crate::ground::secret;

fn refused(config: MpaConfig) -> MpaError {
    MpaControl::new(config).unwrap_err()
}

fn hmac(name: &str) -> Approver {
    Approver::hmac(name, secret(name))
}

fn both(one: Approver, other: Approver) -> MpaConfig {
    MpaConfig::new(1).with_approver(one).with_approver(other)
}

#[test]
fn a_valid_configuration_is_taken() {
    let config = both(
        hmac("alice"),
        Approver::webhook("bob", "https://approvals.example.com/bob"),
    );
    assert_eq!(MpaControl::new(config).unwrap().threshold(), 1);
}

#[test]
fn a_threshold_of_nothing_is_refused() {
    let config = MpaConfig::new(0).with_approver(hmac("alice"));
    assert_eq!(refused(config).code(), "mpa.threshold_zero");
}

#[test]
fn a_threshold_over_the_approvers_is_refused() {
    let error = refused(MpaConfig::new(2).with_approver(hmac("alice")));
    assert_eq!(error.code(), "mpa.threshold_out_of_reach");
    assert_eq!(
        error.to_string(),
        "2 approvals are needed, but there is only 1 to ask; add approvers or lower the threshold"
    );
}

#[test]
fn no_approvers_are_refused() {
    assert_eq!(refused(MpaConfig::new(1)).code(), "mpa.no_approvers");
}

#[test]
fn too_many_approvers_are_refused() {
    let config = (0..65).fold(MpaConfig::new(1), |config, n| {
        config.with_approver(hmac(&format!("approver-{n}")))
    });
    assert_eq!(refused(config).code(), "mpa.too_many_approvers");
}

#[test]
fn attack_098_one_name_twice_is_refused() {
    let config = both(hmac("alice"), Approver::hmac("Alice", secret("bob")));
    assert_eq!(refused(config).code(), "mpa.duplicate_approver");
}

#[test]
fn attack_098_two_names_with_one_key_are_refused() {
    let url = "https://approvals.example.com/all";
    let key = [
        0x03, 0xa1, 0x07, 0xbf, 0xf3, 0xce, 0x10, 0xbe, 0x1d, 0x70, 0xdd, 0x18, 0xe7, 0x4b, 0xc0,
        0x99, 0x67, 0xe4, 0xd6, 0x30, 0x9b, 0xa5, 0x0d, 0x5f, 0x1d, 0xdc, 0x86, 0x64, 0x12, 0x55,
        0x31, 0xb8,
    ];
    let signed = |name| Approver::webhook(name, url).with_shared_secret(secret("alice"));
    for config in [
        both(hmac("alice"), Approver::hmac("bob", secret("alice"))),
        both(
            Approver::ed25519("alice", key),
            Approver::ed25519("bob", key),
        ),
        both(signed("alice"), signed("bob")),
        both(hmac("alice"), signed("bob")),
        both(
            Approver::webhook("alice", url),
            Approver::webhook("bob", url),
        ),
        both(
            Approver::webhook("alice", url),
            Approver::webhook("bob", &format!("{url}?id=2#")),
        ),
        both(signed("alice"), Approver::webhook("bob", url)),
    ] {
        let debug = format!("{config:?}");
        let error = MpaControl::new(config.clone()).map(|_| ()).unwrap_err();
        assert!(
            matches!(error.code(), "mpa.shared_key" | "mpa.webhook_url"),
            "{debug}: {error}"
        );
    }
}

#[test]
fn one_address_with_a_secret_for_each_is_two_approvers() {
    let url = "https://approvals.example.com/all";
    let signed = |name| Approver::webhook(name, url).with_shared_secret(secret(name));
    assert!(MpaControl::new(both(signed("alice"), signed("bob"))).is_ok());
}

#[test]
fn a_key_that_is_none_is_refused() {
    let config = MpaConfig::new(1).with_approver(Approver::ed25519("alice", [0; 32]));
    assert_eq!(refused(config).code(), "mpa.public_key");
}

#[test]
fn an_id_that_no_log_should_show_is_refused() {
    for id in ["", "a b", "a\nb", "é", &"x".repeat(129)] {
        let config = MpaConfig::new(1).with_approver(Approver::hmac(id, secret("alice")));
        assert_eq!(refused(config).code(), "mpa.approver_id", "{id}");
    }
}

#[test]
fn attack_100_a_webhook_that_anybody_could_answer_is_refused() {
    let config = |approver| MpaConfig::new(1).with_approver(approver);
    let plain = || Approver::webhook("alice", "http://approvals.internal/alice");
    let signed = || plain().with_shared_secret(secret("alice"));
    for refused_config in [
        config(plain()),
        config(signed()),
        config(plain()).with_private_host("approvals.internal"),
        config(signed()).with_private_host("other.internal"),
        config(Approver::webhook(
            "alice",
            "https://user:pass@approvals.example.com/",
        )),
        config(Approver::webhook("alice", "ftp://approvals.example.com/")),
        config(Approver::webhook("alice", "approvals.example.com")),
    ] {
        assert_eq!(refused(refused_config).code(), "mpa.webhook_url");
    }
    let named = config(signed()).with_private_host("Approvals.Internal.");
    assert!(MpaControl::new(named).is_ok());
}

#[test]
fn waits_have_bounds() {
    let config = || MpaConfig::new(1).with_approver(hmac("alice"));
    let second = Duration::from_secs(1);
    for out in [
        config().with_timeout(Duration::ZERO),
        config().with_timeout(second * 601),
        config().with_request_life(Duration::ZERO),
        config().with_request_life(second * 86_401),
        config().with_cumulative(x402_tower::Usd::ZERO, Duration::ZERO),
    ] {
        assert_eq!(refused(out).code(), "mpa.out_of_range");
    }
}

#[test]
fn attack_116_no_secret_and_no_path_is_shown() {
    let config = both(
        hmac("alice"),
        Approver::webhook("bob", "https://approvals.example.com/T0P/S3CRET")
            .with_shared_secret(secret("bob")),
    );
    let control = MpaControl::new(config).unwrap();
    let shown = format!("{control:?}");
    assert!(shown.contains("alice") && shown.contains("approvals.example.com"));
    assert!(
        !shown.contains("S3CRET") && !shown.contains("the secret of"),
        "{shown}"
    );
}

/// The example that the reference prints: two approvals of one approver.
#[test]
fn the_example_of_the_reference_is_an_error_that_says_why() {
    let policy = r#"
        max_per_call_usd = 0.10
        [mpa]
        threshold = 2
        min_amount_usd = 1.00
        timeout_seconds = 30
        [[mpa.approvers]]
        approver_id = "alice"
        mode = "webhook"
        webhook_url = "https://approvals.internal/alice"
    "#;
    let error = PolicyConfig::from_toml(policy, "policy.toml").unwrap_err();
    assert!(error.to_string().contains("2 approvals"), "{error}");
}

#[test]
fn a_policy_file_puts_approvals_innermost() {
    let policy = r#"
        daily_limit_usd = 5
        [mpa]
        threshold = 2
        min_amount_usd = 1.00
        cumulative_usd = 3.00
        timeout_seconds = 30
        private_hosts = ["approvals.internal"]
        [[mpa.approvers]]
        approver_id = "alice"
        mode = "webhook"
        webhook_url = "https://approvals.internal/alice"
        [[mpa.approvers]]
        approver_id = "bob"
        mode = "crypto"
        public_key = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
    "#;
    let policy = PolicyConfig::from_toml(policy, "policy.toml").unwrap();
    let config = GuardConfig::buyer().policy(policy.clone()).build().unwrap();
    assert_eq!(config.chain().kinds().last(), Some(ControlKind::Mpa));
    let without = GuardConfig::buyer()
        .policy(policy)
        .without_mpa()
        .build()
        .unwrap();
    assert!(without.chain().kinds().all(|kind| kind != ControlKind::Mpa));
}

#[test]
fn a_secret_that_the_environment_does_not_hold_is_an_error() {
    let policy = r#"
        [mpa]
        threshold = 1
        [[mpa.approvers]]
        approver_id = "alice"
        mode = "crypto"
        secret_env = "X402_TEST_SECRET_THAT_NOBODY_SETS"
    "#;
    let policy = PolicyConfig::from_toml(policy, "policy.toml").unwrap();
    let error = GuardConfig::buyer().policy(policy).build().unwrap_err();
    assert_eq!(error.code(), "mpa.secret_missing");
    assert!(
        error
            .to_string()
            .contains("X402_TEST_SECRET_THAT_NOBODY_SETS")
    );
}

#[test]
fn a_policy_without_approvals_asks_nobody_unless_code_does() {
    let guard = || GuardConfig::buyer().policy(PolicyConfig::new());
    assert!(
        guard()
            .build()
            .unwrap()
            .chain()
            .kinds()
            .all(|kind| kind != ControlKind::Mpa)
    );
    let config = MpaConfig::new(1).with_approver(hmac("alice"));
    let built = guard().mpa(config).build().unwrap();
    assert_eq!(built.chain().kinds().last(), Some(ControlKind::Mpa));
}
