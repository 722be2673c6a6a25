//! Reports over logs that the library wrote, and over what others made of them.

mod bounds;
mod filters;
mod forms;
mod integrity;
mod log;
mod sums;
