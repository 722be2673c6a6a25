//! How the program ends.

use std::process::ExitCode;

/// The exit codes, as `--help` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Delivered, or intact.
    Done,
    /// Anything that has no code of its own.
    Failed,
    /// The command line cannot be right.
    Usage,
    /// Payments are left of which nobody knows how they ended, or lines that could not be read.
    Unfinished,
    /// A control refused; nothing was paid.
    Denied,
    /// The payment may have left, and nobody knows whether it was settled.
    OutcomeUnknown,
    /// The seller refused the payment.
    SellerRefused,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Unfinished => 3,
            Exit::Denied => 10,
            Exit::OutcomeUnknown => 11,
            Exit::SellerRefused => 12,
        })
    }
}
