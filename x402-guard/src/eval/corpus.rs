//! Labelled records.

use core::ops::Range;
use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::Path;

use serde::Deserialize;
use x402_tower::pii::EntityType;

use crate::screen::field::FieldText;
use crate::screen::lines::{Chunk, Chunks};
use crate::screen::record::{BadLine, read};

/// What is screened in every payment; other texts only where a label names them.
const SCREENED: [&str; 3] = ["resource_url", "description", "reason"];
const LABELS: &str = "labels";
const POSITIVE: &str = "pii_positive";

/// Why a corpus cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CorpusError {
    #[error("it cannot be read: {0}; check the path")]
    Read(#[from] io::Error),
    #[error("it holds no samples; write one JSON object a line, see x402-guard eval pii --help")]
    Empty,
    #[error("line {line}: {problem}")]
    Line { line: u64, problem: BadSample },
}

/// What is wrong with a line. Nothing here shows what it holds.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadSample {
    #[error("{0}")]
    Line(#[from] BadLine),
    #[error("{0} is missing or is something else")]
    Field(&'static str),
    #[error("label {0} is no object with field, entity_type, start and end")]
    Label(usize),
    #[error("label {0} names a field that is not there or is no text")]
    NoField(usize),
    #[error("label {0} does not lie in its field; start and end count Unicode code points")]
    Outside(usize),
    #[error("label {0}: original_text is not what stands in its field from start to end")]
    OtherText(usize),
}

/// A type by its place in [`Corpus::types`].
pub(super) type TypeId = usize;

pub(super) struct Corpus {
    /// The names of the types: all that detectors know, then those that only labels name.
    pub(super) types: Vec<String>,
    pub(super) samples: Vec<Sample>,
}

pub(super) struct Sample {
    /// Where it stands in the file, from 1.
    pub(super) line: u64,
    pub(super) fields: Vec<Field>,
    pub(super) labels: Vec<Label>,
    /// Whether it is said to hold personal data.
    pub(super) positive: bool,
}

pub(super) struct Field {
    pub(super) name: String,
    text: String,
}

impl Field {
    pub(super) fn text(&self) -> FieldText<'_> {
        FieldText::of(&self.name, &self.text)
    }
}

pub(super) struct Label {
    pub(super) field: usize,
    pub(super) entity: TypeId,
    /// In bytes of the field's text.
    pub(super) span: Range<usize>,
}

#[derive(Deserialize)]
struct Written {
    field: String,
    entity_type: String,
    start: usize,
    end: usize,
    original_text: Option<String>,
}

impl Corpus {
    pub(super) fn load(path: &Path) -> Result<Self, CorpusError> {
        let mut corpus = Self {
            types: EntityType::ALL
                .iter()
                .map(|entity| entity.as_str().to_owned())
                .collect(),
            samples: Vec::new(),
        };
        for chunk in Chunks::new(File::open(path)?) {
            corpus.take(&chunk?)?;
        }
        if corpus.samples.is_empty() {
            return Err(CorpusError::Empty);
        }
        corpus.keep_screened_fields();
        Ok(corpus)
    }

    fn take(&mut self, chunk: &Chunk) -> Result<(), CorpusError> {
        let (first, bytes) = match chunk {
            Chunk::Lines { first, bytes } => (*first, bytes),
            Chunk::TooLong { line, .. } => {
                let problem = BadLine::TooLong.into();
                return Err(CorpusError::Line {
                    line: *line,
                    problem,
                });
            }
        };
        for (line, text) in (first..).zip(bytes.split(|byte| *byte == b'\n')) {
            if text.trim_ascii().is_empty() {
                continue;
            }
            let sample = self.sample(line, text);
            self.samples
                .push(sample.map_err(|problem| CorpusError::Line { line, problem })?);
        }
        Ok(())
    }

    fn sample(&mut self, line: u64, text: &[u8]) -> Result<Sample, BadSample> {
        let (mut fields, mut written, mut positive) = (Vec::new(), None, None);
        for field in read(text)? {
            if let Some(text) = field.text {
                fields.push(Field {
                    name: field.name.into_owned(),
                    text: text.into_owned(),
                });
            } else if field.name == LABELS {
                written = serde_json::from_str::<Vec<serde_json::Value>>(field.value).ok();
            } else if field.name == POSITIVE {
                positive = serde_json::from_str(field.value).ok();
            }
        }
        let written = written.ok_or(BadSample::Field(LABELS))?;
        let mut labels = Vec::with_capacity(written.len());
        for (number, label) in (1..).zip(written) {
            let label = Written::deserialize(label).map_err(|_| BadSample::Label(number))?;
            labels.push(self.label(number, &label, &fields)?);
        }
        labels.sort_by_key(|label| (label.field, label.span.start));
        Ok(Sample {
            line,
            fields,
            labels,
            positive: positive.ok_or(BadSample::Field(POSITIVE))?,
        })
    }

    fn label(
        &mut self,
        number: usize,
        label: &Written,
        fields: &[Field],
    ) -> Result<Label, BadSample> {
        let named = |field: &Field| field.name == label.field;
        let field = fields.iter().position(named);
        let at = field.ok_or(BadSample::NoField(number))?;
        let text = fields.get(at).map_or("", |field| &field.text);
        let span = bytes(text, label.start, label.end).ok_or(BadSample::Outside(number))?;
        let stands = text.get(span.clone());
        if label.original_text.is_some() && label.original_text.as_deref() != stands {
            return Err(BadSample::OtherText(number));
        }
        Ok(Label {
            field: at,
            entity: self.type_id(&label.entity_type),
            span,
        })
    }

    /// The place of a type, which is made where the name is new.
    pub(super) fn type_id(&mut self, name: &str) -> TypeId {
        let known = self.types.iter().position(|known| known == name);
        known.unwrap_or_else(|| {
            self.types.push(name.to_owned());
            self.types.len().saturating_sub(1)
        })
    }

    /// Empties what is no part of a payment, such as the id and category of a sample. Places stay as they are.
    fn keep_screened_fields(&mut self) {
        let labelled = self.samples.iter().flat_map(|sample| {
            let names = sample.labels.iter();
            names.filter_map(|label| Some(sample.fields.get(label.field)?.name.clone()))
        });
        let mut kept: BTreeSet<String> = labelled.collect();
        kept.extend(SCREENED.map(str::to_owned));
        for field in self.samples.iter_mut().flat_map(|s| &mut s.fields) {
            if !kept.contains(&field.name) {
                field.text.clear();
            }
        }
    }
}

/// The bytes of `start..end` in code points; `None` where that is no piece of the text.
fn bytes(text: &str, start: usize, end: usize) -> Option<Range<usize>> {
    let mut offsets = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let step = end.checked_sub(start)?.checked_sub(1)?;
    let begin = offsets.nth(start)?;
    Some(begin..offsets.nth(step)?)
}
