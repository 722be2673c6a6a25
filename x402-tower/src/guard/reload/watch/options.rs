//! How closely a file is watched, and why it is not.

use std::io;
use std::time::Duration;

/// How closely a policy file is watched.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct WatchOptions {
    /// How long the file must have stayed the same before it is read: an editor may write it in several goes. 300
    /// milliseconds by default.
    pub quiet: Duration,
    /// How often it is looked at where the system reports nothing, as on network file systems. 5 seconds by default.
    pub poll_every: Duration,
    /// Whether to ask the system for reports at all. So by default.
    pub events: bool,
}

impl Default for WatchOptions {
    fn default() -> Self {
        Self {
            quiet: Duration::from_millis(300),
            poll_every: Duration::from_secs(5),
            events: true,
        }
    }
}

impl WatchOptions {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the file once it has stayed the same for this long.
    #[must_use]
    pub fn with_quiet(mut self, quiet: Duration) -> Self {
        self.quiet = quiet;
        self
    }

    /// Looks at the file this often where the system reports nothing.
    #[must_use]
    pub fn with_poll_every(mut self, interval: Duration) -> Self {
        self.poll_every = interval;
        self
    }

    /// Looks at the file from time to time and asks the system for no reports.
    #[must_use]
    pub fn without_events(mut self) -> Self {
        self.events = false;
        self
    }
}

/// Why a policy file is not watched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WatchError {
    /// The guard was not built from a file.
    #[error(
        "this guard was not built from a policy file, so there is none to watch; build it with `policy_file`"
    )]
    NoFile,
    /// The system gave no thread.
    #[error(
        "no thread could be started to watch the policy file ({0}); raise the limit on threads"
    )]
    Thread(#[source] io::Error),
}

impl WatchError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoFile => "watch.no_file",
            Self::Thread(_) => "watch.thread",
        }
    }
}
