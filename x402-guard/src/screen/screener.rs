//! Screens one record after the other.

use std::io::{self, Write};

use x402_tower::pii::{Detector, EntityType, PiiAction};

use crate::screen::field::{CodePoints, FieldText};
use crate::screen::lines::Chunk;
use crate::screen::record::{BadLine, Field, read};
use crate::shown::Hundredths;

const ENTITIES: &str = "entities";
const BLOCKED: &str = "blocked";

/// What is done to records.
#[derive(Debug)]
pub(super) struct Screener {
    detector: Detector,
    action: PiiAction,
}

/// What became of lines that arrived together.
#[derive(Debug, Default)]
pub(super) struct Screened {
    /// The records as they go out.
    pub(super) out: Vec<u8>,
    /// The lines that were left out.
    pub(super) bad: Vec<(u64, BadLine)>,
    pub(super) records: u64,
    /// How much of the input this was.
    pub(super) bytes: u64,
}

impl Screener {
    pub(super) fn new(detector: Detector, action: PiiAction) -> Self {
        Self { detector, action }
    }

    pub(super) fn screen(&self, chunk: &Chunk) -> Screened {
        let mut screened = Screened {
            bytes: chunk.len(),
            ..Screened::default()
        };
        match chunk {
            Chunk::TooLong { line, .. } => screened.bad.push((*line, BadLine::TooLong)),
            Chunk::Lines { first, bytes } => {
                for (number, line) in (*first..).zip(lines(*first, bytes)) {
                    if !line.trim_ascii().is_empty() {
                        self.screen_line(number, line, &mut screened);
                    }
                }
            }
        }
        screened
    }

    fn screen_line(&self, number: u64, line: &[u8], screened: &mut Screened) {
        let written = screened.out.len();
        let done = read(line).and_then(|fields| {
            check_keys(&fields)?;
            // Writing to memory does not fail.
            let _written = self.write(&fields, &mut screened.out);
            Ok(())
        });
        match done {
            Ok(()) => screened.records = screened.records.saturating_add(1),
            Err(bad) => {
                screened.out.truncate(written);
                screened.bad.push((number, bad));
            }
        }
    }

    fn write(&self, fields: &[Field<'_>], out: &mut Vec<u8>) -> io::Result<()> {
        let mut entities = Vec::new();
        let mut is_blocked = false;
        out.push(b'{');
        for field in fields {
            write!(out, "{}:", field.key)?;
            is_blocked |= self.write_value(field, out, &mut entities)?;
            out.push(b',');
        }
        write!(out, "\"{ENTITIES}\":[")?;
        out.extend_from_slice(entities.strip_suffix(b",").unwrap_or(&entities));
        out.push(b']');
        if is_blocked {
            write!(out, ",\"{BLOCKED}\":true")?;
        }
        out.extend_from_slice(b"}\n");
        Ok(())
    }

    /// Writes a value as it goes out; whether a payment with it would be denied.
    fn write_value(
        &self,
        field: &Field<'_>,
        out: &mut Vec<u8>,
        entities: &mut Vec<u8>,
    ) -> io::Result<bool> {
        let as_written = field.value.as_bytes();
        let Some(text) = &field.text else {
            out.extend_from_slice(as_written);
            return Ok(false);
        };
        let text = FieldText::of(&field.name, text);
        let found = text.find(&self.detector);
        if found.is_empty() {
            out.extend_from_slice(as_written);
            return Ok(false);
        }
        let mut code_points = CodePoints::of(text.text);
        for found in &found {
            let start = code_points.before(found.span.start);
            let end = code_points.before(found.span.end);
            let score = Hundredths(found.score.into());
            write!(
                entities,
                "{{\"entity_type\":\"{}\",\"field\":{},\"start\":{start},\"end\":{end},\"score\":{score}}},",
                found.entity.as_str(),
                field.key,
            )?;
        }
        if self.action == PiiAction::Redact {
            serde_json::to_writer(out, &text.redacted(&found))?;
        } else {
            out.extend_from_slice(as_written);
        }
        // A payment with a secret is denied whatever happens to personal data.
        let has_secret = || found.iter().any(|one| one.entity == EntityType::Secret);
        Ok(self.action == PiiAction::Block || has_secret())
    }
}

/// Refuses keys that would be written twice.
fn check_keys(fields: &[Field<'_>]) -> Result<(), BadLine> {
    for key in [ENTITIES, BLOCKED] {
        if fields.iter().any(|field| field.name == key) {
            return Err(BadLine::KeyTaken(key));
        }
    }
    Ok(())
}

/// The lines without their ends; the first of an input without the mark that some programs put before it.
fn lines(first: u64, bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
    let marked = if first == 1 {
        bytes.strip_prefix(BYTE_ORDER_MARK)
    } else {
        None
    };
    marked.unwrap_or(bytes).split(|byte| *byte == b'\n')
}
