//! Hostile input cannot make a scan slow. Steps are counted, not timed.

use crate::pii::steps::counter::count;
use crate::pii::{Detector, EntityType};

/// The worst of the inputs below takes half of this.
const MAX_STEPS_PER_BYTE: usize = 300;
/// Bytes of an input. A scan that goes back to the start at every candidate would take thousands of steps for
/// each.
const BASE: usize = 4_000;

fn hostile_units() -> Vec<String> {
    [
        "a",
        "a.",
        "1",
        "1-",
        "1 ",
        "@",
        "@a",
        "a@",
        "a@b.",
        "a@a.aa",
        "%",
        "%25",
        "%2525",
        "%40",
        "%4",
        "12-34",
        "1234 ",
        "4111 ",
        "4111-1111-",
        "4111111111111111 ",
        "4111111111111111",
        "123-45-",
        "123 45 ",
        "123456789 ",
        "ssn ",
        "ssn number is ",
        "123456789(ssn ",
        "phone 415 ",
        "415-555-",
        "(415) ",
        "+1 ",
        "+",
        "+44 1 ",
        "(",
        "GB82",
        "GB82 ",
        "MT84 1 2 3 ",
        "gb 82 ",
        "1.",
        "1.2.3.4",
        "1.2.3.4 ",
        ":",
        "::",
        "1:",
        "f:",
        "fe80::",
        "g:1:",
        ".",
        "é",
        "é@",
        "@é.",
        "\u{200b}",
        "a-",
        "-",
        "/",
        "0x",
        "deadbeef-4111-1111-1111-",
        "https://",
        "\\",
        "谢@谢.",
        "1&",
        "1.1",
        "1/",
        "1|",
        "1;",
        "1, ",
        "11-",
        "items/1/",
        "nif 1 ",
        "de1/",
        "a=1&",
        "a@&",
        "user=a&domain=b.c&",
        " a=1",
        "=3D",
        "&amp;",
        "\\u0040",
        "(at)",
        "YWxp",
        "YWxpYWxpYWxp ",
        "MDIxMDAwMDIx ",
        "ssn MDIxMDAwMDIx ",
        "YWxpYWxpY/",
        "3031323334353637 ",
        "3031323334353637%20",
        "%4DDIxMDAwMDIx ",
        "12 345 678 901 ",
        "9434765919(nhs ",
        "nhs 943 476 5919 ",
        "44051401359 is my pesel number ",
        "the nhs number of the patient is ",
        "1 2 3 4 5 6 7 8 ",
        "A 1 B 2 ",
        "AB 12 34 56 C ",
        "12.345.678-",
        "12345678Z",
        "12345678-Z ",
        "131052-308",
        "ABCDE 1234 ",
        "00:1a:2b:3c:4d:5e:",
        "00-1a-",
        "001a.2b3c.",
        "SELECT ",
        "DELETE a ",
        "dob=",
        "dob 1 ",
        "born 1-1-",
        "passport 1 ",
        "workload_class=",
        "ml-",
        "a1B2c3D4e5F6",
        "abandon ",
        "abandon,",
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon x ",
        "art.",
        "eyJ",
        "eyJ-",
        "eyJ.",
        "eyJhbGciOiJIUzI1NiJ9.",
        "-----",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----aaaaaaaaaaaaaaaaaaaaaaa",
        "sk-",
        "sk-ant-",
        "ghp_",
        "sk-ant-a1",
        "hvs.a1b2c3d4e5f6a1b2c3d4e5f6.",
        "api_key=a1b2c3d4e5f6a1b2c3d4e5f6=",
        "private_key ",
        "private_key=4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318 ",
        "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318 ",
        "secret/a1b2c3d4e5f6a1b2c3d4e5f6/",
        "key key key key key key key ",
        "aaaaaaaaaaaaaaa ",
        "[1,1,1,1,1,",
        "1,",
        "1GMkH3brNXiNNs1tiFZHu4yZSRrzJwxi5wB9bHFtMikjwpAW9DMZzU2Pqakc5it8X3N5vPmqdN7KF4CCUpmKhq ",
        "KwFfpDsaF7yxCELuyrH9gP5XL7TAt5b9HPWC1xCQbmrxvhJgMQHb ",
    ]
    .map(str::to_owned)
    .into()
}

#[test]
fn attack_114_steps_stay_under_a_constant_per_byte() {
    let detector = Detector::with_entities(EntityType::ALL.iter().copied());
    for unit in hostile_units() {
        for suffix in ["", "@", "@b.co", "1", "%", "x"] {
            let text = unit.repeat(BASE / unit.len()) + suffix;
            for (name, steps) in [
                ("scan", count(|| drop(detector.scan(&text)))),
                ("scan_url", count(|| drop(detector.scan_url(&text)))),
            ] {
                let per_byte = steps / text.len();
                assert!(
                    per_byte <= MAX_STEPS_PER_BYTE,
                    "{name} of {unit:?}… takes {per_byte} steps per byte"
                );
            }
        }
    }
}

#[test]
fn twice_the_input_takes_twice_the_steps() {
    let detector = Detector::with_entities(EntityType::ALL.iter().copied());
    for unit in hostile_units() {
        let steps = |repeats: usize| {
            let text = unit.repeat(repeats);
            count(|| drop(detector.scan(&text))).max(count(|| drop(detector.scan_url(&text))))
        };
        let repeats = BASE / unit.len();
        let (single, double) = (steps(repeats), steps(2 * repeats));
        assert!(
            double <= 2 * single + single / 10 + 1_000,
            "{unit:?}: {single} then {double}"
        );
    }
}

#[test]
fn fields_beyond_64_kib_complete() {
    let detector = Detector::new();
    let long = [
        "a".repeat(60_000),
        "a.".repeat(60_000),
        "1-".repeat(60_000),
        "@a".repeat(60_000),
        "%25".repeat(40_000),
        "1".repeat(100_000),
    ];
    for text in &long {
        assert!(detector.scan(text).is_empty());
        assert!(detector.scan_url(text).is_empty());
    }
    let buried = format!("{} alice@example.com", "1-".repeat(60_000));
    assert_eq!(detector.scan(&buried).len(), 1);
}
