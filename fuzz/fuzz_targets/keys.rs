//! A key is 64 hexadecimal digits and nothing else, whoever reads it, and no error quotes what was given for one.

#![no_main]

use libfuzzer_sys::fuzz_target;
use x402_tower::audit::{AuditKey, SyncPolicy};
use x402_tower::mpa::ApprovalSecret;
use x402_tower::pii::{EntityType, PiiAction, RedactionTemplate};
use x402_tower::replay::FingerprintKey;

fuzz_target!(|text: &str| {
    let digits = text.trim_ascii();
    let plain = digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let first = digits.get(..2).unwrap_or_default();
    let weak = digits.eq_ignore_ascii_case(&first.repeat(32));
    let audit = AuditKey::from_hex(text)
        .map(drop)
        .map_err(|e| e.to_string());
    let replay = FingerprintKey::from_hex(text)
        .map(drop)
        .map_err(|e| e.to_string());
    for read in [audit, replay] {
        assert_eq!(read.is_ok(), plain && !weak);
        if let Err(message) = read {
            // A message that quotes none of what it was given is one of two.
            assert!(messages().contains(&message));
        }
    }
    match ApprovalSecret::new(text) {
        Ok(secret) => assert_eq!(secret.sign(b"payload").len(), 64),
        Err(error) => {
            assert!(text.len() < 16);
            assert_eq!(error.code(), "mpa.secret_too_short");
        }
    }
    if let Ok(action) = text.parse::<PiiAction>() {
        assert_eq!(action.to_string().parse(), Ok(action));
    }
    if let Ok(entity) = text.parse::<EntityType>() {
        assert_eq!(entity.as_str().parse(), Ok(entity));
    }
    if let Ok(sync) = text.parse::<SyncPolicy>() {
        assert_eq!(sync.to_string(), text);
    }
    if let Ok(template) = text.parse::<RedactionTemplate>() {
        assert_eq!(template.as_str(), text);
        assert!(!template.marker(EntityType::EmailAddress).is_empty());
    }
});

/// What both kinds of key say of no key, and of one byte repeated.
fn messages() -> Vec<String> {
    let audit = |text: &str| AuditKey::from_hex(text).err().map(|e| e.to_string());
    let replay = |text: &str| FingerprintKey::from_hex(text).err().map(|e| e.to_string());
    let texts = [String::new(), "00".repeat(32)];
    let messages = texts.iter().flat_map(|text| [audit(text), replay(text)]);
    messages.flatten().collect()
}
