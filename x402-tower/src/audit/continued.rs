//! Where a log that is opened goes on from.

use super::chain::Chain;
use super::error::AuditError;
use super::head::{AuditHead, HeadFault, read_head_line};
use super::line::split_seal;
use super::sink::KeptHead;
use super::view::LineView;

/// Whether a head was kept that fits the log; `false` for a new log.
pub(super) fn is_as_kept(
    kept: &KeptHead,
    head: Option<&AuditHead>,
    chain: &Chain,
) -> Result<bool, AuditError> {
    let line = match kept {
        KeptHead::NotKept => return Ok(true),
        KeptHead::Missing if head.is_none() => return Ok(false),
        KeptHead::Missing => return Err(AuditError::HeadMissing),
        KeptHead::Is(line) => line,
    };
    let kept = read_head_line(line, chain).map_err(|fault| match fault {
        HeadFault::Broken => AuditError::HeadBroken,
        HeadFault::Foreign(_) => AuditError::ForeignKey,
    })?;
    let (known, there) = (
        kept.map_or(0, |kept| kept.seq()),
        head.map_or(0, |h| h.seq()),
    );
    match known.checked_sub(there) {
        Some(0) if kept.as_ref() != head => Err(AuditError::Rewritten),
        Some(0) | None => Ok(true),
        Some(missing) => Err(AuditError::Truncated { missing }),
    }
}

/// The head of a log that ends in `line`.
pub(super) fn continued(line: &[u8], chain: &Chain) -> Result<AuditHead, AuditError> {
    let (body, tag) = split_seal(line).ok_or(AuditError::BrokenTail)?;
    let view: LineView<'_> = serde_json::from_slice(line).map_err(|_| AuditError::BrokenTail)?;
    if view.key_id != chain.key_id() {
        return Err(AuditError::ForeignKey);
    }
    if !chain.matches(body, &tag) {
        return Err(AuditError::BrokenTail);
    }
    Ok(AuditHead::new(view.seq, tag))
}
