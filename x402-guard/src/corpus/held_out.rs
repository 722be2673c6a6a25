//! Which names, places, organisations and templates no model may be trained on.
//!
//! A name's token is held out iff FNV-1a-64 of it, in lower case and without marks, is 7 modulo 10; a place or an
//! organisation by the same hash of its whole name. Training applies the same rule, so that neither side needs the
//! other's lists. A template, and what only looks like a name, is held out iff bit 32 of the same hash of its line is set:
//! half of them, whatever is added.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Which names and templates a corpus is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Split {
    /// All of them
    Any,
    /// Those that a model may be trained on
    Train,
    /// Those that no model may be trained on
    HeldOut,
}

impl Split {
    /// Whether a place or an organisation may be drawn.
    pub(super) fn has_whole(self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Train => !whole(name),
            Self::HeldOut => whole(name),
        }
    }

    /// Whether a given name or surname may be drawn.
    pub(super) fn has_name(self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Train => !any_token(name),
            Self::HeldOut => every_token(name),
        }
    }

    /// Whether a template, or what only looks like a name, may be drawn.
    pub(super) fn has_line(self, line: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Train => !half(line),
            Self::HeldOut => half(line),
        }
    }
}

/// Particles of surnames are too few to be held out.
const PARTICLES: [&str; 29] = [
    "abu", "al", "ben", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos",
    "du", "el", "het", "ibn", "la", "las", "le", "los", "mac", "san", "ten", "ter", "van", "von",
    "y",
];

/// FNV-1a in 64 bits.
pub(super) fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Lower case, decomposed, without marks.
pub(super) fn folded(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .collect()
}

/// Whether a whole name, of a place or an organisation, is held out.
fn whole(name: &str) -> bool {
    fnv(folded(name).as_bytes()) % 10 == 7
}

/// Whether every token of a given name or surname is held out.
fn every_token(name: &str) -> bool {
    let name = folded(name);
    let mut tokens = tokens(&name).peekable();
    tokens.peek().is_some() && tokens.all(token_and_pieces)
}

/// Whether a token of a given name or surname is held out, or a piece of one.
fn any_token(name: &str) -> bool {
    let name = folded(name);
    tokens(&name).any(|token| whole(token) || token.split(APOSTROPHES).any(whole))
}

fn tokens(folded: &str) -> impl Iterator<Item = &str> {
    folded
        .split([' ', '-'])
        .filter(|token| !token.is_empty() && !PARTICLES.contains(token))
}

const APOSTROPHES: [char; 2] = ['\'', '\u{2019}'];

/// Readers may or may not split at an apostrophe: whatever they do, they see held-out tokens.
fn token_and_pieces(token: &str) -> bool {
    let mut pieces = token
        .split(APOSTROPHES)
        .filter(|piece| piece.chars().count() > 1);
    whole(token) && (!token.contains(APOSTROPHES) || pieces.all(whole))
}

/// Whether a line is of the half that only held-out corpora are made from.
fn half(line: &str) -> bool {
    fnv(line.as_bytes()) >> 32 & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv_1a() {
        // From the draft's test vectors (draft-eastlake-fnv).
        assert_eq!(fnv(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn case_and_marks_do_not_matter() {
        assert_eq!(folded("JÜRGEN"), "jurgen");
        assert_eq!(folded("Ångström"), "angstrom");
        assert_eq!(folded("İSTANBUL"), "istanbul");
        assert_eq!(folded("ﬁ"), "fi");
    }

    #[test]
    fn a_name_is_held_out_only_as_a_whole() {
        let names = ["Maria", "Garcia", "Wei", "Smith", "Elena", "Novak", "Berg"];
        for given in names {
            for surname in names {
                let both = format!("{given}-{surname}");
                assert_eq!(every_token(&both), whole(given) && whole(surname));
            }
        }
        assert_eq!(every_token("van der Berg"), whole("berg"));
        assert!(!every_token("de la"));
    }

    #[test]
    fn about_one_token_of_ten_is_held_out() {
        let held = (0..10_000).filter(|n| whole(&format!("name{n}"))).count();
        assert!((900..1_100).contains(&held), "{held}");
    }

    #[test]
    fn nothing_is_both_held_out_and_to_train_on() {
        for name in ["Maria", "Jean-Paul", "O'Neil", "van der Berg", "Łukasz"] {
            assert!(!(Split::Train.has_name(name) && Split::HeldOut.has_name(name)));
            assert_ne!(Split::Train.has_whole(name), Split::HeldOut.has_whole(name));
            assert_ne!(Split::Train.has_line(name), Split::HeldOut.has_line(name));
        }
    }
}
