//! The embedded weights are those that training recorded.

use sha2::{Digest as _, Sha256};

use super::super::WEIGHTS;
use super::super::model::Model;

#[test]
fn the_weights_are_the_ones_that_training_wrote() {
    let recorded = include_str!("../weights.sha256");
    assert_eq!(
        const_hex::encode(Sha256::digest(WEIGHTS)),
        recorded.trim(),
        "run corpus/train/train.sh --write"
    );
}

#[test]
fn the_weights_fit_a_small_binary() {
    assert!(WEIGHTS.len() <= 1_500_000, "{} bytes", WEIGHTS.len());
}

#[test]
fn weights_that_were_cut_or_are_none_are_refused() {
    assert!(Model::parse(WEIGHTS).is_some());
    assert!(Model::parse(&WEIGHTS[..WEIGHTS.len() - 1]).is_none());
    assert!(Model::parse(&WEIGHTS[..10]).is_none());
    assert!(Model::parse(&[0; 64]).is_none());
    assert!(Model::parse(b"").is_none());
}
