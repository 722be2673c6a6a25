//! A labelled sample, as it stands on a line.

use serde::{Deserialize, Serialize};

/// The fields of x402 metadata that a label may point into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Field {
    ResourceUrl,
    Description,
    Reason,
}

impl Field {
    pub(super) const ALL: [Self; 3] = [Self::ResourceUrl, Self::Description, Self::Reason];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::ResourceUrl => "resource_url",
            Self::Description => "description",
            Self::Reason => "reason",
        }
    }
}

/// One value of personal data. `start` and `end` count Unicode code points of the field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Label {
    pub(super) field: Field,
    pub(super) entity_type: String,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) original_text: String,
    pub(super) surface_form: String,
}

/// One triple of metadata with what is personal in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) id: String,
    pub(super) category: String,
    pub(super) resource_url: String,
    pub(super) description: String,
    pub(super) reason: String,
    pub(super) pii_positive: bool,
    pub(super) labels: Vec<Label>,
}

impl Record {
    pub(super) fn text(&self, field: Field) -> &str {
        match field {
            Field::ResourceUrl => &self.resource_url,
            Field::Description => &self.description,
            Field::Reason => &self.reason,
        }
    }
}
