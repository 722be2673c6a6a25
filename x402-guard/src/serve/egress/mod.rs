//! Where requests may go.
//!
//! A name is resolved once, by the connection that is made for it, and every address that it has is checked before the
//! first one is tried: what was checked is what is connected to.

mod resolver;
mod rule;

pub(crate) use resolver::CheckedResolver;
pub(crate) use rule::{AddressRule, ForbiddenAddress};
