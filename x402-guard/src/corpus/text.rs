//! A field that is being written, with the places of what is personal in it.

use crate::corpus::record::{Field, Label};

/// A text with its length in code points, so that labels need no second look at it.
#[derive(Debug)]
pub(super) struct FieldText {
    field: Field,
    text: String,
    points: usize,
    labels: Vec<Label>,
}

impl FieldText {
    pub(super) fn new(field: Field) -> Self {
        Self {
            field,
            text: String::new(),
            points: 0,
            labels: Vec::new(),
        }
    }

    pub(super) fn field(&self) -> Field {
        self.field
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Appends what is not personal.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.points = self.points.saturating_add(text.chars().count());
    }

    /// Appends a value and labels it.
    pub(super) fn push_labelled(&mut self, text: &str, entity_type: &str, surface_form: String) {
        let start = self.points;
        self.push(text);
        self.labels.push(Label {
            field: self.field,
            entity_type: entity_type.to_owned(),
            start,
            end: self.points,
            original_text: text.to_owned(),
            surface_form,
        });
    }

    pub(super) fn finish(self) -> (String, Vec<Label>) {
        (self.text, self.labels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_code_points() {
        let mut text = FieldText::new(Field::Reason);
        text.push("für 東京 😀 ");
        text.push_labelled("Zoë", "PERSON", "first_only".to_owned());
        text.push(".");
        let (text, labels) = text.finish();
        assert_eq!((labels[0].start, labels[0].end), (9, 12));
        let cut: String = text.chars().skip(9).take(3).collect();
        assert_eq!(cut, "Zoë");
    }
}
