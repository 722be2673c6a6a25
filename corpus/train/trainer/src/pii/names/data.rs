//! Labelled lines: `T` or `U` for a text or the path and query of a URL, a tab, and the text, in which a
//! control character opens a name and another closes it.

use std::ops::Range;

use crate::Outcome;

/// Opens a person, a place, an organisation, or what another recognizer claims.
const OPENERS: [char; 4] = ['\u{11}', '\u{12}', '\u{13}', '\u{15}'];
const CLOSER: char = '\u{14}';
const TAKEN: usize = 3;

#[derive(Debug, Clone, Default)]
pub(super) struct Sample {
    pub(super) text: String,
    pub(super) in_url: bool,
    pub(super) names: Vec<(usize, Range<usize>)>,
    pub(super) taken: Vec<Range<usize>>,
}

pub(super) fn read(path: &str) -> Outcome<Vec<Sample>> {
    let file = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    file.lines()
        .enumerate()
        .map(|(number, line)| {
            parse(line).ok_or_else(|| format!("{path}:{}: not a sample", number + 1).into())
        })
        .collect()
}

fn parse(line: &str) -> Option<Sample> {
    let (kind, marked) = line.split_once('\t')?;
    let mut sample = Sample {
        in_url: kind == "U",
        ..Sample::default()
    };
    let mut open = None;
    for character in marked.chars() {
        if let Some(kind) = OPENERS.iter().position(|opener| *opener == character) {
            open = Some((kind, sample.text.len()));
        } else if character == CLOSER {
            let (kind, start) = open.take()?;
            let span = start..sample.text.len();
            if kind == TAKEN {
                sample.taken.push(span);
            } else {
                sample.names.push((kind, span));
            }
        } else {
            sample.text.push(character);
        }
    }
    open.is_none().then_some(sample)
}
