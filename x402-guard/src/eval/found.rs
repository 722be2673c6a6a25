//! The findings of one text.

use core::ops::Range;

use x402_tower::pii::Finding;

use crate::eval::corpus::{Corpus, TypeId};
use crate::eval::judge::Counts;

/// One finding.
pub(super) struct Place {
    pub(super) entity: TypeId,
    /// In bytes of the text.
    pub(super) span: Range<usize>,
    /// Whether it is what a label asks for.
    pub(super) taken: bool,
}

/// The findings of a field.
pub(super) struct Found(Vec<Place>);

impl Found {
    pub(super) fn new(found: Vec<Finding>, corpus: &Corpus) -> Self {
        let place = |finding: Finding| {
            let name = finding.entity.as_str();
            let entity = corpus.types.iter().position(|known| known == name)?;
            Some(Place {
                entity,
                span: finding.span,
                taken: false,
            })
        };
        Self(found.into_iter().filter_map(place).collect())
    }

    pub(super) fn places(&self) -> &[Place] {
        &self.0
    }

    /// What a label counts for, and takes the finding that it asks for.
    pub(super) fn hold_against(
        &mut self,
        entity: TypeId,
        span: &Range<usize>,
        text: &str,
    ) -> Counts {
        let mut counts = Counts {
            labels: 1,
            covered: u64::from(self.covers(span, text)),
            ..Counts::default()
        };
        let asked_for = self.0.iter_mut().find(|place| {
            !place.taken
                && place.entity == entity
                && place.span.start < span.end
                && span.start < place.span.end
        });
        if let Some(place) = asked_for {
            place.taken = true;
            counts.partial = 1;
            counts.exact = u64::from(place.span == *span);
        }
        counts
    }

    /// Whether every letter and digit of a value lies in a finding, of whatever type.
    fn covers(&self, span: &Range<usize>, text: &str) -> bool {
        let mut at = span.start;
        while at < span.end {
            let rest = text.get(at..span.end).unwrap_or_default();
            let (length, counts) = letter(rest);
            let end = at.saturating_add(length);
            if counts && !(at..end).all(|byte| self.hides(byte)) {
                return false;
            }
            at = end;
        }
        true
    }

    fn hides(&self, byte: usize) -> bool {
        self.0.iter().any(|place| place.span.contains(&byte))
    }
}

/// How many bytes the first letter takes, and whether it is one that tells something.
fn letter(text: &str) -> (usize, bool) {
    if let Some([b'%', high, low]) = text.as_bytes().get(..3)
        && let (Some(high), Some(low)) = (hex(*high), hex(*low))
    {
        // An escaped blank or dot between two names tells nothing, and its digits are no digits.
        let byte = high * 16 + low;
        return (3, byte.is_ascii_alphanumeric() || !byte.is_ascii());
    }
    match text.chars().next() {
        Some(first) => (first.len_utf8(), first.is_alphanumeric()),
        None => (1, false),
    }
}

fn hex(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}
