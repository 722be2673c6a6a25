//! `(at)` and `[dot]`, as addresses are written for people and not for machines.

use super::super::steps::step;
use super::super::view::{Mapped, View};
use super::{Sink, source_of};

/// The words and what they stand for.
const WORDS: &[(&[u8], u8)] = &[
    (b"at", b'@'),
    (b"dot", b'.'),
    (b"@", b'@'),
    (b".", b'.'),
    (b"punkt", b'.'),
    (b"punto", b'.'),
    (b"point", b'.'),
];
/// Spaces on each side, within and without the brackets.
const MAX_SPACES: usize = 2;

/// The view with `(at)`, `[dot]` and the like replaced; `None` if there are none.
pub(in super::super) fn spelled(view: &View<'_>) -> Option<Mapped> {
    let length = view.bytes().len();
    let mut sink: Option<Sink> = None;
    let mut position = 0;
    while position < length {
        step();
        let Some((byte, end)) = spelled_at(view, position) else {
            if let Some(sink) = &mut sink {
                sink.push(view.at(position), view.source(position));
            }
            position += 1;
            continue;
        };
        let sink = sink.get_or_insert_with(|| Sink::with_start_of(view, position));
        for _ in 0..MAX_SPACES {
            if sink.bytes.last().is_some_and(|last| view.is_space(*last)) {
                sink.bytes.pop();
                sink.sources.pop();
            }
        }
        sink.push(byte, source_of(view, position, end - position));
        position = end;
    }
    Some(sink?.into_mapped(view.in_url()))
}

fn spelled_at(view: &View<'_>, position: usize) -> Option<(u8, usize)> {
    let closing = match view.at(position) {
        b'(' => b')',
        b'[' => b']',
        b'{' => b'}',
        b'<' => b'>',
        _ => return None,
    };
    let start = skip_spaces(view, position + 1);
    let (word, byte) = WORDS.iter().find(|(word, _)| {
        step();
        view.slice(start..start + word.len())
            .eq_ignore_ascii_case(word)
    })?;
    let end = skip_spaces(view, start + word.len());
    (view.at(end) == closing).then(|| (*byte, skip_spaces(view, end + 1)))
}

fn skip_spaces(view: &View<'_>, position: usize) -> usize {
    position
        + (0..MAX_SPACES)
            .take_while(|ahead| view.is_space(view.at(position + ahead)))
            .count()
}
