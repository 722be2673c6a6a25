//! Chains: CAIP-2 identifiers, and the v1 names that map to them.

use core::fmt;
use std::sync::Arc;

/// A CAIP-2 chain identifier such as `eip155:8453` ([CAIP-2](https://chainagnostic.org/CAIPs/caip-2)).
///
/// One chain has one spelling: `eip155:08453` is refused, `Base` is not a chain.
///
/// ```
/// use x402_tower::ChainId;
///
/// assert_eq!(ChainId::from_v1_name("base")?, ChainId::parse("eip155:8453")?);
/// assert!(ChainId::from_v1_name("skale-base-sepolia").is_err(), "the SDKs disagree on its number");
/// # Ok::<(), x402_tower::NetworkError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChainId(Arc<str>);

impl ChainId {
    /// Reads a CAIP-2 identifier: namespace of 3–8 `[-a-z0-9]`, reference of 1–32 `[-_a-zA-Z0-9]`.
    ///
    /// For `eip155` the reference is a positive number without leading zeros.
    ///
    /// # Errors
    ///
    /// [`NetworkError::NotCaip2`] for anything else (attack 36).
    pub fn parse(text: &str) -> Result<Self, NetworkError> {
        let (namespace, reference) = text.split_once(':').ok_or(NetworkError::NotCaip2)?;
        let namespace_ok = (3..=8).contains(&namespace.len())
            && namespace
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let reference_ok = (1..=32).contains(&reference.len())
            && reference
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !namespace_ok || !reference_ok {
            return Err(NetworkError::NotCaip2);
        }
        if namespace == "eip155"
            && (reference.starts_with('0') || reference.parse::<u64>().is_err())
        {
            return Err(NetworkError::NotCaip2);
        }
        Ok(Self(text.into()))
    }

    /// Maps an x402 v1 network name by the table that the official SDKs ship.
    ///
    /// # Errors
    ///
    /// [`NetworkError::UnknownV1Name`] for a name that is not in the table, [`NetworkError::DisputedV1Name`] for one
    /// that two official SDKs map to different chains. Neither is ever guessed.
    pub fn from_v1_name(name: &str) -> Result<Self, NetworkError> {
        if V1_DISPUTED.contains(&name) {
            return Err(NetworkError::DisputedV1Name);
        }
        V1_NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, chain)| Self((*chain).into()))
            .ok_or(NetworkError::UnknownV1Name)
    }

    /// The part before the colon: `eip155`, `solana`.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.at_colon().map_or("", |(namespace, _)| namespace)
    }

    /// The part after the colon.
    #[must_use]
    pub fn reference(&self) -> &str {
        self.at_colon().map_or("", |(_, reference)| reference)
    }

    /// Both parts. The colon comes early, so that looking for it byte by byte is fastest.
    fn at_colon(&self) -> Option<(&str, &str)> {
        let colon = self.0.bytes().position(|byte| byte == b':')?;
        let (namespace, reference) = self.0.split_at_checked(colon)?;
        Some((namespace, reference.strip_prefix(':')?))
    }

    /// The chain's number, for EVM chains.
    #[must_use]
    pub fn evm_chain_id(&self) -> Option<u64> {
        (self.namespace() == "eip155").then(|| self.reference().parse().ok())?
    }

    /// The identifier, where it is one of the table: a word of ours and not of a server.
    pub(crate) fn well_known(&self) -> Option<&'static str> {
        let known = V1_NAMES.iter().find(|(_, chain)| *chain == &*self.0);
        known.map(|(_, chain)| *chain)
    }

    /// The identifier as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ChainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ChainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChainId({})", self.0)
    }
}

/// Why a network is not a chain that money may move on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// Not a CAIP-2 identifier in its one spelling.
    #[error("the network is not a CAIP-2 identifier such as eip155:8453")]
    NotCaip2,
    /// A v1 name that is not in the table.
    #[error(
        "the v1 network name is unknown; ask the seller for x402 v2, which names chains by CAIP-2"
    )]
    UnknownV1Name,
    /// A v1 name that official SDKs map to different chains.
    #[error(
        "official SDKs map this v1 network name to different chains; ask the seller for x402 v2"
    )]
    DisputedV1Name,
}

impl NetworkError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotCaip2 => "network.not_caip2",
            Self::UnknownV1Name => "network.unknown_v1_name",
            Self::DisputedV1Name => "network.disputed_v1_name",
        }
    }
}

/// `EVM_NETWORK_CHAIN_ID_MAP` of `@x402/evm` 2.27.0, and the two Solana clusters of x402 v1.
const V1_NAMES: &[(&str, &str)] = &[
    ("ethereum", "eip155:1"),
    ("sepolia", "eip155:11155111"),
    ("abstract", "eip155:2741"),
    ("abstract-testnet", "eip155:11124"),
    ("base", "eip155:8453"),
    ("base-sepolia", "eip155:84532"),
    ("avalanche", "eip155:43114"),
    ("avalanche-fuji", "eip155:43113"),
    ("iotex", "eip155:4689"),
    ("sei", "eip155:1329"),
    ("sei-testnet", "eip155:1328"),
    ("polygon", "eip155:137"),
    ("polygon-amoy", "eip155:80002"),
    ("peaq", "eip155:3338"),
    ("story", "eip155:1514"),
    ("educhain", "eip155:41923"),
    ("megaeth", "eip155:4326"),
    ("monad", "eip155:143"),
    ("stable", "eip155:988"),
    ("stable-testnet", "eip155:2201"),
    ("celo", "eip155:42220"),
    ("flare", "eip155:14"),
    ("solana", "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp"),
    ("solana-devnet", "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1"),
];

/// The TypeScript SDK says 324705682, the Python SDK 1444673419.
const V1_DISPUTED: &[&str] = &["skale-base-sepolia"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attack_036_one_chain_has_one_spelling() {
        for text in [
            "eip155:08453",
            "eip155:",
            "EIP155:8453",
            "eip155:8453 ",
            "eip155:0",
            "base",
            "eip155:8453:1",
            "eip155:1e3",
        ] {
            assert_eq!(ChainId::parse(text), Err(NetworkError::NotCaip2), "{text}");
        }
        assert_eq!(
            ChainId::from_v1_name("Base"),
            Err(NetworkError::UnknownV1Name)
        );
    }

    #[test]
    fn every_v1_name_maps_to_a_chain_that_parses() {
        for (name, chain) in V1_NAMES {
            assert_eq!(
                ChainId::from_v1_name(name).unwrap(),
                ChainId::parse(chain).unwrap()
            );
        }
    }

    #[test]
    fn a_disputed_name_is_never_guessed() {
        assert_eq!(
            ChainId::from_v1_name("skale-base-sepolia"),
            Err(NetworkError::DisputedV1Name)
        );
    }
}
