//! Values of x402 messages that are full of digits and are no personal data.

use proptest::prelude::*;

use super::{found, found_in_url};

const CLEAN: &[&str] = &[
    "0x036CbD53842c5426634e7929541eC2318f3dCF7e",
    "0x209693Bc6afc0C5328bA36FaF03C514EF312287C",
    "0xf3746613c2d920b5fdabc0856f2aeb2d4f88ee6037b8cc5d04a71a4462f13480",
    "0x2d6a7588d6acca505cbf0d9a4a227e0c52c6c34008c8e8986a1283259764173608a2ce6496642e377d6da8dbbf5836e9bd15092f9ecab05ded3d6293af148b571c",
    "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
    "eip155:8453",
    "eip155:84532",
    "eip155:1313161554",
    "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
    "eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913",
    "eip155:1:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb",
    "bip122:000000000019d6689c085ae165831e93",
    "10000",
    "312456789",
    "123456789012",
    "1000000000000000000",
    "115792089237316195423570985008687907853269984665640564039457584007913129639935",
    "1767225600",
    "1767225600123",
    "validAfter=1740672089&validBefore=1740672154",
    "550e8400-e29b-41d4-a716-446655440000",
    "pay_7d5d747be160e280504c099d984bcfe0",
    "1.2.3",
    "x402/2.27.0 node/22.1.0",
    "2026-11-22T16:22:13.221Z",
    "Access to premium market data",
    "application/json; charset=utf-8",
    "$0.001 per request, 1,000,000 requests",
];

#[test]
fn are_never_found() {
    for field in CLEAN {
        assert_eq!(found(field), [], "in {field:?}");
    }
}

#[test]
fn are_never_found_in_urls() {
    for field in CLEAN {
        let value = field.replace(' ', "+");
        let url = format!("https://api.example.com/{value}?v={value}#{value}");
        assert_eq!(found_in_url(&url), [], "in {url:?}");
    }
}

proptest! {
    #[test]
    fn hex_addresses_and_hashes_are_clean(address in "0x[0-9a-fA-F]{40}", hash in "0x[0-9a-f]{64}", nonce in "0x[0-9]{64}") {
        for value in [&address, &hash, &nonce] {
            prop_assert_eq!(found(value), []);
            let url = format!("https://api.example.com/{value}?to={value}");
            prop_assert_eq!(found_in_url(&url), []);
        }
    }

    #[test]
    fn uuids_are_clean(uuid in "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", digits in "[0-9]{8}-[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{12}") {
        prop_assert_eq!(found(&uuid), []);
        prop_assert_eq!(found(&digits), []);
    }

    #[test]
    fn amounts_and_timestamps_are_clean(amount in 0u64..1_000_000_000_000, seconds in 1_500_000_000u64..2_500_000_000) {
        let bare = amount.to_string();
        prop_assert_eq!(found(&bare), []);
        let body = format!("{{\"amount\":\"{amount}\",\"validBefore\":{seconds},\"at\":{}}}", seconds * 1000);
        prop_assert_eq!(found(&body), []);
    }
}
