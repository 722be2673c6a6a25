//! Check digits that a recognizer of one's own can ask for.

use std::fmt;
use std::str::FromStr;

use crate::secret_text::name_to_show;

/// A check over the letters and digits of a match. What fails it is not reported; what passes is certain.
///
/// ```
/// use x402_tower::pii::Validator;
///
/// assert!("luhn".parse::<Validator>()?.holds("7992-7398-713"));
/// assert!(!Validator::Luhn.holds("7992-7398-710"));
/// # Ok::<(), x402_tower::pii::ParseValidatorError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Validator {
    /// ISO/IEC 7812-1, annex B, over the digits: `luhn`.
    Luhn,
    /// ISO/IEC 7064 MOD 97-10 over letters and digits as they stand, with the check digits last: `mod97`.
    Mod97,
    /// ISO 13616, which is MOD 97-10 with the first four characters moved to the end: `iban`.
    Iban,
    /// ISO/IEC 7064 MOD 11-10 over the digits: `mod11_10`.
    Mod1110,
    /// Verhoeff's code over the digits: `verhoeff`.
    Verhoeff,
}

impl Validator {
    /// Every validator.
    pub const ALL: &'static [Self] = &[
        Self::Luhn,
        Self::Mod97,
        Self::Iban,
        Self::Mod1110,
        Self::Verhoeff,
    ];

    /// The name used in configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Luhn => "luhn",
            Self::Mod97 => "mod97",
            Self::Iban => "iban",
            Self::Mod1110 => "mod11_10",
            Self::Verhoeff => "verhoeff",
        }
    }

    /// Whether the check holds for the digits, or the letters and digits, of `text`. Without any it does not.
    #[must_use]
    pub fn holds(self, text: &str) -> bool {
        self.holds_for(text.as_bytes())
    }

    pub(super) fn holds_for(self, text: &[u8]) -> bool {
        let values = || {
            let values = text
                .iter()
                .filter_map(|byte| char::from(*byte).to_digit(36));
            values.collect::<Vec<_>>()
        };
        let digits = || {
            let digits = text
                .iter()
                .filter_map(|byte| char::from(*byte).to_digit(10));
            digits.collect::<Vec<_>>()
        };
        match self {
            Self::Luhn => holds_for_two(&digits(), luhn),
            Self::Mod97 => holds_for_two(&values(), |values| mod_97(values.iter().copied())),
            Self::Iban => holds_for_two(&values(), |values| {
                let (head, account) = values.split_at_checked(4).unwrap_or((values, &[]));
                mod_97(account.iter().chain(head).copied())
            }),
            Self::Mod1110 => holds_for_two(&digits(), mod_11_10),
            Self::Verhoeff => holds_for_two(&digits(), verhoeff),
        }
    }
}

/// A check digit alone checks nothing.
fn holds_for_two(values: &[u32], holds: impl Fn(&[u32]) -> bool) -> bool {
    values.len() >= 2 && holds(values)
}

fn luhn(digits: &[u32]) -> bool {
    let from_right = digits.iter().rev().enumerate();
    let sum: u32 = from_right
        .map(|(place, digit)| match (digit, place % 2) {
            (digit, 0) => *digit,
            (digit, _) if *digit < 5 => digit * 2,
            (digit, _) => digit * 2 - 9,
        })
        .sum();
    sum.is_multiple_of(10)
}

fn mod_97(values: impl Iterator<Item = u32>) -> bool {
    let remainder = values.fold(0, |remainder, value| {
        let shifted = if value < 10 {
            remainder * 10
        } else {
            remainder * 100
        };
        (shifted + value) % 97
    });
    remainder == 1
}

fn mod_11_10(digits: &[u32]) -> bool {
    let Some((check, payload)) = digits.split_last() else {
        return false;
    };
    let product = payload.iter().fold(10, |product, digit| {
        let sum = match (digit + product) % 10 {
            0 => 10,
            sum => sum,
        };
        sum * 2 % 11
    });
    (product + check) % 10 == 1
}

/// A product in the dihedral group of order ten, each digit permuted by its place from the right.
fn verhoeff(digits: &[u32]) -> bool {
    const PERMUTED: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let permute = |digit: u32| {
        let place = usize::try_from(digit).unwrap_or(0);
        PERMUTED.get(place).copied().unwrap_or(0)
    };
    // Rotations are 0 to 4, reflections 5 to 9.
    let multiply = |left: u32, right: u32| match (left < 5, right < 5) {
        (true, true) => (left + right) % 5,
        (true, false) => (left + right) % 5 + 5,
        (false, true) => (left - right) % 5 + 5,
        (false, false) => (left + 5 - right) % 5,
    };
    let from_right = digits.iter().rev().enumerate();
    let product = from_right.fold(0, |product, (place, digit)| {
        let permuted = (0..place % 8).fold(*digit, |digit, _| permute(digit));
        multiply(product, permuted)
    });
    product == 0
}

impl fmt::Display for Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Validator {
    type Err = ParseValidatorError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.iter().copied();
        all.find(|validator| validator.as_str() == name)
            .ok_or_else(|| ParseValidatorError {
                name: name_to_show(name),
            })
    }
}

/// A name that is no [`Validator`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown validator `{name}`: use one of luhn, mod97, iban, mod11_10, verhoeff")]
#[non_exhaustive]
pub struct ParseValidatorError {
    /// The name that was given; `…` where it looks like a secret.
    pub name: String,
}

impl ParseValidatorError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "pii.validator.unknown"
    }
}
