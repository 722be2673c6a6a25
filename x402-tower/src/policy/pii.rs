//! What a policy says of finding personal data, and what it makes of that.

use core::str::FromStr;

use super::choice::{OperatorKind, ValidatorKind};
use super::settings::PiiSettings;
use crate::pii::{
    Allowed, CustomEntity, CustomRecognizer, DetectionMode, Detector, EntityType, Mask, Operators,
    RedactionOperator, RedactionTemplate, Validator,
};
use crate::replay::FingerprintKey;

/// An entry of `[[pii.recognizers]]`: a kind of data of one's own, and how it is found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
#[non_exhaustive]
pub struct RecognizerSettings {
    /// `name`: what it finds, in capital letters, digits and single underscores.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 64)))]
    pub name: String,
    /// `regex`: a pattern of the `regex` crate. Either this or `words`.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 1024)))]
    pub regex: Option<String>,
    /// `words`: whole words and phrases. Either this or `regex`.
    #[cfg_attr(feature = "schema", schemars(default, length(max = 1000)))]
    pub words: Vec<String>,
    /// `case_sensitive`: whether `words` are found in their own case alone; in any unless set.
    pub case_sensitive: Option<bool>,
    /// `validator`: a check that has to hold.
    pub validator: Option<ValidatorKind>,
    /// `context`: words that make surer where one stands before.
    #[cfg_attr(feature = "schema", schemars(default, length(max = 1000)))]
    pub context: Vec<String>,
    /// `only_in_context`: whether one of them is needed.
    pub only_in_context: Option<bool>,
    /// `score`: how sure it is, in percent; 60 for a pattern and 95 for words unless set.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 100)))]
    pub score: Option<u64>,
}

/// An entry of `[[pii.allow]]`: what is found and may stay.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields, default))]
#[non_exhaustive]
pub struct AllowSettings {
    /// `text`: this text alone. Either this or `regex`.
    pub text: Option<String>,
    /// `regex`: a pattern that fits all of what was found. Either this or `text`.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 1024)))]
    pub regex: Option<String>,
    /// `field`: only in this field, by its path or its last name; in all unless set.
    pub field: Option<String>,
    /// `entity`: only what is found as this kind; all but secrets unless set.
    pub entity: Option<String>,
}

/// An entry of `[[pii.operators]]`: what is written in the place of some kinds of data.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
#[non_exhaustive]
pub struct OperatorSettings {
    /// `entities`: the kinds; all that no other entry names where absent.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub entities: Option<Vec<String>>,
    /// `operator`: what becomes of them.
    pub operator: OperatorKind,
    /// `template`: for `replace`, the marker; that of `[pii]` unless set.
    pub template: Option<String>,
    /// `mask_character`: for `mask`, what covers a character; `*` unless set.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 1)))]
    pub mask_character: Option<String>,
    /// `mask_count`: for `mask`, how many characters are covered; all unless set.
    pub mask_count: Option<u64>,
    /// `mask_from_end`: for `mask`, whether the last ones are covered, and not the first.
    pub mask_from_end: Option<bool>,
}

impl OperatorSettings {
    /// An operator for all kinds that no other entry names.
    #[must_use]
    pub const fn new(operator: OperatorKind) -> Self {
        Self {
            entities: None,
            operator,
            template: None,
            mask_character: None,
            mask_count: None,
            mask_from_end: None,
        }
    }
}

/// What cannot be right in `[pii]`.
#[derive(Debug)]
pub(crate) struct Wrong {
    /// Where, below `pii`; the table itself where it is empty.
    pub(super) path: String,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) remedy: String,
}

impl Wrong {
    fn new(
        path: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            path: path.into(),
            code,
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    /// An error whose text says what is wrong and, behind a colon, what to do.
    fn said(path: impl Into<String>, code: &'static str, error: &dyn core::fmt::Display) -> Self {
        let text = error.to_string();
        let (message, remedy) = text
            .rsplit_once(": ")
            .unwrap_or((text.as_str(), "correct it"));
        Self::new(path, code, message, remedy)
    }
}

impl core::fmt::Display for Wrong {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}; {}", self.message, self.remedy)
    }
}

impl RecognizerSettings {
    fn recognizer(&self) -> Result<CustomRecognizer, Wrong> {
        let entity = CustomEntity::new(&self.name)
            .map(EntityType::Custom)
            .map_err(|error| Wrong::said("name", error.code(), &error))?;
        let (key, made) = match (&self.regex, self.words.is_empty()) {
            (Some(pattern), true) => ("regex", CustomRecognizer::regex(entity, pattern)),
            (None, false) if self.case_sensitive == Some(true) => {
                ("words", CustomRecognizer::exact_words(entity, &self.words))
            }
            (None, false) => ("words", CustomRecognizer::words(entity, &self.words)),
            _ => {
                return Err(Wrong::new(
                    "",
                    "config.contradiction",
                    "a recognizer has either a pattern or a list of words",
                    "write regex = '…' or words = [\"…\"], one of them",
                ));
            }
        };
        let mut made = made.map_err(|error| Wrong::said(key, error.code(), &error))?;
        if self.case_sensitive.is_some() && self.regex.is_some() {
            return Err(Wrong::new(
                "case_sensitive",
                "config.contradiction",
                "a pattern says itself whether case matters",
                "leave the key out, and start the pattern with (?i) where it does not",
            ));
        }
        if let Some(kind) = self.validator {
            let validator = Validator::from_str(kind.as_str())
                .map_err(|error| Wrong::said("validator", error.code(), &error))?;
            made = made.with_validator(validator);
        }
        if !self.context.is_empty() {
            made = made
                .with_context(&self.context)
                .map_err(|error| Wrong::said("context", error.code(), &error))?;
        }
        if self.only_in_context == Some(true) {
            if self.context.is_empty() {
                return Err(Wrong::new(
                    "only_in_context",
                    "config.contradiction",
                    "there is no context to be needed",
                    "name its words, context = [\"…\"]",
                ));
            }
            made = made.only_in_context();
        }
        if let Some(score) = self.score {
            let score = u8::try_from(score).unwrap_or(u8::MAX);
            made = made
                .with_score(score)
                .map_err(|error| Wrong::said("score", error.code(), &error))?;
        }
        Ok(made)
    }
}

impl AllowSettings {
    fn allowed(&self) -> Result<Allowed, Wrong> {
        let mut allowed = match (&self.text, &self.regex) {
            (Some(text), None) if !text.is_empty() => Allowed::text(text.as_str()),
            (None, Some(pattern)) => Allowed::regex(pattern)
                .map_err(|error| Wrong::said("regex", error.code(), &error))?,
            _ => {
                return Err(Wrong::new(
                    "",
                    "config.contradiction",
                    "what is allowed is either a text or a pattern",
                    "write text = \"…\" or regex = '…', one of them",
                ));
            }
        };
        if let Some(field) = &self.field {
            allowed = allowed.in_field(field.as_str());
        }
        if let Some(name) = &self.entity {
            allowed = allowed.of(entity("entity", name)?);
        }
        Ok(allowed)
    }
}

impl OperatorSettings {
    fn made(
        &self,
        default: &RedactionTemplate,
        key: Option<&FingerprintKey>,
    ) -> Result<Option<RedactionOperator>, Wrong> {
        let is_mask = self.operator == OperatorKind::Mask;
        let for_mask = [
            ("mask_character", self.mask_character.is_some()),
            ("mask_count", self.mask_count.is_some()),
            ("mask_from_end", self.mask_from_end.is_some()),
        ];
        let is_replace = self.operator == OperatorKind::Replace;
        let for_others = [("template", self.template.is_some() && !is_replace)];
        let for_mask = for_mask.into_iter().filter(|(_, set)| *set && !is_mask);
        let strangers = for_others.into_iter().filter(|(_, set)| *set);
        if let Some((key, _)) = for_mask.chain(strangers).next() {
            let message = format!("{} is not for operator = \"{}\"", key, self.operator);
            return Err(Wrong::new(
                key,
                "config.contradiction",
                message,
                "leave it out",
            ));
        }
        Ok(Some(match self.operator {
            OperatorKind::Replace => RedactionOperator::Replace(match &self.template {
                Some(text) => template(text)?,
                None => default.clone(),
            }),
            OperatorKind::Mask => RedactionOperator::Mask(self.mask()?),
            OperatorKind::Remove => RedactionOperator::Remove,
            OperatorKind::Hash => match key {
                Some(key) => RedactionOperator::Hash(key.clone()),
                None => return Ok(None),
            },
        }))
    }

    fn mask(&self) -> Result<Mask, Wrong> {
        let mut characters = self.mask_character.as_deref().unwrap_or("*").chars();
        let mask = match (characters.next(), characters.next()) {
            (Some(character), None) => Mask::new(character)
                .map_err(|error| Wrong::said("mask_character", error.code(), &error))?,
            _ => {
                return Err(Wrong::new(
                    "mask_character",
                    "pii.mask.character",
                    "a mask is one character",
                    "write a sign such as \"*\"",
                ));
            }
        };
        let mask = match self.mask_count {
            Some(count) => mask.with_count(usize::try_from(count).unwrap_or(usize::MAX)),
            None => mask,
        };
        Ok(if self.mask_from_end == Some(true) {
            mask.from_end()
        } else {
            mask
        })
    }
}

impl PiiSettings {
    /// Whether a key is needed to hash what was found.
    pub(crate) fn hashes(&self) -> bool {
        let mut operators = self.operators.iter();
        operators.any(|settings| settings.operator == OperatorKind::Hash)
    }

    /// The detector that the settings describe, own recognizers and allowed texts included; `None` where they cannot be
    /// right, as those of a policy that a guard runs by are not.
    #[must_use]
    pub fn detector(&self) -> Option<Detector> {
        self.to_detector().ok()
    }

    /// The detector that the settings describe, or all that is wrong with them.
    pub(crate) fn to_detector(&self) -> Result<Detector, Vec<Wrong>> {
        let mut wrong = Vec::new();
        // Recognizers first: they give the names that the others may use.
        let mut recognizers = Vec::new();
        for (index, settings) in self.recognizers.iter().enumerate() {
            match settings.recognizer() {
                Ok(recognizer) => recognizers.push(recognizer),
                Err(error) => wrong.push(below("recognizers", index, error)),
            }
        }
        let mode = self.detection_mode().unwrap_or_else(|error| {
            wrong.push(error);
            DetectionMode::default()
        });
        let mut detector = match &self.entities {
            None => Detector::new(),
            Some(names) => Detector::with_entities(self.named(names, mode, &mut wrong)),
        };
        detector = detector.with_mode(mode);
        if let Some(score) = self.min_score {
            match u8::try_from(score) {
                Ok(score) if score <= 100 => detector = detector.with_min_score(score),
                _ => wrong.push(Wrong::new(
                    "min_score",
                    "config.score",
                    "a score is a percentage",
                    "write 0 to 100",
                )),
            }
        }
        if let Some(spelled) = self.spelled_emails {
            detector = detector.with_spelled_emails(spelled);
        }
        for recognizer in recognizers {
            match detector.clone().with_recognizer(recognizer) {
                Ok(more) => detector = more,
                Err(error) => {
                    wrong.push(Wrong::said("recognizers", error.code(), &error));
                    break;
                }
            }
        }
        for (index, settings) in self.allow.iter().enumerate() {
            let allowed = settings.allowed().and_then(|allowed| {
                let more = detector.clone().with_allowed(allowed);
                more.map_err(|error| Wrong::said("", error.code(), &error))
            });
            match allowed {
                Ok(more) => detector = more,
                Err(error) => wrong.push(below("allow", index, error)),
            }
        }
        if wrong.is_empty() {
            Ok(detector)
        } else {
            Err(wrong)
        }
    }

    /// What is written in the place of what is found. Without a key nothing is hashed: only to check the settings.
    pub(crate) fn to_operators(
        &self,
        key: Option<&FingerprintKey>,
    ) -> Result<Operators, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let default = match self.template.as_deref().map(template) {
            None => RedactionTemplate::default(),
            Some(Ok(template)) => template,
            Some(Err(error)) => {
                wrong.push(error);
                RedactionTemplate::default()
            }
        };
        let replace = RedactionOperator::Replace(default.clone());
        let mut operators = Operators::new().with_default(replace);
        let mut named = Vec::new();
        for (index, settings) in self.operators.iter().enumerate() {
            match settings.made(&default, key) {
                Ok(Some(operator)) => match &settings.entities {
                    None => operators = operators.with_default(operator),
                    Some(names) => {
                        for (place, name) in names.iter().enumerate() {
                            match entity(format!("entities[{place}]"), name) {
                                Ok(entity) => operators = operators.with(entity, operator.clone()),
                                Err(error) => wrong.push(below("operators", index, error)),
                            }
                        }
                    }
                },
                Ok(None) => {}
                Err(error) => wrong.push(below("operators", index, error)),
            }
            let names: Vec<_> = settings
                .entities
                .as_ref()
                .map_or_else(|| vec![None], |names| names.iter().map(Some).collect());
            if names.is_empty() || names.iter().any(|name| named.contains(name)) {
                let error = Wrong::new(
                    "entities",
                    "config.duplicate",
                    "no kind is named, or one that another entry has as well",
                    "name each kind in one entry, and leave the key out in one entry at most",
                );
                wrong.push(below("operators", index, error));
            }
            named.extend(names);
        }
        if wrong.is_empty() {
            Ok(operators)
        } else {
            Err(wrong)
        }
    }

    fn detection_mode(&self) -> Result<DetectionMode, Wrong> {
        let name = self.detector.mode_name();
        DetectionMode::from_str(name).map_err(|error| {
            Wrong::new(
                "detector",
                error.code(),
                "this program was built without the model that finds names",
                "build it with the feature nlp, or write detector = \"structural\"",
            )
        })
    }

    fn named(
        &self,
        names: &[String],
        mode: DetectionMode,
        wrong: &mut Vec<Wrong>,
    ) -> Vec<EntityType> {
        let structural = mode == DetectionMode::Structural;
        let entities = names.iter().enumerate().filter_map(|(index, name)| {
            let path = format!("entities[{index}]");
            match entity(path.clone(), name) {
                Ok(found) if structural && EntityType::NAMES.contains(&found) => {
                    wrong.push(Wrong::new(
                        path,
                        "config.contradiction",
                        format!("{found} has no form, so that only a model finds it"),
                        "write detector = \"nlp\", or leave the name out",
                    ));
                    None
                }
                Ok(found) => Some(found),
                Err(error) => {
                    wrong.push(error);
                    None
                }
            }
        });
        entities.collect()
    }
}

fn entity(path: impl Into<String>, name: &str) -> Result<EntityType, Wrong> {
    EntityType::from_str(name).map_err(|error| Wrong::said(path, error.code(), &error))
}

fn template(text: &str) -> Result<RedactionTemplate, Wrong> {
    RedactionTemplate::new(text).map_err(|error| Wrong::said("template", error.code(), &error))
}

fn below(list: &str, index: usize, wrong: Wrong) -> Wrong {
    let dot = if wrong.path.is_empty() { "" } else { "." };
    Wrong {
        path: format!("{list}[{index}]{dot}{}", wrong.path),
        ..wrong
    }
}
