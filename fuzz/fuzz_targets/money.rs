//! Amounts, dollars, chains and addresses read back as what they were, or not at all.

#![no_main]

use libfuzzer_sys::fuzz_target;
use x402_tower::{Address, AtomicAmount, ChainId, Usd};

fuzz_target!(|text: &str| {
    if let Ok(amount) = AtomicAmount::parse(text) {
        assert_eq!(amount.to_string(), text);
        let _ = amount.to_usd(18, Usd::ONE);
    }
    if let Ok(usd) = Usd::parse(text) {
        assert_eq!(Usd::parse(&usd.to_string()), Ok(usd));
    }
    if let Ok(chain) = ChainId::parse(text) {
        assert_eq!(chain.as_str(), text);
    }
    for chain in [
        "eip155:8453",
        "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
        "other:1",
    ] {
        let chain = ChainId::parse(chain).expect("a chain");
        if let Ok(address) = Address::parse(&chain, text) {
            assert_eq!(Address::parse(&chain, address.as_str()), Ok(address));
        }
    }
});
