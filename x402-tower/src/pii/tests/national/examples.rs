//! The examples that other tests transform are found as they stand.

use super::super::assert_marked;
use super::super::generators::EXAMPLES;
use crate::pii::EntityType;

#[test]
fn are_found() {
    for (entity, example) in EXAMPLES {
        assert_marked(*entity, &[example]);
    }
}

#[test]
fn are_there_for_every_kind_with_a_form() {
    let without = [EntityType::Secret];
    let expected: Vec<EntityType> = EntityType::DEFAULT
        .iter()
        .copied()
        .filter(|entity| !EntityType::NAMES.contains(entity) && !without.contains(entity))
        .collect();
    let kinds: Vec<EntityType> = EXAMPLES.iter().map(|(entity, _)| *entity).collect();
    assert_eq!(kinds, expected);
}
