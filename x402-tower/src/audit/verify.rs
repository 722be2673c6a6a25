//! Checking a whole log.

use std::fs::OpenOptions;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use super::broken::{AuditBreak, AuditBreakKind};
use super::chain::Chain;
use super::error::AuditError;
use super::file::read_head;
use super::head::{AuditHead, HeadFault, read_head_line};
use super::key::AuditKey;
use super::place::{Recent, check_end, check_line, check_place, read_line, shown};
use super::summary::{AuditSummary, Tally};
use crate::private_file::{Reach, open_plain};

/// Checks every line of a log, in one pass and in bounded memory.
///
/// An empty log is unbroken. So is one whose last records were cut off whole: only
/// [`verify_with_head`] and [`verify_file`] can tell.
///
/// # Errors
///
/// The first line that is broken.
pub fn verify(reader: impl BufRead, key: &AuditKey) -> Result<AuditSummary, AuditBreak> {
    run(reader, &key.chain(), &[], &mut |_| {})
}

/// As [`verify`], and hands every line on, with its line break, as soon as it is known to be the one that was written
/// there: whoever adds lines up adds the very bytes that were checked.
///
/// Where `log` is the path of the log, its head file is read first and must agree, as with [`verify_file`]; where it is
/// `None`, nobody can tell whether more lines followed.
///
/// ```
/// use x402_tower::audit::{AuditEventType, AuditKey, AuditLog, AuditRecord, FileSink, verify_each};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("audit.jsonl");
/// let key = AuditKey::generate()?;
/// let log = AuditLog::open(FileSink::open(&path)?, &key)?;
/// log.write(&AuditRecord::new(AuditEventType::PaymentIntent, 1_767_225_600_000))?;
/// log.write(&AuditRecord::new(AuditEventType::PaymentNotSent, 1_767_225_600_250))?;
///
/// let forged = std::fs::read_to_string(&path)?.replace("PAYMENT_NOT_SENT", "PAYMENT_ALLOWED");
/// let mut seen = 0;
/// let found = verify_each(forged.as_bytes(), &key, Some(&path), |_| seen += 1);
/// assert_eq!((seen, found.unwrap_err().line), (1, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// As [`verify`], and with a path as [`verify_file`].
pub fn verify_each(
    reader: impl BufRead,
    key: &AuditKey,
    log: Option<&Path>,
    mut each: impl FnMut(&[u8]),
) -> Result<AuditSummary, AuditBreak> {
    let chain = key.chain();
    match log {
        Some(path) => {
            let kept = read_head(path).map_err(unreadable)?;
            check_with(kept, reader, &chain, &[], &mut each)
        }
        None => run(reader, &chain, &[], &mut each),
    }
}

/// As [`verify`], and the log must still hold the record that `head` names.
///
/// # Errors
///
/// The first line that is broken; [`AuditBreakKind::Truncated`] or [`AuditBreakKind::Rewritten`] if the
/// head's record is gone.
pub fn verify_with_head(
    reader: impl BufRead,
    key: &AuditKey,
    head: &AuditHead,
) -> Result<AuditSummary, AuditBreak> {
    run(reader, &key.chain(), &[*head], &mut |_| {})
}

/// As [`verify`], for a file with its head file beside it, as a [`FileSink`](super::FileSink) leaves them.
///
/// This shows an end that was cut off, at any byte. It cannot show a log that was taken back to an earlier state together
/// with its head file: that takes a head that was kept elsewhere ([`verify_file_with_head`]).
///
/// # Errors
///
/// The first line that is broken; line 0 if the file or its head file cannot be read, if the head file is not what the
/// key ever wrote, or if it is gone while the log has records.
pub fn verify_file(path: impl AsRef<Path>, key: &AuditKey) -> Result<AuditSummary, AuditBreak> {
    check_file(path.as_ref(), &key.chain(), &[])
}

/// As [`verify_file`], and the log must still hold the record that `head` names.
///
/// # Errors
///
/// As [`verify_file`] and [`verify_with_head`].
pub fn verify_file_with_head(
    path: impl AsRef<Path>,
    key: &AuditKey,
    head: &AuditHead,
) -> Result<AuditSummary, AuditBreak> {
    check_file(path.as_ref(), &key.chain(), &[*head])
}

fn check_file(
    path: &Path,
    chain: &Chain,
    witnessed: &[AuditHead],
) -> Result<AuditSummary, AuditBreak> {
    // The head first: a log that is being written to only grows after it.
    let kept = read_head(path).map_err(unreadable)?;
    let file = open_plain(path, OpenOptions::new().read(true), Reach::Anything)
        .map_err(|error| unreadable(error.into()))?
        .ok_or_else(|| {
            unreadable(AuditError::io("open the log")(
                io::ErrorKind::NotFound.into(),
            ))
        })?;
    check_with(kept, BufReader::new(file), chain, witnessed, &mut |_| {})
}

const fn at_none(kind: AuditBreakKind) -> AuditBreak {
    AuditBreak { line: 0, kind }
}

const fn unreadable(error: AuditError) -> AuditBreak {
    at_none(AuditBreakKind::Unreadable(error))
}

/// Checks a log with what its head file holds.
fn check_with(
    kept: Option<Vec<u8>>,
    reader: impl BufRead,
    chain: &Chain,
    witnessed: &[AuditHead],
    each: &mut dyn FnMut(&[u8]),
) -> Result<AuditSummary, AuditBreak> {
    let Some(line) = kept else {
        let summary = run(reader, chain, witnessed, each)?;
        return match summary.records {
            0 => Ok(summary),
            _ => Err(at_none(AuditBreakKind::HeadMissing)),
        };
    };
    let kept = read_head_line(&line, chain).map_err(|fault| {
        at_none(match fault {
            HeadFault::Broken => AuditBreakKind::HeadBroken,
            HeadFault::Foreign(key_id) => AuditBreakKind::ForeignHead {
                key_id: shown(&key_id),
            },
        })
    });
    // A line that is broken tells more than a head that is.
    match kept {
        Ok(kept) => {
            let heads: Vec<_> = witnessed.iter().copied().chain(kept).collect();
            run(reader, chain, &heads, each)
        }
        Err(broken) => run(reader, chain, witnessed, each).and(Err(broken)),
    }
}

fn run(
    mut reader: impl BufRead,
    chain: &Chain,
    witnessed: &[AuditHead],
    each: &mut dyn FnMut(&[u8]),
) -> Result<AuditSummary, AuditBreak> {
    let mut rewritten = None;
    let checked = check_lines(&mut reader, chain, witnessed, &mut rewritten, each);
    match (checked, rewritten) {
        // The record that was witnessed is there, on the other branch.
        (Err(fork), Some(_)) if matches!(fork.kind, AuditBreakKind::Fork { .. }) => Err(fork),
        (_, Some(line)) => Err(AuditBreak {
            line,
            kind: AuditBreakKind::Rewritten,
        }),
        (checked, None) => checked,
    }
}

/// Checks line after line. `rewritten` becomes the first line where another record stands than the one witnessed.
fn check_lines(
    reader: &mut impl BufRead,
    chain: &Chain,
    witnessed: &[AuditHead],
    rewritten: &mut Option<u64>,
    each: &mut dyn FnMut(&[u8]),
) -> Result<AuditSummary, AuditBreak> {
    let mut tally = Tally::default();
    let mut recent = Recent::default();
    let mut line = Vec::new();
    let mut number: u64 = 0;
    loop {
        number = number.saturating_add(1);
        let at = |kind| AuditBreak { line: number, kind };
        if !read_line(reader, &mut line).map_err(at)? {
            check_end(tally.head(), witnessed).map_err(at)?;
            return Ok(tally.finish());
        }
        let (view, tag) = check_line(&line, chain).map_err(at)?;
        let head = AuditHead::new(view.seq, tag);
        let placed = check_place(&view, &head, tally.head(), &recent);
        if let Err(AuditBreakKind::Removed { expected, found }) = placed {
            let found_later = find_later(reader, chain, expected, number);
            return Err(at(match found_later {
                Some(stands_in) => AuditBreakKind::Reordered {
                    expected,
                    found,
                    stands_in,
                },
                None => AuditBreakKind::Removed { expected, found },
            }));
        }
        placed.map_err(at)?;
        let replaced = |known: &AuditHead| known.seq() == head.seq() && *known != head;
        if witnessed.iter().any(replaced) {
            rewritten.get_or_insert(number);
        }
        recent.add(tag);
        tally.add(&view, head);
        if rewritten.is_none() {
            each(&line);
        }
    }
}

/// Looks for a record in the rest of a log that is broken already; the line where it stands.
fn find_later(reader: &mut impl BufRead, chain: &Chain, seq: u64, mut number: u64) -> Option<u64> {
    let mut line = Vec::new();
    while read_line(reader, &mut line).ok()? {
        number = number.saturating_add(1);
        if check_line(&line, chain).is_ok_and(|(view, _)| view.seq == seq) {
            return Some(number);
        }
    }
    None
}
