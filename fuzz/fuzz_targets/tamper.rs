//! Changes to a log.

use x402_tower::audit::{AuditEventType, AuditKey, AuditRecord};

/// Where a log stops growing: beyond the longest line that is read.
const MAX_BYTES: usize = 2 * x402_tower::audit::MAX_LINE_BYTES;

/// One change: its kind, a place and a byte.
pub type Edit = (u8, u16, u8);

pub fn key() -> AuditKey {
    AuditKey::from_bytes(*b"0123456789abcdefghijklmnopqrstuv").expect("32 bytes are a key")
}

pub fn record(id: &str) -> AuditRecord<'_> {
    AuditRecord::new(AuditEventType::PaymentIntent, 1_767_225_600_000).decision_id(id)
}

pub fn tampered(original: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for (kind, at, byte) in edits {
        let at = usize::from(*at).min(bytes.len());
        match kind % 7 {
            0 => bytes.insert(at, *byte),
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 if at < bytes.len() => bytes[at] = *byte,
            3 => bytes.truncate(at),
            4 => with_lines(&mut bytes, |lines| {
                let count = lines.len();
                lines.swap(at % count, usize::from(*byte) % count);
            }),
            5 => with_lines(&mut bytes, |lines| {
                lines.remove(at % lines.len());
            }),
            // Lines double where a line break is gone.
            _ if bytes.len() < MAX_BYTES => {
                with_lines(&mut bytes, |lines| lines.push(lines[at % lines.len()]));
            }
            _ => {}
        }
    }
    bytes
}

fn with_lines(bytes: &mut Vec<u8>, change: impl FnOnce(&mut Vec<&[u8]>)) {
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    if !lines.is_empty() {
        change(&mut lines);
    }
    *bytes = lines.concat();
}
