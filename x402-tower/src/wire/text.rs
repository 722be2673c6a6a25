//! Free text in a message: everything that a person, a model or a log could read.

use std::fmt;

use super::edited::Edited;
use super::json::{Kind, NodeId, Value};
use super::words::{
    is_identifier, is_media_type, is_protocol_word, is_schema_word, may_be_personal_number,
};

/// One free text of a message: a string, a long number, or a key that is no word of the protocol.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextField {
    /// Where it stands, such as `resource.description` or `accepts[0].extra.note`.
    ///
    /// Keys that are not plain identifiers appear as `*`: the sender chose them, and paths are logged.
    pub path: String,
    /// The text as it will leave: with the edits made so far.
    pub value: String,
    /// The value's name for edits; for a key the value that it names.
    pub node: NodeId,
    /// Whether it is the key of a member, and not a value.
    pub is_key: bool,
    /// Whether it may be rewritten on its way. What is signed, matched or echoed may not; deny instead.
    pub rewritable: bool,
    /// Whether it is, or looks like, a URL; personal data then hides in path and query.
    pub is_url: bool,
}

/// Names one text of a message, to replace it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextId {
    node: NodeId,
    part: Part,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Part {
    Key,
    Value,
}

impl TextId {
    pub(super) const fn key(node: NodeId) -> Self {
        let part = Part::Key;
        Self { node, part }
    }

    pub(super) const fn value(node: NodeId) -> Self {
        let part = Part::Value;
        Self { node, part }
    }

    pub(super) const fn node(self) -> NodeId {
        self.node
    }

    pub(super) const fn is_key(self) -> bool {
        matches!(self.part, Part::Key)
    }
}

impl TextField {
    /// A text that is a whole body, and no part of a JSON document.
    pub(crate) fn whole(text: &str) -> Self {
        Self {
            path: "body".to_owned(),
            value: text.to_owned(),
            node: NodeId::ROOT,
            is_key: false,
            rewritable: true,
            is_url: false,
        }
    }
}

impl From<&TextField> for TextId {
    fn from(field: &TextField) -> Self {
        if field.is_key {
            Self::key(field.node)
        } else {
            Self::value(field.node)
        }
    }
}

impl From<NodeId> for TextId {
    fn from(node: NodeId) -> Self {
        Self::value(node)
    }
}

impl fmt::Debug for TextField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The value is what redaction is about.
        f.debug_struct("TextField")
            .field("path", &self.path)
            .field("bytes", &self.value.len())
            .field("is_key", &self.is_key)
            .field("rewritable", &self.rewritable)
            .field("is_url", &self.is_url)
            .finish_non_exhaustive()
    }
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

    /// A member whose key and content are free text.
    pub(super) fn entry(&mut self, key: &str, value: Value<'_>, rewritable: bool) {
        self.key(key, value, rewritable);
        self.member(key, |walk| walk.leaves(value, rewritable));
    }

    /// Records the key of a member, unless it is a word of the protocol.
    pub(super) fn key(&mut self, key: &str, value: Value<'_>, rewritable: bool) {
        if !is_protocol_word(key) {
            self.push_key(key, value, rewritable);
        }
    }

    /// Records the key of a member of a body that is no x402 message.
    pub(super) fn any_key(&mut self, key: &str, value: Value<'_>) {
        self.push_key(key, value, true);
    }

    fn push_key(&mut self, key: &str, value: Value<'_>, rewritable: bool) {
        let dot = if self.path.is_empty() { "" } else { "." };
        self.fields.push(TextField {
            path: format!("{}{dot}*", self.path),
            value: self.edited.key(value.id(), key),
            node: value.id(),
            is_key: true,
            rewritable,
            is_url: has_http_scheme(key),
        });
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

    /// Records every text at or below `value`. The parser bounds the depth.
    pub(super) fn leaves(&mut self, value: Value<'_>, rewritable: bool) {
        match value.kind() {
            Kind::String => self.text(value, rewritable),
            Kind::Number if may_be_personal_number(value.raw()) => self.text(value, rewritable),
            Kind::Array => {
                for (index, item) in value.items().enumerate() {
                    self.item(index, |walk| walk.leaves(item, rewritable));
                }
            }
            Kind::Object => {
                for (key, member) in value.entries() {
                    self.entry(&key, member, rewritable);
                }
            }
            Kind::Null | Kind::Bool | Kind::Number => {}
        }
    }

    /// Records a string or long number of a body that is no x402 message.
    pub(super) fn leaf(&mut self, value: Value<'_>) {
        if matches!(value.kind(), Kind::String | Kind::Number) {
            self.leaves(value, true);
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
            is_key: false,
            rewritable,
            is_url,
        });
    }

    fn names_url(&self) -> bool {
        let name = self.path.rsplit('.').next().unwrap_or_default();
        matches!(name, "url" | "iconUrl" | "resource" | "resourceUrl" | "uri")
    }
}

pub(super) fn has_http_scheme(text: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

/// Visits `resource` of v2 (`ResourceInfo`): nothing in it is signed or matched by any official server.
pub(super) fn walk_resource(walk: &mut Walk<'_>, resource: Value<'_>) {
    walk.member("resource", |walk| {
        if resource.kind() != Kind::Object {
            walk.leaves(resource, true);
        }
        for (key, value) in resource.entries() {
            if key == "mimeType" {
                media_type(walk, value, true);
            } else {
                walk.entry(&key, value, true);
            }
        }
    });
}

/// A media type is no free text, unless somebody wrote something else there.
fn media_type(walk: &mut Walk<'_>, value: Value<'_>, rewritable: bool) {
    if !value.as_str().is_some_and(|text| is_media_type(&text)) {
        walk.member("mimeType", |walk| walk.leaves(value, rewritable));
    }
}

/// Visits one requirement. Only v1's descriptive fields may be rewritten: v2 servers compare the whole entry.
pub(super) fn walk_requirement(walk: &mut Walk<'_>, requirement: Value<'_>, v1: bool) {
    for (key, value) in requirement.entries() {
        match key.as_ref() {
            "amount" | "maxAmountRequired" | "maxTimeoutSeconds" => {}
            "scheme" | "network" | "asset" | "payTo" => named(walk, &key, value),
            "mimeType" => media_type(walk, value, v1),
            "extra" => walk.member("extra", |walk| {
                if value.kind() != Kind::Object {
                    walk.leaves(value, false);
                }
                for (key, value) in value.entries() {
                    match key.as_ref() {
                        "name"
                        | "version"
                        | "assetTransferMethod"
                        | "paymentFlow"
                        | "feePayer"
                        | "facilitatorAddress" => named(walk, &key, value),
                        _ => walk.entry(&key, value, false),
                    }
                }
            }),
            "resource" | "description" | "outputSchema" => {
                walk.member(&key, |walk| walk.leaves(value, v1));
            }
            _ => walk.entry(&key, value, false),
        }
    }
}

/// A name that the protocol gives a meaning. It is free text only where it cannot have that meaning: no scheme, network
/// or contract address has an `@`, but a payee on a network without addresses may be named by one.
fn named(walk: &mut Walk<'_>, key: &str, value: Value<'_>) {
    // Every byte, without leaving early, so that the compiler can look at many at a time.
    let special = |any: bool, byte| any | matches!(byte, b'@' | b'%' | b'\\');
    let plain = value.kind() == Kind::String && !value.raw().bytes().fold(false, special);
    if !plain {
        walk.member(key, |walk| walk.leaves(value, false));
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
            walk.key(&name, extension, false);
            walk.member(&name, |walk| {
                if extension.kind() != Kind::Object {
                    walk.leaves(extension, rewritable);
                }
                for (key, value) in extension.entries() {
                    if key == "schema" {
                        walk.member(&key, |walk| schema(walk, value, rewritable));
                    } else {
                        walk.entry(&key, value, rewritable);
                    }
                }
            });
        }
    });
}

/// Visits a JSON Schema: everything in it is free text but the vocabulary of JSON Schema itself.
fn schema(walk: &mut Walk<'_>, value: Value<'_>, rewritable: bool) {
    match value.kind() {
        Kind::Object => {
            for (key, member) in value.entries() {
                walk.key(&key, member, rewritable);
                walk.member(&key, |walk| schema(walk, member, rewritable));
            }
        }
        Kind::Array => {
            for (index, item) in value.items().enumerate() {
                walk.item(index, |walk| schema(walk, item, rewritable));
            }
        }
        Kind::String if value.as_str().is_some_and(|text| is_schema_word(&text)) => {}
        _ => walk.leaves(value, rewritable),
    }
}
