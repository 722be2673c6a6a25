use super::found;
use super::secret::values::HEX;
use crate::pii::{Detector, EntityType};

/// One of every form.
pub(super) const ADDRESSES: &[&str] = &[
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    "0x036CbD53842c5426634e7929541eC2318f3dCF7e",
    "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
];

#[test]
fn wallet_addresses_are_found_where_they_are_asked_for() {
    let detector = Detector::with_entities([EntityType::Crypto]);
    for address in ADDRESSES {
        let text = format!("pay to {address}.");
        let findings = detector.scan(&text);
        assert_eq!(findings.len(), 1, "{address}");
        assert_eq!(&text[findings[0].span.clone()], *address);
        assert!(found(&text).is_empty(), "off by default");
    }
    for other in [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "0x036CbD53842c5426634e7929541eC2318f3dCF7g",
        &format!("0x{HEX}"),
    ] {
        assert!(detector.scan(other).is_empty(), "{other}");
    }
}
