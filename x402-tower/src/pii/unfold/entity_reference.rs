//! References of HTML: `&#64;`, `&#x40;`, `&commat;`.

use super::super::steps::step;
use super::super::view::View;
use super::escape::{Escape, Escaped};

/// More digits than any character needs, for those who write leading zeros.
const MAX_DIGITS: usize = 12;
/// The longest name is `CounterClockwiseContourIntegral`.
const MAX_NAME: usize = 31;

/// The reference that starts at `position`; numeric ones need no semicolon at their end.
pub(super) fn entity_reference(view: &View<'_>, position: usize) -> Option<Escape> {
    if view.at(position + 1) == b'#' {
        numeric(view, position)
    } else {
        named(view, position)
    }
}

fn numeric(view: &View<'_>, position: usize) -> Option<Escape> {
    let is_hex = matches!(view.at(position + 2), b'x' | b'X');
    let (radix, start) = if is_hex {
        (16, position + 3)
    } else {
        (10, position + 2)
    };
    let mut end = start;
    let mut value = 0u32;
    while let Some(digit) = char::from(view.at(end)).to_digit(radix) {
        step();
        if end - start == MAX_DIGITS {
            return None;
        }
        value = value.checked_mul(radix)?.checked_add(digit)?;
        end += 1;
    }
    if end == start {
        return None;
    }
    let semicolon = usize::from(view.at(end) == b';');
    Some(Escape {
        text: Escaped::Char(char::from_u32(value)?),
        length: end + semicolon - position,
    })
}

fn named(view: &View<'_>, position: usize) -> Option<Escape> {
    let name = (0..=MAX_NAME)
        .take_while(|ahead| {
            step();
            view.at(position + 1 + ahead).is_ascii_alphanumeric()
        })
        .count();
    if name < 2 || view.at(position + 1 + name) != b';' {
        return None;
    }
    let length = name + 2;
    let text = htmlize::ENTITIES.get(view.slice(position..position + length))?;
    Some(Escape {
        text: Escaped::Text(text),
        length,
    })
}
