//! `corpus generate`.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::corpus::args::GenerateArgs;
use crate::corpus::sample::Corpus;

/// How many samples are written between two steps of the progress bar.
const STEP: u64 = 256;

pub(super) fn run(args: &GenerateArgs) -> io::Result<()> {
    match &args.out {
        Some(path) => {
            let progress = bar(args.n, io::stderr().is_terminal());
            let file = BufWriter::new(File::create(path)?);
            write(args, file, &progress)?;
            progress.finish_and_clear();
            Ok(())
        }
        None => {
            // On a terminal the samples themselves are the progress.
            let shown = io::stderr().is_terminal() && !io::stdout().is_terminal();
            let progress = bar(args.n, shown);
            let written = write(args, BufWriter::new(io::stdout().lock()), &progress);
            progress.finish_and_clear();
            match written {
                // Whoever reads has read enough.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                written => written,
            }
        }
    }
}

fn write(args: &GenerateArgs, mut out: impl Write, progress: &ProgressBar) -> io::Result<()> {
    let samples = Corpus::new(args.seed, args.split);
    for (done, record) in (1..=args.n).zip(samples) {
        serde_json::to_writer(&mut out, &record)?;
        out.write_all(b"\n")?;
        if done % STEP == 0 {
            progress.set_position(done);
        }
    }
    out.flush()
}

fn bar(samples: u64, shown: bool) -> ProgressBar {
    if !shown {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(samples), ProgressDrawTarget::stderr());
    match ProgressStyle::with_template("{wide_bar} {human_pos}/{human_len} samples, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
