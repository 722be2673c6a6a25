//! Kinds of data that a configuration names.

use std::fmt;

use parking_lot::Mutex;

use crate::pii::EntityType;
use crate::secret_text::name_to_show;

/// Every name that was ever given in this process. They are few and stay, so that a kind is as cheap to copy and to log
/// as a built-in one.
static NAMES: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());

/// A kind of data with a name of one's own, such as `EMPLOYEE_ID`.
///
/// ```
/// use x402_tower::pii::{CustomEntity, EntityType};
///
/// let entity = EntityType::Custom(CustomEntity::new("EMPLOYEE_ID")?);
/// assert_eq!(entity.as_str(), "EMPLOYEE_ID");
/// # Ok::<(), x402_tower::pii::CustomEntityError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomEntity(&'static str);

impl CustomEntity {
    /// The longest name in bytes.
    pub const MAX_BYTES: usize = 64;
    /// How many names one process can have. Names are labels of metrics as well.
    pub const MAX_NAMES: usize = 256;

    /// The kind with this name: capital letters, digits and single underscores between them.
    ///
    /// # Errors
    ///
    /// [`CustomEntityError`] for another name, the name of a built-in kind, and one name too many.
    pub fn new(name: &str) -> Result<Self, CustomEntityError> {
        if !is_name(name) {
            return Err(CustomEntityError::NotAName {
                name: name_to_show(name),
            });
        }
        if EntityType::ALL.iter().any(|entity| entity.as_str() == name) {
            return Err(CustomEntityError::BuiltIn {
                name: name.to_owned(),
            });
        }
        let mut names = NAMES.lock();
        if let Some(known) = names.iter().find(|known| **known == name) {
            return Ok(Self(known));
        }
        if names.len() >= Self::MAX_NAMES {
            return Err(CustomEntityError::TooMany);
        }
        let kept: &'static str = Box::leak(name.into());
        names.push(kept);
        Ok(Self(kept))
    }

    /// The kind that was named so before.
    pub(in crate::pii) fn named(name: &str) -> Option<Self> {
        let names = NAMES.lock();
        names
            .iter()
            .find(|known| **known == name)
            .map(|known| Self(known))
    }

    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for CustomEntity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

fn is_name(name: &str) -> bool {
    name.len() <= CustomEntity::MAX_BYTES
        && name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.split('_').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        })
}

/// Why a text is no name of a [`CustomEntity`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CustomEntityError {
    /// Not in capital letters with single underscores, or too long.
    #[error(
        "`{name}` is no name of a kind of data: write capital letters, digits and single underscores, such as EMPLOYEE_ID, at most {} of them",
        CustomEntity::MAX_BYTES
    )]
    NotAName {
        /// What was given; `…` where it looks like a secret.
        name: String,
    },
    /// A built-in kind has the name.
    #[error("{name} is built in: give your own kind another name")]
    BuiltIn {
        /// The name.
        name: String,
    },
    /// The process has as many names as it can have.
    #[error(
        "this process has {} kinds of data of its own already: use fewer names",
        CustomEntity::MAX_NAMES
    )]
    TooMany,
}

impl CustomEntityError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAName { .. } => "pii.custom_entity.name",
            Self::BuiltIn { .. } => "pii.custom_entity.built_in",
            Self::TooMany => "pii.custom_entity.too_many",
        }
    }
}
