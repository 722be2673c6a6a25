//! Labelled texts: lines of our own, or samples as `x402-guard corpus generate` writes them.
//!
//! A line is `T` for a text or `U` for the path and query of a URL, a tab, and the text, in which a control
//! character opens a name and another closes it.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;

use crate::Outcome;

/// Opens a person, a place, an organisation, or what another recognizer claims.
const OPENERS: [char; 4] = ['\u{11}', '\u{12}', '\u{13}', '\u{15}'];
const CLOSER: char = '\u{14}';
const KINDS: [&str; 3] = ["PERSON", "LOCATION", "ORGANIZATION"];
/// Before the path of a URL.
const HOST: &str = "https://api.example.com";

#[derive(Debug, Clone, Default)]
pub(super) struct Sample {
    pub(super) text: String,
    pub(super) is_url: bool,
    /// Names and their kinds.
    pub(super) names: Vec<(usize, Range<usize>)>,
    /// Other personal data.
    pub(super) others: Vec<Range<usize>>,
    /// The sample of a corpus that the text is a field of, or the line.
    pub(super) record: usize,
}

/// The texts in a file.
pub(super) fn read(path: &str) -> Outcome<Vec<Sample>> {
    let file = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let is_corpus = file.starts_with('{');
    let mut samples = Vec::new();
    for (record, line) in file.lines().enumerate() {
        let wrong = |what: &str| format!("{path}:{}: {what}", record + 1);
        if is_corpus {
            let sample: Record =
                serde_json::from_str(line).map_err(|error| wrong(&error.to_string()))?;
            samples.extend(sample.fields(record).ok_or_else(|| wrong("not a label"))?);
        } else {
            samples.push(parse(line, record).ok_or_else(|| wrong("not a sample"))?);
        }
    }
    Ok(samples)
}

/// The words and phrases of a gazetteer with their flags, as `make_data.py` writes them.
pub(super) fn read_gazetteer(path: &str) -> Outcome<Vec<(u8, String)>> {
    let file = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    file.lines()
        .map(|line| {
            let (flags, text) = line.split_once('\t').ok_or("gazetteer: no tab in a line")?;
            Ok((flags.parse()?, text.to_owned()))
        })
        .collect()
}

fn parse(line: &str, record: usize) -> Option<Sample> {
    let (kind, marked) = line.split_once('\t')?;
    let mut sample = Sample {
        is_url: kind == "U",
        record,
        ..Sample::default()
    };
    if sample.is_url {
        sample.text.push_str(HOST);
    }
    let mut open = None;
    for character in marked.chars() {
        if let Some(kind) = OPENERS.iter().position(|opener| *opener == character) {
            open = Some((kind, sample.text.len()));
        } else if character == CLOSER {
            let (kind, start) = open.take()?;
            let span = start..sample.text.len();
            if kind < KINDS.len() {
                sample.names.push((kind, span));
            } else {
                sample.others.push(span);
            }
        } else {
            sample.text.push(character);
        }
    }
    open.is_none().then_some(sample)
}

#[derive(Debug, Deserialize)]
struct Record {
    resource_url: String,
    description: String,
    reason: String,
    labels: Vec<Label>,
}

#[derive(Debug, Deserialize)]
struct Label {
    field: String,
    entity_type: String,
    start: usize,
    end: usize,
}

impl Record {
    fn fields(self, record: usize) -> Option<Vec<Sample>> {
        let mut fields = BTreeMap::new();
        for (name, text) in [
            ("resource_url", self.resource_url),
            ("description", self.description),
            ("reason", self.reason),
        ] {
            let field = Sample {
                text,
                is_url: name == "resource_url",
                record,
                ..Sample::default()
            };
            fields.insert(name, field);
        }
        for label in self.labels {
            let field = fields.get_mut(label.field.as_str())?;
            let byte_of = |point: usize| {
                let mut starts = field.text.char_indices().map(|(at, _)| at);
                starts.nth(point).unwrap_or(field.text.len())
            };
            let span = byte_of(label.start)..byte_of(label.end);
            match KINDS.iter().position(|kind| *kind == label.entity_type) {
                Some(kind) => field.names.push((kind, span)),
                None => field.others.push(span),
            }
        }
        Some(
            fields
                .into_values()
                .filter(|field| !field.text.is_empty())
                .collect(),
        )
    }
}
