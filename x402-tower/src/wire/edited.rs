//! A message with the changes made to it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use bytes::Bytes;

use super::WireError;
use super::json::{Document, Edits, NodeId, Value};
use super::text::{TextField, Walk};

/// A document with the edits made to it so far.
#[derive(Clone)]
pub(super) struct Edited {
    document: Document,
    edits: Edits,
    texts: BTreeMap<NodeId, String>,
    rewritable: OnceLock<Vec<NodeId>>,
}

impl Edited {
    pub(super) fn new(document: Document) -> Self {
        Self {
            document,
            edits: Edits::default(),
            texts: BTreeMap::new(),
            rewritable: OnceLock::new(),
        }
    }

    pub(super) fn document(&self) -> &Document {
        &self.document
    }

    pub(super) fn is_edited(&self) -> bool {
        !self.edits.is_empty()
    }

    pub(super) fn to_bytes(&self) -> Bytes {
        self.document.apply(&self.edits)
    }

    pub(super) fn texts(&self, visit: impl FnOnce(&mut Walk<'_>)) -> Vec<TextField> {
        Walk::collect(self, visit)
    }

    /// The string at `node` as it will leave.
    pub(super) fn text(&self, value: Value<'_>) -> Option<String> {
        match self.texts.get(&value.id()) {
            Some(text) => Some(text.clone()),
            None => value.as_str().map(Cow::into_owned),
        }
    }

    /// Replaces a text that `visit` marks rewritable.
    pub(super) fn replace(
        &mut self,
        node: NodeId,
        text: &str,
        visit: impl FnOnce(&mut Walk<'_>),
    ) -> Result<(), WireError> {
        if self.rewritable.get().is_none() {
            let texts = self.texts(visit);
            let nodes = texts
                .iter()
                .filter(|field| field.rewritable)
                .map(|field| field.node)
                .collect();
            self.rewritable.get_or_init(|| nodes);
        }
        // Walks follow document order, so the ids are sorted.
        if self
            .rewritable
            .get()
            .is_none_or(|nodes| nodes.binary_search(&node).is_err())
        {
            return Err(WireError::NotRewritable);
        }
        let unchanged = match self.texts.get(&node) {
            Some(current) => current == text,
            None => self
                .document
                .value(node)
                .and_then(Value::as_str)
                .is_some_and(|current| current == text),
        };
        if !unchanged {
            self.edits.replace_string(node, text);
            self.texts.insert(node, text.to_owned());
        }
        Ok(())
    }

    pub(super) fn remove(&mut self, node: NodeId) {
        self.edits.remove(node);
    }
}

impl fmt::Debug for Edited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edited")
            .field("document", &self.document)
            .field("edits", &self.edits)
            .finish()
    }
}
