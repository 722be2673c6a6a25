//! Typed reads of an object's members, with errors that name the field.

use std::borrow::Cow;

use super::WireError;
use super::json::{Kind, Value};
use crate::money::AtomicAmount;

/// Refuses keys that differ from one of `known` only in case, `_` or `-` (attacks 20 and 29).
///
/// Go's JSON reader matches keys regardless of case, Python and Rust models accept snake case twins.
pub(super) fn refuse_aliases(
    object: Value<'_>,
    known: &'static [&'static str],
) -> Result<(), WireError> {
    for (key, _) in object.entries() {
        if !known.contains(&key.as_ref()) {
            refuse_alias(&key, known)?;
        }
    }
    Ok(())
}

/// Refuses a key that is none of `known`, and that a reader could take for one of them.
fn refuse_alias(key: &str, known: &'static [&'static str]) -> Result<(), WireError> {
    let folded = fold(key);
    match known.iter().find(|field| fold(field) == folded) {
        Some(field) => Err(WireError::Alias { field }),
        None => Ok(()),
    }
}

/// Upper case first: `ſ` and `K` reach their ASCII letters only in one of the two directions.
fn fold(key: &str) -> String {
    key.chars()
        .filter(|character| !matches!(character, '_' | '-'))
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect()
}

/// Where members are looked up by name.
pub(super) trait Fields<'a>: Copy {
    /// The member of this name.
    fn field(&self, name: &str) -> Option<Value<'a>>;
}

impl<'a> Fields<'a> for Value<'a> {
    fn field(&self, name: &str) -> Option<Value<'a>> {
        self.get(name)
    }
}

/// The known members of an object, found in one pass over it.
pub(super) struct Members<'a, const N: usize> {
    known: &'static [&'static str; N],
    found: [Option<Value<'a>>; N],
}

impl<'a, const N: usize> Members<'a, N> {
    /// Finds those of `known`, and refuses aliases of them as [`refuse_aliases`] does.
    pub(super) fn of(
        object: Value<'a>,
        known: &'static [&'static str; N],
    ) -> Result<Self, WireError> {
        let mut found = [None; N];
        for (key, value) in object.entries() {
            let mut places = known.iter().zip(&mut found);
            match places.find(|(name, _)| **name == key) {
                Some((_, place)) => *place = Some(value),
                None => refuse_alias(&key, known)?,
            }
        }
        Ok(Self { known, found })
    }
}

impl<'a, const N: usize> Fields<'a> for &Members<'a, N> {
    #[inline]
    fn field(&self, name: &str) -> Option<Value<'a>> {
        let mut places = self.known.iter().zip(&self.found);
        places
            .find(|(known, _)| **known == name)?
            .1
            .as_ref()
            .copied()
    }
}

/// A member that is there and not `null`. Official servers write absent optional fields as `null`.
pub(super) fn present<'a>(object: impl Fields<'a>, field: &str) -> Option<Value<'a>> {
    object.field(field).filter(|value| !value.is_null())
}

/// A value that must be an object.
pub(super) fn object<'a>(value: Value<'a>, field: &'static str) -> Result<Value<'a>, WireError> {
    if value.kind() == Kind::Object {
        Ok(value)
    } else {
        Err(WireError::Type {
            field,
            wanted: "an object",
        })
    }
}

/// An optional member that must be an object.
pub(super) fn optional_object<'a>(
    parent: impl Fields<'a>,
    field: &'static str,
) -> Result<Option<Value<'a>>, WireError> {
    present(parent, field)
        .map(|value| object(value, field))
        .transpose()
}

/// A required member that must be an object.
pub(super) fn required_object<'a>(
    parent: impl Fields<'a>,
    field: &'static str,
) -> Result<Value<'a>, WireError> {
    object(
        parent.field(field).ok_or(WireError::Missing { field })?,
        field,
    )
}

/// An optional member that must be a string.
pub(super) fn optional_string<'a>(
    object: impl Fields<'a>,
    field: &'static str,
) -> Result<Option<Cow<'a, str>>, WireError> {
    let wanted = "a string";
    present(object, field)
        .map(|value| value.as_str().ok_or(WireError::Type { field, wanted }))
        .transpose()
}

/// A required member that must be a string.
pub(super) fn required_string<'a>(
    object: impl Fields<'a>,
    field: &'static str,
) -> Result<Cow<'a, str>, WireError> {
    let value = object.field(field).ok_or(WireError::Missing { field })?;
    value.as_str().ok_or(WireError::Type {
        field,
        wanted: "a string",
    })
}

/// A required member that must be a string of digits within 256 bits.
pub(super) fn amount<'a>(
    object: impl Fields<'a>,
    field: &'static str,
) -> Result<AtomicAmount, WireError> {
    let text = required_string(object, field)?;
    AtomicAmount::parse(&text).map_err(|source| WireError::Amount { field, source })
}

/// A required member that must be seconds since 1970 as a decimal string within 64 bits.
pub(super) fn time<'a>(object: impl Fields<'a>, field: &'static str) -> Result<u64, WireError> {
    let text = required_string(object, field)?;
    let error = WireError::Time { field };
    AtomicAmount::parse(&text).map_err(|_| error)?;
    text.parse().map_err(|_| error)
}
