//! Takes the disguise off a text: escapes are decoded and characters that look like others, or cannot be
//! seen, become what a reader would take them for.
//!
//! Every step makes a [`View`] that knows which bytes of the original each of its bytes stands for. Views
//! are for matching alone; the text itself stays as it is.

mod encoded;
mod entity_reference;
mod escape;
mod fold;
mod spelled;

pub(super) use encoded::encoded_runs;
pub(super) use escape::{Escapes, decoded, has_quoted_printable};
pub(super) use fold::{folded, is_invisible};
pub(super) use spelled::spelled;

use super::view::{Mapped, Source, View};

/// Collects the bytes of a new view.
#[derive(Debug, Default)]
pub(super) struct Sink {
    bytes: Vec<u8>,
    sources: Vec<Source>,
}

impl Sink {
    /// Has room for so many bytes.
    fn with_room_for(count: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(count),
            sources: Vec::with_capacity(count),
        }
    }

    /// Starts with the first `length` bytes of `view`.
    fn with_start_of(view: &View<'_>, length: usize) -> Self {
        let mut sink = Self::with_room_for(view.bytes().len());
        sink.copy(view, 0..length);
        sink
    }

    pub(super) fn push(&mut self, byte: u8, source: Source) {
        self.bytes.push(byte);
        self.sources.push(source);
    }

    pub(super) fn push_all(&mut self, bytes: &[u8], source: Source) {
        for byte in bytes {
            self.push(*byte, source);
        }
    }

    pub(super) fn copy(&mut self, view: &View<'_>, range: std::ops::Range<usize>) {
        let bytes = view.slice(range.clone());
        self.bytes.extend_from_slice(bytes);
        view.sources(range.start..range.start + bytes.len(), &mut self.sources);
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn into_mapped(self, in_url: bool) -> Mapped {
        Mapped::new(self.bytes, self.sources, in_url)
    }
}

/// From the first to the last of the bytes `start..start + length` of `view`.
fn source_of(view: &View<'_>, start: usize, length: usize) -> Source {
    view.source(start)
        .to(view.source(start + length.saturating_sub(1)))
}
