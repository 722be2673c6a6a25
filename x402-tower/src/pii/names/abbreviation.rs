//! Words that are written with a dot.

use super::word::hash_of;

/// Words after which a dot does not end a sentence.
static ABBREVIATED: [u64; 36] = [
    hash_of("dr"),
    hash_of("mr"),
    hash_of("mrs"),
    hash_of("ms"),
    hash_of("mx"),
    hash_of("prof"),
    hash_of("st"),
    hash_of("sr"),
    hash_of("sra"),
    hash_of("srta"),
    hash_of("jr"),
    hash_of("rev"),
    hash_of("hon"),
    hash_of("capt"),
    hash_of("sgt"),
    hash_of("lt"),
    hash_of("col"),
    hash_of("gen"),
    hash_of("eng"),
    hash_of("ing"),
    hash_of("dott"),
    hash_of("dra"),
    hash_of("hr"),
    hash_of("fr"),
    hash_of("mme"),
    hash_of("mlle"),
    hash_of("dhr"),
    hash_of("mevr"),
    hash_of("sig"),
    hash_of("inc"),
    hash_of("co"),
    hash_of("ltd"),
    hash_of("corp"),
    hash_of("atty"),
    hash_of("att"),
    hash_of("attn"),
];

/// Whether a dot after the word with this hash ends no sentence.
pub(super) fn is_abbreviation(hash: u64) -> bool {
    ABBREVIATED.contains(&hash)
}
