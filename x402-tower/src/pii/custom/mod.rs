//! Recognizers of one's own, for what no standard describes: employee numbers, code names, internal hosts.

mod entity;
mod error;
mod pattern;
mod recognizer;
mod validator;
mod words;

pub use entity::{CustomEntity, CustomEntityError};
pub use error::RecognizerError;
pub(super) use pattern::Pattern;
pub use recognizer::CustomRecognizer;
pub use validator::{ParseValidatorError, Validator};
