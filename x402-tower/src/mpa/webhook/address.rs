//! Where webhooks may go.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far an address may be called by a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reach {
    /// An address of the public internet.
    Public,
    /// Loopback, or a private network: only for hosts that are allowed by name.
    Private,
    /// Link-local addresses, the metadata services of clouds, multicast and everything reserved: never, under any name,
    /// because nobody has an approver there and much else can be stolen or moved.
    Never,
}

/// How far `address` may be called (attack 100).
///
/// An IPv6 address that carries an IPv4 address is what that is: `::ffff:127.0.0.1` is loopback.
///
/// ```
/// use x402_tower::mpa::{Reach, reach};
///
/// assert_eq!(reach("93.184.215.14".parse()?), Reach::Public);
/// assert_eq!(reach("::ffff:10.0.0.1".parse()?), Reach::Private);
/// assert_eq!(reach("169.254.169.254".parse()?), Reach::Never);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[must_use]
pub fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(v4) => reach_v4(v4),
        IpAddr::V6(v6) => reach_v6(v6),
    }
}

/// After the IANA registry of special-purpose IPv4 addresses (RFC 6890).
fn reach_v4(address: Ipv4Addr) -> Reach {
    match address.octets() {
        // Metadata services that stand outside 169.254/16: Azure, Alibaba, Oracle.
        [168, 63, 129, 16] | [100, 100, 100, 200] | [192, 0, 0, 192] => Reach::Never,
        [10, ..] | [127, ..] | [192, 168, ..] => Reach::Private,
        [172, b, ..] if (16..=31).contains(&b) => Reach::Private,
        // Shared by carriers and by overlay networks (RFC 6598).
        [100, b, ..] if (64..=127).contains(&b) => Reach::Private,
        [0, ..] | [169, 254, ..] => Reach::Never,
        [192, 0, 0 | 2, _] | [192, 88, 99, _] => Reach::Never,
        [198, 18 | 19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => Reach::Never,
        [a, ..] if a >= 224 => Reach::Never,
        _ => Reach::Public,
    }
}

/// After the IANA registry of special-purpose IPv6 addresses (RFC 6890).
fn reach_v6(address: Ipv6Addr) -> Reach {
    if address == Ipv6Addr::LOCALHOST {
        return Reach::Private;
    }
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, a, b] | [0x64, 0xff9b, 0, 0, 0, 0, a, b] => {
            let ([a, b], [c, d]) = (a.to_be_bytes(), b.to_be_bytes());
            reach_v4(Ipv4Addr::new(a, b, c, d))
        }
        // The metadata service of AWS stands among the private addresses.
        [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254] => Reach::Never,
        [a, ..] if a & 0xfe00 == 0xfc00 => Reach::Private,
        [0x2001, b, ..] if b < 0x200 || b == 0xdb8 => Reach::Never,
        // 6to4 leads to whatever IPv4 address it carries.
        [0x2002, ..] => Reach::Never,
        [0x3fff, b, ..] if b < 0x1000 => Reach::Never,
        [a, ..] if a & 0xe000 == 0x2000 => Reach::Public,
        _ => Reach::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(addresses: &[&str], expected: Reach) {
        for address in addresses {
            assert_eq!(reach(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn attack_100_no_address_of_a_machine_or_its_networks_is_public() {
        all(
            &[
                "127.0.0.1",
                "127.255.255.254",
                "10.0.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "100.64.0.1",
                "::1",
                "fc00::1",
                "fdff::1",
                "::ffff:127.0.0.1",
                "::ffff:192.168.0.1",
                "64:ff9b::10.0.0.1",
            ],
            Reach::Private,
        );
    }

    #[test]
    fn attack_100_metadata_and_link_local_are_never_reached() {
        all(
            &[
                "0.0.0.0",
                "169.254.169.254",
                "169.254.170.2",
                "100.100.100.200",
                "168.63.129.16",
                "192.0.0.192",
                "::",
                "fe80::1",
                "fec0::1",
                "ff02::1",
                "fd00:ec2::254",
                "::ffff:169.254.169.254",
                "::ffff:0:169.254.169.254",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::1",
                "::169.254.169.254",
                "::127.0.0.1",
                "2002:7f00:1::",
                "2001:0:7f00:1::",
                "2001:db8::1",
                "100::1",
                "224.0.0.1",
                "255.255.255.255",
                "240.0.0.1",
                "198.18.0.1",
                "192.0.2.1",
            ],
            Reach::Never,
        );
    }

    #[test]
    fn the_internet_is_public() {
        all(
            &[
                "1.1.1.1",
                "93.184.215.14",
                "172.32.0.1",
                "100.128.0.1",
                "2606:4700:4700::1111",
                "2a00:1450:4001::1",
                "2001:4860:4860::8888",
                "::ffff:1.1.1.1",
                "64:ff9b::1.1.1.1",
            ],
            Reach::Public,
        );
    }
}
