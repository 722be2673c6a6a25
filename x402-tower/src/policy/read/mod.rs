//! From the tree of a policy file to [`PolicyConfig`]: names, kinds and numbers.

mod controls;
mod limits;

use super::choice::Choice;
use super::config::{PolicyConfig, PolicyFormat};
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
    "limits",
    "first_contact_cap_usd",
    "recipient_pinning",
    "max_quote_drift_percent",
    "quote_drift_window_seconds",
    "allow_zero_amount",
    "kill_switch",
    "mode",
    "allowed_origins",
    "recipients",
    "allowed_assets",
    "allowed_networks",
    "allowed_schemes",
    "denied_origins",
    "denied_recipients",
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

    /// The keys of a table with their paths, each noted with its line; one that stands twice is a problem.
    fn keys(&mut self, table: &str, entries: Vec<Entry>) -> Keys {
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
        self.number(path, value, "a whole number of seconds")
    }

    fn number(&mut self, path: &str, value: &Spot, wanted: &str) -> Option<u64> {
        let number = match &value.node {
            Node::Number(text) if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.wrong(path, value, wanted);
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

    fn listed(&mut self, path: &str, value: Spot) -> Vec<String> {
        self.texts(path, value).unwrap_or_default()
    }

    /// The tables of an array of them, each with its path.
    fn tables(&mut self, path: &str, value: Spot) -> Vec<(String, usize, Keys)> {
        let Node::List(items) = value.node else {
            self.wrong(
                path,
                &value,
                format!("each entry under a line [[{path}]]").as_str(),
            );
            return Vec::new();
        };
        let mut tables = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let path = item_path(path, index);
            let line = item.line;
            self.places.lines.insert(path.clone(), line);
            let keys = self.table(&path, item);
            tables.push((path, line, keys));
        }
        tables
    }

    fn missing(&mut self, table: &str, line: usize, key: &str, wanted: &str) {
        self.problems.add_at(
            "config.missing",
            &key_path(table, key),
            Some(line),
            "the key is missing",
            format!("write {wanted}"),
        );
    }

    fn table(&mut self, path: &str, value: Spot) -> Keys {
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

    fn word<T: Choice>(&mut self, path: &str, value: Spot) -> Option<T> {
        let words: Vec<_> = T::ALL.iter().map(|choice| choice.word()).collect();
        let word = self.choice(path, value, &words)?;
        T::ALL.iter().copied().find(|choice| choice.word() == word)
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
