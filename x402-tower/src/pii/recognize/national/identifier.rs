//! What an identifier of letters and digits is checked by: its characters and how they are divided.

use std::ops::Range;

use smallvec::SmallVec;

use super::super::super::steps::step;
use super::super::super::view::View;
use super::code::{LONGEST, MAX_PIECES};
use super::runs::Run;

/// Runs of letters and digits that may be one identifier.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) span: Range<usize>,
    /// In capitals.
    characters: [u8; LONGEST],
    pub(super) len: usize,
    pub(super) digits: u32,
    pub(super) pieces: SmallVec<[usize; MAX_PIECES]>,
    pub(super) separators: SmallVec<[u8; MAX_PIECES]>,
    pub(super) has_lower: bool,
    pub(super) has_upper: bool,
}

impl Code {
    /// The runs as one code, if they are no longer than one.
    pub(super) fn of(view: &View<'_>, runs: &[Run]) -> Option<Self> {
        let mut code = Self {
            span: 0..0,
            characters: [0; LONGEST],
            len: 0,
            digits: 0,
            pieces: SmallVec::new(),
            separators: SmallVec::new(),
            has_lower: false,
            has_upper: false,
        };
        for run in runs {
            if code.pieces.is_empty() {
                code.span.start = run.start;
            } else {
                code.separators.push(view.at(code.span.end));
            }
            code.span.end = run.end();
            code.pieces.push(run.len);
            code.digits |= run.digits << code.len;
            for byte in view.slice(run.start..run.end()) {
                step();
                *code.characters.get_mut(code.len)? = byte.to_ascii_uppercase();
                code.has_lower |= byte.is_ascii_lowercase();
                code.has_upper |= byte.is_ascii_uppercase();
                code.len += 1;
            }
        }
        Some(code)
    }

    /// Letters and digits without separators, in capitals.
    pub(super) fn characters(&self) -> &[u8] {
        self.characters.get(..self.len).unwrap_or_default()
    }

    /// The values of the digits in `range`, as one number.
    pub(super) fn number(&self, range: Range<usize>) -> u32 {
        self.characters()
            .get(range)
            .unwrap_or_default()
            .iter()
            .fold(0, |number, byte| {
                number * 10 + u32::from(byte.wrapping_sub(b'0') % 10)
            })
    }

    /// The values of all characters; a letter's means nothing.
    pub(super) fn values(&self) -> [u8; LONGEST] {
        self.characters.map(|byte| byte.wrapping_sub(b'0'))
    }

    /// The first separator; NUL if there is none.
    pub(super) fn sign(&self) -> u8 {
        self.separators.first().copied().unwrap_or(0)
    }
}
