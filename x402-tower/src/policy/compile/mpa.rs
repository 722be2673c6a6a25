//! `[mpa]`: whether the approvals that are asked for can be given.

use std::collections::HashSet;

use url::{Host, Url};

use super::Check;
use super::settings::{is_id, is_window};
use crate::policy::choice::ApproverMode;
use crate::policy::error::item_path;
use crate::policy::origin::Origin;
use crate::policy::settings::{ApproverSettings, MpaSettings};
use crate::secret_text::is_secret_and_no_name;

/// Longest that approvals may be waited for: reservations of money wait 900 seconds.
const MAX_TIMEOUT_SECONDS: u64 = 600;
/// Most approvers.
const MAX_APPROVERS: usize = 64;

impl Check<'_> {
    pub(super) fn mpa(&mut self, mpa: &MpaSettings) {
        self.threshold(mpa);
        if mpa.cumulative_window_seconds.is_some_and(|s| !is_window(s)) {
            self.window("mpa.cumulative_window_seconds");
        }
        if mpa.cumulative_window_seconds.is_some() && mpa.cumulative.is_none() {
            self.problems.add(
                "config.contradiction",
                "mpa.cumulative_window_seconds",
                "there is no cumulative_usd that it could be the window of",
                "add cumulative_usd, or take this out",
            );
        }
        let timeout = mpa.timeout_seconds.unwrap_or(1);
        if !(1..=MAX_TIMEOUT_SECONDS).contains(&timeout) {
            self.problems.add(
                "config.timeout",
                "mpa.timeout_seconds",
                "approvals cannot be waited for no time, or longer than 600 seconds",
                "write 1 to 600; 30 is usual",
            );
        }
        self.each(
            "mpa.private_hosts",
            &mpa.private_hosts,
            |check, path, text| {
                let host = Host::parse(text).ok().map(|host| host.to_string());
                if host.is_none() {
                    let remedy = "write the host alone, approvals.internal or 10.0.0.7";
                    check
                        .problems
                        .add("config.host", path, "this is no host", remedy);
                }
                host
            },
        );
        let mut ids = HashSet::new();
        let mut keys = HashSet::new();
        for (index, approver) in mpa.approvers.iter().take(MAX_APPROVERS).enumerate() {
            let path = item_path("mpa.approvers", index);
            self.approver(&path, approver);
            if !ids.insert(&approver.approver_id) {
                self.duplicate(&format!("{path}.approver_id"));
            }
            // Two names with one key would be one approver who counts twice (attack 98).
            let key = approver
                .public_key
                .as_ref()
                .map(|key| key.to_ascii_lowercase());
            let shared = [
                ("public_key", key),
                ("secret_env", approver.secret_env.clone()),
                ("webhook_url", approver.webhook_url.clone()),
            ];
            for (name, value) in shared {
                if value.is_some_and(|value| !keys.insert((name, value))) {
                    self.problems.add(
                        "config.shared_key",
                        &format!("{path}.{name}"),
                        "another approver has the same, so that one could count twice",
                        "give every approver its own",
                    );
                }
            }
        }
    }

    fn threshold(&mut self, mpa: &MpaSettings) {
        let there = mpa.approvers.len();
        if there > MAX_APPROVERS {
            self.problems.add(
                "config.too_many",
                "mpa.approvers",
                "more than 64 approvers",
                "name those who are asked",
            );
        }
        if there == 0 {
            self.problems.add(
                "config.approvers",
                "mpa.approvers",
                "there is no approver, so nothing could ever be approved",
                "name whom to ask, each under a line [[mpa.approvers]]",
            );
        } else if mpa.threshold == 0 {
            self.problems.add(
                "config.threshold",
                "mpa.threshold",
                "no approvals are asked for",
                "write at least 1, or take [mpa] out",
            );
        } else if usize::try_from(mpa.threshold).map_or(true, |threshold| threshold > there) {
            let s = if there == 1 { "" } else { "s" };
            self.problems.add(
                "config.threshold",
                "mpa.threshold",
                format!(
                    "{} approvals are asked for, and there is only {there} approver{s}, so nothing could ever be approved",
                    mpa.threshold
                ),
                "name more approvers under [[mpa.approvers]], or lower the threshold",
            );
        }
    }

    fn approver(&mut self, path: &str, approver: &ApproverSettings) {
        if !is_id(&approver.approver_id) {
            self.problems.add(
                "config.approver_id",
                &format!("{path}.approver_id"),
                "the id is empty, too long or holds other characters than it may",
                "write 1 to 128 of A-Z a-z 0-9 . _ - : @ /",
            );
        }
        let unfit = match (approver.mode, &approver.webhook_url) {
            (ApproverMode::Webhook, None) => {
                Some(("its webhook_url is missing", "add webhook_url"))
            }
            (ApproverMode::Webhook, Some(_)) if approver.public_key.is_some() => Some((
                "public_key has no meaning for mode = \"webhook\"",
                "take it out; a webhook's answers are signed with the secret that secret_env names",
            )),
            (ApproverMode::Crypto, Some(_)) => Some((
                "webhook_url has no meaning for mode = \"crypto\"",
                "take it out, or write mode = \"webhook\"",
            )),
            (ApproverMode::Crypto, None)
                if approver.public_key.is_some() == approver.secret_env.is_some() =>
            {
                Some((
                    "mode = \"crypto\" needs one key, and there are none or two",
                    "write either secret_env (HMAC-SHA256) or public_key (Ed25519)",
                ))
            }
            _ => None,
        };
        if let Some((message, remedy)) = unfit {
            self.problems.add("config.approver", path, message, remedy);
        }
        if let Some(url) = &approver.webhook_url {
            self.webhook_url(&format!("{path}.webhook_url"), url);
        }
        let name = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        let env = approver.secret_env.as_deref();
        if env.is_some_and(|text| {
            text.is_empty() || !text.bytes().all(name) || is_secret_and_no_name(text)
        }) {
            self.problems.add(
                "config.env",
                &format!("{path}.secret_env"),
                "this is no name of an environment variable",
                "write the name, of A-Z a-z 0-9 _, and not the secret",
            );
        }
        let key = approver.public_key.as_deref();
        if key.is_some_and(|key| key.len() != 64 || !key.bytes().all(|b| b.is_ascii_hexdigit())) {
            self.problems.add(
                "config.public_key",
                &format!("{path}.public_key"),
                "this is no Ed25519 key",
                "write its 32 bytes as 64 hexadecimal digits",
            );
        }
    }

    /// Messages do not quote the URL: its path may be a secret.
    fn webhook_url(&mut self, path: &str, text: &str) {
        let url = Url::parse(text).ok();
        let origin = url.as_ref().and_then(Origin::of);
        let (Some(url), Some(origin)) = (url, origin) else {
            self.problems.add(
                "config.webhook_url",
                path,
                "this is no URL with http or https and a host",
                "write https://host/path",
            );
            return;
        };
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            self.problems.add(
                "config.webhook_url",
                path,
                "the URL holds a user name, password or fragment",
                "take it out; requests are signed with the secret that secret_env names",
            );
        }
        if !origin.is_secure() && !origin.is_loopback() {
            self.problems.add(
                "config.insecure",
                path,
                "plain http would let anyone on the way approve",
                "write https",
            );
        }
    }
}
