//! The forms that a report is written in.

pub(super) mod bars;
pub(super) mod html;
pub(super) mod md;
pub(super) mod section;
mod tables;
mod wrap;

pub(super) use tables::sections;
