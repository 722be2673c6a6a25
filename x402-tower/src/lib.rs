//! lib

pub mod audit;
