//! Adding records up.

pub(crate) mod money;
pub(crate) mod notes;
pub(crate) mod payments;
pub(crate) mod ranked;
pub(crate) mod tally;
pub(crate) mod totals;
