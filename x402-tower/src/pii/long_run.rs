//! Long runs of the bytes of an alphabet, found without a look at every byte.

use std::ops::Range;

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
