//! The last record of a log, as a witness of its length.

use core::fmt;
use core::str::FromStr;

use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::chain::{Chain, Tag};
use super::line::parse_tag;

/// How long the line of a head is, with its line break: the same for all, so that one is written over in one piece.
pub(super) const HEAD_LINE_BYTES: usize = 256;

/// No line of a log begins like this, so that no line's tag can pass for a head's.
const HEAD_LABEL: &[u8] = b"x402-tower audit head\n";

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

/// The head of a log, ready to be signed with the log's key and kept: beside the log, or out of reach of its writer.
pub struct HeadSeal<'a> {
    chain: &'a Chain,
    head: Option<AuditHead>,
}

impl<'a> HeadSeal<'a> {
    pub(super) const fn new(chain: &'a Chain, head: Option<AuditHead>) -> Self {
        Self { chain, head }
    }

    /// The head; `None` for an empty log.
    #[must_use]
    pub const fn head(&self) -> Option<&AuditHead> {
        self.head.as_ref()
    }

    /// How many records the log has.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.head.as_ref().map_or(0, AuditHead::seq)
    }

    /// The head as a line of JSON, filled up with spaces to 256 bytes, under an HMAC-SHA256 of its own: who has no key
    /// cannot write one for a record that they like better.
    #[must_use]
    pub fn line(&self) -> String {
        let entry = match &self.head {
            Some(head) => format!("\"{}\"", const_hex::encode(head.entry_hmac)),
            None => "null".to_owned(),
        };
        let mut line = format!(
            r#"{{"seq":{},"entry_hmac":{entry},"key_id":"{}""#,
            self.seq(),
            self.chain.key_id()
        );
        let tag = self.chain.tag(&[HEAD_LABEL, line.as_bytes()].concat());
        line.push_str(&format!(r#","head_hmac":"{}"}}"#, const_hex::encode(tag)));
        format!("{line:<width$}\n", width = HEAD_LINE_BYTES - 1)
    }
}

impl fmt::Debug for HeadSeal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeadSeal")
            .field("seq", &self.seq())
            .finish_non_exhaustive()
    }
}

/// Why a kept head says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HeadFault {
    /// It is not what the key ever wrote.
    Broken,
    /// It was written under another key.
    Foreign(String),
}

#[derive(Deserialize)]
struct HeadView<'a> {
    seq: u64,
    entry_hmac: Option<&'a str>,
    key_id: &'a str,
}

/// Reads a line that [`HeadSeal::line`] made: the head, or `None` for an empty log.
pub(super) fn read_head_line(line: &[u8], chain: &Chain) -> Result<Option<AuditHead>, HeadFault> {
    let view: HeadView<'_> = serde_json::from_slice(line).map_err(|_| HeadFault::Broken)?;
    if view.key_id != chain.key_id() {
        return Err(HeadFault::Foreign(view.key_id.to_owned()));
    }
    let head = match view.entry_hmac {
        Some(hex) => {
            let tag = parse_tag(hex.as_bytes()).ok_or(HeadFault::Broken)?;
            Some(AuditHead::new(view.seq, tag))
        }
        None => None,
    };
    // A head has one spelling, so that the whole line can be compared.
    let spelled = HeadSeal::new(chain, head).line();
    if bool::from(spelled.as_bytes().ct_eq(line)) {
        Ok(head)
    } else {
        Err(HeadFault::Broken)
    }
}

/// The number in a head's line, whoever wrote it.
pub(super) fn head_line_seq(line: &[u8]) -> Option<u64> {
    let view: HeadView<'_> = serde_json::from_slice(line).ok()?;
    Some(view.seq)
}
