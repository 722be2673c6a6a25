//! Edits touch only what they edit.

use bytes::Bytes;
use proptest::prelude::*;

use super::documents::json;
use crate::wire::json::{Document, Edits, Limits, NodeId, Value};

fn parse(json: &str) -> Document {
    Document::parse(Bytes::copy_from_slice(json.as_bytes()), Limits::default()).unwrap()
}

/// Removes the items with these indices.
fn without(json: &str, removed: &[usize]) -> String {
    let document = parse(json);
    let mut edits = Edits::default();
    for (index, item) in document.root().items().enumerate() {
        if removed.contains(&index) {
            edits.remove(item.id());
        }
    }
    String::from_utf8(document.apply(&edits).to_vec()).unwrap()
}

#[test]
fn no_edit_changes_nothing() {
    let document = parse(" { \"b\" : 1e999 , \"a\":[ ] }\n");
    assert_eq!(document.apply(&Edits::default()), document.bytes());
}

#[test]
fn removed_items_take_one_comma_with_them() {
    let json = "[ 1 , 2 , 3 ]";
    for (removed, expected) in [
        (&[0][..], "[ 2 , 3 ]"),
        (&[1], "[ 1 , 3 ]"),
        (&[2], "[ 1 , 2 ]"),
        (&[0, 1], "[ 3 ]"),
        (&[1, 2], "[ 1 ]"),
        (&[0, 2], "[ 2 ]"),
        (&[0, 1, 2], "[  ]"),
    ] {
        assert_eq!(without(json, removed), expected, "{removed:?}");
    }
}

#[test]
fn members_are_set_replaced_and_removed_in_place() {
    let document = parse(r#"{"a":1,"b":{},"c":3}"#);
    let root = document.root();
    let mut edits = Edits::default();
    edits.set_member(root, "a", "[true]").unwrap();
    edits.set_member(root, "d\"", "4").unwrap();
    edits.set_member(root.get("b").unwrap(), "x", "5").unwrap();
    edits.remove(root.get("c").unwrap().id());
    assert_eq!(
        document.apply(&edits),
        r#"{"a":[true],"b":{"x":5},"d\"":4}"#
    );
}

#[test]
fn an_edit_of_a_container_hides_edits_inside_it() {
    let document = parse(r#"{"a":{"b":"c"},"d":1}"#);
    let outer = document.root().get("a").unwrap();
    let mut edits = Edits::default();
    edits.replace_string(outer.get("b").unwrap().id(), "inner");
    edits.set_member(outer, "x", "1").unwrap();
    edits.replace_json(outer.id(), "null").unwrap();
    assert_eq!(document.apply(&edits), r#"{"a":null,"d":1}"#);
    edits.remove(outer.id());
    assert_eq!(document.apply(&edits), r#"{"d":1}"#);
}

#[test]
fn text_that_is_not_json_cannot_be_put_in() {
    let document = parse(r#"{"a":1}"#);
    let mut edits = Edits::default();
    for json in ["", "1,\"b\":2", "{\"x\":1,\"x\":2}", "\"\u{0}\""] {
        assert!(
            edits.set_member(document.root(), "a", json).is_err(),
            "{json:?}"
        );
        assert!(
            edits.set_member(document.root(), "new", json).is_err(),
            "{json:?}"
        );
    }
    assert!(edits.is_empty());
}

#[test]
fn written_strings_can_be_read_again() {
    let document = parse(r#"["x"]"#);
    let item = document.root().items().next().unwrap();
    let mut edits = Edits::default();
    edits.replace_string(item.id(), "\"\\\n\t\u{0}\u{1b}€😀/");
    let edited = parse(std::str::from_utf8(&document.apply(&edits)).unwrap());
    let text = edited
        .root()
        .items()
        .next()
        .unwrap()
        .as_str()
        .unwrap()
        .into_owned();
    assert_eq!(text, "\"\\\n\t\u{fffd}\u{fffd}€😀/");
}

#[test]
fn renamed_keys_stay_unlike_their_siblings() {
    let source = r#"{ "a" : 1, "b":2,"X":3,"c":{"a":4}, "d":[5] }"#;
    let document = parse(source);
    let root = document.root();
    let mut edits = Edits::default();
    for key in ["a", "b", "d"] {
        edits.rename_key(root.get(key).unwrap().id(), "X");
    }
    let inner = root.get("c").and_then(|c| c.get("a")).unwrap();
    edits.rename_key(inner.id(), "X");
    edits.rename_key(root.id(), "ignored");
    let item = root.get("d").and_then(|d| d.items().next()).unwrap();
    edits.rename_key(item.id(), "ignored");
    assert_eq!(
        document.apply(&edits),
        r#"{ "X_2" : 1, "X_3":2,"X":3,"c":{"X":4}, "X_4":[5] }"#
    );
}

#[test]
fn a_key_may_be_renamed_beside_other_edits() {
    let document = parse(r#"{"a":1,"b":"x","c":3}"#);
    let root = document.root();
    let mut edits = Edits::default();
    edits.rename_key(root.get("b").unwrap().id(), "B");
    edits.replace_string(root.get("b").unwrap().id(), "y");
    edits.rename_key(root.get("c").unwrap().id(), "gone");
    edits.remove(root.get("a").unwrap().id());
    edits.remove(root.get("c").unwrap().id());
    edits.set_member(root, "d", "4").unwrap();
    assert_eq!(document.apply(&edits), r#"{"B":"y","d":4}"#);
}

/// All values of a document in document order.
fn all<'a>(value: Value<'a>, into: &mut Vec<Value<'a>>) {
    into.push(value);
    for item in value.items() {
        all(item, into);
    }
    for (_, member) in value.entries() {
        all(member, into);
    }
}

proptest! {
    #[test]
    fn renaming_any_keys_keeps_values_and_order(value in json(), picks in prop::collection::vec(any::<bool>(), 1..20), name in "[ab]") {
        let source = serde_json::to_string_pretty(&value).unwrap();
        let document = parse(&source);
        let mut values = Vec::new();
        all(document.root(), &mut values);
        let mut edits = Edits::default();
        for (value, pick) in values.iter().zip(picks.iter().cycle()) {
            if *pick {
                edits.rename_key(value.id(), &name);
            }
        }
        let renamed = parse(std::str::from_utf8(&document.apply(&edits)).unwrap());
        let mut after = Vec::new();
        all(renamed.root(), &mut after);
        prop_assert_eq!(values.len(), after.len());
        for ((before, after), pick) in values.iter().zip(&after).zip(picks.iter().cycle()) {
            prop_assert_eq!(before.kind(), after.kind());
            prop_assert_eq!(before.as_text(), after.as_text());
            match (before.key(), after.key()) {
                (Some(_), Some(key)) if *pick => prop_assert!(key.starts_with(&name)),
                (one, other) => prop_assert_eq!(one, other),
            }
        }
    }

    #[test]
    fn an_edit_of_one_value_leaves_all_other_bytes(value in json(), pick in any::<prop::sample::Index>(), text in ".{0,12}") {
        let source = serde_json::to_string_pretty(&value).unwrap();
        let document = parse(&source);
        let mut values = Vec::new();
        all(document.root(), &mut values);
        let chosen = values[pick.index(values.len())];
        let start = chosen.raw().as_ptr() as usize - document.bytes().as_ptr() as usize;
        let end = start + chosen.raw().len();

        let mut edits = Edits::default();
        edits.replace_string(chosen.id(), &text);
        let edited = document.apply(&edits);
        prop_assert_eq!(&edited[..start], &source.as_bytes()[..start]);
        prop_assert_eq!(&edited[edited.len() - (source.len() - end)..], &source.as_bytes()[end..]);
        let inside = &edited[start..edited.len() - (source.len() - end)];
        let expected: String = text.chars().map(|c| if c < ' ' && !"\t\n\r".contains(c) { '\u{fffd}' } else { c }).collect();
        prop_assert_eq!(serde_json::from_slice::<String>(inside).unwrap(), expected);
    }

    #[test]
    fn removals_leave_what_serde_json_would_leave(value in json(), removed in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
        let document = parse(&serde_json::to_string_pretty(&value).unwrap());
        let mut values = Vec::new();
        all(document.root(), &mut values);
        let ids: Vec<NodeId> = removed.iter().map(|pick| values[pick.index(values.len())].id()).collect();
        let mut edits = Edits::default();
        for id in &ids {
            edits.remove(*id);
        }
        let left: serde_json::Value = serde_json::from_slice(&document.apply(&edits)).unwrap();
        prop_assert_eq!(left, kept(document.root(), &ids));
    }
}

/// The value without the removed ones, built the slow way.
fn kept(value: Value<'_>, removed: &[NodeId]) -> serde_json::Value {
    use serde_json::Value as Json;
    let stays = |value: &Value<'_>| !removed.contains(&value.id());
    match serde_json::from_str(value.raw()).unwrap() {
        Json::Array(_) => value
            .items()
            .filter(stays)
            .map(|item| kept(item, removed))
            .collect(),
        Json::Object(_) => value
            .entries()
            .filter(|(_, member)| stays(member))
            .map(|(key, member)| (key.into_owned(), kept(member, removed)))
            .collect(),
        leaf => leaf,
    }
}
