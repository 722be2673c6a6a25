//! `x402-guard screen`: personal data out of JSON lines.

pub(crate) mod args;
pub(crate) mod field;
pub(crate) mod lines;
mod pipeline;
pub(crate) mod progress;
pub(crate) mod record;
mod screener;

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::thread::available_parallelism;

use crate::exit::Exit;
use crate::screen::args::ScreenArgs;
use crate::screen::pipeline::{ScreenError, screen_all};
use crate::screen::progress::Progress;
use crate::screen::screener::Screener;
use crate::shown::note;

/// Screens what is in the file or on standard input.
pub(crate) fn run(args: &ScreenArgs) -> Exit {
    let (input, size) = match open(args.file.as_deref()) {
        Ok(opened) => opened,
        Err(error) => {
            note(format_args!(
                "the input cannot be opened: {error}; check the path"
            ));
            return Exit::Failed;
        }
    };
    let screener = Screener::new(args.detector.detector(), args.action.into());
    let jobs = args.jobs.map_or_else(
        || available_parallelism().map_or(1, usize::from),
        usize::from,
    );
    let progress = Progress::of_bytes(size);
    let mut out = io::stdout().lock();
    let (mut records, mut left_out) = (0_u64, 0_u64);
    let done = screen_all(input, screener, jobs, |screened| {
        for (line, bad) in screened.bad {
            progress.note(format_args!("line {line} is left out: {bad}"));
            left_out = left_out.saturating_add(1);
        }
        records = records.saturating_add(screened.records);
        out.write_all(&screened.out)?;
        progress.advance(screened.bytes);
        Ok(())
    });
    let done = done.and_then(|()| out.flush().map_err(ScreenError::Write));
    drop(progress);
    match done {
        // Whoever reads has enough.
        Err(ScreenError::Write(error)) if error.kind() == ErrorKind::BrokenPipe => Exit::Done,
        Err(error) => {
            note(error);
            Exit::Failed
        }
        Ok(()) if left_out > 0 => {
            let all = records.saturating_add(left_out);
            note(format_args!("{left_out} of {all} lines are left out"));
            Exit::Unfinished
        }
        Ok(()) => Exit::Done,
    }
}

/// The file and how long it is; standard input where none is named, or `-`.
fn open(path: Option<&Path>) -> io::Result<(Box<dyn Read + Send>, Option<u64>)> {
    let Some(path) = path.filter(|path| *path != Path::new("-")) else {
        return Ok((Box::new(io::stdin()), None));
    };
    let file = File::open(path)?;
    let about = file.metadata()?;
    let size = about.is_file().then_some(about.len());
    Ok((Box::new(file), size))
}

/// Screens one record: what `screen` makes of one line.
pub(crate) fn screen_one(
    detector: x402_tower::pii::Detector,
    action: x402_tower::pii::PiiAction,
    record: Vec<u8>,
) -> Result<Vec<u8>, record::BadLine> {
    let chunk = lines::Chunk::Lines {
        first: 1,
        bytes: record,
    };
    let screened = Screener::new(detector, action).screen(&chunk);
    match screened.bad.into_iter().next() {
        Some((_, bad)) => Err(bad),
        None => Ok(screened.out),
    }
}
