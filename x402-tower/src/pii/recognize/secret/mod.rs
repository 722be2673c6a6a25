//! What gives access: private keys, recovery phrases, tokens and keys of services.
//!
//! A clean field pays for one look at every sixteenth byte or so: whatever is looked for here is a long run of letters and
//! digits, a line of dashes, or a phrase of at least 47 bytes. Lengths, prefixes and check digits are the vendors' own
//! (their documentation, or the rules that they gave to public secret scanners); keys of chains are BIP-32, BIP-39 and the
//! formats of the wallets.

use std::ops::Range;

use super::super::EntityType;
use super::super::entity::EntitySet;
use super::super::outline::Outline;
use super::super::view::View;
use super::{Hits, Recognizer, score};

pub(in super::super) use byte_array::FEWEST_DIGITS as FEWEST_DIGITS_OF_ARRAY;
pub(in super::super) use pem::FEWEST_HYPHENS as FEWEST_HYPHENS_OF_KEY;
pub(in super::super) use phrase::LEAST_WORDS as FEWEST_WORDS_OF_PHRASE;

mod base58;
mod byte_array;
mod chain_key;
mod crc32;
mod key_word;
mod keyed;
mod name_ending;
mod pem;
mod phrase;
mod service_key;
mod service_keys;
mod token;
mod web_token;

pub(super) use base58::{decode as decode_base58, decode_checked as decode_base58_checked};
pub(super) use token::{is_token, runs_in};

/// An AWS access key id, the shortest of all, has 20 bytes.
const SHORTEST: usize = 20;

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    entities: EntitySet::of(&[EntityType::Secret]),
    may_match: |outline| {
        outline.len >= SHORTEST
            && (outline.has_long_token
                || outline.has_long_value
                || outline.words >= phrase::LEAST_WORDS
                || outline.hyphens >= pem::FEWEST_HYPHENS
                || outline.digits >= byte_array::FEWEST_DIGITS)
    },
    recognize,
};

fn recognize(view: &View<'_>, outline: &Outline, hits: &mut Hits) {
    if outline.hyphens >= pem::FEWEST_HYPHENS {
        pem::find(view, hits);
    }
    if outline.words >= phrase::LEAST_WORDS {
        phrase::find(view, hits);
    }
    if outline.digits >= byte_array::FEWEST_DIGITS {
        byte_array::find(view, hits);
    }
    let may_be_random =
        outline.digits >= keyed::FEWEST_DIGITS || outline.uppers >= keyed::FEWEST_UPPERS;
    let may_be_named = may_be_random && outline.has_long_value;
    if outline.has_long_token || may_be_named {
        find_in_runs(view, outline.has_long_token, may_be_named, hits);
    }
}

/// What is written without spaces: keys and tokens, and values that something names.
fn find_in_runs(view: &View<'_>, has_token: bool, may_be_named: bool, hits: &mut Hits) {
    let (mut tokens, mut values) = (Tokens::new(), keyed::Values::new());
    for run in token::value_runs(view) {
        // Most are hashes, addresses and UUIDs.
        let is_hexadecimal = token::is_hexadecimal(view, &run);
        if is_hexadecimal && run.len() >= keyed::KEY_DIGITS {
            keyed::find_hexadecimal(view, &run, hits);
        }
        if has_token && !is_hexadecimal {
            tokens.find(view, &run, hits);
        }
        if may_be_named {
            values.find(view, &run, is_hexadecimal, hits);
        }
    }
}

/// Looks for keys and tokens, which are long runs of letters and digits.
struct Tokens {
    chain_keys: chain_key::Budget,
    /// Where the last key of several parts ended: its parts are runs of their own.
    done: usize,
}

impl Tokens {
    const fn new() -> Self {
        Self {
            chain_keys: chain_key::Budget::new(),
            done: 0,
        }
    }

    fn find(&mut self, view: &View<'_>, value: &Range<usize>, hits: &mut Hits) {
        for run in token::runs_in(view, value.clone(), token::SHORTEST) {
            if run.len() >= keyed::KEY_DIGITS {
                keyed::find_hexadecimal(view, &run, hits);
            }
            if !token::is_hexadecimal(view, &run) {
                self.look(view, &run, hits);
            }
        }
    }

    fn look(&mut self, view: &View<'_>, run: &Range<usize>, hits: &mut Hits) {
        if run.start >= self.done {
            let parts = web_token::find(view, run).or_else(|| service_key::in_parts(view, run));
            if let Some(span) = parts {
                self.done = span.end;
                hits.push(EntityType::Secret, span, score::UNMISTAKABLE);
            }
        }
        service_key::find(view, run, hits);
        chain_key::find(view, run, &mut self.chain_keys, hits);
    }
}
