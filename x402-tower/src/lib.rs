//! lib

pub mod pii;
