//! Hosts and addresses that are made to be taken for others.

use unicode_security::skeleton;

use super::origin::Origin;
use crate::address::Address;

/// Shortest host of which a single slip is worth a word, in characters.
const MIN_HOST: usize = 6;
/// How much of an address people look at, at each end.
const SEEN: usize = 4;

/// The hosts of a list by how they look ([UTS #39](https://www.unicode.org/reports/tr39/#Confusable_Detection)).
#[derive(Debug, Default)]
pub(super) struct Lookalikes(Vec<(String, Origin)>);

impl Lookalikes {
    pub(super) fn of<'a>(origins: impl IntoIterator<Item = &'a Origin>) -> Self {
        let origins = origins.into_iter();
        let mut looks: Vec<_> = origins
            .map(|origin| (look(origin.host()), origin.clone()))
            .collect();
        // Which one is named does not depend on the order of a set.
        looks.sort();
        Self(looks)
    }

    /// The listed origin whose host looks like that of another, or is one slip away from it (attack 53).
    pub(super) fn find(&self, origin: &Origin) -> Option<&Origin> {
        let asked = look(origin.host());
        let like = |(known, listed): &&(String, Origin)| {
            listed.host() != origin.host() && (*known == asked || one_slip(known, &asked))
        };
        self.0.iter().find(like).map(|(_, listed)| listed)
    }
}

/// A host as it looks: punycode as what it stands for, and characters that look alike as one.
fn look(host: &str) -> String {
    let (shown, _) = idna::domain_to_unicode(host);
    skeleton(&shown).flat_map(char::to_lowercase).collect()
}

/// Whether one character more, less or other, or two exchanged, make one text of the other.
fn one_slip(one: &str, two: &str) -> bool {
    let (one, two): (Vec<_>, Vec<_>) = (one.chars().collect(), two.chars().collect());
    if one.len().min(two.len()) < MIN_HOST {
        return false;
    }
    let same = |pair: &(&char, &char)| pair.0 == pair.1;
    let head = one.iter().zip(&two).take_while(same).count();
    let (one, two) = (
        one.get(head..).unwrap_or_default(),
        two.get(head..).unwrap_or_default(),
    );
    let tail = one
        .iter()
        .rev()
        .zip(two.iter().rev())
        .take_while(same)
        .count();
    let middle = |part: &'_ [char]| part.len().saturating_sub(tail);
    match (one.get(..middle(one)), two.get(..middle(two))) {
        (Some([a, b]), Some([c, d])) => a == d && b == c,
        (Some(one), Some(two)) => one.len() <= 1 && two.len() <= 1,
        _ => false,
    }
}

/// Whether an address begins and ends like another: what attackers search for, to be copied from a history in its place
/// (attack 51).
pub(super) fn is_poisoned(asked: &Address, known: &Address) -> bool {
    let (Some(one), Some(two)) = (ends(asked), ends(known)) else {
        return false;
    };
    asked != known && one == two
}

fn ends(address: &Address) -> Option<(&str, &str)> {
    let text = address.as_str();
    let text = text.strip_prefix("0x").unwrap_or(text);
    Some((
        text.get(..SEEN)?,
        text.get(text.len().checked_sub(SEEN)?..)?,
    ))
}
