//! How far a long run is, on a terminal and nowhere else.

use core::fmt;
use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::shown::note;

const KNOWN: &str = "{bar:30} {bytes:>10}/{total_bytes} {bytes_per_sec:>12} {eta:>4}";

/// A bar on standard error.
#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Of the bytes that are read while a result is written, where it is known how many there are.
    pub(crate) fn of_bytes(all: Option<u64>) -> Self {
        // On a terminal that shows the result, a bar would stand in its way.
        let target = if io::stdout().is_terminal() {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let template = if all.is_some() {
            KNOWN
        } else {
            "{spinner} {bytes:>10} {bytes_per_sec:>12} {elapsed:>4}"
        };
        Self::drawn(ProgressBar::with_draw_target(all, target), template)
    }

    /// Of the bytes that are read before a result is written.
    pub(crate) fn of_bytes_first(all: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(all), ProgressDrawTarget::stderr());
        Self::drawn(bar, KNOWN)
    }

    /// Of steps that are called `what`, before a result is written.
    pub(crate) fn of_steps(what: &'static str, all: usize) -> Self {
        let all = u64::try_from(all).unwrap_or(u64::MAX);
        let bar = ProgressBar::with_draw_target(Some(all), ProgressDrawTarget::stderr());
        Self::drawn(
            bar.with_message(what),
            "{msg:<12} {bar:30} {pos:>7}/{len} {eta:>4}",
        )
    }

    fn drawn(bar: ProgressBar, template: &str) -> Self {
        let style = ProgressStyle::with_template(template);
        Self(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    pub(crate) fn advance(&self, by: u64) {
        self.0.inc(by);
    }

    /// Says something on standard error without tearing the bar.
    pub(crate) fn note(&self, text: impl fmt::Display) {
        self.0.suspend(|| note(text));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
