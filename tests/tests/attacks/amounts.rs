//! Attacks 1 to 8: amounts that are no plain whole numbers, served in both versions.

use x402_tower::testing::{Offer, ScriptedChallenge};
use x402_tower::wire::Version;

use crate::ground::{BOTH, Ground, URL, assert_denied, assert_denied_by, policy, serve};

/// The challenge of a cent with `raw` as the JSON of its amount.
fn with_amount(version: Version, raw: &str) -> String {
    let marked = [Offer::usdc(0).amount("AMOUNT")];
    let json = ScriptedChallenge::new(version, URL, marked).to_json();
    json.to_string().replace("\"AMOUNT\"", raw)
}

async fn assert_raw_denied(raw: &str, code: &str) {
    for version in BOTH {
        eprintln!("version {version}, amount {raw:.40}");
        assert_denied(serve(version, &with_amount(version, raw)), code).await;
    }
}

async fn assert_texts_denied(amounts: &[&str]) {
    for amount in amounts {
        let raw = serde_json::to_string(amount).unwrap();
        assert_raw_denied(&raw, "wire.amount").await;
    }
}

#[tokio::test]
async fn attack_001_negative_amount() {
    assert_texts_denied(&["-1", "-10000", "-0", "\u{2212}1"]).await;
}

#[tokio::test]
async fn attack_002_exponent() {
    assert_texts_denied(&["1e6", "1E6", "1E-9", "1e+4", "10000e0"]).await;
}

#[tokio::test]
async fn attack_003_leading_zeros() {
    assert_texts_denied(&["00010000", "010000", "00", &"0".repeat(5000)]).await;
}

#[tokio::test]
async fn attack_004_lenient_digits() {
    assert_texts_denied(&[
        "",
        " ",
        "+5",
        " 5 ",
        "5 ",
        " 5",
        "5\t",
        "5\n",
        "1_000",
        "1,000",
        "1 000",
        "1'000",
        "0x10",
        "0X10",
        "0b1",
        "0o7",
        "10n",
        "10u64",
        "１０",
        "١٠",
        "१०",
        "𝟏𝟎",
        "Ⅹ",
        "¹⁰",
        "1\u{200b}0",
        "\u{feff}10",
        "10\u{a0}",
        "--1",
        "ten",
        "$1",
        "1$",
        "10 USDC",
        "(10)",
        "10%",
        "1/2",
        "10;",
        "10\u{2028}",
        "\u{202e}01",
    ])
    .await;
}

#[tokio::test]
async fn attack_005_fraction() {
    assert_texts_denied(&["0.01", "10000.0", ".5", "5.", "1.0e4"]).await;
}

#[tokio::test]
async fn attack_006_more_than_256_bits() {
    let above = "115792089237316195423570985008687907853269984665640564039457584007913129639936";
    assert_texts_denied(&[above, &"9".repeat(78), &"9".repeat(100), &"1".repeat(5000)]).await;
}

#[tokio::test]
async fn attack_006_the_largest_256_bits_are_over_every_limit() {
    let max = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    let beyond_i64 = "9223372036854775808";
    let beyond_u64 = "18446744073709551616";
    // 2^64 + 10 000: a cent, where somebody cuts it to 64 bits.
    let wrapping = "18446744073709561616";
    for amount in [max, beyond_i64, beyond_u64, wrapping] {
        for version in BOTH {
            let ground = Ground::new();
            let json = with_amount(version, &format!("\"{amount}\""));
            let seller = x402_tower::testing::ScriptedSeller::new().respond(serve(version, &json));
            let answer = ground.buy(&seller, URL).await;
            let code = crate::ground::denial(&answer).unwrap();
            assert!(
                ["policy.per_call", "policy.unpriced"].contains(&code),
                "{amount}: {code}"
            );
            ground.assert_untouched(&seller, answer, code).await;
        }
    }
}

#[tokio::test]
async fn attack_007_near_max_payments_do_not_wrap_the_window() {
    // The dearest payment whose price in micro-dollars still fits 64 bits, twice, under limits of that size.
    let most = x402_tower::Usd::from_micros(u64::MAX);
    let policy = policy().with_max_per_call(most).with_daily_limit(most);
    let ground = Ground::with_policy(policy);
    let dear = Offer::usdc(u64::MAX);
    let first = x402_tower::testing::ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, [dear.clone()]))
        .settle();
    assert_eq!(
        crate::ground::outcome(&ground.buy(&first, URL).await),
        Some("settled")
    );
    let other = "https://api.example.com/other";
    for amount in [u64::MAX, 1] {
        let second = x402_tower::testing::ScriptedSeller::new()
            .challenge(&ScriptedChallenge::v2(other, [Offer::usdc(amount)]));
        let answer = ground.buy(&second, other).await;
        assert_eq!(crate::ground::denial(&answer), Some("policy.window"));
    }
    assert_eq!(ground.signer.count(), 1);
    assert_eq!(ground.spent_micros().await, u64::MAX);
    assert_eq!(ground.verify().records, 4);
}

#[tokio::test]
async fn attack_008_amount_of_another_type() {
    for raw in [
        "10000",
        "-1",
        "0",
        "1e4",
        "10000.0",
        "true",
        "false",
        "null",
        "[]",
        "[\"10000\"]",
        "{}",
        "{\"value\":\"10000\"}",
    ] {
        assert_raw_denied(raw, "wire.field_type").await;
    }
}

#[tokio::test]
async fn attack_008_numbers_that_are_no_json() {
    for raw in [
        "NaN",
        "Infinity",
        "-Infinity",
        "+1",
        "01",
        "0x10",
        ".5",
        "5.",
    ] {
        assert_raw_denied(raw, "wire.json").await;
    }
    for raw in ["\"NaN\"", "\"Infinity\"", "\"inf\"", "\"null\"", "\"true\""] {
        assert_raw_denied(raw, "wire.amount").await;
    }
}

#[tokio::test]
async fn attack_008_a_number_beyond_every_float() {
    assert_raw_denied("1e400", "wire.field_type").await;
    let ground = Ground::new();
    let json = with_amount(Version::V2, "\"10000\"").replace("60", "1e400");
    assert_denied_by(&ground, serve(Version::V2, &json), "wire.field_type").await;
}
