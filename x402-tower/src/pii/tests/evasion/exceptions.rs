//! What is not found although it is written in a way of the table, and why it is not.

use super::values::Value;
use crate::pii::EntityType::{self, *};

/// A kind whose form proves it in capitals.
const CODE: &str =
    "looks like a hash or a short link in small letters, and is found beside a word that names it";
/// A word that is a label in capitals.
const WORD: &str = "is an everyday word or sentence in small letters";

/// A kind, what of it, the transform and the reason.
pub(super) const EXCEPTIONS: &[(EntityType, &str, &str, &str)] = &[
    (MedicalLicense, "«AB1234563»", "lower case", CODE),
    (UkNino, "«AB 12 34 56 C»", "lower case", CODE),
    (EsNif, "«12345678Z»", "lower case", CODE),
    (EsNie, "«X1234567L»", "lower case", CODE),
    (FiPersonalIdentityCode, "«131052-308T»", "lower case", CODE),
    (InPan, "«ABCPE1234F»", "lower case", CODE),
    (SgNricFin, "«S1234567D»", "lower case", CODE),
    (DataClassification, "«CONFIDENTIAL»", "lower case", WORD),
    (
        QueryPattern,
        "«SELECT balance FROM accounts»",
        "lower case",
        WORD,
    ),
    (
        DataClassification,
        "sensitivity: «high»",
        "named references",
        "is hidden with the space before it",
    ),
];

/// Whether `value` in this way of writing is one of them.
pub(super) fn is_exception(value: &Value, transform: &str) -> bool {
    EXCEPTIONS.iter().any(|(entity, text, name, _)| {
        (*entity, *name) == (value.entity, transform) && value.is_marked_as(text)
    })
}
