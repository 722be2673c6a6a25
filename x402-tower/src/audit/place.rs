//! Checking one line: by itself, and against those before it.

use std::collections::VecDeque;
use std::io::{BufRead, Read};

use super::broken::AuditBreakKind;
use super::chain::{Chain, Tag};
use super::error::AuditError;
use super::head::AuditHead;
use super::line::{MAX_LINE_BYTES, parse_tag, split_seal};
use super::view::LineView;

/// The tags of the last records, to tell a repeated line from a fork.
#[derive(Default)]
pub(super) struct Recent(VecDeque<Tag>);

/// How many of them. A fork that is further back is reported as a repeated line.
const MAX_RECENT: usize = 4096;

impl Recent {
    pub(super) fn add(&mut self, tag: Tag) {
        if self.0.len() >= MAX_RECENT {
            self.0.pop_front();
        }
        self.0.push_back(tag);
    }

    /// The tag of the record that many places before the next one.
    fn back(&self, places: u64) -> Option<&Tag> {
        let places = usize::try_from(places).ok()?;
        self.0.get(self.0.len().checked_sub(places)?)
    }
}

/// Reads one whole line; `false` at the end.
pub(super) fn read_line(
    reader: &mut impl BufRead,
    line: &mut Vec<u8>,
) -> Result<bool, AuditBreakKind> {
    line.clear();
    let cap = u64::try_from(MAX_LINE_BYTES).unwrap_or(u64::MAX);
    let read = reader.take(cap).read_until(b'\n', line);
    let read = read.map_err(|error| AuditBreakKind::Unreadable(AuditError::io("read")(error)))?;
    if read > 0 && line.last() != Some(&b'\n') {
        return Err(if read >= MAX_LINE_BYTES {
            AuditBreakKind::Malformed {
                reason: "the line is longer than a record can be",
            }
        } else {
            AuditBreakKind::TornLastLine {
                bytes: u64::try_from(read).unwrap_or(u64::MAX),
            }
        });
    }
    Ok(read > 0)
}

/// Checks a line by itself.
pub(super) fn check_line<'l>(
    line: &'l [u8],
    chain: &Chain,
) -> Result<(LineView<'l>, Tag), AuditBreakKind> {
    let malformed = |reason| AuditBreakKind::Malformed { reason };
    let (body, tag) = split_seal(line).ok_or_else(|| malformed("it does not end in its HMAC"))?;
    let sealed = chain.matches(body, &tag);
    let view: LineView<'_> = serde_json::from_slice(line)
        .map_err(|_| malformed("it is not JSON with the fields of a record"))?;
    if sealed {
        Ok((view, tag))
    } else if view.key_id == chain.key_id() {
        Err(AuditBreakKind::Edited)
    } else {
        Err(AuditBreakKind::ForeignKey {
            key_id: shown(&view.key_id),
        })
    }
}

/// Checks that a line follows the one before.
pub(super) fn check_place(
    view: &LineView<'_>,
    head: &AuditHead,
    before: Option<&AuditHead>,
    recent: &Recent,
) -> Result<(), AuditBreakKind> {
    let found = view.seq;
    let expected = AuditHead::next_seq(before).unwrap_or(u64::MAX);
    if found > expected || found == 0 {
        return Err(AuditBreakKind::Removed { expected, found });
    }
    if found < expected {
        let known = recent.back(expected.saturating_sub(found));
        return Err(if known.is_none_or(|known| known == head.entry_hmac()) {
            AuditBreakKind::Duplicate { seq: found }
        } else {
            AuditBreakKind::Fork {
                seq: found,
                writer: shown(&view.writer),
            }
        });
    }
    let prev = view.prev_entry_hmac.as_deref();
    let prev = prev.map(|hex| parse_tag(hex.as_bytes()).ok_or(AuditBreakKind::WrongPredecessor));
    if prev.transpose()?.as_ref() == before.map(AuditHead::entry_hmac) {
        Ok(())
    } else {
        Err(AuditBreakKind::WrongPredecessor)
    }
}

pub(super) fn check_end(
    last: Option<&AuditHead>,
    witnessed: &[AuditHead],
) -> Result<(), AuditBreakKind> {
    let there = last.map_or(0, AuditHead::seq);
    let known = witnessed.iter().map(AuditHead::seq).max().unwrap_or(0);
    match known.checked_sub(there) {
        None | Some(0) => Ok(()),
        Some(missing) => Err(AuditBreakKind::Truncated { missing }),
    }
}

/// The id of a key or writer, from a line that nobody may vouch for, fit to be printed.
pub(super) fn shown(id: &str) -> String {
    id.chars()
        .filter(char::is_ascii_hexdigit)
        .take(16)
        .collect()
}
