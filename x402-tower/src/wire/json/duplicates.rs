//! Keys that an object repeats, compared after unescaping.

use std::borrow::Cow;
use std::collections::HashSet;

use super::{Node, index, string};

/// Objects up to this many members are checked pair by pair, larger ones with a hash set: never quadratic.
const PAIRWISE_MEMBERS: usize = 12;

/// The keys of an object, without quotes, and whether they contain escapes. `members` is the tape from index `base` on.
pub(super) fn keys<'a>(
    text: &'a str,
    members: &'a [Node],
    base: usize,
) -> impl Iterator<Item = (&'a str, bool)> {
    let mut next = 0;
    std::iter::from_fn(move || {
        let node = members.get(next)?;
        next = index(node.next).saturating_sub(base);
        let key = index(node.key_start) + 1..index(node.key_end).saturating_sub(1);
        Some((text.get(key).unwrap_or_default(), node.key_escaped))
    })
}

/// Whether one of `count` keys comes twice. `escaped` says whether any of them contains an escape.
pub(super) fn has_any<'a>(
    mut keys: impl Iterator<Item = (&'a str, bool)>,
    count: usize,
    escaped: bool,
) -> bool {
    if count > PAIRWISE_MEMBERS || escaped {
        let mut seen: HashSet<Cow<'a, str>> = HashSet::with_capacity(count);
        return !keys.all(|(key, escaped)| seen.insert(string::unescape(key, escaped)));
    }
    let mut seen = [""; PAIRWISE_MEMBERS];
    keys.enumerate().any(|(index, (key, _))| {
        let repeated = seen.get(..index).is_some_and(|seen| seen.contains(&key));
        if let Some(slot) = seen.get_mut(index) {
            *slot = key;
        }
        repeated
    })
}
