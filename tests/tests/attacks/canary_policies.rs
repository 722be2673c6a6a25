//! Attack 116: secrets that somebody wrote into a policy, where errors and reloads would repeat them.

use std::fs;

use x402_tower::mpa::ApprovalSecret;
use x402_tower::policy::{ApproverSettings, MpaSettings, PolicyConfig, PolicyFormat};
use x402_tower::{GuardConfig, X402GuardLayer};

use crate::ground::Ground;
use crate::sinks::{KEY, Said, overheard};

/// As an address of a chat service has it: the path is the secret.
const TOKEN: &str = "T0BpQ7xZr19LkWv3Yc5Nd8Me2Jf6Hs4Ga";

/// Every place of a policy in which a secret was found once, or would be with a slip of the hand.
fn misplaced(secret: &str) -> Vec<String> {
    let approver = |line: String| {
        format!("[mpa]\nthreshold = 1\n[[mpa.approvers]]\napprover_id = \"a\"\n{line}\n")
    };
    let mut policies = vec![
        format!("mode = \"{secret}\""),
        format!("{secret} = 1"),
        format!("\"{secret}\" = \"x\""),
        format!("daily_limit_usd = \"{secret}\""),
        format!("window_seconds = \"{secret}\""),
        format!("allowed_schemes = [\"KEY {secret}\"]"),
        format!("denied_schemes = [\"Exact:{secret}\"]"),
        format!("allowed_networks = [\"{secret}\"]"),
        format!("allowed_assets = [\"{secret}\"]"),
        format!("denied_recipients = [\"{secret}\"]"),
        format!("allowed_origins = [\"{secret}\"]"),
        format!("resource_match = \"{secret}\""),
        format!("agent_id = \" {secret}\""),
        format!("denied_recipients_file = \"{secret}\""),
        format!("[per_endpoint]\n\"{secret}\" = 1"),
        format!("[per_endpoint]\n\"https://hooks.example.com/{secret}\" = -1"),
        format!("[recipients]\n\"{secret}\" = []"),
        format!("[pii]\naction = \"{secret}\""),
        format!("[pii]\nentities = [\"{secret}\"]"),
        format!("[pii]\nheaders = \"warn\"\nheader_names = [\"x {secret}\"]"),
        format!("[audit]\nkey = \"{secret}\""),
        format!("[audit]\n{secret} = \"key\""),
        format!("[audit]\nsync = \"{secret}\""),
        format!("[[limits]]\nper = [\"{secret}\"]"),
        format!("[{secret}]\nkey = 1"),
        // No TOML at all.
        format!("secret = {secret}"),
        format!("mode = {secret}\nmode = {secret}"),
        secret.to_owned(),
        format!("key = \"{secret}"),
    ];
    policies.extend(
        [
            format!("mode = \"crypto\"\nsecret_env = \"{secret}\""),
            format!("mode = \"crypto\"\nsecret_env = \"0x {secret}\""),
            format!("mode = \"crypto\"\nsecret = \"{secret}\""),
            format!("mode = \"crypto\"\n{secret} = \"secret\""),
            format!("mode = \"crypto\"\npublic_key = \"{secret}00\""),
            format!("mode = \"{secret}\""),
            format!("mode = \"webhook\"\nwebhook_url = \"{secret}\""),
            format!("mode = \"webhook\"\nwebhook_url = \"http://hooks.example.com/{secret}\""),
            format!("mode = \"webhook\"\nwebhook_url = \"https://{secret}@hooks.example.com/\""),
        ]
        .map(approver),
    );
    policies
}

/// Not even a half of one.
fn hidden(secret: &str) -> [String; 2] {
    let half = secret.len() / 2;
    [secret[..half].to_owned(), secret[half..].to_owned()]
}

#[test]
fn attack_116_a_secret_in_a_policy_is_not_quoted() {
    for secret in [KEY, TOKEN] {
        for text in misplaced(secret) {
            let said = Said::default();
            // An approver's URL that is in order, and whatever else is fine, is no error.
            let error = PolicyConfig::from_toml(&text, "policy.toml")
                .map(|policy| GuardConfig::buyer().policy(policy).build());
            match error {
                Err(error) => said.error("a policy's error", &error),
                Ok(Err(error)) => said.error("a configuration's error", &error),
                Ok(Ok(_)) => panic!("{text} is no mistake"),
            }
            said.assert_clean(&hidden(secret));
        }
    }
}

#[test]
fn attack_116_a_secret_in_a_policy_of_json_is_not_quoted() {
    for secret in [KEY, TOKEN] {
        for text in [
            format!(r#"{{"mode":"{secret}"}}"#),
            format!(r#"{{"{secret}":1}}"#),
            format!(r#"{{"{secret}":1,"{secret}":1}}"#),
            format!(r#"{{"mpa":{{"threshold":1,"approvers":[{{"{secret}":1}}]}}}}"#),
            format!(r#"{{"allowed_schemes":["X{secret}"]}}"#),
            format!(r#""{secret}""#),
            format!(r#"{{"mode":{secret}}}"#),
            format!(r#"{{"mode":"{secret}\q"}}"#),
        ] {
            let said = Said::default();
            let error = PolicyConfig::parse(&text, PolicyFormat::Json, "policy.json").unwrap_err();
            said.error("a policy's error", &error);
            said.assert_clean(&hidden(secret));
        }
    }
}

#[test]
fn attack_116_a_secret_in_place_of_a_variable_is_not_shown() {
    let said = Said::default();
    let approver = ApproverSettings::hmac("alice", KEY);
    said.debug("Debug of an approver's settings", &approver);
    said.error(
        "an approver's secret",
        &ApprovalSecret::from_env(KEY).unwrap_err(),
    );
    let policy = PolicyConfig::new().with_mpa(MpaSettings::new(1, [approver]));
    said.debug("Debug of a policy", &policy);
    let error = GuardConfig::buyer().policy(policy).build().unwrap_err();
    assert_eq!(error.code(), "policy.invalid");
    said.error("a configuration's error", &error);
    said.assert_clean(&hidden(KEY));
}

#[tokio::test]
async fn attack_116_a_reload_that_is_refused_quotes_no_secret() {
    for secret in [KEY, TOKEN] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("policy.toml");
        fs::write(&file, "max_per_call_usd = 0.02\n").unwrap();
        let ground = Ground::new();
        let config = GuardConfig::buyer()
            .policy_file(&file)
            .audit(ground.log.clone())
            .build()
            .unwrap();
        let said = Said::default();
        let reloader = config.reloader();
        let noted = said.clone();
        reloader.on_reload(move |status| noted.debug("what a hook is told", status));
        for text in misplaced(secret) {
            fs::write(&file, &text).unwrap();
            let error = overheard(&said, async { reloader.reload() }).await;
            said.error("a reload's error", &error.unwrap_err());
            let status = reloader.status();
            said.note("a reload's message", status.last_error.unwrap().message);
        }
        said.debug("Debug of a reloader", &reloader);
        said.debug("Debug of a configuration", &config);
        said.debug("Debug of a layer", &X402GuardLayer::new(config));
        said.note("the audit log", ground.audit_text());
        assert_eq!(reloader.status().reloads, 0);
        said.assert_clean(&hidden(secret));
    }
}
