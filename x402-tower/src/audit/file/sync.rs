//! When a file is brought to the disk.

use core::fmt;
use core::str::FromStr;

/// When a file is brought to the disk.
///
/// ```
/// use x402_tower::audit::SyncPolicy;
///
/// assert_eq!("grouped".parse(), Ok(SyncPolicy::Grouped));
/// assert_eq!(SyncPolicy::default().as_str(), "each");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SyncPolicy {
    /// `each`: before a record counts as written: it outlives a power cut. The thread that writes it waits for the disk.
    #[default]
    EveryRecord,
    /// `grouped`: as [`EveryRecord`](Self::EveryRecord), but a thread of the log's own does it, and all records that
    /// come while it is busy share the next time. No thread of an async runtime waits for the disk.
    Grouped,
    /// `never`: when the system sees fit: a record outlives the process, but maybe not a power cut.
    Never,
}

impl SyncPolicy {
    /// The name in configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EveryRecord => "each",
            Self::Grouped => "grouped",
            Self::Never => "never",
        }
    }

    /// Whether records are brought to the disk at all.
    pub(super) const fn syncs(self) -> bool {
        !matches!(self, Self::Never)
    }
}

impl fmt::Display for SyncPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no sync policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sync is one of: each, grouped, never")]
#[non_exhaustive]
pub struct SyncPolicyError;

impl SyncPolicyError {
    /// A stable name for configuration and tests.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "audit.sync_policy"
    }
}

impl FromStr for SyncPolicy {
    type Err = SyncPolicyError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        [Self::EveryRecord, Self::Grouped, Self::Never]
            .into_iter()
            .find(|policy| policy.as_str() == name)
            .ok_or(SyncPolicyError)
    }
}
