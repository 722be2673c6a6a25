//! Numbers that identify somebody, made with valid check digits. None was ever issued on purpose; a few may exist.

pub(super) mod americas;
pub(super) mod asia_pacific;
pub(super) mod card;
pub(super) mod check;
pub(super) mod europe;
pub(super) mod iban;
pub(super) mod network;
pub(super) mod phone;
pub(super) mod secret;

use crate::corpus::prng::Prng;

/// A value and the name of the form it is written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) text: String,
    pub(super) form: &'static str,
}

impl Value {
    fn new(text: impl Into<String>, form: &'static str) -> Self {
        Self {
            text: text.into(),
            form,
        }
    }
}

/// Digits as text.
fn joined(digits: &[u8]) -> String {
    digits
        .iter()
        .map(|digit| char::from(b'0' + digit % 10))
        .collect()
}

/// The digits of a number, with leading zeros.
fn padded(number: u64, width: usize) -> Vec<u8> {
    format!("{number:0width$}")
        .bytes()
        .map(|byte| byte.wrapping_sub(b'0'))
        .collect()
}

/// Characters in groups of these sizes; what is left over makes a last group.
fn grouped(text: &str, sizes: &[usize], between: &str) -> String {
    let mut letters = text.chars();
    let mut groups: Vec<String> = sizes
        .iter()
        .map(|size| letters.by_ref().take(*size).collect::<String>())
        .filter(|group| !group.is_empty())
        .collect();
    let rest: String = letters.collect();
    if !rest.is_empty() {
        groups.push(rest);
    }
    groups.join(between)
}

/// A day of birth of somebody who may be a customer: year, month, day.
fn birthday(prng: &mut Prng) -> (u64, u64, u64) {
    (
        prng.within(1941, 2006),
        prng.within(1, 12),
        prng.within(1, 28),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_keep_every_character() {
        assert_eq!(grouped("1234567890", &[3, 3], " "), "123 456 7890");
        assert_eq!(grouped("12", &[2, 4], "-"), "12");
    }
}
