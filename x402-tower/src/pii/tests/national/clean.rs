//! Identifiers, amounts and times of payments are no numbers of persons.

use proptest::prelude::*;

use super::super::quoted;
use super::VALID;
use crate::pii::{Detector, EntityType};

/// Looks for the kinds of these tests: an integer may well be a payment card number.
fn detector() -> Detector {
    let kinds = VALID.iter().map(|(entity, _)| *entity);
    Detector::with_entities(kinds.chain([EntityType::MacAddress]))
}

fn assert_in_text(text: &str) -> Result<(), TestCaseError> {
    prop_assert_eq!(quoted(text, &detector().scan(text)), []);
    Ok(())
}

fn assert_clean(text: &str) -> Result<(), TestCaseError> {
    assert_in_text(text)?;
    let url = format!(
        "https://api.example.com/v1/{}?id={}#x",
        text.replace(' ', "+"),
        text.replace(' ', "%20")
    );
    prop_assert_eq!(quoted(&url, &detector().scan_url(&url)), []);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn integers_are_clean(digits in "[0-9]{6,20}", currency in prop::sample::select(vec!["USDC", "EUR", "wei", "lamports", "USD", "units"])) {
        assert_clean(&digits)?;
        assert_clean(&format!("{digits} {currency}"))?;
        assert_clean(&format!("amount={digits}"))?;
        assert_clean(&format!("{{\"amount\":\"{digits}\",\"nonce\":{digits}}}"))?;
    }

    #[test]
    fn amounts_are_clean(whole in 0u64..99_999_999_999, cents in 0u8..100, currency in prop::sample::select(vec!["USDC", "EUR", "USD", "GBP"])) {
        let mut grouped = whole.to_string();
        for at in (1..grouped.len()).rev().filter(|at| (grouped.len() - at).is_multiple_of(3)).collect::<Vec<_>>() {
            grouped.insert(at, ' ');
        }
        assert_in_text(&format!("{grouped} {currency}"))?;
        assert_in_text(&format!("${}.{cents:02}", grouped.replace(' ', ",")))?;
        assert_in_text(&format!("{whole}.{cents:02} {currency}"))?;
        assert_in_text(&format!("price {grouped}"))?;
    }

    #[test]
    fn times_and_versions_are_clean(seconds in 1_400_000_000u64..2_200_000_000, (year, month, day) in (1990u16..2040, 1u8..13, 1u8..29), (hour, minute, second) in (0u8..24, 0u8..60, 0u8..60), fraction in 0u32..1_000_000, (major, minor, patch) in (0u16..100, 0u16..1000, 0u32..100_000)) {
        for text in [
            seconds.to_string(),
            format!("{seconds}000"),
            format!("{seconds}.{fraction:06}"),
            format!("{year}-{month:02}-{day:02}"),
            format!("{year}{month:02}{day:02}"),
            format!("{year}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z"),
            format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction:06}Z"),
            format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
            format!("{year}{month:02}{day:02}Z"),
            format!("{major}.{minor}.{patch}"),
            format!("v{major}.{minor}.{patch}-rc.{hour}+build.{fraction}"),
        ] {
            assert_clean(&text)?;
        }
    }

    #[test]
    fn identifiers_are_clean(uuid in "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", address in "0x[0-9a-fA-F]{40}", hash in "(0x)?[0-9a-f]{64}", commit in "[0-9a-f]{7,40}", chain in 1u64..10_000_000_000, solana in "[1-9A-HJ-NP-Za-km-z]{43,44}", payment in "(pay|ord|txn|req|inv)_[0-9a-zA-Z]{16,32}", ulid in "01[0-9A-HJKMNP-TV-Z]{24}") {
        for text in [
            &uuid,
            &uuid.to_uppercase(),
            &uuid.replace('-', ""),
            &address,
            &hash,
            &commit,
            &format!("eip155:{chain}"),
            &format!("eip155:{chain}/erc20:{address}"),
            &format!("solana:{solana}"),
            &solana,
            &payment,
            &ulid,
        ] {
            assert_clean(text)?;
        }
    }

    #[test]
    fn numbers_of_orders_and_parts_are_clean(day in 1u8..29, month in 1u8..13, year in 2015u16..2036, serial in 0u32..10_000, part in "[A-Z]{2,4}-[0-9]{4,6}(-[A-Z0-9]{1,3})?", product in "[A-Z]{2}[0-9]{2}[A-Z]{4}[0-9]{6}", sku in "(SKU|INV|PO|ORD|REF|TKT|JIRA)[-#_ ]?[0-9]{5,10}") {
        for text in [
            format!("ORD-{year}{month:02}{day:02}-{serial:04}"),
            format!("INV-{year}-{month:02}{day:02}-{serial:04}"),
            format!("{year}-{month:02}{day:02}-{serial:04}"),
            format!("{year}{month:02}{day:02}-{serial:04}"),
            format!("order_{year}{month:02}{day:02}_{serial:04}"),
            part,
            product,
            sku,
        ] {
            assert_clean(&text)?;
        }
    }
}

/// Of each encoding, fewer than one of ten thousand random words may pass for an identifier.
#[test]
fn random_words_pass_for_identifiers_less_than_once_in_ten_thousand() {
    const WORDS: u32 = 4_000;
    let encodings: [(&str, &[&[u8]]); 3] = [
        ("hex", &[b"0123456789abcdef", b"0123456789ABCDEF"]),
        (
            "base36",
            &[
                b"0123456789abcdefghijklmnopqrstuvwxyz",
                b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            ],
        ),
        (
            "base58",
            &[b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"],
        ),
    ];
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap()
    };
    for (encoding, alphabets) in encodings {
        let mut flagged: Vec<(EntityType, String)> = Vec::new();
        let mut total = 0;
        for alphabet in alphabets {
            for length in [6, 7, 8, 9, 10, 11, 12, 16, 20, 24, 32, 40] {
                for _ in 0..WORDS {
                    let word: String = (0..length)
                        .map(|_| char::from(alphabet[next() % alphabet.len()]))
                        .collect();
                    total += 1;
                    if let Some(found) = detector().scan(&word).first() {
                        flagged.push((found.entity, word));
                    }
                }
            }
        }
        assert!(
            flagged.len() * 10_000 < total,
            "{} of {total} in {encoding}: {flagged:?}",
            flagged.len()
        );
    }
}
