//! JSON to the tree.

use core::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Entry, Lines, MAX_DEPTH, Malformed, Node, Spot};

/// Reads a JSON object, or says what is malformed. Keys that stand twice are all kept, for the reader to refuse.
pub(in crate::policy) fn parse_json(text: &str) -> Result<Vec<Entry>, Vec<Malformed>> {
    let reader = Reader {
        text,
        lines: Lines::of(text),
    };
    let root: &RawValue = serde_json::from_str(text).map_err(|error| {
        vec![Malformed {
            line: Some(error.line()),
            message: format!("not JSON, by column {}", error.column()),
        }]
    })?;
    match reader.spot(root, MAX_DEPTH) {
        Ok(Spot {
            node: Node::Table(entries),
            ..
        }) => Ok(entries),
        Ok(spot) => Err(vec![Malformed {
            line: Some(spot.line),
            message: format!("the policy is {} and not an object", spot.node.kind()),
        }]),
        Err(malformed) => Err(vec![malformed]),
    }
}

struct Reader<'a> {
    text: &'a str,
    lines: Lines,
}

impl<'a> Reader<'a> {
    /// The line of a piece of the text.
    fn line(&self, piece: &str) -> usize {
        let offset = piece
            .as_ptr()
            .addr()
            .saturating_sub(self.text.as_ptr().addr());
        self.lines.at(offset)
    }

    fn spot(&self, raw: &'a RawValue, depth: usize) -> Result<Spot, Malformed> {
        let text = raw.get();
        let line = self.line(text);
        let Some(depth) = depth.checked_sub(1) else {
            let node = Node::Other("something nested too deeply");
            return Ok(Spot { line, node });
        };
        let malformed = |_| Malformed {
            line: Some(line),
            message: "not JSON: a text holds a broken escape".to_owned(),
        };
        let node = match text.bytes().next() {
            Some(b'{') => {
                let RawObject(pairs) = serde_json::from_str(text).map_err(malformed)?;
                let mut entries = Vec::with_capacity(pairs.len());
                for (key, value) in pairs {
                    let value = self.spot(value, depth)?;
                    let line = value.line;
                    entries.push(Entry { key, line, value });
                }
                Node::Table(entries)
            }
            Some(b'[') => {
                let items: Vec<&'a RawValue> = serde_json::from_str(text).map_err(malformed)?;
                let spots = items.into_iter().map(|item| self.spot(item, depth));
                Node::List(spots.collect::<Result<_, _>>()?)
            }
            Some(b'"') => Node::Text(serde_json::from_str(text).map_err(malformed)?),
            Some(b't') => Node::Bool(true),
            Some(b'f') => Node::Bool(false),
            Some(b'n') => Node::Other("null"),
            _ => Node::Number(text.to_owned()),
        };
        Ok(Spot { line, node })
    }
}

/// An object as it was written, with keys that stand twice.
struct RawObject<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for RawObject<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;

        impl<'de> Visitor<'de> for Pairs {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(pairs)
            }
        }

        deserializer.deserialize_map(Pairs).map(Self)
    }
}
