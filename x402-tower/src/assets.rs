//! The asset table.
