//! Changing a document by splicing the spans of single values.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use bytes::{Bytes, BytesMut};

use super::{Document, JsonError, Kind, Limits, NodeId, Value, quote};

/// Changes to one document, collected before they are applied together.
///
/// Ids refer to the document as it was parsed, whatever else is edited. The last edit of a value wins, and an edit
/// of a container hides edits inside it. Ids that the document does not have are ignored.
#[derive(Clone, Default)]
pub struct Edits {
    values: BTreeMap<NodeId, Edit>,
    keys: BTreeMap<NodeId, String>,
    inserted: BTreeMap<NodeId, BTreeMap<String, String>>,
}

#[derive(Clone)]
enum Edit {
    Replace(String),
    Remove,
}

impl Edits {
    /// Whether nothing was edited.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.keys.is_empty() && self.inserted.is_empty()
    }

    /// Puts a string in place of a value.
    pub fn replace_string(&mut self, id: NodeId, text: &str) {
        self.values.insert(id, Edit::Replace(quote(text)));
    }

    /// Renames the member that holds a value. Where the object has a member of that name already, a number is added,
    /// because a key must not come twice. Ignored for values that are no members.
    pub fn rename_key(&mut self, id: NodeId, key: &str) {
        self.keys.insert(id, key.to_owned());
    }

    /// Puts any JSON text in place of a value.
    ///
    /// # Errors
    ///
    /// [`JsonError`] if `json` is not a JSON text that a [`Document`] could hold.
    pub fn replace_json(&mut self, id: NodeId, json: &str) -> Result<(), JsonError> {
        self.values.insert(id, Edit::Replace(checked(json)?));
        Ok(())
    }

    /// Removes an array item or an object member, with its key and its comma. The root cannot be removed.
    pub fn remove(&mut self, id: NodeId) {
        self.values.insert(id, Edit::Remove);
    }

    /// Replaces the member `key` of an object, or adds it after the last one.
    ///
    /// # Errors
    ///
    /// [`JsonError`] if `json` is not a JSON text that a [`Document`] could hold.
    pub fn set_member(
        &mut self,
        object: Value<'_>,
        key: &str,
        json: &str,
    ) -> Result<(), JsonError> {
        match object.get(key) {
            Some(member) => self.replace_json(member.id(), json),
            None => {
                let json = checked(json)?;
                let members = self.inserted.entry(object.id()).or_default();
                members.insert(key.to_owned(), json);
                Ok(())
            }
        }
    }

    /// The JSON text put in place of `id`, if it was replaced.
    #[must_use]
    pub fn replacement(&self, id: NodeId) -> Option<&str> {
        match self.values.get(&id) {
            Some(Edit::Replace(json)) => Some(json),
            _ => None,
        }
    }

    fn is_removed(&self, id: NodeId) -> bool {
        matches!(self.values.get(&id), Some(Edit::Remove))
    }
}

impl fmt::Debug for Edits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edits")
            .field("values", &self.values.len())
            .field("keys", &self.keys.len())
            .field("inserted", &self.inserted.len())
            .finish()
    }
}

fn checked(json: &str) -> Result<String, JsonError> {
    Document::parse(Bytes::copy_from_slice(json.as_bytes()), Limits::default())?;
    Ok(json.to_owned())
}

/// One span of the source and what stands there afterwards.
struct Splice {
    start: u32,
    end: u32,
    text: String,
}

impl Document {
    /// The document's bytes with all edits made. Every byte outside the edited spans stays as it is.
    #[must_use]
    pub fn apply(&self, edits: &Edits) -> Bytes {
        if edits.is_empty() {
            return self.bytes().clone();
        }
        let mut splices = self.splices(edits);
        splices.sort_by_key(|splice| (splice.start, splice.end));
        let mut out = BytesMut::with_capacity(self.text.len());
        let mut done = 0;
        for splice in &splices {
            // An edit inside a value that is itself replaced or removed.
            if splice.start < done {
                continue;
            }
            out.extend_from_slice(self.text(done, splice.start).as_bytes());
            out.extend_from_slice(splice.text.as_bytes());
            done = splice.end;
        }
        out.extend_from_slice(self.text(done, self.len()).as_bytes());
        out.freeze()
    }

    fn len(&self) -> u32 {
        u32::try_from(self.text.len()).unwrap_or(u32::MAX)
    }

    fn splices(&self, edits: &Edits) -> Vec<Splice> {
        let mut splices = Vec::new();
        for (id, edit) in &edits.values {
            if let (Edit::Replace(json), Some(node)) = (edit, self.node(id.0)) {
                splices.push(Splice {
                    start: node.start,
                    end: node.end,
                    text: json.clone(),
                });
            }
        }
        if !edits.keys.is_empty() {
            self.splice_keys(edits, &mut splices);
        }
        let removed = edits
            .values
            .keys()
            .filter(|id| edits.is_removed(**id))
            .filter_map(|id| self.parent(*id));
        let containers: BTreeSet<_> = removed.chain(edits.inserted.keys().copied()).collect();
        for container in containers {
            self.splice_container(container, edits, &mut splices);
        }
        splices
    }

    /// New names of members, each unlike its siblings'.
    fn splice_keys(&self, edits: &Edits, splices: &mut Vec<Splice>) {
        for (container, members) in self.by_container(edits.keys.keys().copied()) {
            let siblings = Value::new(self, container.0).entries();
            let mut taken: BTreeSet<String> = siblings
                .filter(|(_, value)| !edits.keys.contains_key(&value.id()))
                .map(|(key, _)| key.into_owned())
                .collect();
            if let Some(inserted) = edits.inserted.get(&container) {
                taken.extend(inserted.keys().cloned());
            }
            let mut copies: BTreeMap<&str, u32> = BTreeMap::new();
            for member in members {
                let (Some(wanted), Some(node)) = (edits.keys.get(&member), self.node(member.0))
                else {
                    continue;
                };
                let copy = copies.entry(wanted).or_insert(1);
                let mut name = wanted.clone();
                while taken.contains(&name) {
                    *copy = copy.saturating_add(1);
                    name = format!("{wanted}_{copy}");
                }
                splices.push(Splice {
                    start: node.key_start,
                    end: node.key_end,
                    text: quote(&name),
                });
                taken.insert(name);
            }
        }
    }

    /// The members among `ids`, in document order, by the object that holds them. One pass over the tape, however many.
    fn by_container(&self, ids: impl Iterator<Item = NodeId>) -> BTreeMap<NodeId, Vec<NodeId>> {
        let mut found: BTreeMap<NodeId, Vec<NodeId>> = BTreeMap::new();
        let mut open: Vec<(NodeId, u32)> = Vec::new();
        let mut ids = ids.peekable();
        for (position, node) in (0u32..).zip(self.nodes.iter()) {
            while open.last().is_some_and(|(_, end)| *end <= position) {
                open.pop();
            }
            if ids.next_if_eq(&NodeId(position)).is_some()
                && node.key_start < node.key_end
                && let Some((container, _)) = open.last()
            {
                found.entry(*container).or_default().push(NodeId(position));
            }
            if matches!(node.kind, Kind::Object | Kind::Array) {
                open.push((NodeId(position), node.next));
            }
        }
        found
    }

    /// Removals and insertions of one container, with the commas between what stays.
    fn splice_container(&self, container: NodeId, edits: &Edits, splices: &mut Vec<Splice>) {
        let Some(node) = self.node(container.0) else {
            return;
        };
        let mut end_of_previous = None;
        let mut kept = false;
        let mut index = container.0.saturating_add(1);
        while index < node.next {
            let Some(child) = self.node(index) else { break };
            if edits.is_removed(NodeId(index)) {
                let following = self.node(child.next).filter(|_| child.next < node.next);
                let (start, end) = match (kept, end_of_previous, following) {
                    (true, Some(previous), _) => (previous, child.end),
                    (_, _, Some(following)) => (child.outer_start(), following.outer_start()),
                    _ => (child.outer_start(), child.end),
                };
                splices.push(Splice {
                    start,
                    end,
                    text: String::new(),
                });
            } else {
                kept = true;
            }
            end_of_previous = Some(child.end);
            index = child.next;
        }
        let Some(members) = edits
            .inserted
            .get(&container)
            .filter(|_| node.kind == Kind::Object)
        else {
            return;
        };
        let mut text = String::new();
        for (key, json) in members {
            if kept {
                text.push(',');
            }
            text.push_str(&quote(key));
            text.push(':');
            text.push_str(json);
            kept = true;
        }
        let at = end_of_previous.unwrap_or_else(|| node.start.saturating_add(1));
        splices.push(Splice {
            start: at,
            end: at,
            text,
        });
    }

    /// The container that directly holds `id`.
    fn parent(&self, id: NodeId) -> Option<NodeId> {
        let before = self.nodes.get(..usize::try_from(id.0).ok()?)?;
        let index = before.iter().rposition(|node| node.next > id.0)?;
        Some(NodeId(u32::try_from(index).ok()?))
    }
}
