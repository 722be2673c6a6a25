//! The lists of the table of personal data.

use super::Reader;
use crate::policy::choice::OperatorKind;
use crate::policy::document::Spot;
use crate::policy::pii::{AllowSettings, OperatorSettings, RecognizerSettings};

const OPERATOR: &[&str] = &[
    "entities",
    "operator",
    "template",
    "mask_character",
    "mask_count",
    "mask_from_end",
];
const RECOGNIZER: &[&str] = &[
    "name",
    "regex",
    "words",
    "case_sensitive",
    "validator",
    "context",
    "only_in_context",
    "score",
];
const ALLOW: &[&str] = &["text", "regex", "field", "entity"];

impl Reader<'_> {
    pub(super) fn operators(&mut self, path: &str, value: Spot) -> Vec<OperatorSettings> {
        let mut operators = Vec::new();
        for (path, line, keys) in self.tables(path, value) {
            let mut operator = OperatorSettings::new(OperatorKind::Replace);
            let mut chosen = false;
            for (path, key, value) in keys {
                match key.as_str() {
                    "entities" => operator.entities = self.texts(&path, value),
                    "operator" => {
                        chosen = true;
                        operator.operator = self.word(&path, value).unwrap_or_default();
                    }
                    "template" => operator.template = self.text(&path, value),
                    "mask_character" => operator.mask_character = self.text(&path, value),
                    "mask_count" => {
                        operator.mask_count =
                            self.number(&path, &value, "a whole number of characters");
                    }
                    "mask_from_end" => operator.mask_from_end = self.switch(&path, &value),
                    _ => self.unknown(&path, value.line, OPERATOR),
                }
            }
            if !chosen {
                let wanted = "operator = \"replace\", \"mask\", \"hash\" or \"remove\"";
                self.missing(&path, line, "operator", wanted);
            }
            operators.push(operator);
        }
        operators
    }

    pub(super) fn recognizers(&mut self, path: &str, value: Spot) -> Vec<RecognizerSettings> {
        let mut recognizers = Vec::new();
        for (path, line, keys) in self.tables(path, value) {
            let mut recognizer = RecognizerSettings::default();
            let mut named = false;
            for (path, key, value) in keys {
                match key.as_str() {
                    "name" => {
                        named = true;
                        recognizer.name = self.text(&path, value).unwrap_or_default();
                    }
                    "regex" => recognizer.regex = self.text(&path, value),
                    "words" => recognizer.words = self.listed(&path, value),
                    "case_sensitive" => recognizer.case_sensitive = self.switch(&path, &value),
                    "validator" => recognizer.validator = self.word(&path, value),
                    "context" => recognizer.context = self.listed(&path, value),
                    "only_in_context" => recognizer.only_in_context = self.switch(&path, &value),
                    "score" => {
                        recognizer.score = self.number(&path, &value, "a whole number of percent");
                    }
                    _ => self.unknown(&path, value.line, RECOGNIZER),
                }
            }
            if !named {
                let wanted = "what it finds, name = \"EMPLOYEE_ID\"";
                self.missing(&path, line, "name", wanted);
            }
            recognizers.push(recognizer);
        }
        recognizers
    }

    pub(super) fn allowed(&mut self, path: &str, value: Spot) -> Vec<AllowSettings> {
        let mut all = Vec::new();
        for (_, _, keys) in self.tables(path, value) {
            let mut allowed = AllowSettings::default();
            for (path, key, value) in keys {
                match key.as_str() {
                    "text" => allowed.text = self.text(&path, value),
                    "regex" => allowed.regex = self.text(&path, value),
                    "field" => allowed.field = self.text(&path, value),
                    "entity" => allowed.entity = self.text(&path, value),
                    _ => self.unknown(&path, value.line, ALLOW),
                }
            }
            all.push(allowed);
        }
        all
    }
}
