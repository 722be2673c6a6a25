//! A message with the changes made to it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use bytes::Bytes;

use super::WireError;
use super::json::{Document, Edits, NodeId, Value};
use super::text::{TextField, TextId, Walk};

/// A document with the edits made to it so far.
#[derive(Clone)]
pub(super) struct Edited {
    document: Document,
    edits: Edits,
    texts: BTreeMap<TextId, String>,
    rewritable: OnceLock<Vec<TextId>>,
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

    /// The string or number at `node` as it will leave.
    pub(super) fn text(&self, value: Value<'_>) -> Option<String> {
        match self.texts.get(&TextId::value(value.id())) {
            Some(text) => Some(text.clone()),
            None => value.as_text().map(Cow::into_owned),
        }
    }

    /// The key of `node` as it will leave.
    pub(super) fn key(&self, node: NodeId, original: &str) -> String {
        let edited = self.texts.get(&TextId::key(node));
        edited.map_or_else(|| original.to_owned(), Clone::clone)
    }

    /// Replaces a text that `visit` marks rewritable.
    pub(super) fn replace(
        &mut self,
        id: TextId,
        text: &str,
        visit: impl FnOnce(&mut Walk<'_>),
    ) -> Result<(), WireError> {
        if self.rewritable.get().is_none() {
            let texts = self.texts(visit);
            let ids = texts
                .iter()
                .filter(|field| field.rewritable)
                .map(TextId::from)
                .collect();
            self.rewritable.get_or_init(|| ids);
        }
        // Walks follow document order, so the ids are sorted.
        if self
            .rewritable
            .get()
            .is_none_or(|ids| ids.binary_search(&id).is_err())
        {
            return Err(WireError::NotRewritable);
        }
        let unchanged = match self.texts.get(&id) {
            Some(current) => current == text,
            None => self
                .original(id)
                .is_some_and(|current| current.as_ref() == text),
        };
        if !unchanged {
            if id.is_key() {
                self.edits.rename_key(id.node(), text);
            } else {
                self.edits.replace_string(id.node(), text);
            }
            self.texts.insert(id, text.to_owned());
        }
        Ok(())
    }

    /// Replaces or adds a member of an object.
    pub(super) fn set_member(
        &mut self,
        object: Value<'_>,
        key: &str,
        json: &str,
    ) -> Result<(), WireError> {
        Ok(self.edits.set_member(object, key, json)?)
    }

    pub(super) fn remove(&mut self, node: NodeId) {
        self.edits.remove(node);
    }

    fn original(&self, id: TextId) -> Option<Cow<'_, str>> {
        let value = self.document.value(id.node())?;
        if id.is_key() {
            value.key()
        } else {
            value.as_text()
        }
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
