//! Money as integers: atomic amounts of a token, and micro-dollars.
//!
//! Nothing here rounds in favour of the spender and nothing wraps: what does not fit is an error, and an error denies.

use core::fmt;

use ruint::aliases::U256;

/// Most digits an atomic amount may have: the length of 2²⁵⁶ − 1 in decimal (attacks 3 and 6).
pub const MAX_AMOUNT_DIGITS: usize = 78;

/// Micro-dollars in one dollar.
const MICROS_PER_DOLLAR: u64 = 1_000_000;

/// An amount in a token's smallest unit, as it stands on the wire (x402 v2 `amount`, v1 `maxAmountRequired`).
///
/// At most 256 bits. Its worth depends on the token's decimals, which only the local
/// [`AssetTable`](crate::assets::AssetTable) knows.
///
/// ```
/// use x402_tower::AtomicAmount;
///
/// let ten_thousand = AtomicAmount::parse("10000")?;
/// assert_eq!(ten_thousand.to_string(), "10000");
/// assert!(AtomicAmount::parse("1e4").is_err());
/// # Ok::<(), x402_tower::AmountError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct AtomicAmount(U256);

impl AtomicAmount {
    /// No money at all.
    pub const ZERO: Self = Self(U256::ZERO);

    /// Reads an amount of ASCII digits: no sign, exponent, separator, fraction or leading zero.
    ///
    /// # Errors
    ///
    /// [`AmountError`] says which rule the text breaks; it never quotes the text.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        if text.is_empty() {
            return Err(AmountError::Empty);
        }
        if text.len() > MAX_AMOUNT_DIGITS {
            return Err(AmountError::TooLong);
        }
        if !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(AmountError::NotDigits);
        }
        if text.len() > 1 && text.starts_with('0') {
            return Err(AmountError::LeadingZero);
        }
        if let Ok(small) = text.parse::<u64>() {
            return Ok(Self(U256::from(small)));
        }
        U256::from_str_radix(text, 10)
            .map(Self)
            .map_err(|_| AmountError::TooLarge)
    }

    /// Adds, or `None` where the sum needs more than 256 bits.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// Whether this is no money.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// The amount as 32 big-endian bytes: the form that EIP-712 hashes.
    #[must_use]
    pub fn to_be_bytes(self) -> [u8; 32] {
        self.0.to_be_bytes()
    }

    /// The amount of 32 big-endian bytes.
    #[must_use]
    pub const fn from_be_bytes(bytes: [u8; 32]) -> Self {
        Self(U256::from_be_bytes(bytes))
    }

    /// Whether this amount is at most `percent` per cent above `reference`. Nothing is rounded; what cannot be computed
    /// in 256 bits is not.
    ///
    /// ```
    /// use x402_tower::AtomicAmount;
    ///
    /// let reference = AtomicAmount::from(99);
    /// assert!(AtomicAmount::from(108).is_within_percent_above(reference, 10));
    /// assert!(!AtomicAmount::from(109).is_within_percent_above(reference, 10), "108.9 would be");
    /// ```
    #[must_use]
    pub fn is_within_percent_above(self, reference: Self, percent: u64) -> bool {
        let hundred = U256::from(100u64);
        let factor = hundred.checked_add(U256::from(percent));
        let most = factor.and_then(|factor| reference.0.checked_mul(factor));
        match (self.0.checked_mul(hundred), most) {
            (Some(price), Some(most)) => price <= most,
            _ => false,
        }
    }

    /// What `part` of this amount costs, where all of it costs `price`; rounded up. `None` on overflow, and for a part of
    /// nothing.
    #[must_use]
    pub fn share_of(self, part: Self, price: Usd) -> Option<Usd> {
        let total = part.0.checked_mul(U256::from(price.micros()))?;
        let (whole, rest) = (total.checked_div(self.0)?, total.checked_rem(self.0)?);
        let up = if rest.is_zero() {
            whole
        } else {
            whole.checked_add(U256::from(1u64))?
        };
        u64::try_from(up).ok().map(Usd::from_micros)
    }

    /// The amount in micro-dollars, rounded up.
    ///
    /// `price` is what one whole unit (10^`decimals` atomic units) is worth. `None` on overflow.
    #[must_use]
    pub fn to_usd(self, decimals: u8, price: Usd) -> Option<Usd> {
        // Nearly every amount fits 64 bits; dividing 256 takes ten times as long.
        if let (Ok(small), Some(scale)) = (
            u64::try_from(self.0),
            10u128.checked_pow(u32::from(decimals)),
        ) {
            let total = u128::from(small).checked_mul(u128::from(price.micros()))?;
            return u64::try_from(total.div_ceil(scale))
                .ok()
                .map(Usd::from_micros);
        }
        let scale = U256::from(10u64).checked_pow(U256::from(decimals))?;
        let total = self.0.checked_mul(U256::from(price.micros()))?;
        let (whole, rest) = (total.checked_div(scale)?, total.checked_rem(scale)?);
        let up = if rest.is_zero() {
            whole
        } else {
            whole.checked_add(U256::from(1u64))?
        };
        u64::try_from(up).ok().map(Usd::from_micros)
    }
}

impl From<u64> for AtomicAmount {
    fn from(value: u64) -> Self {
        Self(U256::from(value))
    }
}

impl fmt::Display for AtomicAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for AtomicAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AtomicAmount({})", self.0)
    }
}

/// Why a text is not an atomic amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AmountError {
    /// There is no digit.
    #[error("the amount is empty; atomic amounts are one to 78 ASCII digits")]
    Empty,
    /// More than [`MAX_AMOUNT_DIGITS`] digits.
    #[error("the amount has more than 78 digits; atomic amounts fit 256 bits")]
    TooLong,
    /// A character other than `0`–`9`: a sign, point, exponent, separator or foreign digit.
    #[error(
        "the amount holds something other than ASCII digits; atomic units have no sign, point, exponent or separator"
    )]
    NotDigits,
    /// `007`: two readers could disagree on it.
    #[error("the amount starts with a zero; atomic amounts are written without leading zeros")]
    LeadingZero,
    /// 78 digits, but beyond 2²⁵⁶ − 1.
    #[error("the amount does not fit 256 bits")]
    TooLarge,
}

impl AmountError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "amount.empty",
            Self::TooLong => "amount.too_long",
            Self::NotDigits => "amount.not_digits",
            Self::LeadingZero => "amount.leading_zero",
            Self::TooLarge => "amount.too_large",
        }
    }
}

/// US dollars in whole micro-dollars (1 USD = 1,000,000).
///
/// ```
/// use x402_tower::Usd;
///
/// let cap = Usd::parse("0.10")?;
/// assert_eq!(cap.micros(), 100_000);
/// assert_eq!(cap.to_string(), "0.10");
/// assert!(Usd::parse("0.0000001").is_err(), "finer than a micro-dollar");
/// # Ok::<(), x402_tower::UsdError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Usd(u64);

impl Usd {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest sum that can be written.
    pub const MAX: Self = Self(u64::MAX);
    /// One dollar: the price of a unit of a dollar stablecoin.
    pub const ONE: Self = Self(MICROS_PER_DOLLAR);

    /// From micro-dollars.
    #[must_use]
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// In micro-dollars.
    #[must_use]
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// Reads a plain decimal such as `5`, `0.1` or `0.000001`: ASCII digits, at most one point and six decimals.
    ///
    /// # Errors
    ///
    /// [`UsdError`] where the text is not such a decimal, is finer than a micro-dollar or too large.
    pub fn parse(text: &str) -> Result<Self, UsdError> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) {
            return Err(UsdError::NotDecimal);
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > 6 {
            return Err(UsdError::TooFine);
        }
        let whole: u64 = whole.parse().map_err(|_| UsdError::TooLarge)?;
        let micros: u64 = format!("{fraction:0<6}")
            .parse()
            .map_err(|_| UsdError::NotDecimal)?;
        whole
            .checked_mul(MICROS_PER_DOLLAR)
            .and_then(|total| total.checked_add(micros))
            .map(Self)
            .ok_or(UsdError::TooLarge)
    }

    /// Adds, or `None` on overflow.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// Subtracts, stopping at nothing: what is left of a limit.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// At least two decimals, more only where they say something: `0.10`, `0.000001`, `12.00`.
impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, micros) = (self.0 / MICROS_PER_DOLLAR, self.0 % MICROS_PER_DOLLAR);
        let six = format!("{micros:06}");
        let trimmed = six.trim_end_matches('0');
        write!(f, "{whole}.{trimmed:0<2}")
    }
}

impl fmt::Debug for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Usd({self})")
    }
}

/// Why a text is not a dollar amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UsdError {
    /// Not plain digits with at most one point.
    #[error("not a plain decimal; write dollars as 5, 0.10 or 0.000001")]
    NotDecimal,
    /// More than six decimals.
    #[error("finer than a micro-dollar; use at most six decimals")]
    TooFine,
    /// Beyond what can be counted.
    #[error("too large; the largest sum is about 18 trillion dollars")]
    TooLarge,
}

impl UsdError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotDecimal => "usd.not_decimal",
            Self::TooFine => "usd.too_fine",
            Self::TooLarge => "usd.too_large",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn usd_display_keeps_two_decimals_and_no_idle_zeros() {
        let shown = |micros| Usd::from_micros(micros).to_string();
        assert_eq!(shown(0), "0.00");
        assert_eq!(shown(100_000), "0.10");
        assert_eq!(shown(1), "0.000001");
        assert_eq!(shown(12_345_600), "12.3456");
    }

    #[test]
    fn attack_006_an_amount_beyond_256_bits_is_refused() {
        let max = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
        let over = "115792089237316195423570985008687907853269984665640564039457584007913129639936";
        assert_eq!(AtomicAmount::parse(max).unwrap().to_string(), max);
        assert_eq!(AtomicAmount::parse(over), Err(AmountError::TooLarge));
        assert_eq!(
            AtomicAmount::parse(&"9".repeat(100)),
            Err(AmountError::TooLong)
        );
        assert_eq!(AtomicAmount::parse(max).unwrap().to_usd(6, Usd::ONE), None);
    }

    #[test]
    fn attack_015_tenths_add_up_exactly() {
        let tenth = Usd::parse("0.1").unwrap();
        let sum = tenth.checked_add(tenth).and_then(|s| s.checked_add(tenth));
        assert_eq!(sum, Some(Usd::parse("0.3").unwrap()));
    }

    #[test]
    fn a_part_of_a_micro_dollar_counts_as_a_whole_one() {
        let wei = AtomicAmount::from(1);
        assert_eq!(wei.to_usd(18, Usd::ONE), Some(Usd::from_micros(1)));
    }

    #[test]
    fn attack_006_a_share_that_overflows_is_not_within() {
        let max = AtomicAmount::from_be_bytes([0xff; 32]);
        assert!(!max.is_within_percent_above(max, 0));
        assert!(!AtomicAmount::from(1).is_within_percent_above(max, 0));
        assert!(!AtomicAmount::from(1).is_within_percent_above(AtomicAmount::ZERO, u64::MAX));
        let one = AtomicAmount::from(1);
        assert!(one.is_within_percent_above(one, u64::MAX));
    }

    #[test]
    fn decimals_that_overflow_have_no_price() {
        assert_eq!(AtomicAmount::from(1).to_usd(255, Usd::ONE), None);
    }

    proptest! {
        #[test]
        fn six_decimals_at_par_are_micro_dollars(atomic in any::<u64>()) {
            prop_assert_eq!(AtomicAmount::from(atomic).to_usd(6, Usd::ONE), Some(Usd::from_micros(atomic)));
        }

        #[test]
        fn per_cents_are_exact(price in any::<u64>(), reference in any::<u64>(), percent in 0..10_000u64) {
            let most = u128::from(reference) * (100 + u128::from(percent));
            let within = AtomicAmount::from(price).is_within_percent_above(reference.into(), percent);
            prop_assert_eq!(within, u128::from(price) * 100 <= most);
        }

        #[test]
        fn bytes_read_back(bytes in any::<[u8; 32]>()) {
            prop_assert_eq!(AtomicAmount::from_be_bytes(bytes).to_be_bytes(), bytes);
        }

        #[test]
        fn what_is_shown_reads_back(micros in any::<u64>()) {
            let usd = Usd::from_micros(micros);
            prop_assert_eq!(Usd::parse(&usd.to_string()), Ok(usd));
        }

        #[test]
        fn only_canonical_digits_are_amounts(text in "\\PC{0,90}") {
            if let Ok(amount) = AtomicAmount::parse(&text) {
                prop_assert_eq!(amount.to_string(), text);
            }
        }
    }
}
