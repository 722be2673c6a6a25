//! The end of a log file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use super::super::error::AuditError;
use super::super::line::MAX_LINE_BYTES;
use crate::private_file::is_linked;

/// Of how many records to a file that is not synced one asks whether the file still has a name. Its length
/// is asked for each time, which takes a third of the time; beside a sync, neither counts.
pub(super) const LINK_CHECK_EVERY: u32 = 16;

/// After how many records to a file that is not synced its head is kept: keeping it takes as long as two records.
pub(super) const HEAD_EVERY: u32 = 64;

/// The file, and where its last append left it.
#[derive(Debug)]
pub(super) struct End {
    pub(super) file: File,
    /// The length of its whole lines.
    pub(super) whole: u64,
    /// The bytes of a torn line after them.
    pub(super) torn: u64,
    /// The length that is known to be on the disk.
    pub(super) synced: u64,
    /// How many appends ago the file's name was asked for.
    since_link_check: u32,
    /// How many appends ago the head was kept.
    since_head: u32,
}

impl End {
    pub(super) fn new(file: File) -> Self {
        Self {
            file,
            whole: 0,
            torn: 0,
            synced: 0,
            since_link_check: 0,
            since_head: 0,
        }
    }

    /// Whether the file is as the last append left it, as far as that can be asked at this price.
    pub(super) fn is_ours(&mut self, synced: bool) -> io::Result<bool> {
        let known = self.whole.saturating_add(self.torn);
        let ours = if !synced && self.since_link_check > 0 {
            self.file.seek(SeekFrom::End(0))? == known
        } else {
            let found = self.file.metadata()?;
            found.len() == known && is_linked(&found)
        };
        // What was noticed once is looked for again each time.
        self.since_link_check = if ours {
            (self.since_link_check + 1) % LINK_CHECK_EVERY
        } else {
            0
        };
        Ok(ours)
    }

    /// Whether it is time to keep the head of a file that is not synced.
    pub(super) const fn head_is_due(&mut self) -> bool {
        self.since_head = (self.since_head + 1) % HEAD_EVERY;
        self.since_head == 0
    }

    /// Looks at what follows the lines that are known, and takes it for known.
    pub(super) fn read_on(&mut self) -> Result<Tail, AuditError> {
        let read = read_end(&mut self.file, self.whole)
            .map_err(AuditError::io("read the end of the log file"))?
            .ok_or(AuditError::BrokenTail)?;
        self.whole = read.whole;
        self.torn = u64::try_from(read.torn.len()).map_err(|_| AuditError::BrokenTail)?;
        Ok(read)
    }

    /// Adds a line, or leaves the file as it was.
    pub(super) fn add(&mut self, line: &[u8]) -> Result<(), AuditError> {
        let added = u64::try_from(line.len()).map_err(|_| AuditError::Full)?;
        let grown = self.whole.checked_add(added).ok_or(AuditError::Full)?;
        if self.torn > 0 {
            self.file
                .set_len(self.whole)
                .map_err(AuditError::io("cut the torn line off"))?;
            self.torn = 0;
        }
        if let Err(source) = self.file.write_all(line) {
            let action = "write the record";
            return Err(match self.file.set_len(self.whole) {
                Ok(()) => AuditError::Io { action, source },
                Err(_) => AuditError::Torn { action, source },
            });
        }
        self.whole = grown;
        Ok(())
    }
}

/// How a file ends after the lines that were known.
pub(super) struct Tail {
    pub(super) whole: u64,
    pub(super) last_line: Option<Vec<u8>>,
    pub(super) torn: Vec<u8>,
}

/// Reads the last whole line after `known` bytes of whole lines, and what follows it; `None` if one of them is longer
/// than a line can be.
fn read_end(file: &mut File, known: u64) -> io::Result<Option<Tail>> {
    let max = u64::try_from(MAX_LINE_BYTES).unwrap_or(u64::MAX);
    let len = file.seek(SeekFrom::End(0))?;
    // One byte more than the two longest pieces: the line break before them.
    let from = len
        .saturating_sub(max.saturating_mul(2).saturating_add(1))
        .max(known);
    file.seek(SeekFrom::Start(from))?;
    let mut last = Vec::new();
    file.take(len.saturating_sub(from)).read_to_end(&mut last)?;

    let is_break = |byte: &u8| *byte == b'\n';
    let after_break = last
        .iter()
        .rposition(is_break)
        .map(|at| at.saturating_add(1));
    let torn = last.split_off(after_break.unwrap_or(0));
    let line_start = last
        .split_last()
        .and_then(|(_, before)| before.iter().rposition(is_break))
        .map(|at| at.saturating_add(1));
    let starts_in_sight = line_start.is_some() || from == known;
    let line = last.split_off(line_start.unwrap_or(0));
    if torn.len() > MAX_LINE_BYTES || line.len() > MAX_LINE_BYTES || !starts_in_sight {
        return Ok(None);
    }
    let torn_len = u64::try_from(torn.len()).unwrap_or(u64::MAX);
    let whole = len.saturating_sub(torn_len);
    Ok(Some(Tail {
        whole,
        last_line: (!line.is_empty()).then_some(line),
        torn,
    }))
}
