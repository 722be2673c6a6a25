//! What controls leave on a payment for the record, besides their decision.

use crate::control::ControlKind;
use crate::denial::Denial;

/// Most notes of one kind that a payment keeps; further ones are dropped, and the record says so.
pub const MAX_NOTES: usize = 32;

/// Codes and names, never texts: what is here goes to logs as it is.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) warnings: Vec<&'static str>,
    pub(super) shadowed: Vec<(ControlKind, Denial)>,
    pub(super) clipped: bool,
}

impl Notes {
    pub(super) fn warn(&mut self, code: &'static str) {
        self.clipped |= !add(&mut self.warnings, code);
    }

    pub(super) fn would_deny(&mut self, control: ControlKind, denial: Denial) {
        let room = self.shadowed.len() < MAX_NOTES;
        if room {
            self.shadowed.push((control, denial));
        }
        self.clipped |= !room;
    }
}

/// Adds what is not there yet; `false` where there is no room.
fn add<T: PartialEq>(notes: &mut Vec<T>, note: T) -> bool {
    if notes.contains(&note) {
        return true;
    }
    let room = notes.len() < MAX_NOTES;
    if room {
        notes.push(note);
    }
    room
}
