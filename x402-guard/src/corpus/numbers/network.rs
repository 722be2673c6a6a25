//! Addresses of machines.

use super::Value;
use crate::corpus::prng::Prng;

/// An IP address that somebody may be reached at: none of a machine's own, of a local network or of nobody.
pub(in crate::corpus) fn ip(prng: &mut Prng) -> Value {
    match prng.below(10) {
        0..=3 => Value::new(v4(prng), "v4"),
        4 => Value::new(format!("::ffff:{}", v4(prng)), "v4_mapped"),
        5 => Value::new(v6(prng, 8).to_uppercase(), "v6_upper"),
        6 | 7 => Value::new(v6(prng, 8), "v6"),
        _ => Value::new(compressed(prng), "v6_compressed"),
    }
}

fn v4(prng: &mut Prng) -> String {
    let first = loop {
        let first = prng.within(2, 223);
        if !matches!(first, 10 | 100 | 127 | 169 | 172 | 192 | 198) {
            break first;
        }
    };
    let (second, third) = (prng.below(256), prng.below(256));
    format!("{first}.{second}.{third}.{}", prng.within(1, 254))
}

fn v6(prng: &mut Prng, groups: usize) -> String {
    let registry = prng.text(&[
        "2001", "2003", "2400", "2600", "2604", "2a00", "2a01", "2a02", "2c0f",
    ]);
    let rest = (1..groups).map(|_| format!(":{:x}", prng.within(1, 0xffff)));
    format!("{registry}{}", rest.collect::<String>())
}

fn compressed(prng: &mut Prng) -> String {
    let groups = usize::try_from(prng.within(2, 4)).unwrap_or(3);
    let (head, tail) = (v6(prng, groups), prng.within(1, 0xffff));
    format!("{head}::{tail:x}")
}

/// The address of a network card that is not of a group of cards.
pub(in crate::corpus) fn mac(prng: &mut Prng) -> Value {
    let first = prng.within(0, 63) * 4;
    let bytes: Vec<String> = core::iter::once(first)
        .chain((1..6).map(|_| prng.within(1, 255)))
        .map(|byte| format!("{byte:02x}"))
        .collect();
    match prng.below(6) {
        0 | 1 => Value::new(bytes.join(":"), "colons"),
        2 | 3 => Value::new(bytes.join(":").to_uppercase(), "colons_upper"),
        4 => Value::new(bytes.join("-").to_uppercase(), "dashes"),
        _ => Value::new(super::grouped(&bytes.concat(), &[4, 4], "."), "dots"),
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn every_address_is_one() {
        let mut prng = Prng::new(4, 4);
        for _ in 0..2_000 {
            let ip = ip(&mut prng).text;
            let parsed: IpAddr = ip.parse().unwrap();
            assert!(!parsed.to_canonical().is_loopback(), "{ip}");
        }
    }
}
