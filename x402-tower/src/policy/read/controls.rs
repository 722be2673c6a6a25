//! The tables of the other controls.

use super::Reader;
use crate::policy::choice::ApproverMode;
use crate::policy::document::{Node, Spot};
use crate::policy::settings::{
    ApproverSettings, AuditSettings, MpaSettings, PiiSettings, ReplaySettings,
};

const PII: &[&str] = &[
    "mode",
    "action",
    "secrets",
    "entities",
    "detector",
    "min_score",
    "spelled_emails",
    "template",
    "operators",
    "recognizers",
    "allow",
    "urls",
    "headers",
    "body",
    "header_names",
];
const REPLAY: &[&str] = &["mode", "ttl_seconds", "enabled", "max_repeats"];
const AUDIT: &[&str] = &["mode", "path", "sync"];
const MPA: &[&str] = &[
    "mode",
    "threshold",
    "min_amount_usd",
    "cumulative_usd",
    "cumulative_window_seconds",
    "timeout_seconds",
    "private_hosts",
    "approvers",
];
const APPROVER: &[&str] = &[
    "approver_id",
    "mode",
    "webhook_url",
    "secret_env",
    "public_key",
];

impl Reader<'_> {
    pub(super) fn pii(&mut self, path: &str, value: Spot) -> Option<PiiSettings> {
        let mut pii = PiiSettings::default();
        for (path, key, value) in self.table(path, value) {
            match key.as_str() {
                "mode" if matches!(&value.node, Node::Text(text) if text == "regex") => {
                    self.problems.add_at(
                        "config.choice",
                        &path,
                        Some(value.line),
                        "mode says whether decisions hold, not how data is found",
                        "write detector = \"regex\", or leave it out",
                    );
                }
                "mode" => pii.mode = self.word(&path, value).unwrap_or_default(),
                "action" => pii.action = self.word(&path, value),
                "secrets" => pii.secrets = self.word(&path, value),
                "entities" => pii.entities = self.texts(&path, value),
                "detector" => pii.detector = self.word(&path, value).unwrap_or_default(),
                "min_score" => {
                    pii.min_score = self.number(&path, &value, "a whole number of percent");
                }
                "spelled_emails" => pii.spelled_emails = self.switch(&path, &value),
                "template" => pii.template = self.text(&path, value),
                "operators" => pii.operators = self.operators(&path, value),
                "recognizers" => pii.recognizers = self.recognizers(&path, value),
                "allow" => pii.allow = self.allowed(&path, value),
                "urls" => pii.urls = self.word(&path, value).unwrap_or_default(),
                "headers" => pii.headers = self.word(&path, value).unwrap_or_default(),
                "body" => pii.body = self.word(&path, value).unwrap_or_default(),
                "header_names" => pii.header_names = self.listed(&path, value),
                _ => self.unknown(&path, value.line, PII),
            }
        }
        Some(pii)
    }

    pub(super) fn replay(&mut self, path: &str, value: Spot) -> Option<ReplaySettings> {
        let mut replay = ReplaySettings::default();
        for (path, key, value) in self.table(path, value) {
            match key.as_str() {
                "mode" => replay.mode = self.word(&path, value).unwrap_or_default(),
                "ttl_seconds" => replay.ttl_seconds = self.whole(&path, &value),
                "enabled" => replay.enabled = self.switch(&path, &value),
                "max_repeats" => {
                    replay.max_repeats = self.number(&path, &value, "a whole number");
                }
                _ => self.unknown(&path, value.line, REPLAY),
            }
        }
        Some(replay)
    }

    pub(super) fn audit(&mut self, path: &str, value: Spot) -> Option<AuditSettings> {
        let mut audit = AuditSettings::default();
        for (path, key, value) in self.table(path, value) {
            match key.as_str() {
                "mode" => audit.mode = self.word(&path, value).unwrap_or_default(),
                "path" => audit.path = self.text(&path, value),
                "sync" => audit.sync = self.word(&path, value),
                _ => self.unknown(&path, value.line, AUDIT),
            }
        }
        Some(audit)
    }

    pub(super) fn mpa(&mut self, path: &str, value: Spot) -> Option<MpaSettings> {
        let mut mpa = MpaSettings::default();
        let (line, mut threshold, mut approvers) = (value.line, false, false);
        let is_table = matches!(value.node, Node::Table(_));
        for (path, key, value) in self.table(path, value) {
            match key.as_str() {
                "mode" => mpa.mode = self.word(&path, value).unwrap_or_default(),
                "threshold" => {
                    threshold = true;
                    let wanted = "how many approvers have to say yes, 2";
                    mpa.threshold = self.number(&path, &value, wanted).unwrap_or(0);
                }
                "min_amount_usd" => mpa.min_amount = self.usd(&path, &value),
                "cumulative_usd" => mpa.cumulative = self.usd(&path, &value),
                "cumulative_window_seconds" => {
                    mpa.cumulative_window_seconds = self.whole(&path, &value);
                }
                "timeout_seconds" => mpa.timeout_seconds = self.whole(&path, &value),
                "private_hosts" => mpa.private_hosts = self.listed(&path, value),
                "approvers" => {
                    approvers = true;
                    mpa.approvers = self.approvers(&path, value);
                }
                _ => self.unknown(&path, value.line, MPA),
            }
        }
        if !is_table {
            return None;
        }
        if !threshold {
            let wanted = "how many approvers have to say yes, threshold = 2";
            self.missing(path, line, "threshold", wanted);
        }
        if !approvers {
            let wanted = "whom to ask, each under a line [[mpa.approvers]]";
            self.missing(path, line, "approvers", wanted);
        }
        Some(mpa)
    }

    fn approvers(&mut self, path: &str, value: Spot) -> Vec<ApproverSettings> {
        let mut approvers = Vec::new();
        for (path, line, keys) in self.tables(path, value) {
            // What is missing or unreadable is a problem; the entry stays, so that those after it keep their index.
            let mut approver = ApproverSettings::webhook("", "");
            approver.webhook_url = None;
            let (mut named, mut chosen) = (false, false);
            for (path, key, value) in keys {
                match key.as_str() {
                    "approver_id" => {
                        named = true;
                        approver.approver_id = self.text(&path, value).unwrap_or_default();
                    }
                    "mode" => {
                        chosen = true;
                        approver.mode = self.word(&path, value).unwrap_or(ApproverMode::Webhook);
                    }
                    "webhook_url" => approver.webhook_url = self.text(&path, value),
                    "secret_env" => approver.secret_env = self.text(&path, value),
                    "public_key" => approver.public_key = self.text(&path, value),
                    "secret" | "shared_secret" | "hmac_key" => self.problems.add_at(
                        "config.secret",
                        &path,
                        Some(value.line),
                        "a secret does not belong into a policy",
                        "put it into an environment variable and name that with secret_env",
                    ),
                    _ => self.unknown(&path, value.line, APPROVER),
                }
            }
            if !named {
                self.missing(&path, line, "approver_id", "a name for the approver");
            }
            if !chosen {
                self.missing(
                    &path,
                    line,
                    "mode",
                    "mode = \"webhook\" or mode = \"crypto\"",
                );
            }
            approvers.push(approver);
        }
        approvers
    }
}
