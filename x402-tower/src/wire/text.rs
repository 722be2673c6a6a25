//! Free text in a message: everything that a person, a model or a log could read.

use std::fmt;

use super::edited::Edited;
use super::json::{Kind, NodeId, Value};

/// One free text of a message.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextField {
    /// Where it stands, such as `resource.description` or `accepts[0].extra.note`.
    ///
    /// Keys that are not identifiers appear as `*`: the sender chose them, and paths are logged.
    pub path: String,
    /// The text as it will leave: with the edits made so far.
    pub value: String,
    /// The value's name for edits.
    pub node: NodeId,
    /// Whether it may be rewritten on its way. What is signed, matched or echoed may not; deny instead.
    pub rewritable: bool,
    /// Whether it is, or looks like, a URL; personal data then hides in path and query.
    pub is_url: bool,
}

impl From<&TextField> for NodeId {
    fn from(field: &TextField) -> Self {
        field.node
    }
}

impl fmt::Debug for TextField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The value is what redaction is about.
        f.debug_struct("TextField")
            .field("path", &self.path)
            .field("bytes", &self.value.len())
            .field("rewritable", &self.rewritable)
            .field("is_url", &self.is_url)
            .finish_non_exhaustive()
    }
}

/// How one member of an object is treated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// Protocol data, or walked elsewhere.
    Skip,
    /// Every string inside is free text that must not change.
    Fixed,
    /// Every string inside is free text that may be rewritten.
    Free,
}

/// Visits the free texts of a document in document order.
pub(super) struct Walk<'a> {
    edited: &'a Edited,
    path: String,
    fields: Vec<TextField>,
}

/// Room for what nearly all messages hold, taken once: growing step by step costs more than the walk itself.
const PATH_ROOM: usize = 64;
const FIELD_ROOM: usize = 8;

impl<'a> Walk<'a> {
    /// Runs `visit` and returns what it found.
    pub(super) fn collect(edited: &'a Edited, visit: impl FnOnce(&mut Self)) -> Vec<TextField> {
        let mut walk = Self {
            edited,
            path: String::with_capacity(PATH_ROOM),
            fields: Vec::with_capacity(FIELD_ROOM),
        };
        visit(&mut walk);
        walk.fields
    }

    /// Visits an object's members, each under the rule for its key.
    pub(super) fn object(&mut self, object: Option<Value<'_>>, rule: impl Fn(&str) -> Rule) {
        for (key, value) in object.into_iter().flat_map(Value::entries) {
            let rewritable = match rule(&key) {
                Rule::Skip => continue,
                Rule::Fixed => false,
                Rule::Free => true,
            };
            self.member(&key, |walk| walk.leaves(value, rewritable));
        }
    }

    /// Continues under the member `key`.
    pub(super) fn member(&mut self, key: &str, visit: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        if length > 0 {
            self.path.push('.');
        }
        self.path
            .push_str(if is_identifier(key) { key } else { "*" });
        visit(self);
        self.path.truncate(length);
    }

    /// Continues under the item `index`.
    pub(super) fn item(&mut self, index: usize, visit: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push_str(&format!("[{index}]"));
        visit(self);
        self.path.truncate(length);
    }

    /// Records every string at or below `value`. The parser bounds the depth.
    pub(super) fn leaves(&mut self, value: Value<'_>, rewritable: bool) {
        match value.kind() {
            Kind::String => self.text(value, rewritable),
            Kind::Array => {
                for (index, item) in value.items().enumerate() {
                    self.item(index, |walk| walk.leaves(item, rewritable));
                }
            }
            Kind::Object => {
                for (key, member) in value.entries() {
                    self.member(&key, |walk| walk.leaves(member, rewritable));
                }
            }
            Kind::Null | Kind::Bool | Kind::Number => {}
        }
    }

    fn text(&mut self, value: Value<'_>, rewritable: bool) {
        let node = value.id();
        let text = self.edited.text(value).unwrap_or_default();
        let is_url = self.names_url() || has_http_scheme(&text);
        self.fields.push(TextField {
            path: self.path.clone(),
            value: text,
            node,
            rewritable,
            is_url,
        });
    }

    fn names_url(&self) -> bool {
        let name = self.path.rsplit('.').next().unwrap_or_default();
        matches!(name, "url" | "iconUrl" | "resource" | "resourceUrl" | "uri")
    }
}

fn is_identifier(key: &str) -> bool {
    (1..=32).contains(&key.len())
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'$'))
}

fn has_http_scheme(text: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

/// Members of `resource` in v2 (`ResourceInfo`): none of them is signed or matched by any official server.
pub(super) fn resource_rule(key: &str) -> Rule {
    if key == "mimeType" {
        Rule::Skip
    } else {
        Rule::Free
    }
}

/// Visits one requirement. Only v1's descriptive fields may be rewritten: v2 servers compare the whole entry.
pub(super) fn walk_requirement(walk: &mut Walk<'_>, requirement: Value<'_>, v1: bool) {
    for (key, value) in requirement.entries() {
        match key.as_ref() {
            "scheme" | "network" | "amount" | "maxAmountRequired" | "asset" | "payTo"
            | "mimeType" => {}
            "extra" => walk.member("extra", |walk| {
                walk.object(Some(value), |key| match key {
                    "name"
                    | "version"
                    | "assetTransferMethod"
                    | "paymentFlow"
                    | "feePayer"
                    | "facilitatorAddress" => Rule::Skip,
                    _ => Rule::Fixed,
                });
            }),
            "resource" | "description" | "outputSchema" => {
                walk.member(&key, |walk| walk.leaves(value, v1));
            }
            _ => walk.member(&key, |walk| walk.leaves(value, false)),
        }
    }
}

/// Visits `extensions`. Clients must echo `info` unchanged (x402 v2 section 5.1.2), so it may be rewritten only
/// where `rewritable` says that nobody compares it any more.
pub(super) fn walk_extensions(
    walk: &mut Walk<'_>,
    extensions: Option<Value<'_>>,
    rewritable: impl Fn(&str) -> bool,
) {
    let Some(extensions) = extensions else { return };
    walk.member("extensions", |walk| {
        for (name, extension) in extensions.entries() {
            let rewritable = rewritable(&name);
            walk.member(&name, |walk| {
                if extension.kind() != Kind::Object {
                    walk.leaves(extension, rewritable);
                }
                for (key, value) in extension.entries() {
                    walk.member(&key, |walk| {
                        if key == "schema" {
                            schema(walk, value, rewritable)
                        } else {
                            walk.leaves(value, rewritable)
                        }
                    });
                }
            });
        }
    });
}

/// Visits a JSON Schema: its annotations and example values are free text, its vocabulary is not.
fn schema(walk: &mut Walk<'_>, value: Value<'_>, rewritable: bool) {
    for (index, item) in value.items().enumerate() {
        walk.item(index, |walk| schema(walk, item, rewritable));
    }
    for (key, member) in value.entries() {
        walk.member(&key, |walk| match key.as_ref() {
            "title" | "description" | "$comment" | "default" | "example" | "examples" | "const"
            | "enum" => {
                walk.leaves(member, rewritable);
            }
            _ => schema(walk, member, rewritable),
        });
    }
}
