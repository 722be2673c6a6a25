//! TOML to the tree.

use toml::de::{DeTable, DeValue};

use super::{Entry, Lines, MAX_DEPTH, Malformed, Node, Spot};

/// Reads TOML, or says everything that is malformed.
pub(in crate::policy) fn parse_toml(text: &str) -> Result<Vec<Entry>, Vec<Malformed>> {
    let lines = Lines::of(text);
    let (root, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(errors
            .iter()
            .map(|error| Malformed {
                line: error.span().map(|span| lines.at(span.start)),
                message: format!("not TOML: {}", error.message()),
            })
            .collect());
    }
    Ok(table(root.get_ref(), &lines, MAX_DEPTH))
}

fn table(table: &DeTable<'_>, lines: &Lines, depth: usize) -> Vec<Entry> {
    let mut entries: Vec<_> = table
        .iter()
        .map(|(key, value)| {
            let line = lines.at(key.span().start);
            Entry {
                key: key.get_ref().to_string(),
                line,
                value: Spot {
                    line: lines.at(value.span().start),
                    node: node(value.get_ref(), lines, depth),
                },
            }
        })
        .collect();
    entries.sort_by_key(|entry| entry.line);
    entries
}

fn node(value: &DeValue<'_>, lines: &Lines, depth: usize) -> Node {
    let Some(depth) = depth.checked_sub(1) else {
        return Node::Other("something nested too deeply");
    };
    match value {
        DeValue::String(text) => Node::Text(text.to_string()),
        DeValue::Integer(number) => Node::Number(number.to_string()),
        DeValue::Float(number) => Node::Number(number.as_str().to_owned()),
        DeValue::Boolean(value) => Node::Bool(*value),
        DeValue::Datetime(_) => Node::Other("a date"),
        DeValue::Array(list) => Node::List(
            list.iter()
                .map(|item| Spot {
                    line: lines.at(item.span().start),
                    node: node(item.get_ref(), lines, depth),
                })
                .collect(),
        ),
        DeValue::Table(inner) => Node::Table(table(inner, lines, depth)),
    }
}
