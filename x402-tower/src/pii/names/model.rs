//! The trained model: rows of weights, transitions and the gazetteer, read from one file.

use super::super::steps::step;
use super::annotate::{Style, look_up, place, style_of, worth_labelling};
use super::decode::{LABELS, ROW, Scores, Transitions, shared};
use super::features::each_feature;
use super::gazetteer::{Entry, Gazetteer};
use super::segment::WINDOW;
use super::token::Token;

pub(super) const MAGIC: [u8; 4] = *b"xnm2";
/// Kinds of gaps, as many as [`Gap`](super::gap::Gap) has.
pub(super) const GAPS: usize = 17;
/// How many clusters of words there are, none among them.
pub(super) const CLUSTERS: usize = 256;
/// Bytes before the transitions.
pub(super) const HEADER: usize = 24;

/// What a label scores that would name a word too plain to be looked at.
const PLAIN: i32 = -10_000;

/// A view on a weights file.
///
/// All numbers are little-endian: the magic, the count of rows, the count of map entries and how far a
/// margin is shifted right to be a score, as `u32`; the seed of the map as `u64`; then the transitions
/// (a row for each gap and label before it), the rows and a byte behind them, the leanings of the clusters, and
/// the map entries.
#[derive(Debug)]
pub(super) struct Model<'b> {
    /// [`LABELS`] bytes each, so that one is read with the first of the next.
    rows: &'b [u8],
    count: usize,
    transitions: &'b [[u8; ROW]],
    pub(super) gazetteer: Gazetteer<'b>,
    /// The margin that is worth one percent of score.
    pub(super) unit: u32,
}

impl<'b> Model<'b> {
    /// Reads a weights file; `None` if it is none or was cut.
    pub(super) fn parse(file: &'b [u8]) -> Option<Self> {
        let (header, rest) = file.split_at_checked(HEADER)?;
        let number = |at: usize| -> Option<u32> {
            let bytes = header.get(at..at + 4)?;
            Some(u32::from_le_bytes(bytes.try_into().ok()?))
        };
        if header.get(..4)? != MAGIC {
            return None;
        }
        let seed = u64::from(number(16)?) | u64::from(number(20)?) << 32;
        let (transitions, rest) = rest.split_at_checked(GAPS * ROW * ROW)?;
        let count = usize::try_from(number(4)?).ok()?;
        let rows_len = count.checked_mul(LABELS)?.checked_add(ROW - LABELS)?;
        let (rows, rest) = rest.split_at_checked(rows_len)?;
        let (leanings, map) = rest.split_at_checked(CLUSTERS)?;
        if map.len()
            != usize::try_from(number(8)?)
                .ok()?
                .checked_mul(size_of::<Entry>())?
        {
            return None;
        }
        Some(Self {
            rows,
            count,
            transitions: transitions.as_chunks().0,
            gazetteer: Gazetteer::new(map.as_chunks().0, seed, leanings),
            unit: number(12)?.max(1),
        })
    }

    /// Prepares `tokens` for [`emissions`](Self::emissions); `None` if no name can be among them.
    pub(super) fn annotate(&self, tokens: &mut [Token]) -> Option<Annotated> {
        look_up(tokens, &self.gazetteer);
        let worth = worth_labelling(tokens);
        if worth == 0 {
            return None;
        }
        place(tokens);
        Some(Annotated {
            style: style_of(tokens),
            worth,
        })
    }

    /// What each label scores for each word, by the word's features alone.
    pub(super) fn emissions(&self, tokens: &[Token], annotated: Annotated) -> [Scores; WINDOW] {
        let mut emissions = [[PLAIN; ROW]; WINDOW];
        for (index, slot) in emissions.iter_mut().enumerate().take(tokens.len()) {
            let [outside, ..] = slot;
            *outside = 0;
            if annotated.worth >> index & 1 == 0 {
                continue;
            }
            let mut sums = [0i16; ROW];
            each_feature(tokens, index, annotated.style, |hash| {
                step();
                let start = row_of(hash, self.count) * LABELS;
                let row = self.rows.get(start..).and_then(<[u8]>::first_chunk);
                for (sum, weight) in sums.iter_mut().zip(row.unwrap_or(&[0; ROW])) {
                    *sum = sum.wrapping_add(i16::from(weight.cast_signed()));
                }
            });
            *slot = shared(sums.map(i32::from));
        }
        emissions
    }
}

/// What [`Model::annotate`] found out about a window.
#[derive(Debug, Clone, Copy)]
pub(super) struct Annotated {
    pub(super) style: Style,
    /// A bit for each word that is worth the work.
    pub(super) worth: u64,
}

/// The row of weights for a feature.
#[inline]
pub(super) const fn row_of(hash: u64, rows: usize) -> usize {
    (((hash >> 32) * rows as u64) >> 32) as usize
}

impl Transitions for Model<'_> {
    fn score(&self, gap: usize, previous: usize, next: usize) -> i32 {
        self.transitions
            .get(gap * ROW + previous)
            .and_then(|row| row.get(next))
            .map_or(0, |weight| i32::from(weight.cast_signed()))
    }
}
