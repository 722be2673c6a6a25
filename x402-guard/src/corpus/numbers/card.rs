//! Payment card numbers.

use super::check::luhn;
use super::{Value, grouped, joined, padded};
use crate::corpus::prng::Prng;

/// A network, how often it is drawn, the ranges that its numbers begin with and how long they are.
struct Network {
    name: &'static str,
    weight: u64,
    prefixes: &'static [(u64, u64)],
    length: usize,
}

const NETWORKS: [Network; 14] = [
    network("visa", 22, &[(4000, 4999)], 16),
    network("visa_19", 2, &[(4000, 4999)], 19),
    network("mastercard", 16, &[(51, 55)], 16),
    network("mastercard_2", 10, &[(2221, 2720)], 16),
    network("amex", 12, &[(34, 34), (37, 37)], 15),
    network("discover", 8, &[(6011, 6011), (644, 649), (65, 65)], 16),
    network("jcb", 6, &[(3528, 3589)], 16),
    network("diners", 6, &[(300, 305), (36, 36), (38, 39)], 14),
    network("unionpay", 6, &[(6221, 6229), (624, 626), (6282, 6288)], 16),
    network("unionpay_19", 2, &[(6221, 6229)], 19),
    network(
        "maestro",
        4,
        &[(5018, 5018), (5020, 5020), (5038, 5038), (6304, 6304)],
        16,
    ),
    network("rupay", 3, &[(6521, 6522), (817, 820), (608, 608)], 16),
    network("mir", 2, &[(2200, 2204)], 16),
    network("troy", 1, &[(9792, 9792)], 16),
];

const fn network(
    name: &'static str,
    weight: u64,
    prefixes: &'static [(u64, u64)],
    length: usize,
) -> Network {
    Network {
        name,
        weight,
        prefixes,
        length,
    }
}

/// A card number; the form is its network's name.
pub(in crate::corpus) fn card(prng: &mut Prng) -> Value {
    let weights: Vec<(usize, u64)> = NETWORKS
        .iter()
        .map(|network| network.weight)
        .enumerate()
        .collect();
    let drawn = prng.weighted(&weights).copied().unwrap_or_default();
    let Some(network) = NETWORKS.get(drawn) else {
        return Value::new("4111111111111111", "visa");
    };
    let (first, end) = prng
        .one_of(network.prefixes)
        .copied()
        .unwrap_or((4000, 4999));
    let mut digits: Vec<u8> = padded(prng.within(first, end), 1);
    let body = network
        .length
        .saturating_sub(digits.len())
        .saturating_sub(1);
    digits.extend(prng.digits(body));
    digits.push(luhn(&digits));
    Value::new(written(&joined(&digits), prng), network.name)
}

/// Compact, or in the groups that are printed on such a card.
fn written(compact: &str, prng: &mut Prng) -> String {
    let groups: &[usize] = match compact.len() {
        14 | 15 => &[4, 6],
        19 => &[6],
        _ => &[4, 4, 4],
    };
    match prng.below(10) {
        0..=3 => compact.to_owned(),
        4..=7 => grouped(compact, groups, " "),
        8 => grouped(compact, groups, "-"),
        _ => grouped(compact, groups, "."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_network_comes_with_its_length_and_passes_luhn() {
        let mut prng = Prng::new(5, 5);
        let mut seen = Vec::new();
        for _ in 0..4_000 {
            let card = card(&mut prng);
            let digits: Vec<u8> = card
                .text
                .bytes()
                .filter(u8::is_ascii_digit)
                .map(|byte| byte - b'0')
                .collect();
            let (check, body) = digits.split_last().unwrap();
            assert_eq!(luhn(body), *check, "{}", card.text);
            let network = NETWORKS
                .iter()
                .find(|network| network.name == card.form)
                .unwrap();
            assert_eq!(digits.len(), network.length);
            seen.push(card.form);
        }
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), NETWORKS.len());
    }
}
