//! Every record about one person or party.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::report::count::payments::At;
use crate::report::record::{Record, Text, text};
use crate::shown::time;

/// Most records that are kept whole, and how many bytes of them; all are counted.
pub(crate) const MAX_LISTED: usize = 10_000;
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// What is looked for, and what was found of it.
#[derive(Debug)]
pub(crate) struct Subject {
    wanted: String,
    folded: String,
    bytes: usize,
    pub(crate) matches: u64,
    pub(crate) listed: Vec<Match>,
}

/// One record about it.
#[derive(Debug, Serialize)]
pub(crate) struct Match {
    #[serde(skip)]
    pub(crate) at: At,
    /// Filled in when the names of files are known.
    pub(crate) file: String,
    pub(crate) line: u64,
    pub(crate) seq: u64,
    pub(crate) time: String,
    pub(crate) event: String,
    pub(crate) decision_id: Option<String>,
    /// The fields in which it stands.
    pub(crate) fields: Vec<&'static str>,
    /// The record as it is in the log.
    pub(crate) record: Box<RawValue>,
}

impl Subject {
    pub(crate) fn new(wanted: String) -> Self {
        let folded = wanted.to_lowercase();
        Self {
            wanted,
            folded,
            bytes: 0,
            matches: 0,
            listed: Vec::new(),
        }
    }

    pub(crate) fn wanted(&self) -> &str {
        &self.wanted
    }

    pub(super) fn look(&mut self, at: At, record: &Record<'_>, line: &[u8]) {
        let fields = self.fields(record);
        if fields.is_empty() {
            return;
        }
        self.matches = self.matches.saturating_add(1);
        let bytes = self.bytes.saturating_add(line.len());
        if self.listed.len() >= MAX_LISTED || bytes > MAX_BYTES {
            return;
        }
        let Ok(raw) = serde_json::from_slice(line) else {
            return;
        };
        self.bytes = bytes;
        self.listed.push(Match {
            at,
            file: String::new(),
            line: at.line,
            seq: record.seq,
            time: time(record.timestamp_ms),
            event: record.event_type.as_str().to_owned(),
            decision_id: text(record.decision_id.as_ref()).map(str::to_owned),
            fields,
            record: raw,
        });
    }

    fn fields(&self, record: &Record<'_>) -> Vec<&'static str> {
        let whole = [
            ("agent_id", &record.agent_id),
            ("decision_id", &record.decision_id),
            ("pay_to", &record.pay_to),
            ("transaction", &record.transaction),
        ];
        let within = [
            ("resource_url", &record.resource_url),
            ("origin", &record.origin),
            ("reason", &record.reason),
            ("error_message", &record.error_message),
            ("note", &record.note),
        ];
        let mut fields = Vec::new();
        for (name, field) in whole {
            if field.as_ref().is_some_and(|field| self.is(field)) {
                fields.push(name);
            }
        }
        if record.approvals.iter().any(|approver| self.is(approver)) {
            fields.push("approvals");
        }
        for (name, field) in within {
            let field = text(field.as_ref());
            if field.is_some_and(|field| field.to_lowercase().contains(&self.folded)) {
                fields.push(name);
            }
        }
        fields
    }

    /// Hexadecimal has two spellings, every other name one.
    fn is(&self, name: &Text<'_>) -> bool {
        let name = name.as_str();
        let hexadecimal = |text: &str| {
            let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
            digits
                .unwrap_or(text)
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit())
        };
        name == self.wanted || (hexadecimal(name) && name.eq_ignore_ascii_case(&self.wanted))
    }
}
