//! What the detector returns.

use std::ops::Range;

use super::EntityType;

/// One piece of personal data in a text. It holds a place, never the text itself, so it can be logged.
///
/// ```
/// use x402_tower::pii::{Detector, EntityType};
///
/// let findings = Detector::new().scan("card 4111 1111 1111 1111");
/// assert_eq!(findings[0].entity, EntityType::CreditCard);
/// assert_eq!(findings[0].span, 5..24);
/// assert_eq!(findings[0].score, 100);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The kind of personal data.
    pub entity: EntityType,
    /// Where it stands: a byte range of the original text, on character boundaries.
    pub span: Range<usize>,
    /// How sure the detector is, in percent: 100 for a checksum, less for a form alone.
    pub score: u8,
}

impl Finding {
    /// A finding made by another detector than ours, to be given to [`redact`](super::redact).
    #[must_use]
    pub const fn new(entity: EntityType, span: Range<usize>, score: u8) -> Self {
        Self {
            entity,
            span,
            score,
        }
    }
}
