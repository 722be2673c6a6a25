//! Whether what is made of letters and digits may be split over the parts of a list, told from the lengths of its runs.

use std::ops::Range;

use smallvec::SmallVec;

use super::super::steps::step;
use super::super::view::View;
use super::iban::may_begin;
use super::national::{FormsOfCodes, Run, Runs};

/// A run of letters and digits of a part.
#[derive(Debug, Clone, Copy)]
struct Piece {
    run: Run,
    /// Whether it is the first of its part.
    begins_part: bool,
}

/// Whether an identifier or an account number may begin in one of `parts` and end in another. Parts are read with a space
/// between.
pub(in super::super) fn may_cross(
    view: &View<'_>,
    parts: impl Iterator<Item = Range<usize>>,
) -> bool {
    let mut pieces: SmallVec<[Piece; 32]> = SmallVec::new();
    for part in parts {
        let mut begins_part = true;
        let mut runs = Runs::within(view, part);
        while let [run, ..] = runs.next() {
            pieces.push(Piece {
                run: *run,
                begins_part,
            });
            begins_part = false;
            let end = run.end();
            runs.pass(end);
        }
    }
    (0..pieces.len()).any(|first| {
        let pieces = pieces.get(first..).unwrap_or_default();
        may_begin_iban(view, pieces) || crosses_as_code(pieces)
    })
}

/// Whether an account number may begin with the first of these pieces: a country and two digits.
fn may_begin_iban(view: &View<'_>, pieces: &[Piece]) -> bool {
    let mut head = [0; 4];
    if !pieces
        .first()
        .is_some_and(|first| may_be_head(view, &first.run))
    {
        return false;
    }
    let bytes = pieces
        .iter()
        .take(head.len())
        .flat_map(|piece| view.slice(piece.run.start..piece.run.end()));
    for (slot, byte) in head.iter_mut().zip(bytes) {
        *slot = *byte;
    }
    may_begin(head)
}

/// Whether two letters and two digits, or `iban`, may stand where a run begins, as far as it goes: most words have none.
fn may_be_head(view: &View<'_>, run: &Run) -> bool {
    const HEAD: usize = 4;
    const DIGITS: u32 = 0b1100;
    let places = (1 << run.len.min(HEAD)) - 1;
    (run.digits ^ DIGITS) & places == 0
        || view.at(run.start).eq_ignore_ascii_case(&b'i')
        // Of such, digits are not known.
        || run.len > *FormsOfCodes::LENGTHS.end()
}

/// Whether the first of these pieces and those after it are as long as an identifier over a border of parts.
fn crosses_as_code(pieces: &[Piece]) -> bool {
    let (mut len, mut forms, mut crosses) = (0, FormsOfCodes::ALL, false);
    for (index, piece) in pieces.iter().enumerate() {
        step();
        crosses |= index > 0 && piece.begins_part;
        forms = forms.with(len, piece.run.len, u64::from(piece.run.digits));
        len += piece.run.len;
        if forms.is_empty() {
            return false;
        }
        if crosses && forms.is_whole(len, true) {
            return true;
        }
    }
    false
}
