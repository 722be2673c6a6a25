//! A part of a whole, counted exactly: millionths, without floats.

use core::fmt;

use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

const WHOLE: u32 = 1_000_000;

/// From nothing to all; not there where the whole is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Share(Option<u32>);

impl Share {
    /// `part` of `whole`, rounded down, so that all means all.
    pub(super) fn of(part: u64, whole: u64) -> Self {
        let millionths = u128::from(part.min(whole)) * u128::from(WHOLE);
        let share = millionths.checked_div(u128::from(whole));
        Self(share.and_then(|share| u32::try_from(share).ok()))
    }

    pub(super) const fn is_there(self) -> bool {
        self.0.is_some()
    }

    /// With this many decimals, of at most six.
    fn decimal(millionths: u32, decimals: usize) -> String {
        let (whole, rest) = (millionths / WHOLE, millionths % WHOLE);
        let mut text = format!("{whole}.{rest:06}");
        text.truncate(decimals.saturating_add(2));
        text
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(share) => f.pad(&Self::decimal(share, 3)),
            None => f.pad("-"),
        }
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = self.0.map(|share| Self::decimal(share, 6));
        let number = number.map(RawValue::from_string).transpose();
        number
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}

/// The range in which a share lies with 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interval {
    low: Share,
    high: Share,
}

impl Interval {
    /// Of the shares of many draws, between the 2.5th and the 97.5th percentile; those that are not there tell nothing.
    pub(super) fn of(mut drawn: Vec<Share>) -> Self {
        drawn.retain(|share| share.is_there());
        drawn.sort_unstable();
        let cut = drawn.len() / 40;
        let not_there = Share(None);
        Self {
            low: drawn.get(cut).copied().unwrap_or(not_there),
            high: drawn.iter().rev().nth(cut).copied().unwrap_or(not_there),
        }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.low.is_there() {
            f.pad(&format!("{}-{}", self.low, self.high))
        } else {
            f.pad("-")
        }
    }
}

impl Serialize for Interval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.low, self.high).serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_down_and_nothing_of_nothing_is_none() {
        let shown = |part, whole| Share::of(part, whole).to_string();
        assert_eq!(shown(9_999, 10_000), "0.999");
        assert_eq!(shown(3, 3), "1.000");
        assert_eq!(shown(0, 3), "0.000");
        assert_eq!(shown(0, 0), "-");
        let json = |part, whole| serde_json::to_string(&Share::of(part, whole)).unwrap();
        assert_eq!(json(2, 3), "0.666666");
        assert_eq!(json(u64::MAX, u64::MAX), "1.000000");
        assert_eq!(json(1, 0), "null");
    }

    #[test]
    fn an_interval_leaves_out_a_fortieth_on_both_sides() {
        let drawn: Vec<_> = (0..1000).map(|part| Share::of(part, 1000)).collect();
        assert_eq!(Interval::of(drawn).to_string(), "0.025-0.974");
        assert_eq!(Interval::of(vec![Share::of(0, 0)]).to_string(), "-");
    }
}
