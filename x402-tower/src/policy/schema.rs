//! The JSON Schema of policy files, generated from the types that they are read into.

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::transform::transform_subschemas;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema as schema};
use serde_json::{Value, json};

use super::config::PolicyConfig;
use crate::context::ResourceMatch;
use crate::control::Mode;
use crate::money::Usd;

/// A table with keys of the writer's own.
pub(super) type Table<T> = BTreeMap<String, T>;

/// The JSON Schema ([draft 2020-12](https://json-schema.org/draft/2020-12/schema)) of policy files, as text: for
/// editors that help to write them, and for validators.
///
/// It refuses no policy that [`PolicyConfig`] takes. Some that cannot be right pass it, as a schema cannot say it:
/// entries that mean the same, rules that contradict each other, addresses that are none.
///
/// ```
/// let schema = x402_tower::policy::json_schema();
/// assert!(schema.contains("\"max_per_call_usd\""));
/// ```
#[must_use]
pub fn json_schema() -> String {
    let settings = SchemaSettings::draft2020_12()
        .with_transform(without_null)
        .with_transform(readable);
    let mut root = settings
        .into_generator()
        .into_root_schema_for::<PolicyConfig>();
    root.insert("title".to_owned(), json!("x402-tower policy"));
    format!("{:#}\n", root.to_value())
}

/// No key takes `null`: one that says nothing is left out.
fn without_null(schema: &mut Schema) {
    transform_subschemas(&mut without_null, schema);
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if object.get("default").is_some_and(Value::is_null) {
        object.remove("default");
    }
    let Some(Value::Array(any)) = object.get_mut("anyOf") else {
        return;
    };
    any.retain(|schema| schema.get("type").and_then(Value::as_str) != Some("null"));
    if let [Value::Object(only)] = any.as_slice() {
        let only = only.clone();
        object.remove("anyOf");
        object.extend(only);
    }
}

/// Descriptions are written for readers of code: their first paragraph without the key in front, links and numbers of
/// attacks serves readers of files.
fn readable(schema: &mut Schema) {
    transform_subschemas(&mut readable, schema);
    if let Some(Value::String(text)) = schema.get("description") {
        let text = plain(text);
        schema.insert("description".to_owned(), Value::String(text));
    }
}

fn plain(text: &str) -> String {
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    let text = match paragraph.split_once("`: ") {
        Some((key, rest)) if key.starts_with('`') && !key.contains(' ') => rest,
        _ => paragraph,
    };
    let text = without_attacks(&without_links(&text.replace('\n', " ")));
    let mut rest = text.chars();
    match rest.next() {
        Some(first) if !text.starts_with("x402") => first.to_uppercase().chain(rest).collect(),
        _ => text,
    }
}

/// With `text` in place of `[text](target)`.
fn without_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before);
        let link = after
            .split_once("](")
            .filter(|(shown, _)| !shown.contains('['));
        match link.and_then(|(shown, tail)| Some((shown, tail.split_once(')')?.1))) {
            Some((shown, tail)) => {
                out.push_str(shown);
                rest = tail;
            }
            None => {
                out.push('[');
                rest = after;
            }
        }
    }
    out + rest
}

/// Without ` (attack 7)`.
fn without_attacks(text: &str) -> String {
    let mut pieces = text.split(" (attack ");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        out.push_str(piece.split_once(')').map_or(piece, |(_, tail)| tail));
    }
    out
}

/// Either `amount_usd` or `count`.
pub(super) fn either_amount_or_count(schema: &mut Schema) {
    let either = json!([{ "required": ["amount_usd"] }, { "required": ["count"] }]);
    schema.insert("oneOf".to_owned(), either);
}

/// A webhook needs its URL, a signer exactly one key.
pub(super) fn what_the_mode_needs(schema: &mut Schema) {
    let mode = |word: &str| json!({ "mode": { "const": word } });
    let needs = json!([
        {
            "properties": mode("webhook"),
            "required": ["webhook_url"],
            "not": { "required": ["public_key"] },
        },
        {
            "properties": mode("crypto"),
            "oneOf": [{ "required": ["secret_env"] }, { "required": ["public_key"] }],
            "not": { "required": ["webhook_url"] },
        },
    ]);
    schema.insert("oneOf".to_owned(), needs);
}

impl JsonSchema for Usd {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Usd".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schema!({
            "description": "Dollars as an exact decimal of at most six places: 5, 0.10 or \"0.10\"",
            "oneOf": [
                { "type": "number", "minimum": 0 },
                { "type": "string", "pattern": "^[0-9]+(\\.[0-9]{1,6}0*)?$" },
            ],
        })
    }
}

impl JsonSchema for Mode {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Mode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schema!({
            "description": "Whether what a control denies is denied, or only recorded while it passes",
            "enum": Self::ALL.iter().map(|mode| mode.as_str()).collect::<Vec<_>>(),
        })
    }
}

impl JsonSchema for ResourceMatch {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ResourceMatch".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words = [Self::SameOrigin, Self::Exact, Self::Any].map(Self::as_str);
        schema!({
            "description": "Same origin, the very same URL, or anything",
            "enum": words,
        })
    }
}
