//! National and professional identifiers.
//!
//! A kind made of digits is a row of [`number`], one with letters a row of [`code`]: a form, a check, how
//! it is printed and what it is called. The walk over the text is the same for all rows, so that a field
//! is walked once for digits and once for letters however many kinds there are.

mod asia;
mod australia;
mod britain;
mod calendar;
mod check;
mod code;
mod dea;
mod europe;
mod finland;
mod india;
mod italy;
mod mac;
mod naming;
mod north_america;
mod number;
mod printed;
mod singapore;
mod south_africa;
mod spain;
mod standing;
mod sweden;

pub(super) const NUMBERS: super::Recognizer = number::RECOGNIZER;
pub(super) const CODES: super::Recognizer = code::RECOGNIZER;
pub(super) const MAC: super::Recognizer = mac::RECOGNIZER;
