//! Weights in training: their running sum is what is kept of them, as averaging does for perceptrons.

use super::decode::{LABELS, ROW, Transitions};
use super::map::Map;
use super::model::{GAPS, MAGIC};

#[derive(Debug)]
pub(super) struct Weights {
    pub(super) rows: Vec<[i32; ROW]>,
    late_rows: Vec<[i64; ROW]>,
    transitions: Vec<[i32; ROW]>,
    late_transitions: Vec<[i64; ROW]>,
    /// The number of the sample that is looked at.
    pub(super) now: i64,
}

impl Weights {
    pub(super) fn new(rows: usize) -> Self {
        Self {
            rows: vec![[0; ROW]; rows],
            late_rows: vec![[0; ROW]; rows],
            transitions: vec![[0; ROW]; GAPS * ROW],
            late_transitions: vec![[0; ROW]; GAPS * ROW],
            now: 0,
        }
    }

    pub(super) fn add_row(&mut self, row: usize, label: usize, change: i32) {
        self.rows[row][label] += change;
        self.late_rows[row][label] += i64::from(change) * self.now;
    }

    pub(super) fn add_transition(&mut self, gap: usize, from: usize, to: usize, change: i32) {
        self.transitions[gap * ROW + from][to] += change;
        self.late_transitions[gap * ROW + from][to] += i64::from(change) * self.now;
    }

    /// The weights file: averages, scaled so that all but a few in ten thousand fit a signed byte.
    pub(super) fn file(&self, map: &Map, unit: u32) -> (Vec<u8>, i64) {
        let total = |now: &[i32; ROW], late: &[i64; ROW]| -> [i64; ROW] {
            std::array::from_fn(|at| i64::from(now[at]) * self.now - late[at])
        };
        let rows: Vec<[i64; ROW]> = (self.rows.iter().zip(&self.late_rows))
            .map(|(now, late)| total(now, late))
            .collect();
        let transitions: Vec<[i64; ROW]> = (self.transitions.iter().zip(&self.late_transitions))
            .map(|(now, late)| total(now, late))
            .collect();

        let mut sizes: Vec<i64> = (rows.iter().flatten())
            .map(|weight| weight.abs())
            .filter(|size| *size > 0)
            .collect();
        sizes.sort_unstable();
        let step = sizes[sizes.len() - 1 - sizes.len() / 2_000] / 127 + 1;
        let quantised = |weight: i64| {
            let rounded = (weight + weight.signum() * step / 2) / step;
            rounded.clamp(-127, 127).to_le_bytes()[0]
        };

        let mut file = MAGIC.to_vec();
        for number in [self.rows.len(), map.entries.len(), unit as usize] {
            file.extend((number as u32).to_le_bytes());
        }
        file.extend(map.seed.to_le_bytes());
        file.extend(
            transitions
                .iter()
                .flatten()
                .map(|weight| quantised(*weight)),
        );
        let labels = rows.iter().flat_map(|row| &row[..LABELS]);
        file.extend(labels.map(|weight| quantised(*weight)));
        file.extend([0; ROW - LABELS]);
        file.extend(&map.leanings);
        file.extend(map.entries.iter().flatten());
        (file, step)
    }
}

impl Transitions for Weights {
    fn score(&self, gap: usize, previous: usize, next: usize) -> i32 {
        self.transitions[gap * ROW + previous][next]
    }
}
