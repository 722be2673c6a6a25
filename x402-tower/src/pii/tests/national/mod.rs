//! National and professional identifiers.

mod alone;
mod beside_keys;
mod clean;
mod examples;
mod hidden;
mod mac;
mod opt_in;
mod vectors;

use vectors::VALID;

use crate::pii::EntityType;

fn valid(entity: EntityType) -> &'static [&'static str] {
    VALID
        .iter()
        .find(|(kind, _)| *kind == entity)
        .map(|(_, values)| *values)
        .unwrap()
}
