//! Texts, numbers, lists and tables, or what is wrong with them.

use super::{Keys, Reader};
use crate::money::Usd;
use crate::policy::choice::Choice;
use crate::policy::document::{Entry, Node, Spot};
use crate::policy::error::{item_path, key_path, quoted};

impl Reader<'_> {
    /// The keys of a table with their paths, each noted with its line; one that stands twice is a problem.
    pub(super) fn keys(&mut self, table: &str, entries: Vec<Entry>) -> Keys {
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

    pub(super) fn unknown(&mut self, path: &str, line: usize, known: &[&str]) {
        self.problems.add_at(
            "config.unknown_key",
            path,
            Some(line),
            "there is no such key",
            format!("known here: {}", known.join(", ")),
        );
    }

    pub(super) fn wrong(&mut self, path: &str, value: &Spot, wanted: &str) {
        self.problems.add_at(
            "config.kind",
            path,
            Some(value.line),
            format!("this is {}", value.node.kind()),
            format!("write {wanted}"),
        );
    }

    pub(super) fn usd(&mut self, path: &str, value: &Spot) -> Option<Usd> {
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

    pub(super) fn whole(&mut self, path: &str, value: &Spot) -> Option<u64> {
        self.number(path, value, "a whole number of seconds")
    }

    pub(super) fn number(&mut self, path: &str, value: &Spot, wanted: &str) -> Option<u64> {
        let number = match &value.node {
            Node::Number(text) if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.wrong(path, value, wanted);
        }
        number
    }

    pub(super) fn text(&mut self, path: &str, value: Spot) -> Option<String> {
        if let Node::Text(text) = value.node {
            return Some(text);
        }
        self.wrong(path, &value, "a text in quotes");
        None
    }

    pub(super) fn switch(&mut self, path: &str, value: &Spot) -> Option<bool> {
        if let Node::Bool(switch) = value.node {
            return Some(switch);
        }
        self.wrong(path, value, "true or false");
        None
    }

    pub(super) fn texts(&mut self, path: &str, value: Spot) -> Option<Vec<String>> {
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

    pub(super) fn listed(&mut self, path: &str, value: Spot) -> Vec<String> {
        self.texts(path, value).unwrap_or_default()
    }

    /// The tables of an array of them, each with its path.
    pub(super) fn tables(&mut self, path: &str, value: Spot) -> Vec<(String, usize, Keys)> {
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

    pub(super) fn missing(&mut self, table: &str, line: usize, key: &str, wanted: &str) {
        self.problems.add_at(
            "config.missing",
            &key_path(table, key),
            Some(line),
            "the key is missing",
            format!("write {wanted}"),
        );
    }

    pub(super) fn table(&mut self, path: &str, value: Spot) -> Keys {
        if let Node::Table(entries) = value.node {
            return self.keys(path, entries);
        }
        self.wrong(path, &value, "a table");
        Vec::new()
    }

    pub(super) fn choice(&mut self, path: &str, value: Spot, known: &[&str]) -> Option<String> {
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

    pub(super) fn word<T: Choice>(&mut self, path: &str, value: Spot) -> Option<T> {
        let words: Vec<_> = T::ALL.iter().map(|choice| choice.word()).collect();
        let word = self.choice(path, value, &words)?;
        T::ALL.iter().copied().find(|choice| choice.word() == word)
    }
}
