//! National and professional identifiers.
//!
//! A kind made of digits is a row of [`number`], one with letters a row of [`code`]: a form, a check, how
//! it is printed and what it is called. The walk over the text is the same for all rows, so that a field
//! is walked once for digits and once for letters however many kinds there are.

mod asia;
mod australia;
mod beside;
mod birth;
mod britain;
mod calendar;
mod check;
mod code;
mod dea;
mod document;
mod europe;
mod finland;
mod identifier;
mod india;
mod italy;
mod mac;
mod naming;
mod north_america;
mod number;
mod printed;
mod provisioning;
mod rules;
mod runs;
mod shape;
mod singapore;
mod south_africa;
mod spain;
mod standing;
mod sweden;

use super::{NumberRecognizer, Recognizer};

pub(in super::super) use code::MAX_PIECES;
pub(super) use naming::LINKS;
pub(super) use rules::with_names;
pub(super) use runs::{Run, Runs};
pub(in super::super) use shape::Forms as FormsOfCodes;

pub(super) const NUMBERS: NumberRecognizer = number::RECOGNIZER;
pub(super) const CODES: Recognizer = code::RECOGNIZER;
pub(super) const MAC_ADDRESSES: Recognizer = mac::RECOGNIZER;
pub(super) const BIRTHS: Recognizer = birth::RECOGNIZER;
pub(super) const DOCUMENTS: Recognizer = document::RECOGNIZER;
pub(super) const PROVISIONING: Recognizer = provisioning::RECOGNIZER;
