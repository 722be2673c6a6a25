//! The files of a report, in order, and which of them are one chain.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use x402_tower::audit::MAX_LINE_BYTES;

use crate::report::record::Link;

/// A file that was named.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    /// The first record; `None` where the file is empty or begins with something else.
    pub(super) first: Option<Link>,
    last: Option<Link>,
    /// Why it cannot be read.
    pub(super) unreadable: Option<io::Error>,
    /// The path of a file that begins with the same record.
    pub(super) copy_of: Option<PathBuf>,
}

impl Source {
    fn look_at(path: &Path) -> Self {
        let mut source = Self {
            path: path.to_owned(),
            bytes: 0,
            first: None,
            last: None,
            unreadable: None,
            copy_of: None,
        };
        if let Err(error) = source.look() {
            source.unreadable = Some(error);
        }
        source
    }

    fn look(&mut self) -> io::Result<()> {
        let mut file = File::open(&self.path)?;
        let about = file.metadata()?;
        if !about.is_file() {
            return Err(io::Error::other("it is not a plain file"));
        }
        self.bytes = about.len();
        let mut line = Vec::new();
        let most = u64::try_from(MAX_LINE_BYTES).unwrap_or(u64::MAX);
        BufReader::new(&file)
            .take(most)
            .read_until(b'\n', &mut line)?;
        self.first = serde_json::from_slice(&line).ok();
        file.seek(SeekFrom::Start(self.bytes.saturating_sub(most)))?;
        let mut end = Vec::new();
        file.take(most).read_to_end(&mut end)?;
        let whole = end.strip_suffix(b"\n").unwrap_or_default();
        let last = whole.rsplit(|byte| *byte == b'\n').next();
        self.last = last.and_then(|line| serde_json::from_slice(line).ok());
        Ok(())
    }

    /// Whether it goes on where `before` ends.
    fn continues(&self, before: &Self) -> bool {
        let (Some(first), Some(last)) = (&self.first, &before.last) else {
            return false;
        };
        Some(first.seq) == last.seq.checked_add(1)
            && first.prev_entry_hmac.as_deref() == Some(&last.entry_hmac)
    }
}

/// All files in the order of their first records, those of one chain together.
pub(super) fn in_order(paths: &[PathBuf]) -> Vec<Vec<Source>> {
    let mut sources: Vec<_> = paths.iter().map(|path| Source::look_at(path)).collect();
    sources.sort_by_key(|source| {
        let first = source.first.as_ref();
        first.map_or((u64::MAX, u64::MAX), |first| {
            (first.timestamp_ms, first.seq)
        })
    });
    let mut begun: HashMap<String, PathBuf> = HashMap::new();
    let mut chains: Vec<Vec<Source>> = Vec::new();
    let mut copies = Vec::new();
    for mut source in sources {
        if let Some(first) = &source.first {
            if let Some(path) = begun.get(&first.entry_hmac) {
                source.copy_of = Some(path.clone());
                copies.push(vec![source]);
                continue;
            }
            begun.insert(first.entry_hmac.clone(), source.path.clone());
        }
        let before = chains.last_mut().filter(|chain| {
            let last = chain.last();
            last.is_some_and(|last| source.continues(last))
        });
        match before {
            Some(chain) => chain.push(source),
            None => chains.push(vec![source]),
        }
    }
    chains.append(&mut copies);
    chains
}

/// Files one after the other as one stream, in the bytes that they had when they were looked at; the last one with what
/// has been added to it since.
#[derive(Debug)]
pub(super) struct Joined<'s> {
    rest: std::slice::Iter<'s, Source>,
    current: Option<BufReader<io::Take<File>>>,
    /// How much to pass over before the first byte.
    skip: u64,
}

impl<'s> Joined<'s> {
    /// From the byte `from` on.
    pub(super) fn from(sources: &'s [Source], from: u64) -> Self {
        Self {
            rest: sources.iter(),
            current: None,
            skip: from,
        }
    }

    /// Opens the next file; `false` where there is none.
    fn open_next(&mut self) -> io::Result<bool> {
        let Some(source) = self.rest.next() else {
            return Ok(false);
        };
        let is_last = self.rest.as_slice().is_empty();
        if !is_last && self.skip >= source.bytes {
            self.skip = self.skip.saturating_sub(source.bytes);
            return self.open_next();
        }
        let mut file = File::open(&source.path)?;
        file.seek(SeekFrom::Start(self.skip))?;
        let left = source.bytes.saturating_sub(self.skip);
        self.skip = 0;
        let most = if is_last { u64::MAX } else { left };
        self.current = Some(BufReader::with_capacity(MAX_LINE_BYTES, file.take(most)));
        Ok(true)
    }
}

impl BufRead for Joined<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        loop {
            let has_more = match &mut self.current {
                Some(file) => !file.fill_buf()?.is_empty(),
                None => false,
            };
            if has_more || !self.open_next()? {
                break;
            }
        }
        self.current.as_mut().map_or(Ok(&[]), BufRead::fill_buf)
    }

    fn consume(&mut self, amount: usize) {
        if let Some(file) = &mut self.current {
            file.consume(amount);
        }
    }
}

impl Read for Joined<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}
