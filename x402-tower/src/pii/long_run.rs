//! Long runs of the bytes of an alphabet, found without a look at every byte.

use std::ops::Range;

use super::lanes::{LANES, Lane};
use super::steps::step;
use super::view::View;

/// The longest runs of at least `least` bytes that all belong.
///
/// Looks where a run that starts here would end, and backwards from there: a byte that does not belong rules out all
/// starts before it, so text of short words costs one look a word.
pub(super) fn runs_of<'v>(
    view: &'v View<'_>,
    least: usize,
    belongs: impl Fn(u8) -> bool + 'v,
) -> impl Iterator<Item = Range<usize>> + 'v {
    let bytes = view.bytes();
    let mut start = 0;
    std::iter::from_fn(move || {
        loop {
            let window = bytes.get(start..start + least)?;
            let gap = window.iter().rposition(|byte| {
                step();
                !belongs(*byte)
            });
            let Some(gap) = gap else { break };
            start += gap + 1;
        }
        let rest = bytes.get(start + least..).unwrap_or_default();
        let more = rest.iter().take_while(|byte| {
            step();
            belongs(**byte)
        });
        let run = start..start + least + more.count();
        start = run.end;
        Some(run)
    })
}

/// The same in a part of a view, for runs of at least [`LANES`] bytes and at most twice as many.
#[inline]
pub(super) fn lane_runs_in<'v, F: Fn(Lane) -> Lane>(
    view: &View<'v>,
    part: Range<usize>,
    least: usize,
    belong: F,
) -> impl Iterator<Item = Range<usize>> + use<'v, F> {
    let bytes = view.bytes().get(..part.end).unwrap_or_default();
    let mut start = part.start;
    std::iter::from_fn(move || {
        loop {
            let window = bytes.get(start..start + least)?;
            let Some(gap) = last_gap(window, &belong) else {
                break;
            };
            start += gap + 1;
        }
        let run = start..end_of_run(bytes, start + least, &belong);
        start = run.end;
        Some(run)
    })
}

/// The last byte of a window that does not belong: its last and its first lane cover it.
#[inline]
fn last_gap(window: &[u8], belong: impl Fn(Lane) -> Lane) -> Option<usize> {
    let last_outside = |lane: &[u8; LANES]| {
        step();
        outside(*lane, &belong).checked_ilog2()
    };
    let place = window.last_chunk().and_then(last_outside);
    if let Some(place) = place {
        return Some(window.len() - LANES + place as usize);
    }
    if window.len() == LANES {
        return None;
    }
    let place = window.first_chunk().and_then(last_outside)?;
    Some(place as usize)
}

/// Where the bytes from `start` on that belong end.
#[inline]
pub(super) fn end_of_run(bytes: &[u8], start: usize, belong: impl Fn(Lane) -> Lane) -> usize {
    let mut position = start;
    while let Some(lane) = bytes.get(position..).and_then(<[u8]>::first_chunk) {
        step();
        let outside = outside(*lane, &belong);
        if outside != 0 {
            return position + outside.trailing_zeros() as usize;
        }
        position += LANES;
    }
    step();
    let left = bytes.len().saturating_sub(position);
    let outside = outside(last_lane(bytes), &belong) >> (LANES - left);
    position + left.min(outside.trailing_zeros() as usize)
}

/// A bit for each byte that does not belong.
#[inline]
fn outside(lane: [u8; LANES], belong: impl Fn(Lane) -> Lane) -> u32 {
    (!belong(Lane::new(lane))).to_bitmask()
}

/// The last bytes, with zeros before them if there are fewer than a lane has.
#[inline]
fn last_lane(bytes: &[u8]) -> [u8; LANES] {
    bytes.last_chunk().copied().unwrap_or_else(|| {
        let mut lane = [0; LANES];
        for (slot, byte) in lane.iter_mut().rev().zip(bytes.iter().rev()) {
            *slot = *byte;
        }
        lane
    })
}

#[cfg(test)]
mod tests {
    use super::super::alphabet::Alphabet;
    use super::super::lanes::{is, is_alphanumeric, is_hexadecimal, is_token};
    use super::*;

    #[test]
    fn lanes_find_the_runs_that_a_look_at_each_byte_finds() {
        let alternating = |run: usize, gap: usize, len: usize| {
            let bytes = "x".repeat(run) + &" ".repeat(gap);
            bytes.chars().cycle().take(len).collect::<String>()
        };
        for (run, gap, len) in [15, 16, 17, 20, 31, 33, 64]
            .into_iter()
            .flat_map(|run| [1, 2, 16, 19].map(|gap| (run, gap)))
            .flat_map(|(run, gap)| (0..90).map(move |len| (run, gap, len)))
        {
            let text = alternating(run, gap, len);
            let view = View::of_text(&text);
            for least in LANES..=2 * LANES {
                let found: Vec<_> = lane_runs_in(&view, 0..len, least, is_token).collect();
                let expected: Vec<_> =
                    runs_of(&view, least, |byte| Alphabet::TOKEN.has(byte)).collect();
                assert_eq!(found, expected, "{run} {gap} {len} {least}");
            }
        }
    }

    #[test]
    fn each_byte_belongs_to_the_same_alphabets_in_a_lane() {
        for byte in 0..=u8::MAX {
            for len in [1, 15, 16, 17, 40] {
                let bytes = vec![byte; len];
                let end = |belongs: bool| if belongs { len } else { 0 };
                assert_eq!(
                    end_of_run(&bytes, 0, is_token),
                    end(Alphabet::TOKEN.has(byte))
                );
                assert_eq!(
                    end_of_run(&bytes, 0, is_alphanumeric),
                    end(byte.is_ascii_alphanumeric())
                );
                assert_eq!(
                    end_of_run(&bytes, 0, is_hexadecimal),
                    end(byte.is_ascii_hexdigit())
                );
                assert_eq!(
                    end_of_run(&bytes, 0, |lane| is(lane, b'@')),
                    end(byte == b'@')
                );
            }
        }
    }
}
