//! Covers characters and keeps their number.

/// Characters that cover those of a finding, one for one.
///
/// ```
/// use x402_tower::pii::Mask;
///
/// assert_eq!(Mask::new('*')?.masked("alice"), "*****");
/// assert_eq!(Mask::new('•')?.with_count(3).masked("alice"), "•••ce");
/// assert_eq!(Mask::new('#')?.with_count(3).from_end().masked("alice"), "al###");
/// # Ok::<(), x402_tower::pii::MaskError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mask {
    character: char,
    count: Option<usize>,
    from_end: bool,
}

impl Mask {
    /// Covers every character.
    ///
    /// # Errors
    ///
    /// [`MaskError`] for a letter, a digit, white space and what cannot be seen: nobody could tell the mask from the text.
    pub fn new(character: char) -> Result<Self, MaskError> {
        if character.is_alphanumeric() || character.is_whitespace() || character.is_control() {
            return Err(MaskError);
        }
        Ok(Self {
            character,
            count: None,
            from_end: false,
        })
    }

    /// Covers so many characters, and leaves the others.
    #[must_use]
    pub fn with_count(self, count: usize) -> Self {
        Self {
            count: Some(count),
            ..self
        }
    }

    /// Counts from the end, so that the start is left.
    #[must_use]
    pub fn from_end(self) -> Self {
        Self {
            from_end: true,
            ..self
        }
    }

    /// The text with its characters covered.
    #[must_use]
    pub fn masked(&self, text: &str) -> String {
        let length = text.chars().count();
        let count = self.count.unwrap_or(length).min(length);
        let covered = if self.from_end {
            length - count..length
        } else {
            0..count
        };
        let characters = text.chars().enumerate();
        characters
            .map(|(place, character)| {
                if covered.contains(&place) {
                    self.character
                } else {
                    character
                }
            })
            .collect()
    }
}

/// A character that cannot cover others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a letter, a digit or white space cannot be a mask: use a sign such as *")]
#[non_exhaustive]
pub struct MaskError;

impl MaskError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "pii.mask.character"
    }
}
