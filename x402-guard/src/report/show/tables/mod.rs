//! The parts of a report, drawn from its object.

mod cells;
mod controls;
mod payments;
mod records;

use crate::report::document::Document;
use crate::report::show::section::{Line, Section};

/// All parts, in the order of the report.
pub(crate) fn sections(document: &Document) -> Vec<Section> {
    let mut sections = vec![records::integrity(document), payments::outcomes(document)];
    sections.push(payments::spend(document));
    sections.push(payments::assets(document));
    sections.push(controls::pii(document));
    sections.push(controls::denials(document));
    sections.push(controls::approvals(document));
    sections.push(records::doubtful(
        document,
        Section::new("unknown", "Unknown outcomes"),
        &document.unknown,
        "The signature may have left, and nobody knows whether the payment was settled. Ask the chain (ledger reconcile), or \
         look each up.",
    ));
    sections.push(records::doubtful(
        document,
        Section::new("dangling", "Dangling intents"),
        &document.dangling,
        "Intents without any outcome in these files: payments that a crash cut short, or that were under way.",
    ));
    sections.push(records::records(document));
    sections.extend(records::subject(document));
    let mut notes = Section::new("notes", "How to read this");
    notes.points = document
        .notes
        .iter()
        .map(|note| Line::new(note.clone()))
        .collect();
    sections.push(notes);
    sections
}
