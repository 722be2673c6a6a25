//! A policy in its one normal form, and the digest of that.

use core::fmt::{Display, Write};

use sha2::{Digest, Sha256};

use super::config::PolicyConfig;
use super::contract::{AssetRule, Recipient};
use super::rules::Rules;

/// The policy as TOML: every key that has an effect, in a fixed order, every value in its one spelling, lists sorted.
pub(super) fn form(rules: &Rules, config: &PolicyConfig) -> String {
    let mut out = Form(String::new());
    out.usd("max_per_call_usd", rules.max_per_call);
    out.usd("daily_limit_usd", rules.daily_limit);
    out.line("window_seconds", rules.window.as_secs());
    out.text("agent_id", rules.agent_id.as_deref());
    out.list("allowed_origins", rules.origins.as_ref());
    let assets = rules.assets.as_ref();
    out.list(
        "allowed_assets",
        assets.map(|list| list.iter().map(AssetRule::to_text)),
    );
    out.list("allowed_networks", rules.networks.as_ref());
    out.list("allowed_schemes", Some(&rules.schemes));
    out.line("max_authorization_seconds", rules.max_authorization_seconds);
    out.text("resource_match", Some(rules.resource_match.as_str()));
    out.line("allow_insecure_http", rules.allow_insecure_http);
    let mut endpoints: Vec<_> = rules.endpoints.values().flatten().collect();
    endpoints.sort();
    if !endpoints.is_empty() {
        out.table("per_endpoint");
    }
    for (scope, most) in endpoints {
        out.usd(&quote(scope), Some(*most));
    }
    if let Some(recipients) = &rules.recipients {
        out.table("recipients");
        let mut recipients: Vec<_> = recipients.iter().collect();
        recipients.sort();
        for (origin, list) in recipients {
            out.list(&quote(origin), Some(list.iter().map(Recipient::to_text)));
        }
    }
    controls(&mut out, config);
    out.0
}

/// The tables of the other controls, as they were set.
fn controls(out: &mut Form, config: &PolicyConfig) {
    if let Some(pii) = &config.pii {
        out.table("pii");
        out.text("action", pii.action.as_deref());
        out.list("entities", pii.entities.as_ref());
        out.text("mode", pii.mode.as_deref());
    }
    if let Some(replay) = &config.replay {
        out.table("replay");
        if let Some(ttl) = replay.ttl_seconds {
            out.line("ttl_seconds", ttl);
        }
        if let Some(enabled) = replay.enabled {
            out.line("enabled", enabled);
        }
    }
    if let Some(audit) = &config.audit {
        out.table("audit");
        out.text("path", audit.path.as_deref());
    }
}

/// The SHA-256 of a normal form, in hexadecimal.
pub(super) fn revision(form: &str) -> String {
    const_hex::encode(Sha256::digest(form.as_bytes()))
}

struct Form(String);

impl Form {
    fn line(&mut self, key: &str, value: impl Display) {
        // Writing to a `String` does not fail.
        let _: core::fmt::Result = writeln!(self.0, "{key} = {value}");
    }

    fn table(&mut self, name: &str) {
        let _: core::fmt::Result = writeln!(self.0, "\n[{name}]");
    }

    fn usd(&mut self, key: &str, value: Option<crate::money::Usd>) {
        if let Some(value) = value {
            self.line(key, value);
        }
    }

    fn text(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.line(key, quote(value));
        }
    }

    fn list<T: Display>(&mut self, key: &str, values: Option<impl IntoIterator<Item = T>>) {
        if let Some(values) = values {
            let mut values: Vec<_> = values.into_iter().map(quote).collect();
            values.sort();
            self.line(key, format_args!("[{}]", values.join(", ")));
        }
    }
}

/// A text as TOML quotes it.
fn quote(text: impl Display) -> String {
    toml::Value::String(text.to_string()).to_string()
}
