//! From the tree of a policy file to [`PolicyConfig`]: names, kinds and numbers.

use super::config::{AuditSettings, PiiSettings, PolicyConfig, PolicyFormat, ReplaySettings};
use super::document::{Entry, Node, Spot, parse_json, parse_toml};
use super::error::{Places, PolicyProblem, Problems, item_path, key_path, quoted};
use crate::context::ResourceMatch;
use crate::money::Usd;

/// Every key that a policy may have.
const KEYS: &[&str] = &[
    "max_per_call_usd",
    "daily_limit_usd",
    "window_seconds",
    "agent_id",
    "per_endpoint",
    "allowed_origins",
    "recipients",
    "allowed_assets",
    "allowed_networks",
    "allowed_schemes",
    "max_authorization_seconds",
    "resource_match",
    "allow_insecure_http",
    "pii",
    "replay",
    "audit",
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
                "allowed_origins" => config.allowed_origins = self.texts(&path, value),
                "recipients" => config.recipients = self.recipients(&path, value),
                "allowed_assets" => config.allowed_assets = self.texts(&path, value),
                "allowed_networks" => config.allowed_networks = self.texts(&path, value),
                "allowed_schemes" => {
                    config.allowed_schemes = self.texts(&path, value).unwrap_or_default();
                }
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
                "mpa" => self.problems.add_at(
                    "config.mpa",
                    &path,
                    Some(value.line),
                    "this policy asks for approvals, which this version cannot collect",
                    "use a version with approvals; without them nothing is paid under this policy",
                ),
                _ => self.unknown(&path, value.line, KEYS),
            }
        }
    }

    /// The keys of a table with their paths, each noted with its line; one that stands twice is a problem.
    fn keys(&mut self, table: &str, entries: Vec<Entry>) -> Vec<(String, String, Spot)> {
        let mut seen = std::collections::HashSet::new();
        let mut keys = Vec::with_capacity(entries.len());
        for Entry { key, line, value } in entries {
            let path = key_path(table, &key);
            if seen.insert(key.clone()) {
                self.places.lines.insert(path.clone(), line);
                keys.push((path, key, value));
            } else {
                self.problems.add_at(
                    "config.duplicate_key",
                    &path,
                    Some(line),
                    "the key stands here twice",
                    "keep one of them",
                );
            }
        }
        keys
    }

    fn unknown(&mut self, path: &str, line: usize, known: &[&str]) {
        self.problems.add_at(
            "config.unknown_key",
            path,
            Some(line),
            "there is no such key",
            format!("known here: {}", known.join(", ")),
        );
    }

    fn wrong(&mut self, path: &str, value: &Spot, wanted: &str) {
        self.problems.add_at(
            "config.kind",
            path,
            Some(value.line),
            format!("this is {}", value.node.kind()),
            format!("write {wanted}"),
        );
    }

    fn usd(&mut self, path: &str, value: &Spot) -> Option<Usd> {
        let (Node::Number(text) | Node::Text(text)) = &value.node else {
            self.wrong(path, value, "dollars as 5, 0.10 or \"0.10\"");
            return None;
        };
        let problem = match Usd::parse(text) {
            Ok(usd) => return Some(usd),
            Err(_) if text.starts_with('-') => "the amount is negative".to_owned(),
            Err(error) => error.to_string(),
        };
        self.problems.add_at(
            "config.amount",
            path,
            Some(value.line),
            problem,
            "write dollars as a plain decimal of at most six places",
        );
        None
    }

    fn whole(&mut self, path: &str, value: &Spot) -> Option<u64> {
        let number = match &value.node {
            Node::Number(text) if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.wrong(path, value, "a whole number of seconds");
        }
        number
    }

    fn text(&mut self, path: &str, value: Spot) -> Option<String> {
        if let Node::Text(text) = value.node {
            return Some(text);
        }
        self.wrong(path, &value, "a text in quotes");
        None
    }

    fn switch(&mut self, path: &str, value: &Spot) -> Option<bool> {
        if let Node::Bool(switch) = value.node {
            return Some(switch);
        }
        self.wrong(path, value, "true or false");
        None
    }

    fn texts(&mut self, path: &str, value: Spot) -> Option<Vec<String>> {
        let Node::List(items) = value.node else {
            self.wrong(path, &value, "a list of texts, [\"…\", \"…\"]");
            return None;
        };
        let mut texts = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let path = item_path(path, index);
            self.places.lines.insert(path.clone(), item.line);
            texts.extend(self.text(&path, item));
        }
        Some(texts)
    }

    fn table(&mut self, path: &str, value: Spot) -> Vec<(String, String, Spot)> {
        if let Node::Table(entries) = value.node {
            return self.keys(path, entries);
        }
        self.wrong(path, &value, "a table");
        Vec::new()
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

    fn choice(&mut self, path: &str, value: Spot, known: &[&str]) -> Option<String> {
        let line = value.line;
        let text = self.text(path, value)?;
        if known.contains(&text.as_str()) {
            return Some(text);
        }
        self.problems.add_at(
            "config.choice",
            path,
            Some(line),
            format!("{} is not one of the choices", quoted(&text)),
            format!("write one of: {}", known.join(", ")),
        );
        None
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

    fn pii(&mut self, path: &str, value: Spot) -> Option<PiiSettings> {
        let mut pii = PiiSettings::default();
        for (path, key, value) in self.table(path, value) {
            match key.as_str() {
                "action" => pii.action = self.choice(&path, value, &["redact", "block", "warn"]),
                "mode" => pii.mode = self.choice(&path, value, &["regex"]),
                "entities" => pii.entities = self.texts(&path, value),
                _ => self.unknown(&path, value.line, &["action", "entities", "mode"]),
            }
        }
        Some(pii)
    }

    fn replay(&mut self, path: &str, value: Spot) -> Option<ReplaySettings> {
        let mut replay = ReplaySettings::default();
        for (path, key, value) in self.table(path, value) {
            match key.as_str() {
                "ttl_seconds" => replay.ttl_seconds = self.whole(&path, &value),
                "enabled" => replay.enabled = self.switch(&path, &value),
                _ => self.unknown(&path, value.line, &["ttl_seconds", "enabled"]),
            }
        }
        Some(replay)
    }

    fn audit(&mut self, path: &str, value: Spot) -> Option<AuditSettings> {
        let mut audit = AuditSettings::default();
        for (path, key, value) in self.table(path, value) {
            match key.as_str() {
                "path" => audit.path = self.text(&path, value),
                _ => self.unknown(&path, value.line, &["path"]),
            }
        }
        Some(audit)
    }
}
