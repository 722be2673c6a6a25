//! A list of denied recipients in a file of its own, as compliance offices keep it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::UNIX_EPOCH;

use crate::clock::UnixMillis;

/// Longest file, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// The entries of a list, each with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DenyList {
    pub(super) entries: Vec<(usize, String)>,
    /// When the file was last changed, where the file system knows.
    pub(super) changed: Option<UnixMillis>,
}

impl DenyList {
    /// Reads a file of one address a line; `#` begins a comment.
    pub(super) fn read(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let changed = file.metadata()?.modified().ok();
        let changed = changed.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let mut text = String::new();
        let read = file
            .take(MAX_FILE.saturating_add(1))
            .read_to_string(&mut text)?;
        if u64::try_from(read).map_or(true, |read| read > MAX_FILE) {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        let lines = text.lines().enumerate().filter_map(|(index, line)| {
            let entry = line.split('#').next().unwrap_or_default().trim();
            (!entry.is_empty()).then(|| (index.saturating_add(1), entry.to_owned()))
        });
        Ok(Self {
            entries: lines.collect(),
            changed: changed.map(|since| UnixMillis::from_secs(since.as_secs())),
        })
    }
}
