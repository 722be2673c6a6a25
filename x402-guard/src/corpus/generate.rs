//! `corpus generate`.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};

use crate::corpus::args::GenerateArgs;
use crate::corpus::sample::Corpus;
use crate::screen::progress::Progress;

pub(super) fn run(args: &GenerateArgs) -> io::Result<()> {
    if let Some(path) = &args.out {
        return write(args, BufWriter::new(File::create(path)?), true);
    }
    let stdout = io::stdout();
    // On a terminal the samples themselves are the progress.
    let shown = !stdout.is_terminal();
    match write(args, BufWriter::new(stdout.lock()), shown) {
        // Whoever reads has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

fn write(args: &GenerateArgs, mut out: impl Write, shown: bool) -> io::Result<()> {
    let progress = shown.then(|| Progress::of_steps("samples", args.n));
    for record in Corpus::new(args.seed, args.split).take(args.n) {
        serde_json::to_writer(&mut out, &record)?;
        out.write_all(b"\n")?;
        if let Some(progress) = &progress {
            progress.advance(1);
        }
    }
    out.flush()
}
