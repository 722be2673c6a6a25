//! Sums of money: whole numbers that cannot wrap.

use core::fmt::Write as _;

use x402_tower::AtomicAmount;

use crate::report::count::ranked::Sum;

const MICROS: u128 = 1_000_000;

/// How a payment ended, as far as the period knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    Settled,
    Rejected,
    Unknown,
    NotSent,
    Denied,
    Released,
    Open,
}

impl Outcome {
    pub(crate) const ALL: [Self; 7] = [
        Self::Settled,
        Self::Rejected,
        Self::Unknown,
        Self::NotSent,
        Self::Denied,
        Self::Released,
        Self::Open,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Settled => "settled",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
            Self::NotSent => "not_sent",
            Self::Denied => "denied",
            Self::Released => "released",
            Self::Open => "open",
        }
    }
}

/// Payments and what they are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Figure {
    pub(crate) payments: u64,
    pub(crate) usd_micros: u128,
    /// Those without a price in dollars.
    pub(crate) unpriced: u64,
}

impl Figure {
    fn put(&mut self, micros: Option<u64>) {
        self.payments = self.payments.saturating_add(1);
        match micros {
            Some(micros) => self.usd_micros = self.usd_micros.saturating_add(u128::from(micros)),
            None => self.unpriced = self.unpriced.saturating_add(1),
        }
    }

    fn take(&mut self, micros: Option<u64>) {
        self.payments = self.payments.saturating_sub(1);
        match micros {
            Some(micros) => self.usd_micros = self.usd_micros.saturating_sub(u128::from(micros)),
            None => self.unpriced = self.unpriced.saturating_sub(1),
        }
    }
}

/// Payments by how they ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Figures([Figure; 7]);

impl Figures {
    pub(crate) fn of(&self, outcome: Outcome) -> Figure {
        self.0.get(outcome as usize).copied().unwrap_or_default()
    }

    pub(crate) fn put(&mut self, outcome: Outcome, micros: Option<u64>) {
        if let Some(figure) = self.0.get_mut(outcome as usize) {
            figure.put(micros);
        }
    }

    pub(crate) fn take(&mut self, outcome: Outcome, micros: Option<u64>) {
        if let Some(figure) = self.0.get_mut(outcome as usize) {
            figure.take(micros);
        }
    }

    pub(crate) fn payments(&self) -> u64 {
        let all = self.0.iter().map(|figure| figure.payments);
        all.fold(0, u64::saturating_add)
    }

    /// What puts the largest spender first, and among those who spent nothing the busiest.
    pub(crate) fn weight(&self) -> (u128, u64) {
        (self.of(Outcome::Settled).usd_micros, self.payments())
    }
}

impl Sum for Figures {
    fn add(&mut self, more: &Self) {
        for (figure, more) in self.0.iter_mut().zip(more.0) {
            figure.payments = figure.payments.saturating_add(more.payments);
            figure.usd_micros = figure.usd_micros.saturating_add(more.usd_micros);
            figure.unpriced = figure.unpriced.saturating_add(more.unpriced);
        }
    }
}

/// What was settled in one asset.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct AssetSum {
    pub(crate) figure: Figure,
    atomic: AtomicAmount,
    /// Payments whose amount is missing, is no number, or would not fit the sum.
    pub(crate) not_added: u64,
}

impl AssetSum {
    pub(crate) fn put(&mut self, amount: Option<&str>, micros: Option<u64>) {
        self.figure.put(micros);
        let amount = amount.and_then(|digits| AtomicAmount::parse(digits).ok());
        match amount.and_then(|amount| self.atomic.checked_add(amount)) {
            Some(sum) => self.atomic = sum,
            None => self.not_added = self.not_added.saturating_add(1),
        }
    }

    pub(crate) fn atomic(&self) -> String {
        self.atomic.to_string()
    }
}

/// Atomic units of several assets have no sum: of others, payments and dollars alone are known.
impl Sum for AssetSum {
    fn add(&mut self, more: &Self) {
        self.figure.payments = self.figure.payments.saturating_add(more.figure.payments);
        self.figure.usd_micros = self
            .figure
            .usd_micros
            .saturating_add(more.figure.usd_micros);
        self.figure.unpriced = self.figure.unpriced.saturating_add(more.figure.unpriced);
    }
}

/// Exact dollars with two to six decimals and marks between thousands: `1,234.50`.
pub(crate) fn dollars(micros: u128) -> String {
    dollars_to(micros, decimals(micros))
}

/// How many decimals an amount has, two at least.
pub(crate) fn decimals(micros: u128) -> usize {
    let digits = format!("{:06}", micros % MICROS);
    digits.trim_end_matches('0').len().max(2)
}

/// The same with `decimals` of them, of which no more than zeros are left out.
pub(crate) fn dollars_to(micros: u128, decimals: usize) -> String {
    let mut text = grouped(micros / MICROS);
    let digits = format!("{:06}", micros % MICROS);
    let shown = digits.get(..decimals).unwrap_or(&digits);
    let _infallible = write!(text, ".{shown}");
    text
}

/// A whole number with marks between thousands.
pub(crate) fn grouped(number: impl Into<u128>) -> String {
    let digits = number.into().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_are_exact() {
        let shown = [0, 1, 10_000, 1_234_500_000, 999_999_999_999].map(dollars);
        assert_eq!(
            shown,
            ["0.00", "0.000001", "0.01", "1,234.50", "999,999.999999"]
        );
        assert_eq!(
            dollars(u128::from(u64::MAX) * 3),
            "55,340,232,221,128.654845"
        );
    }

    #[test]
    fn a_column_has_as_many_decimals_as_it_needs() {
        assert_eq!(
            [0, 500_000, 1_000_000, 1_230_001].map(decimals),
            [2, 2, 2, 6]
        );
        assert_eq!(
            [500_000, 1_230_001].map(|micros| dollars_to(micros, 6)),
            ["0.500000", "1.230001"]
        );
    }

    #[test]
    fn atomic_units_are_whole_and_beyond_64_bits() {
        let mut sum = AssetSum::default();
        for amount in ["18446744073709551615", "18446744073709551615"] {
            sum.put(Some(amount), None);
        }
        sum.put(Some("1e4"), Some(1));
        sum.put(None, Some(1));
        assert_eq!(sum.atomic(), "36893488147419103230");
        assert_eq!(
            (sum.not_added, sum.figure.payments, sum.figure.unpriced),
            (2, 4, 2)
        );
    }
}
