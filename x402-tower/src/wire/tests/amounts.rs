//! Amounts and numbers (attacks 1 to 8, 20).

use super::*;

/// The code for a challenge whose amount is this JSON text, in both versions.
fn amount_codes(json: &str) -> [&'static str; 2] {
    let v2 = REQUIREMENT_V2.replace(r#""amount":"10000""#, &format!(r#""amount":{json}"#));
    let v1 = REQUIREMENT_V1.replace(
        r#""maxAmountRequired":"10000""#,
        &format!(r#""maxAmountRequired":{json}"#),
    );
    [
        code(read_v2(&challenge_v2(&v2))),
        code(read_v1(&challenge_v1(&v1))),
    ]
}

fn assert_refused(amounts: &[&str], reason: &str) {
    for amount in amounts {
        assert_eq!(amount_codes(amount), [reason; 2], "{amount}");
    }
}

#[test]
fn plain_digits_are_accepted() {
    for amount in [
        r#""0""#,
        r#""1""#,
        r#""10000""#,
        r#""18446744073709551616""#,
    ] {
        assert_eq!(amount_codes(amount), ["accepted"; 2], "{amount}");
    }
}

#[test]
fn attack_001_negative_amount() {
    assert_refused(&[r#""-1""#, r#""-0""#, "\"\u{2212}1\""], "wire.amount");
}

#[test]
fn attack_002_exponent() {
    assert_refused(
        &[r#""1e6""#, r#""1E-9""#, r#""1E6""#, r#""1e+6""#],
        "wire.amount",
    );
}

#[test]
fn attack_003_leading_zeros() {
    assert_refused(
        &[
            r#""00010000""#,
            r#""00""#,
            &format!("\"{}\"", "0".repeat(5000)),
        ],
        "wire.amount",
    );
}

#[test]
fn attack_004_lenient_digits() {
    let amounts = [
        r#""+5""#,
        r#"" 5 ""#,
        r#""5 ""#,
        r#""5\n""#,
        r#""1_000""#,
        r#""1,000""#,
        r#""1 000""#,
        r#""0x10""#,
        r#""0b1""#,
        r#""10n""#,
        r#""１０""#,
        r#""٣""#,
        r#""""#,
        r#""Infinity""#,
        r#""ten""#,
        "\"1\u{200b}0\"",
    ];
    assert_refused(&amounts, "wire.amount");
}

#[test]
fn attack_005_fraction() {
    assert_refused(
        &[r#""0.01""#, r#""1.0""#, r#"".5""#, r#""5.""#],
        "wire.amount",
    );
}

#[test]
fn attack_006_the_largest_amount_is_256_bits() {
    let max = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    let json = REQUIREMENT_V2.replace("10000", max);
    let challenge = read_v2(&challenge_v2(&json)).unwrap();
    assert_eq!(challenge.requirements()[0].amount().to_string(), max);

    let above = max.replace("935", "936");
    assert_refused(
        &[&format!("\"{above}\""), &format!("\"{}\"", "9".repeat(100))],
        "wire.amount",
    );
}

#[test]
fn attack_008_an_amount_of_another_type() {
    let others = [
        "10000",
        "1e400",
        "1.5",
        "-1",
        "true",
        "null",
        "[]",
        "{}",
        r#"["10000"]"#,
    ];
    assert_refused(&others, "wire.field_type");
    assert_refused(
        &[
            "NaN",
            "Infinity",
            "-Infinity",
            "01",
            "1.",
            "+1",
            ".5",
            "0x1",
        ],
        "wire.json",
    );
}

#[test]
fn attack_008_a_timeout_of_another_type() {
    for timeout in [
        r#""300""#,
        "300.0",
        "3e2",
        "-300",
        "null",
        "18446744073709551616",
    ] {
        let json = REQUIREMENT_V2.replace(":300", &format!(":{timeout}"));
        assert_eq!(
            code(read_v2(&challenge_v2(&json))),
            "wire.field_type",
            "{timeout}"
        );
    }
}

#[test]
fn attack_020_both_amounts_or_an_alias() {
    let with = |field: &str| {
        let field = format!(r#""{field}":"1","payTo""#);
        let (v1, v2) = (REQUIREMENT_V1, REQUIREMENT_V2);
        [
            code(read_v1(&challenge_v1(&v1.replace(r#""payTo""#, &field)))),
            code(read_v2(&challenge_v2(&v2.replace(r#""payTo""#, &field)))),
        ]
    };
    assert_eq!(
        with("maxAmountRequired"),
        ["wire.duplicate_key", "wire.version_mix"]
    );
    assert_eq!(with("amount"), ["wire.version_mix", "wire.duplicate_key"]);
    for alias in [
        "max_amount_required",
        "maxamountrequired",
        "Amount",
        "AMOUNT",
        "a_mount",
    ] {
        assert_eq!(with(alias), ["wire.alias"; 2], "{alias}");
    }
}
