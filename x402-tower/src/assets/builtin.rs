//! The stablecoins that the official SDKs ship as defaults.
//!
//! Read from `@x402/evm` and `@x402/svm` 2.27.0 (npm) and `x402` 2.25.0 (PyPI). Where both list a token, they agree
//! on address, decimals, EIP-712 name and version, and transfer method. Not taken, because only one source vouches
//! for it:
//!
//! - Monad testnet (`eip155:10143`), Arc (`eip155:5042`) and Arc testnet (`eip155:5042002`): only the Python package
//!   lists them. Arc's USDC is also the chain's gas token, which counts in 18 decimals where the token counts in 6.
//! - Solana testnet: both list it, but with devnet's mints, marked "same as devnet".
//!
//! Add those with [`AssetTable::with`](super::AssetTable::with) once you have checked them.

use super::TransferMethod::{self, Eip3009, Permit2};

/// A dollar stablecoin on an EVM chain.
pub(super) struct EvmRow {
    pub(super) chain: &'static str,
    pub(super) address: &'static str,
    pub(super) symbol: &'static str,
    pub(super) decimals: u8,
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    pub(super) method: TransferMethod,
}

const fn evm(
    chain: &'static str,
    address: &'static str,
    symbol: &'static str,
    decimals: u8,
    (name, version): (&'static str, &'static str),
    method: TransferMethod,
) -> EvmRow {
    EvmRow {
        chain,
        address,
        symbol,
        decimals,
        name,
        version,
        method,
    }
}

#[rustfmt::skip] // one token, one line
pub(super) const EVM: &[EvmRow] = &[
    evm("eip155:1", "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", "USDC", 6, ("USD Coin", "2"), Eip3009),
    evm("eip155:14", "0xe7cd86e13AC4309349F30B3435a9d337750fC82D", "USDT0", 6, ("USD₮0", "1"), Eip3009),
    evm("eip155:50", "0xfA2958CB79b0491CC627c1557F441eF849Ca8eb1", "USDC", 6, ("USDC", "2"), Eip3009),
    evm("eip155:51", "0xb5AB69F7bBada22B28e79C8FFAECe55eF1c771D4", "USDC", 6, ("USDC", "2"), Eip3009),
    evm("eip155:137", "0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359", "USDC", 6, ("USD Coin", "2"), Eip3009),
    evm("eip155:143", "0x754704Bc059F8C67012fEd69BC8A327a5aafb603", "USDC", 6, ("USDC", "2"), Eip3009),
    evm("eip155:988", "0x779Ded0c9e1022225f8E0630b35a9b54bE713736", "USDT0", 6, ("USDT0", "1"), Eip3009),
    evm("eip155:1328", "0x4fCF1784B31630811181f670Aea7A7bEF803eaED", "USDC", 6, ("USDC", "2"), Eip3009),
    evm("eip155:1329", "0xe15fC38F6D8c56aF07bbCBe3BAf5708A2Bf42392", "USDC", 6, ("USDC", "2"), Eip3009),
    evm("eip155:2201", "0x78Cf24370174180738C5B8E352B6D14c83a6c9A9", "USDT0", 6, ("USDT0", "1"), Eip3009),
    evm("eip155:4326", "0xFAfDdbb3FC7688494971a79cc65DCa3EF82079E7", "MegaUSD", 18, ("MegaUSD", "1"), Permit2),
    evm("eip155:8453", "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913", "USDC", 6, ("USD Coin", "2"), Eip3009),
    evm("eip155:31611", "0x118917a40FAF1CD7a13dB0Ef56C86De7973Ac503", "mUSD", 18, ("Mezo USD", "1"), Permit2),
    evm("eip155:31612", "0xdD468A1DDc392dcdbEf6db6e34E89AA338F9F186", "mUSD", 18, ("Mezo USD", "1"), Permit2),
    evm("eip155:36900", "0x9cb8142aEBBcdc60AF7c97Af897A67A8f3CA71C2", "USDC.e", 6, ("USDC.e", "2"), Eip3009),
    evm("eip155:38833", "0xA5b8BF902b2844dA17d4506cc827F7F1681735E7", "USDC", 6, ("USDC", "1"), Permit2),
    evm("eip155:42161", "0xaf88d065e77c8cC2239327C5EDb3A432268e5831", "USDC", 6, ("USD Coin", "2"), Eip3009),
    evm("eip155:42220", "0xcebA9300f2b948710d2653dD7B07f33A8B32118C", "USDC", 6, ("USDC", "2"), Eip3009),
    evm("eip155:42220", "0x48065fbBE25f71C9282ddf5e1cD6D6A887483D5e", "USDT", 6, ("Tether USD", "1"), Eip3009),
    evm("eip155:42220", "0xD2ab3C9A02DBBAB236BfEC45D1d755DF4267F771", "USAT", 6, ("Tether America USD", "1"), Eip3009),
    evm("eip155:43114", "0xB97EF9Ef8734C71904D8002F8b6Bc66Dd9c48a6E", "USDC", 6, ("USD Coin", "2"), Eip3009),
    evm("eip155:72344", "0x33ad9e4BD16B69B5BFdED37D8B5D9fF9aba014Fb", "SBC", 6, ("Stable Coin", "1"), Permit2),
    evm("eip155:84532", "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "USDC", 6, ("USDC", "2"), Eip3009),
    evm("eip155:181228", "0x401eCb1D350407f13ba348573E5630B83638E30D", "USDC.e", 6, ("Bridged USDC", "2"), Eip3009),
    evm("eip155:190415", "0x401eCb1D350407f13ba348573E5630B83638E30D", "USDC.e", 6, ("Bridged USDC", "2"), Eip3009),
    evm("eip155:421614", "0x75faf114eafb1BDbe2F0316DF893fd58CE46AA4d", "USDC", 6, ("USD Coin", "2"), Eip3009),
    evm("eip155:723487", "0x33ad9e4BD16B69B5BFdED37D8B5D9fF9aba014Fb", "SBC", 6, ("Stable Coin", "1"), Permit2),
    evm("eip155:11142220", "0x01C5C0122039549AD1493B8220cABEdD739BC44E", "USDC", 6, ("USDC", "2"), Eip3009),
];

/// A dollar stablecoin on Solana.
pub(super) struct SolanaRow {
    pub(super) chain: &'static str,
    pub(super) mint: &'static str,
    pub(super) symbol: &'static str,
    pub(super) decimals: u8,
}

const fn solana(
    chain: &'static str,
    mint: &'static str,
    symbol: &'static str,
    decimals: u8,
) -> SolanaRow {
    SolanaRow {
        chain,
        mint,
        symbol,
        decimals,
    }
}

const MAINNET: &str = "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp";
const DEVNET: &str = "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1";

#[rustfmt::skip] // one token, one line
pub(super) const SOLANA: &[SolanaRow] = &[
    solana(MAINNET, "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", "USDC", 6),
    solana(MAINNET, "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB", "USDT", 6),
    solana(MAINNET, "2u1tszSeqZ3qBWF3uNGPFc8TzMk2tdiwknnRMWGWjGWH", "USDG", 6),
    solana(MAINNET, "2b1kV6DkPAnxd5ixfnxCpjxmKwqjjaYmCZfHsFu24GXo", "PYUSD", 6),
    solana(MAINNET, "CASHx9KJUStyftLFWGvEVf59SGeG9sh5FfcnZMVPCASH", "CASH", 6),
    solana(DEVNET, "4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU", "USDC", 6),
    solana(DEVNET, "4F6PM96JJxngmHnZLBh9n58RH4aTVNWvDs2nuwrT5BP7", "USDG", 6),
    solana(DEVNET, "CXk2AMBfi3TwaEL2468s6zP8xq9NxTXjp9gjMgzeUynM", "PYUSD", 6),
];
