//! The last record of a log, as a witness of its length.

use core::fmt;
use core::str::FromStr;

use super::chain::Tag;
use super::line::parse_tag;

/// The number and tag of a log's last record: `<seq>:<64 hex digits>` as text.
///
/// A chain cannot show that its own end is missing. Whoever keeps a head elsewhere can: a log that once had
/// this head and is now shorter, or has another record in that place, does not verify against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AuditHead {
    seq: u64,
    entry_hmac: Tag,
}

impl AuditHead {
    pub(super) const fn new(seq: u64, entry_hmac: Tag) -> Self {
        Self { seq, entry_hmac }
    }

    /// The number of the record that follows.
    pub(super) fn next_seq(head: Option<&Self>) -> Option<u64> {
        head.map_or(0, Self::seq).checked_add(1)
    }

    /// The record's sequence number.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// The record's tag.
    #[must_use]
    pub const fn entry_hmac(&self) -> &[u8; 32] {
        &self.entry_hmac
    }
}

impl fmt::Display for AuditHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, const_hex::encode(self.entry_hmac))
    }
}

/// The text is not `<seq>:<64 lower-case hex digits>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the head of an audit log; write it as <seq>:<64 lower-case hex digits>")]
#[non_exhaustive]
pub struct AuditHeadError;

impl AuditHeadError {
    /// A stable name for configuration and tests.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "audit.head_format"
    }
}

impl FromStr for AuditHead {
    type Err = AuditHeadError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (seq, hex) = text.split_once(':').ok_or(AuditHeadError)?;
        let plain = !seq.is_empty() && seq.bytes().all(|digit| digit.is_ascii_digit());
        let seq = plain.then(|| seq.parse().ok()).flatten();
        let (Some(seq), Some(entry_hmac)) = (seq, parse_tag(hex.as_bytes())) else {
            return Err(AuditHeadError);
        };
        Ok(Self { seq, entry_hmac })
    }
}
