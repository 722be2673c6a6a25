//! One JSON object a line, its keys and values as they were written.

use core::fmt;
use std::borrow::Cow;
use std::collections::HashSet;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::screen::lines::MAX_LINE;

/// Why a line is no record. Nothing here shows what the line holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadLine {
    #[error("longer than 8 MiB")]
    TooLong,
    #[error("not UTF-8 from byte {byte} on")]
    NotUtf8 { byte: usize },
    #[error("not JSON from column {column} on")]
    NotJson { column: usize },
    #[error("not a JSON object")]
    NotAnObject,
    #[error("a text holds half of a surrogate pair")]
    HalfAPair,
    #[error("a key stands twice in it")]
    KeyTwice,
    #[error("its key \"{0}\" is one that is written here; rename it")]
    KeyTaken(&'static str),
}

/// A field with its name, and the JSON of both as it was written.
#[derive(Debug)]
pub(crate) struct Field<'a> {
    pub(crate) key: &'a str,
    pub(crate) name: Cow<'a, str>,
    pub(crate) value: &'a str,
    /// Its text, where it is one.
    pub(crate) text: Option<Cow<'a, str>>,
}

/// The fields of a line, in its order.
pub(crate) fn read(line: &[u8]) -> Result<Vec<Field<'_>>, BadLine> {
    if line.len() > MAX_LINE {
        return Err(BadLine::TooLong);
    }
    let line = str::from_utf8(line).map_err(|error| BadLine::NotUtf8 {
        byte: error.valid_up_to().saturating_add(1),
    })?;
    let object: Object<'_> =
        serde_json::from_str(line).map_err(|error| match error.classify() {
            Category::Data => BadLine::NotAnObject,
            _ => BadLine::NotJson {
                column: error.column(),
            },
        })?;
    let mut fields = Vec::with_capacity(object.0.len());
    for (key, value) in object.0 {
        let value = value.get();
        fields.push(Field {
            key: key.get(),
            name: text(key.get())?.unwrap_or_default(),
            value,
            text: text(value)?,
        });
    }
    let mut names = HashSet::with_capacity(fields.len());
    if fields.iter().any(|field| !names.insert(&*field.name)) {
        return Err(BadLine::KeyTwice);
    }
    Ok(fields)
}

/// The text that a JSON value is; `None` where it is something else.
fn text(json: &str) -> Result<Option<Cow<'_, str>>, BadLine> {
    let Some(inner) = json
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return Ok(None);
    };
    if inner.contains('\\') {
        // Everything else about it was checked when the line was read.
        let decoded = serde_json::from_str(json).map_err(|_| BadLine::HalfAPair)?;
        return Ok(Some(Cow::Owned(decoded)));
    }
    Ok(Some(Cow::Borrowed(inner)))
}

struct Object<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Object(fields))
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bad(line: &str) -> BadLine {
        read(line.as_bytes()).unwrap_err()
    }

    #[test]
    fn keys_and_values_are_as_they_were_written() {
        let line = br#" {"b\u0061" : 1.50e+2, "a": "x\ty" ,"c":{"k": [ 1 ]},"d":"\u00e9"} "#;
        let fields = read(line).unwrap();
        let as_written: Vec<_> = fields.iter().map(|f| (f.key, f.value)).collect();
        assert_eq!(
            as_written,
            [
                (r#""b\u0061""#, "1.50e+2"),
                (r#""a""#, r#""x\ty""#),
                (r#""c""#, r#"{"k": [ 1 ]}"#),
                (r#""d""#, r#""\u00e9""#),
            ]
        );
        let texts: Vec<_> = fields.iter().map(|f| f.text.as_deref()).collect();
        assert_eq!(texts, [None, Some("x\ty"), None, Some("\u{e9}")]);
        assert_eq!(fields[0].name, "ba");
    }

    #[test]
    fn what_is_no_record_is_told_apart() {
        assert_eq!(bad("[1]"), BadLine::NotAnObject);
        assert_eq!(bad("\"alice@example.com\""), BadLine::NotAnObject);
        assert_eq!(
            bad(r#"{"a":1}"#.get(..4).unwrap()),
            BadLine::NotJson { column: 4 }
        );
        assert_eq!(bad(r#"{"a":1} x"#), BadLine::NotJson { column: 9 });
        assert_eq!(bad(r#"{"a":"\ud83d"}"#), BadLine::HalfAPair);
        assert_eq!(bad(r#"{"\ud83d":1}"#), BadLine::HalfAPair);
        assert_eq!(bad(r#"{"a":1,"\u0061":2}"#), BadLine::KeyTwice);
        assert!(matches!(bad("{\"a\":\"\u{1}\"}"), BadLine::NotJson { .. }));
        assert_eq!(
            read(b"{\"\xff\":1}").unwrap_err(),
            BadLine::NotUtf8 { byte: 3 }
        );
    }

    #[test]
    fn a_deep_value_is_passed_and_does_not_end_the_program() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(500_000), "]".repeat(500_000));
        assert_eq!(read(deep.as_bytes()).unwrap().len(), 1);
    }
}
