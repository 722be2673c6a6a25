//! Addresses, compared by their chain's own rule.

use core::fmt;
use std::sync::Arc;

use crate::network::ChainId;

/// Longest address of a chain whose format is not known here, in bytes.
const MAX_OPAQUE_LEN: usize = 128;

/// An account or token contract on a chain, in canonical form.
///
/// EVM addresses are case-blind (the mixed case of EIP-55 is a checksum, kept out of comparison) and held in lower
/// case; Solana's base58 is case-sensitive and held as it is; so is any other chain's text (attack 50).
///
/// ```
/// use x402_tower::{Address, ChainId};
///
/// let base = ChainId::parse("eip155:8453")?;
/// let one = Address::parse(&base, "0x036CbD53842c5426634e7929541eC2318f3dCF7e").unwrap();
/// let two = Address::parse(&base, "0x036cbd53842c5426634e7929541ec2318f3dcf7e").unwrap();
/// assert_eq!(one, two);
/// # Ok::<(), x402_tower::NetworkError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(Repr);

/// EVM addresses are most of all, and small enough to be held in place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Repr {
    /// `0x` and 40 lower-case hexadecimal digits.
    Evm([u8; EVM_LEN]),
    Text(Arc<str>),
}

/// `0x` and two digits for each of 20 bytes.
const EVM_LEN: usize = 42;

impl Address {
    /// Reads an address of `chain`.
    ///
    /// # Errors
    ///
    /// [`AddressError`] where the text is not an address of that chain.
    pub fn parse(chain: &ChainId, text: &str) -> Result<Self, AddressError> {
        match chain.namespace() {
            "eip155" => evm(text),
            "solana" => solana(text),
            _ => opaque(text),
        }
    }

    /// The canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            // Only ASCII gets in, so this is always text.
            Repr::Evm(ascii) => core::str::from_utf8(ascii).unwrap_or_default(),
            Repr::Text(text) => text,
        }
    }

    /// The 20 bytes of an EVM address; `None` for an address of another kind.
    #[must_use]
    pub fn evm_bytes(&self) -> Option<[u8; 20]> {
        let mut bytes = [0u8; 20];
        let hex = self.as_str().strip_prefix("0x");
        let hex = hex.filter(|hex| hex.len() == 40)?;
        const_hex::decode_to_slice(hex, &mut bytes).ok()?;
        Some(bytes)
    }
}

fn evm(text: &str) -> Result<Address, AddressError> {
    let mut ascii: [u8; EVM_LEN] = text
        .as_bytes()
        .try_into()
        .map_err(|_| AddressError::NotEvm)?;
    let digits = ascii.strip_prefix(b"0x").ok_or(AddressError::NotEvm)?;
    // Every digit, without leaving early, so that the compiler can look at many at a time.
    let are_hex = |all: bool, digit: &u8| all & digit.is_ascii_hexdigit();
    if !digits.iter().fold(true, are_hex) {
        return Err(AddressError::NotEvm);
    }
    ascii.make_ascii_lowercase();
    Ok(Address(Repr::Evm(ascii)))
}

fn solana(text: &str) -> Result<Address, AddressError> {
    const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    if !(32..=44).contains(&text.len()) || !text.bytes().all(|b| BASE58.contains(&b)) {
        return Err(AddressError::NotSolana);
    }
    Ok(Address(Repr::Text(text.into())))
}

fn opaque(text: &str) -> Result<Address, AddressError> {
    if text.is_empty() || text.len() > MAX_OPAQUE_LEN || !text.bytes().all(|b| b.is_ascii_graphic())
    {
        return Err(AddressError::NotPrintable);
    }
    Ok(Address(Repr::Text(text.into())))
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

/// Why a text is not an address of its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// Not `0x` and 40 hexadecimal digits.
    #[error("not an EVM address: 0x and 40 hexadecimal digits are wanted")]
    NotEvm,
    /// Not 32–44 base58 characters.
    #[error("not a Solana address: 32 to 44 base58 characters are wanted")]
    NotSolana,
    /// Empty, too long or not printable ASCII.
    #[error("not an address: 1 to 128 printable ASCII characters are wanted")]
    NotPrintable,
}

impl AddressError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotEvm => "address.not_evm",
            Self::NotSolana => "address.not_solana",
            Self::NotPrintable => "address.not_printable",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attack_050_case_is_the_chains_own_business() {
        let base = ChainId::parse("eip155:8453").unwrap();
        let solana = ChainId::parse("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp").unwrap();
        let evm = |text| Address::parse(&base, text).unwrap();
        let sol = |text| Address::parse(&solana, text).unwrap();
        assert_eq!(
            evm("0xABCDEFabcdefABCDEFabcdefABCDEFabcdefABCD"),
            evm("0xabcdefabcdefabcdefabcdefabcdefabcdefabcd")
        );
        assert_ne!(
            sol("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"),
            sol("epjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"),
        );
    }

    #[test]
    fn an_evm_address_has_exactly_forty_digits() {
        let base = ChainId::parse("eip155:8453").unwrap();
        for text in [
            "0x1234",
            "036CbD53842c5426634e7929541eC2318f3dCF7e",
            "0X036CbD53842c5426634e7929541eC2318f3dCF7e",
            "",
        ] {
            assert_eq!(
                Address::parse(&base, text),
                Err(AddressError::NotEvm),
                "{text}"
            );
        }
    }
}
