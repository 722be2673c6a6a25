//! `[[limits]]`.

use super::Reader;
use crate::policy::choice::LimitPer;
use crate::policy::document::{Node, Spot};
use crate::policy::error::item_path;
use crate::policy::settings::LimitSettings;

const LIMIT: &[&str] = &["window_seconds", "amount_usd", "count", "per", "endpoint"];

impl Reader<'_> {
    pub(super) fn limits(&mut self, path: &str, value: Spot) -> Vec<LimitSettings> {
        let mut limits = Vec::new();
        for (path, line, keys) in self.tables(path, value) {
            // What is missing or unreadable is a problem; the entry stays, so that those after it keep their index.
            let mut limit = LimitSettings::count(0, 0, []);
            limit.count = None;
            let (mut window, mut per) = (false, false);
            for (path, key, value) in keys {
                match key.as_str() {
                    "window_seconds" => {
                        window = true;
                        limit.window_seconds = self.whole(&path, &value).unwrap_or(0);
                    }
                    "amount_usd" => limit.amount = self.usd(&path, &value),
                    "count" => {
                        limit.count = self.number(&path, &value, "a whole number of payments");
                    }
                    "per" => {
                        per = true;
                        limit.per = self.per(&path, value).unwrap_or_default();
                    }
                    "endpoint" => limit.endpoint = self.text(&path, value),
                    _ => self.unknown(&path, value.line, LIMIT),
                }
            }
            if !window {
                let wanted = "the window, window_seconds = 3600 for an hour";
                self.missing(&path, line, "window_seconds", wanted);
            }
            if !per {
                let wanted =
                    "what is counted apart, per = [\"agent\"], or per = [] for all together";
                self.missing(&path, line, "per", wanted);
            }
            limits.push(limit);
        }
        limits
    }

    fn per(&mut self, path: &str, value: Spot) -> Option<Vec<LimitPer>> {
        let Node::List(items) = value.node else {
            self.wrong(path, &value, "a list, [\"agent\", \"recipient\"]");
            return None;
        };
        let mut per = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let path = item_path(path, index);
            self.places.lines.insert(path.clone(), item.line);
            per.extend(self.word::<LimitPer>(&path, item));
        }
        Some(per)
    }
}
