//! How personal data is found.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::secret_text::name_to_show;

/// How a [`Detector`](super::Detector) finds personal data.
///
/// ```
/// use x402_tower::pii::DetectionMode;
///
/// assert_eq!("structural".parse::<DetectionMode>()?, DetectionMode::default());
/// # Ok::<(), x402_tower::pii::ParseDetectionModeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DetectionMode {
    /// What has a form that can be checked: numbers, addresses, keys.
    #[default]
    Structural,
    /// Names of persons, places and organisations as well, by a small language model.
    #[cfg(feature = "nlp")]
    Nlp,
}

impl DetectionMode {
    /// Every mode that this build has.
    pub const ALL: &'static [Self] = &[
        Self::Structural,
        #[cfg(feature = "nlp")]
        Self::Nlp,
    ];

    /// The name used in configuration: `structural` or `nlp`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Structural => "structural",
            #[cfg(feature = "nlp")]
            Self::Nlp => "nlp",
        }
    }
}

impl fmt::Display for DetectionMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for DetectionMode {
    type Err = ParseDetectionModeError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|mode| mode.as_str() == name)
            .ok_or_else(|| ParseDetectionModeError {
                name: name_to_show(name),
            })
    }
}

/// A name that is no [`DetectionMode`] of this build.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown detection mode `{name}`: use structural, or nlp where the feature `nlp` is built in"
)]
#[non_exhaustive]
pub struct ParseDetectionModeError {
    /// The name that was given; `…` where it looks like a secret.
    pub name: String,
}

impl ParseDetectionModeError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "pii.mode.unknown"
    }
}
