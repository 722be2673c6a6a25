//! From the tree of a policy file to [`PolicyConfig`]: names, kinds and numbers.

mod controls;
mod kinds;
mod limits;
mod pii;

use super::config::{PolicyConfig, PolicyFormat};
use super::document::{Entry, Spot, parse_json, parse_toml};
use super::error::{Places, PolicyProblem, Problems};
use crate::context::ResourceMatch;
use crate::money::Usd;

/// Every key that a policy may have.
const KEYS: &[&str] = &[
    "max_per_call_usd",
    "daily_limit_usd",
    "window_seconds",
    "agent_id",
    "per_endpoint",
    "limits",
    "first_contact_cap_usd",
    "recipient_pinning",
    "max_quote_drift_percent",
    "quote_drift_window_seconds",
    "allow_zero_amount",
    "kill_switch",
    "distributed",
    "mode",
    "allowed_origins",
    "recipients",
    "allowed_assets",
    "allowed_networks",
    "allowed_schemes",
    "denied_origins",
    "denied_recipients",
    "denied_recipients_file",
    "denied_recipients_max_age_days",
    "denied_assets",
    "denied_networks",
    "denied_schemes",
    "max_authorization_seconds",
    "resource_match",
    "allow_insecure_http",
    "pii",
    "replay",
    "audit",
    "mpa",
];

/// Reads what can be read, and says what cannot.
pub(super) fn config(
    text: &str,
    format: PolicyFormat,
    name: &str,
) -> (PolicyConfig, Vec<PolicyProblem>) {
    let mut config = PolicyConfig::new();
    config.places = Places {
        name: name.to_owned(),
        ..Places::default()
    };
    let parsed = match format {
        PolicyFormat::Toml => parse_toml(text),
        PolicyFormat::Json => parse_json(text),
    };
    let places = config.places.clone();
    let mut reader = Reader {
        problems: Problems::new(&places),
        places: &mut config.places,
    };
    match parsed {
        Err(malformed) => {
            for problem in malformed {
                reader.problems.add_at(
                    "config.malformed",
                    "",
                    problem.line,
                    problem.message,
                    "correct the file there",
                );
            }
            let problems = reader.problems.into_list();
            (config, problems)
        }
        Ok(entries) => {
            let mut draft = PolicyConfig::new();
            reader.top(&mut draft, entries);
            let problems = reader.problems.into_list();
            draft.places = config.places;
            (draft, problems)
        }
    }
}

/// Path, name and value of each key of a table.
type Keys = Vec<(String, String, Spot)>;

struct Reader<'a> {
    problems: Problems<'a>,
    places: &'a mut Places,
}

impl Reader<'_> {
    fn top(&mut self, config: &mut PolicyConfig, entries: Vec<Entry>) {
        for (path, key, value) in self.keys("", entries) {
            match key.as_str() {
                "max_per_call_usd" => config.max_per_call = self.usd(&path, &value),
                "daily_limit_usd" => config.daily_limit = self.usd(&path, &value),
                "window_seconds" => {
                    config.window_seconds = self.whole(&path, &value).unwrap_or(86_400);
                }
                "agent_id" => config.agent_id = self.text(&path, value),
                "per_endpoint" => config.per_endpoint = self.endpoints(&path, value),
                "limits" => config.limits = self.limits(&path, value),
                "first_contact_cap_usd" => config.first_contact_cap = self.usd(&path, &value),
                "recipient_pinning" => {
                    config.recipient_pinning = self.word(&path, value).unwrap_or_default();
                }
                "max_quote_drift_percent" => {
                    config.max_quote_drift_percent =
                        self.number(&path, &value, "a whole number of percent");
                }
                "quote_drift_window_seconds" => {
                    config.quote_drift_window_seconds = self.whole(&path, &value).unwrap_or(86_400);
                }
                "allow_zero_amount" => {
                    config.allow_zero_amount = self.switch(&path, &value).unwrap_or(false);
                }
                "kill_switch" => config.kill_switch = self.switch(&path, &value).unwrap_or(true),
                "distributed" => config.distributed = self.switch(&path, &value).unwrap_or(true),
                "mode" => config.mode = self.word(&path, value).unwrap_or_default(),
                "allowed_origins" => config.allowed_origins = self.texts(&path, value),
                "recipients" => config.recipients = self.recipients(&path, value),
                "allowed_assets" => config.allowed_assets = self.texts(&path, value),
                "allowed_networks" => config.allowed_networks = self.texts(&path, value),
                "allowed_schemes" => {
                    config.allowed_schemes = self.texts(&path, value).unwrap_or_default();
                }
                "denied_origins" => config.denied_origins = self.listed(&path, value),
                "denied_recipients" => config.denied_recipients = self.listed(&path, value),
                "denied_recipients_file" => config.denied_recipients_file = self.text(&path, value),
                "denied_recipients_max_age_days" => {
                    config.denied_recipients_max_age_days =
                        self.number(&path, &value, "a whole number of days");
                }
                "denied_assets" => config.denied_assets = self.listed(&path, value),
                "denied_networks" => config.denied_networks = self.listed(&path, value),
                "denied_schemes" => config.denied_schemes = self.listed(&path, value),
                "max_authorization_seconds" => {
                    config.max_authorization_seconds = self.whole(&path, &value).unwrap_or(900);
                }
                "resource_match" => config.resource_match = self.closeness(&path, value),
                "allow_insecure_http" => {
                    config.allow_insecure_http = self.switch(&path, &value).unwrap_or(false);
                }
                "pii" => config.pii = self.pii(&path, value),
                "replay" => config.replay = self.replay(&path, value),
                "audit" => config.audit = self.audit(&path, value),
                "mpa" => config.mpa = self.mpa(&path, value),
                _ => self.unknown(&path, value.line, KEYS),
            }
        }
    }

    fn endpoints(&mut self, path: &str, value: Spot) -> Vec<(String, Usd)> {
        let entries = self.table(path, value).into_iter();
        entries
            .filter_map(|(path, key, value)| Some((key, self.usd(&path, &value)?)))
            .collect()
    }

    fn recipients(&mut self, path: &str, value: Spot) -> Option<Vec<(String, Vec<String>)>> {
        let entries = self.table(path, value).into_iter();
        Some(
            entries
                .filter_map(|(path, key, value)| Some((key, self.texts(&path, value)?)))
                .collect(),
        )
    }

    fn closeness(&mut self, path: &str, value: Spot) -> ResourceMatch {
        match self
            .choice(path, value, &["same-origin", "exact", "any"])
            .as_deref()
        {
            Some("exact") => ResourceMatch::Exact,
            Some("any") => ResourceMatch::Any,
            _ => ResourceMatch::SameOrigin,
        }
    }
}
