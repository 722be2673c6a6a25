//! The one form in which a record stands in the log, and its seal.

use std::borrow::Cow;

use const_hex::Buffer;

use super::chain::{Chain, Tag};
use super::record::{AuditRecord, OTHER_PII};
use super::text::{push_rfc3339, push_string, push_u64, push_usd};

/// The longest line, with its line break. A record is cut so that it always fits; a longer line is broken.
pub const MAX_LINE_BYTES: usize = 64 * 1024;

/// What stands at the end of a text that was cut.
pub(super) const CLIPPED_TEXT: &str = "...[clipped]";
pub(super) const CLIPPED: &[u8] = CLIPPED_TEXT.as_bytes();

const URL_CAP: usize = 8 * 1024;
const REASON_CAP: usize = 4 * 1024;
const TEXT_CAP: usize = 512;
const KIND_CAP: usize = 64;
const ENTRY_CAP: usize = 128;

const SEAL_OPEN: &[u8] = b",\"entry_hmac\":\"";
const SEAL_CLOSE: &[u8] = b"\"}\n";

/// A field's name, with the marks around it.
macro_rules! key {
    ($name:literal) => {
        concat!(",\"", $name, "\":")
    };
}

/// Where a line stands in the log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) seq: u64,
    pub(super) writer: &'a str,
    pub(super) prev: Option<&'a Tag>,
}

/// Writes the line of a record over what `out` held, and returns the line's tag.
pub(super) fn write_line(
    out: &mut Vec<u8>,
    chain: &Chain,
    place: &Place<'_>,
    record: &AuditRecord<'_>,
) -> Tag {
    out.clear();
    out.extend_from_slice(b"{\"seq\":");
    push_u64(out, place.seq);
    push_text(out, key!("writer"), Some(place.writer));
    push_text(out, key!("key_id"), Some(chain.key_id()));
    push_key(out, key!("timestamp"));
    out.push(b'"');
    push_rfc3339(out, record.timestamp_ms);
    out.push(b'"');
    push_number(out, key!("timestamp_ms"), Some(record.timestamp_ms));
    push_text(out, key!("event_type"), Some(record.event_type.as_str()));
    push_text(out, key!("agent_id"), record.agent_id.as_deref());
    push_text(out, key!("decision_id"), record.decision_id.as_deref());
    push_text(out, key!("position"), record.position.as_deref());
    push_text(out, key!("method"), record.method.as_deref());
    push_capped(
        out,
        key!("resource_url"),
        record.resource_url.as_deref(),
        URL_CAP,
    );
    push_text(out, key!("origin"), record.origin.as_deref());
    push_dollars(out, key!("amount_usd"), record.amount_usd_micros);
    push_number(out, key!("amount_usd_micros"), record.amount_usd_micros);
    push_text(out, key!("amount"), record.amount.as_deref());
    push_text(out, key!("asset"), record.asset.as_deref());
    push_text(out, key!("network"), record.network.as_deref());
    push_text(out, key!("scheme"), record.scheme.as_deref());
    push_text(out, key!("pay_to"), record.pay_to.as_deref());
    push_text(out, key!("control"), record.control.as_deref());
    push_text(out, key!("code"), record.code.as_deref());
    push_text(out, key!("outcome"), record.outcome.as_deref());
    push_dollars(
        out,
        key!("policy_limit_usd"),
        record.policy_limit_usd_micros,
    );
    push_pii(out, record);
    push_list(out, key!("warnings"), &record.warnings);
    push_list(out, key!("shadow"), &record.shadow);
    push_list(out, key!("approvals"), &record.approvals);
    push_text(
        out,
        key!("replay_fingerprint"),
        record.replay_fingerprint.as_deref(),
    );
    push_text(out, key!("transaction"), record.transaction.as_deref());
    push_text(
        out,
        key!("policy_revision"),
        record.policy_revision.as_deref(),
    );
    push_capped(out, key!("reason"), record.reason.as_deref(), REASON_CAP);
    push_capped(
        out,
        key!("error_message"),
        record.error_message.as_deref(),
        REASON_CAP,
    );
    push_capped(out, key!("note"), record.note.as_deref(), REASON_CAP);
    push_torn(out, record);
    push_key(out, key!("prev_entry_hmac"));
    match place.prev {
        Some(tag) => push_hex(out, tag),
        None => out.extend_from_slice(b"null"),
    }
    seal(out, chain)
}

/// Ends the line in `out` with the tag of all that it holds so far.
fn seal(out: &mut Vec<u8>, chain: &Chain) -> Tag {
    let tag = chain.tag(out);
    out.extend_from_slice(SEAL_OPEN);
    push_hex_digits(out, &tag);
    out.extend_from_slice(SEAL_CLOSE);
    tag
}

/// Takes a line, with its line break, apart into what was sealed and the tag; `None` for any other form.
pub(super) fn split_seal(line: &[u8]) -> Option<(&[u8], Tag)> {
    let sealed = line.strip_suffix(SEAL_CLOSE)?;
    let (head, hex) = sealed.split_at_checked(sealed.len().checked_sub(64)?)?;
    let body = head.strip_suffix(SEAL_OPEN)?;
    Some((body, parse_tag(hex)?))
}

/// A tag from exactly 64 lower-case hex digits: one tag has one spelling.
pub(super) fn parse_tag(hex: &[u8]) -> Option<Tag> {
    let spelled_once =
        hex.len() == 64 && hex.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    spelled_once.then(|| const_hex::decode_to_array(hex).ok())?
}

/// Appends what [`key`](macro@key) made.
fn push_key(out: &mut Vec<u8>, key: &str) {
    out.extend_from_slice(key.as_bytes());
}

fn push_text(out: &mut Vec<u8>, key: &str, text: Option<&str>) {
    push_capped(out, key, text, TEXT_CAP);
}

fn push_capped(out: &mut Vec<u8>, key: &str, text: Option<&str>, cap: usize) {
    if let Some(text) = text {
        push_key(out, key);
        push_string(out, text, cap);
    }
}

fn push_number(out: &mut Vec<u8>, key: &str, number: Option<u64>) {
    if let Some(number) = number {
        push_key(out, key);
        push_u64(out, number);
    }
}

fn push_dollars(out: &mut Vec<u8>, key: &str, micros: Option<u64>) {
    if let Some(micros) = micros {
        push_key(out, key);
        out.push(b'"');
        push_usd(out, micros);
        out.push(b'"');
    }
}

/// A list that is not empty.
fn push_list(out: &mut Vec<u8>, key: &str, entries: &[Cow<'_, str>]) {
    let mut mark = b'[';
    for entry in entries {
        if mark == b'[' {
            push_key(out, key);
        }
        out.push(mark);
        push_string(out, entry, ENTRY_CAP);
        mark = b',';
    }
    if mark == b',' {
        out.push(b']');
    }
}

fn push_hex(out: &mut Vec<u8>, bytes: &[u8; 32]) {
    out.push(b'"');
    push_hex_digits(out, bytes);
    out.push(b'"');
}

fn push_hex_digits(out: &mut Vec<u8>, bytes: &[u8; 32]) {
    out.extend_from_slice(Buffer::<32, false>::new().format(bytes).as_bytes());
}

fn push_pii(out: &mut Vec<u8>, record: &AuditRecord<'_>) {
    if record.pii_entities_found.is_empty() && record.other_pii == 0 {
        return;
    }
    push_key(out, key!("pii_entities_found"));
    let others = (record.other_pii > 0).then_some((OTHER_PII, record.other_pii));
    let found = record.pii_entities_found.iter();
    let all = found
        .map(|(kind, count)| (kind.as_ref(), *count))
        .chain(others);
    let mut mark = b'{';
    for (kind, count) in all {
        out.push(mark);
        push_string(out, kind, KIND_CAP);
        out.push(b':');
        push_u64(out, u64::from(count));
        mark = b',';
    }
    out.push(b'}');
}

fn push_torn(out: &mut Vec<u8>, record: &AuditRecord<'_>) {
    if let Some(torn) = &record.torn {
        push_number(out, key!("bytes_dropped"), Some(torn.bytes));
        push_key(out, key!("dropped_sha256"));
        push_hex(out, &torn.sha256);
        push_text(out, key!("dropped_kept_in"), torn.kept_in.as_deref());
    }
}
