//! One recognizer of one's own.

use std::ops::Range;

use super::pattern::Pattern;
use super::words::Words;
use super::{RecognizerError, Validator};
use crate::pii::EntityType;
use crate::pii::recognize::Hits;
use crate::pii::view::View;

/// How sure a form alone makes, as for the built-in recognizers.
const FORM: u8 = 60;
/// How sure a word of a list makes: it is there.
const WORD: u8 = 95;
const CERTAIN: u8 = 100;
/// What a word of the context adds.
const CONTEXT: u8 = 35;
/// How many bytes before a match its context is.
const CONTEXT_BYTES: usize = 64;

/// Finds a kind of data that no standard describes.
///
/// It reads what the built-in recognizers read: the text as it stands and without its disguise. Patterns are those of the
/// [`regex`](https://docs.rs/regex) crate, of bounded size, searched without backtracking; a match is at most 256 bytes.
///
/// ```
/// use x402_tower::pii::{CustomEntity, CustomRecognizer, Detector, EntityType};
///
/// let entity = EntityType::Custom(CustomEntity::new("EMPLOYEE_ID")?);
/// let recognizer = CustomRecognizer::regex(entity, r"\bE-[0-9]{6}\b")?.with_context(["employee"])?;
/// let detector = Detector::new().with_recognizer(recognizer)?;
///
/// let findings = detector.scan("report for employee E-123456");
/// assert_eq!((findings[0].entity, findings[0].score), (entity, 95));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct CustomRecognizer {
    entity: EntityType,
    form: Form,
    validator: Option<Validator>,
    context: Option<Words>,
    only_in_context: bool,
    score: u8,
}

#[derive(Debug, Clone)]
enum Form {
    Pattern(Pattern),
    Words(Words),
}

impl CustomRecognizer {
    /// The longest pattern in bytes.
    pub const MAX_PATTERN_BYTES: usize = Pattern::MAX_BYTES;
    /// How many words a list can have.
    pub const MAX_WORDS: usize = Words::MAX_WORDS;

    /// Finds what a regular expression fits. `(?i)` at its start ignores case.
    ///
    /// # Errors
    ///
    /// [`RecognizerError`] for what is no pattern, fits the empty text, or is too large.
    pub fn regex(entity: EntityType, pattern: &str) -> Result<Self, RecognizerError> {
        let form = Form::Pattern(Pattern::new(pattern)?);
        Ok(Self::new(entity, form, FORM))
    }

    /// Finds whole words and phrases in any case, joined by spaces or as paths and keys join them.
    ///
    /// # Errors
    ///
    /// [`RecognizerError`] for no word, an empty one, and too many or too long ones.
    pub fn words<W: AsRef<str>>(
        entity: EntityType,
        words: impl IntoIterator<Item = W>,
    ) -> Result<Self, RecognizerError> {
        let form = Form::Words(Words::new(words, true)?);
        Ok(Self::new(entity, form, WORD))
    }

    /// The same, in the case in which they are written.
    ///
    /// # Errors
    ///
    /// As [`words`](Self::words).
    pub fn exact_words<W: AsRef<str>>(
        entity: EntityType,
        words: impl IntoIterator<Item = W>,
    ) -> Result<Self, RecognizerError> {
        let form = Form::Words(Words::new(words, false)?);
        Ok(Self::new(entity, form, WORD))
    }

    const fn new(entity: EntityType, form: Form, score: u8) -> Self {
        Self {
            entity,
            form,
            validator: None,
            context: None,
            only_in_context: false,
            score,
        }
    }

    /// Reports only what passes a check, as certain.
    #[must_use]
    pub fn with_validator(self, validator: Validator) -> Self {
        Self {
            validator: Some(validator),
            ..self
        }
    }

    /// Is surer, by 35 percent, where one of these words stands in the 64 bytes before a match: whole, in any case.
    ///
    /// # Errors
    ///
    /// As [`words`](Self::words).
    pub fn with_context<W: AsRef<str>>(
        self,
        words: impl IntoIterator<Item = W>,
    ) -> Result<Self, RecognizerError> {
        Ok(Self {
            context: Some(Words::new(words, true)?),
            ..self
        })
    }

    /// Reports nothing where no word of the [context](Self::with_context) stands.
    #[must_use]
    pub fn only_in_context(self) -> Self {
        Self {
            only_in_context: true,
            ..self
        }
    }

    /// How sure a match is without check and context, in percent; 60 for a pattern and 95 for words unless set.
    ///
    /// # Errors
    ///
    /// [`RecognizerError::Score`] for 0 and above 100.
    pub fn with_score(self, score: u8) -> Result<Self, RecognizerError> {
        if !(1..=CERTAIN).contains(&score) {
            return Err(RecognizerError::Score { score });
        }
        Ok(Self { score, ..self })
    }

    /// What it finds.
    #[must_use]
    pub const fn entity(&self) -> EntityType {
        self.entity
    }

    /// Reports every match in a view with its score.
    pub(in crate::pii) fn recognize(&self, view: &View<'_>, hits: &mut Hits) {
        let mut from = 0;
        while let Some(found) = self.find(view, from) {
            from = found.end;
            if let Some(score) = self.score_of(view, &found) {
                hits.push_own(self.entity, found, score);
            }
        }
    }

    fn find(&self, view: &View<'_>, from: usize) -> Option<Range<usize>> {
        match &self.form {
            Form::Pattern(pattern) => pattern.find(view.bytes(), from),
            Form::Words(words) => words.find(view, from),
        }
    }

    fn score_of(&self, view: &View<'_>, found: &Range<usize>) -> Option<u8> {
        let in_context = self.context.as_ref().is_some_and(|words| {
            let start = found.start.saturating_sub(CONTEXT_BYTES);
            words.stand_in(view, start..found.start)
        });
        if self.only_in_context && !in_context {
            return None;
        }
        match self.validator {
            Some(validator) => validator
                .holds_for(view.slice(found.clone()))
                .then_some(CERTAIN),
            None if in_context => Some(self.score.saturating_add(CONTEXT).min(CERTAIN)),
            None => Some(self.score),
        }
    }
}
