//! Counting what is in a corpus.

use std::collections::{BTreeMap, BTreeSet};

use crate::corpus::record::{Field, Label, Record};

/// How often each thing comes.
pub(super) type Counts = BTreeMap<String, u64>;

/// What is in a corpus.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) samples: u64,
    pub(super) positive: u64,
    pub(super) labels: u64,
    /// Samples by category, and those with personal data in them.
    pub(super) categories: BTreeMap<String, (u64, u64)>,
    /// Values by type and field, in the order of [`Field::ALL`].
    pub(super) types: BTreeMap<String, [u64; 3]>,
    pub(super) values: BTreeMap<String, BTreeSet<String>>,
    pub(super) forms: BTreeMap<String, Counts>,
    /// By field: those that are not empty, and the different texts among them.
    pub(super) fields: BTreeMap<Field, (u64, BTreeSet<String>)>,
    /// By field, those with at least one value.
    pub(super) personal: BTreeMap<Field, u64>,
}

/// A label that does not point at its text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{id}: the label {start}..{end} of {field} does not cover {entity_type} {form:?}")]
pub(super) struct WrongLabel {
    id: String,
    field: &'static str,
    start: usize,
    end: usize,
    entity_type: String,
    form: String,
}

impl Content {
    /// Counts a sample whose labels point where they say.
    pub(super) fn add(&mut self, record: &Record) -> Result<(), WrongLabel> {
        if let Some(label) = record.labels.iter().find(|label| !points(record, label)) {
            return Err(WrongLabel::of(record, label));
        }
        self.samples = self.samples.saturating_add(1);
        let category = self.categories.entry(record.category.clone()).or_default();
        category.0 = category.0.saturating_add(1);
        if record.pii_positive {
            self.positive = self.positive.saturating_add(1);
            category.1 = category.1.saturating_add(1);
        }
        for field in Field::ALL {
            self.field(record, field);
        }
        for label in &record.labels {
            self.label(label);
        }
        Ok(())
    }

    fn field(&mut self, record: &Record, field: Field) {
        let text = record.text(field);
        if !text.is_empty() {
            let (count, texts) = self.fields.entry(field).or_default();
            *count = count.saturating_add(1);
            texts.insert(text.to_owned());
        }
        if record.labels.iter().any(|label| label.field == field) {
            add(self.personal.entry(field).or_default());
        }
    }

    fn label(&mut self, label: &Label) {
        let kind = &label.entity_type;
        add(&mut self.labels);
        let fields = self.types.entry(kind.clone()).or_default();
        for (field, count) in Field::ALL.into_iter().zip(fields) {
            *count = count.saturating_add(u64::from(field == label.field));
        }
        let values = self.values.entry(kind.clone()).or_default();
        values.insert(label.original_text.clone());
        let forms = self.forms.entry(kind.clone()).or_default();
        add(forms.entry(label.surface_form.clone()).or_default());
    }

    /// How many fields are not empty, and how many different texts there are in all of them.
    pub(super) fn texts(&self) -> (u64, usize) {
        let count = self.fields.values().map(|(count, _)| count).sum();
        let all: BTreeSet<&String> = self.fields.values().flat_map(|(_, texts)| texts).collect();
        (count, all.len())
    }
}

impl WrongLabel {
    fn of(record: &Record, label: &Label) -> Self {
        Self {
            id: record.id.clone(),
            field: label.field.as_str(),
            start: label.start,
            end: label.end,
            entity_type: label.entity_type.clone(),
            form: label.surface_form.clone(),
        }
    }
}

/// Whether the code points of a label's range are its text.
pub(super) fn points(record: &Record, label: &Label) -> bool {
    let Some(length) = label.end.checked_sub(label.start) else {
        return false;
    };
    let mut range = record
        .text(label.field)
        .chars()
        .skip(label.start)
        .take(length);
    let mut text = label.original_text.chars();
    length == label.original_text.chars().count()
        && text.by_ref().all(|letter| range.next() == Some(letter))
}

fn add(count: &mut u64) {
    *count = count.saturating_add(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(start: usize, end: usize) -> Record {
        Record {
            id: "s1-00000".to_owned(),
            category: "generic".to_owned(),
            resource_url: "https://example.com/".to_owned(),
            description: "für Zoë".to_owned(),
            reason: String::new(),
            pii_positive: true,
            labels: vec![Label {
                field: Field::Description,
                entity_type: "PERSON".to_owned(),
                start,
                end,
                original_text: "Zoë".to_owned(),
                surface_form: "first_only".to_owned(),
            }],
        }
    }

    #[test]
    fn a_label_has_to_point_at_its_text() {
        assert_eq!(Content::default().add(&record(4, 7)), Ok(()));
        for (start, end) in [(3, 6), (4, 8), (4, 6), (7, 4), (5, 8), (400, 403)] {
            let wrong = Content::default().add(&record(start, end)).unwrap_err();
            assert!(!wrong.to_string().contains("Zoë"), "{wrong}");
        }
    }
}
