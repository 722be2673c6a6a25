//! Recovery phrases of wallets: 12, 15, 18, 21 or 24 words of a list of 2,048, of which the last holds a checksum (BIP-39).

use std::cmp::Ordering;
use std::ops::Range;

use sha2::{Digest, Sha256};

use super::super::super::EntityType;
use super::super::super::steps::step;
use super::super::super::view::View;
use super::super::{Hits, score};

/// The English list of BIP-39 (MIT license), sorted; no two words start with the same four letters.
static LIST: &str = include_str!("bip39_english.txt");
const WORDS: usize = 2_048;
const SHORTEST_WORD: usize = 3;
const LONGEST_WORD: usize = 8;
/// Wallets take the first four letters for the word.
const PREFIX: usize = 4;
/// Between two words there may be `%0A`, `", "` or `\n12. `, and no letter.
const LONGEST_GAP: usize = 8;

/// How many words a phrase can have.
const LENGTHS: [usize; 5] = [12, 15, 18, 21, 24];
pub(in super::super::super) const LEAST_WORDS: usize = 12;
/// The shortest phrase in bytes: twelve words of three letters and what separates them.
const SHORTEST: usize = LEAST_WORDS * (SHORTEST_WORD + 1) - 1;
/// Of so many words in a row some twelve have a valid checksum but for one time in a hundred, and no other text has as
/// many, so longer rows need not be checked.
const LONG_ROW: usize = 48;
/// 24 words are 264 bits.
const MAX_PHRASE_BYTES: usize = 33;

#[derive(Debug, Clone, Copy, Default)]
struct Word {
    index: u16,
    start: usize,
    end: usize,
}

/// Every phrase covers a byte whose place is a multiple of its least length, so it is enough to look at the words there.
pub(super) fn find(view: &View<'_>, hits: &mut Hits) {
    let length = view.bytes().len();
    let mut done = 0;
    let mut probe = SHORTEST - 1;
    while probe < length {
        if let Some(word) = word_at(view, probe) {
            let first = first_of_row(view, word, done);
            done = check_row(view, first, hits);
            probe = probe.max(done);
        }
        probe += SHORTEST;
    }
}

/// The word that `position` is in, or the one before the gap that it is in.
fn word_at(view: &View<'_>, position: usize) -> Option<Word> {
    let gap = gap_before(view, position + 1);
    let inside = position + 1 - gap;
    let ahead = if gap == 0 {
        letters_after(view, inside)
    } else {
        0
    };
    word_before(view, inside + ahead)
}

fn first_of_row(view: &View<'_>, word: Word, done: usize) -> Word {
    let mut first = word;
    while first.start > done {
        let gap = gap_before(view, first.start);
        if gap == 0 {
            break;
        }
        match word_before(view, first.start - gap).filter(|word| word.start >= done) {
            Some(word) => first = word,
            None => break,
        }
    }
    first
}

/// Checks the row of words that starts with `first`, and says where it ends.
fn check_row(view: &View<'_>, first: Word, hits: &mut Hits) -> usize {
    let mut row = [Word::default(); LONG_ROW];
    let mut count = 0;
    let mut next = Some(first);
    let mut end = first.end;
    while let Some(word) = next {
        if let Some(slot) = row.get_mut(count) {
            *slot = word;
        }
        count += 1;
        end = word.end;
        next = word_after(view, end);
    }
    if count >= LONG_ROW {
        hits.push(EntityType::Secret, first.start..end, score::STRUCTURE);
    } else if let Some(span) = row.get(..count).and_then(phrases_in) {
        hits.push(EntityType::Secret, span, score::CHECKSUM);
    }
    end
}

/// What all phrases with a valid checksum cover together.
fn phrases_in(row: &[Word]) -> Option<Range<usize>> {
    let windows = LENGTHS.iter().flat_map(|length| row.windows(*length));
    windows
        .filter(|words| has_checksum(words))
        .filter_map(|words| Some(words.first()?.start..words.last()?.end))
        .reduce(|all, one| all.start.min(one.start)..all.end.max(one.end))
}

fn has_checksum(words: &[Word]) -> bool {
    let mut bytes = [0u8; MAX_PHRASE_BYTES];
    let mut filled = bytes.iter_mut();
    let (mut bits, mut held) = (0u32, 0);
    for word in words {
        step();
        bits = (bits << 11) | u32::from(word.index);
        held += 11;
        while held >= 8 {
            held -= 8;
            if let Some(byte) = filled.next() {
                *byte = u8::try_from((bits >> held) & 0xff).unwrap_or(0);
            }
        }
        bits &= (1 << held) - 1;
    }
    // A bit of checksum for 32 bits of entropy, which are a third of a bit for every word.
    let checksum_bits = words.len() / 3;
    let entropy = bytes.get(..checksum_bits * 4).unwrap_or_default();
    let hash = Sha256::digest(entropy);
    let wanted = hash.first().map(|byte| byte >> (8 - checksum_bits));
    let last_byte = bytes.get(checksum_bits * 4).copied().unwrap_or(0);
    let written = if checksum_bits == 8 {
        last_byte
    } else {
        u8::try_from(bits).unwrap_or(0)
    };
    wanted == Some(written)
}

fn word_after(view: &View<'_>, end: usize) -> Option<Word> {
    let gap = (0..=LONGEST_GAP)
        .take_while(|ahead| {
            step();
            is_gap(view.at(end + ahead))
        })
        .count();
    if gap == 0 || gap > LONGEST_GAP {
        return None;
    }
    let start = end + gap;
    let length = letters_after(view, start);
    word(view, start, length)
}

fn word_before(view: &View<'_>, end: usize) -> Option<Word> {
    let length = (0..=LONGEST_WORD)
        .take_while(|back| {
            step();
            *back < end && view.before(end - back).is_ascii_alphabetic()
        })
        .count();
    word(view, end - length, length)
}

fn letters_after(view: &View<'_>, start: usize) -> usize {
    (0..=LONGEST_WORD)
        .take_while(|ahead| {
            step();
            view.at(start + ahead).is_ascii_alphabetic()
        })
        .count()
}

fn gap_before(view: &View<'_>, end: usize) -> usize {
    (0..=LONGEST_GAP)
        .take_while(|back| {
            step();
            *back < end && is_gap(view.before(end - back))
        })
        .count()
}

/// Anything but letters and NUL, which stands for the end of the text.
const fn is_gap(byte: u8) -> bool {
    byte != 0 && !byte.is_ascii_alphabetic()
}

fn word(view: &View<'_>, start: usize, length: usize) -> Option<Word> {
    if !(SHORTEST_WORD..=LONGEST_WORD).contains(&length) {
        return None;
    }
    let end = start + length;
    let index = index_of(view.slice(start..end))?;
    Some(Word { index, start, end })
}

/// The place of a word in the list, by its whole or by its first four letters, in any case.
fn index_of(word: &[u8]) -> Option<u16> {
    let (mut low, mut high) = (0, WORDS);
    while low < high {
        step();
        let middle = usize::midpoint(low, high);
        let listed = listed(middle);
        let ordering = compare(listed, word);
        let is_prefix = word.len() == PREFIX
            && listed
                .get(..PREFIX)
                .is_some_and(|start| compare(start, word).is_eq());
        if ordering.is_eq() || is_prefix {
            return u16::try_from(middle).ok();
        }
        if ordering.is_lt() {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    None
}

fn compare(listed: &[u8], word: &[u8]) -> Ordering {
    let lower = word.iter().map(u8::to_ascii_lowercase);
    listed.iter().copied().cmp(lower)
}

fn listed(index: usize) -> &'static [u8] {
    let start = OFFSETS.get(index).map_or(0, |offset| usize::from(*offset));
    let rest = LIST.as_bytes().get(start..).unwrap_or_default();
    let length = rest.iter().take_while(|byte| **byte != b'\n').count();
    rest.get(..length).unwrap_or_default()
}

/// Where each word of the list starts.
static OFFSETS: [u16; WORDS] = {
    let mut offsets = [0; WORDS];
    let bytes = LIST.as_bytes();
    let (mut word, mut position) = (0, 0u16);
    #[expect(
        clippy::indexing_slicing,
        reason = "checked when it is compiled; nothing of it runs later"
    )]
    while word < WORDS {
        offsets[word] = position;
        while bytes[position as usize] != b'\n' {
            position += 1;
        }
        position += 1;
        word += 1;
    }
    offsets
};
