//! What is not personal but may look so.

use crate::corpus::lists::Lists;
use crate::corpus::prng::Prng;

const HEX: &str = "0123456789abcdef";

/// A value for a slot that is not personal; none where there is no such slot.
pub(super) fn lookalike(slot: &str, lists: &Lists, prng: &mut Prng) -> Option<String> {
    if let Some(text) = number(slot, prng) {
        return Some(text);
    }
    let of = |section: &str, prng: &mut Prng| prng.text(lists.lookalikes.of(section)).to_owned();
    Some(match slot {
        "dom" => domain(lists, prng),
        "slug" => format!("{}-{}", of("word", prng), of("word", prng)),
        "codeword" => match prng.below(3) {
            0 => of("codeword", prng).to_lowercase(),
            1 => format!(
                "{}-{}",
                of("codeword", prng).to_lowercase(),
                prng.within(1, 99)
            ),
            _ => of("codeword", prng),
        },
        "file" => format!(
            "{}{}.{}",
            of("word", prng),
            suffix(prng),
            of("extension", prng)
        ),
        "retina" => format!(
            "{}@{}x.{}",
            of("word", prng),
            prng.within(2, 3),
            prng.text(&["png", "webp", "jpg"])
        ),
        "pkg" => package(lists, prng),
        _ if lists.lookalikes.of(slot).is_empty() => return None,
        section => of(section, prng),
    })
}

/// The host of a service: words that name nobody.
fn domain(lists: &Lists, prng: &mut Prng) -> String {
    let word = prng.text(lists.lookalikes.of("domain_word"));
    let end = prng.text(lists.lookalikes.of("domain_end"));
    let tld = prng.text(lists.lookalikes.of("tld"));
    match prng.below(4) {
        0 => "example.com".to_owned(),
        1 => format!("{word}.{tld}"),
        _ => format!("{word}-{end}.{tld}"),
    }
}

fn suffix(prng: &mut Prng) -> String {
    match prng.below(4) {
        0 => format!("_v{}", prng.within(1, 12)),
        1 => format!("-{}", date(prng)),
        2 => format!("_{}", prng.within(1, 9_999)),
        _ => String::new(),
    }
}

fn package(lists: &Lists, prng: &mut Prng) -> String {
    let (scope, name) = (
        prng.text(lists.lookalikes.of("domain_word")),
        prng.text(lists.lookalikes.of("word")),
    );
    match prng.below(3) {
        0 => format!("@{scope}/{name}@{}", version(prng)),
        1 => format!("{scope}-{name}=={}", version(prng)),
        _ => format!("@{scope}/{name}"),
    }
}

fn version(prng: &mut Prng) -> String {
    format!("{}.{}.{}", prng.below(12), prng.below(40), prng.below(30))
}

fn date(prng: &mut Prng) -> String {
    format!(
        "{}-{:02}-{:02}",
        prng.within(2019, 2027),
        prng.within(1, 12),
        prng.within(1, 28)
    )
}

fn time(prng: &mut Prng) -> String {
    format!(
        "{:02}:{:02}:{:02}",
        prng.below(24),
        prng.below(60),
        prng.below(60)
    )
}

fn number(slot: &str, prng: &mut Prng) -> Option<String> {
    Some(match slot {
        "n" => prng.within(1, 999).to_string(),
        "num" => prng.within(1_000, 999_999).to_string(),
        "nine" => prng.within(100_000_000, 999_999_999).to_string(),
        "amount" => prng.within(1_000, 99_999_999).to_string(),
        "wei" => format!("{}{}", prng.within(1, 999), "0".repeat(15)),
        "usd" => format!("{}.{:02}", prng.below(400), prng.below(100)),
        "micro" => format!("0.{:03}", prng.within(1, 99)),
        "ts" => prng.within(1_600_000_000, 1_799_999_999).to_string(),
        "tsms" => prng
            .within(1_600_000_000_000, 1_799_999_999_999)
            .to_string(),
        "date" => date(prng),
        "day" => date(prng).replace('-', ""),
        "time" => time(prng),
        "iso" => format!("{}T{}Z", date(prng), time(prng)),
        "version" => version(prng),
        "build" => format!(
            "10.0.{}.{}",
            prng.within(19_000, 26_000),
            prng.within(256, 9_000)
        ),
        "order" => order(prng),
        "sku" => format!(
            "{}-{}-{}",
            prng.letters("ABCDEFGHKLMNPRST", 3),
            prng.within(100, 9_999),
            prng.letters("ABCDXZ", 1)
        ),
        "ref" => format!(
            "{}-{:06}",
            prng.text(&["INV", "REF", "CASE", "JOB", "PO", "TKT", "RUN", "BATCH"]),
            prng.below(1_000_000)
        ),
        "uuid" => uuid(prng),
        "hex8" => prng.letters(HEX, 8),
        "hex32" => prng.letters(HEX, 32),
        "address" => format!("0x{}", prng.letters("0123456789abcdefABCDEF", 40)),
        "hash" => format!("0x{}", prng.letters(HEX, 64)),
        "cid" => format!(
            "bafybeig{}",
            prng.letters("abcdefghijklmnopqrstuvwxyz234567", 51)
        ),
        "solana" => prng.letters(
            "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
            44,
        ),
        "caip2" => prng
            .text(&[
                "eip155:8453",
                "eip155:1",
                "eip155:84532",
                "eip155:137",
                "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
                "eip155:43114",
            ])
            .to_owned(),
        "caip10" => format!(
            "eip155:{}:0x{}",
            prng.text(&["1", "10", "137", "8453", "42161"]),
            prng.letters(HEX, 40)
        ),
        "caip19" => format!("eip155:8453/erc20:0x{}", prng.letters(HEX, 40)),
        "coord" => format!("{}.{:04}", prng.below(89), prng.below(10_000)),
        "ratio" => format!("{}:{}", prng.within(1, 32), prng.within(1, 32)),
        "size" => format!("{}x{}", prng.within(2, 60) * 64, prng.within(2, 34) * 64),
        _ => return None,
    })
}

/// An order number; one that is as long as a card's fails the check that cards pass.
fn order(prng: &mut Prng) -> String {
    let length = prng
        .one_of(&[6, 7, 8, 8, 10, 12, 13, 14, 15, 16, 16, 16])
        .copied()
        .unwrap_or(8);
    let mut digits = prng.digits(length);
    if let (Some((check, body)), true) = (digits.split_last_mut(), length > 12) {
        let passing = crate::corpus::numbers::check::luhn(body);
        if *check == passing {
            *check = (passing + 1) % 10;
        }
    }
    digits
        .iter()
        .map(|digit| char::from(b'0' + digit))
        .collect()
}

fn uuid(prng: &mut Prng) -> String {
    let variant = prng.letters("89ab", 1);
    format!(
        "{}-{}-4{}-{variant}{}-{}",
        prng.letters(HEX, 8),
        prng.letters(HEX, 4),
        prng.letters(HEX, 3),
        prng.letters(HEX, 3),
        prng.letters(HEX, 12)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::numbers::check::luhn;

    #[test]
    fn long_order_numbers_are_no_cards() {
        let mut prng = Prng::new(3, 1);
        for _ in 0..3_000 {
            let digits: Vec<u8> = order(&mut prng).bytes().map(|byte| byte - b'0').collect();
            if let (Some((check, body)), true) = (digits.split_last(), digits.len() > 12) {
                assert_ne!(luhn(body), *check);
            }
        }
    }
}
