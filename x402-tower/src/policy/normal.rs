//! A policy in its one normal form, and the digest of that.

use core::fmt::{Display, Write};

use sha2::{Digest, Sha256};

use super::config::PolicyConfig;
use super::contract::{AssetRule, Recipient};
use super::rules::Rules;
use super::settings::{MpaSettings, PiiSettings};
use crate::store::Quota;

/// The policy as TOML: every key that has an effect, in a fixed order, every value in its one spelling, lists sorted.
pub(super) fn form(rules: &Rules, config: &PolicyConfig) -> String {
    let mut out = Form(String::new());
    out.usd("max_per_call_usd", rules.max_per_call);
    out.usd("daily_limit_usd", rules.daily_limit);
    out.line("window_seconds", rules.window.as_secs());
    out.usd("first_contact_cap_usd", rules.first_contact_cap);
    out.line("recipient_pinning", quote(rules.recipient_pinning));
    out.some("max_quote_drift_percent", rules.max_quote_drift_percent);
    out.line(
        "quote_drift_window_seconds",
        rules.quote_drift_window.as_secs(),
    );
    out.line("allow_zero_amount", rules.allow_zero_amount);
    out.line("kill_switch", rules.kill_switch);
    out.line("mode", quote(rules.mode));
    out.text("agent_id", rules.agent_id.as_deref());
    out.list("allowed_origins", rules.origins.as_ref());
    let assets = rules.assets.as_ref();
    out.list(
        "allowed_assets",
        assets.map(|list| list.iter().map(AssetRule::to_text)),
    );
    out.list("allowed_networks", rules.networks.as_ref());
    out.list("allowed_schemes", Some(&rules.schemes));
    let denied = &rules.denied;
    out.listed("denied_origins", &denied.origins);
    let recipients = denied.recipients.iter().map(Recipient::to_text);
    out.listed("denied_recipients", recipients);
    let assets = denied.assets.iter().map(AssetRule::to_text);
    out.listed("denied_assets", assets);
    out.listed("denied_networks", &denied.networks);
    out.listed("denied_schemes", &denied.schemes);
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
    for limit in &rules.limits {
        let rule = &limit.rule;
        out.entry("limits");
        out.line("window_seconds", rule.window.as_secs());
        match rule.quota {
            Quota::Amount(most) => out.usd("amount_usd", Some(most)),
            Quota::Count(most) => out.line("count", most),
        }
        out.list("per", Some(&rule.per));
        out.some("endpoint", rule.endpoint.as_ref().map(quote));
    }
    controls(&mut out, config);
    out.0
}

/// The tables of the other controls, as they were set.
fn controls(out: &mut Form, config: &PolicyConfig) {
    if let Some(pii) = &config.pii {
        out.table("pii");
        out.line("mode", quote(pii.mode));
        out.some("action", pii.action.map(quote));
        out.some("secrets", pii.secrets.map(quote));
        out.list("entities", pii.entities.as_ref());
        out.line("detector", quote(pii.detector));
        out.some("min_score", pii.min_score);
        out.some("spelled_emails", pii.spelled_emails);
        out.text("template", pii.template.as_deref());
        out.line("urls", quote(pii.urls));
        out.line("headers", quote(pii.headers));
        out.line("body", quote(pii.body));
        out.listed("header_names", &pii.header_names);
        personal_data(out, pii);
    }
    if let Some(replay) = &config.replay {
        out.table("replay");
        out.line("mode", quote(replay.mode));
        out.some("ttl_seconds", replay.ttl_seconds);
        out.some("enabled", replay.enabled);
        out.some("max_repeats", replay.max_repeats);
    }
    if let Some(audit) = &config.audit {
        out.table("audit");
        out.line("mode", quote(audit.mode));
        out.text("path", audit.path.as_deref());
        out.some("sync", audit.sync.map(quote));
    }
    if let Some(mpa) = &config.mpa {
        approvals(out, mpa);
    }
}

fn personal_data(out: &mut Form, pii: &PiiSettings) {
    for operator in &pii.operators {
        out.entry("pii.operators");
        out.list("entities", operator.entities.as_ref());
        out.line("operator", quote(operator.operator));
        out.text("template", operator.template.as_deref());
        out.text("mask_character", operator.mask_character.as_deref());
        out.some("mask_count", operator.mask_count);
        out.some("mask_from_end", operator.mask_from_end);
    }
    for recognizer in &pii.recognizers {
        out.entry("pii.recognizers");
        out.text("name", Some(&recognizer.name));
        out.text("regex", recognizer.regex.as_deref());
        out.listed("words", &recognizer.words);
        out.some("case_sensitive", recognizer.case_sensitive);
        out.some("validator", recognizer.validator.map(quote));
        out.listed("context", &recognizer.context);
        out.some("only_in_context", recognizer.only_in_context);
        out.some("score", recognizer.score);
    }
    for allowed in &pii.allow {
        out.entry("pii.allow");
        out.text("text", allowed.text.as_deref());
        out.text("regex", allowed.regex.as_deref());
        out.text("field", allowed.field.as_deref());
        out.text("entity", allowed.entity.as_deref());
    }
}

fn approvals(out: &mut Form, mpa: &MpaSettings) {
    out.table("mpa");
    out.line("mode", quote(mpa.mode));
    out.line("threshold", mpa.threshold);
    out.usd("min_amount_usd", mpa.min_amount);
    out.usd("cumulative_usd", mpa.cumulative);
    out.some("cumulative_window_seconds", mpa.cumulative_window_seconds);
    out.some("timeout_seconds", mpa.timeout_seconds);
    out.listed("private_hosts", &mpa.private_hosts);
    let mut approvers: Vec<_> = mpa.approvers.iter().collect();
    approvers.sort_by_key(|approver| &approver.approver_id);
    for approver in approvers {
        out.entry("mpa.approvers");
        out.text("approver_id", Some(&approver.approver_id));
        out.line("mode", quote(approver.mode));
        out.text("webhook_url", approver.webhook_url.as_deref());
        out.text("secret_env", approver.secret_env.as_deref());
        out.some(
            "public_key",
            approver
                .public_key
                .as_ref()
                .map(|key| quote(key.to_ascii_lowercase())),
        );
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

    /// An entry of an array of tables.
    fn entry(&mut self, name: &str) {
        let _: core::fmt::Result = writeln!(self.0, "\n[[{name}]]");
    }

    fn some(&mut self, key: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.line(key, value);
        }
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

    /// A list that says nothing where it is empty.
    fn listed<T: Display>(&mut self, key: &str, values: impl IntoIterator<Item = T>) {
        let mut values = values.into_iter().peekable();
        if values.peek().is_some() {
            self.list(key, Some(values));
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
