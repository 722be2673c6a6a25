//! Which addresses may be reached.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::serve::error::ServeError;

/// What is not the public Internet (IANA's registries of special-purpose addresses, RFC 6890), cloud metadata included.
const SPECIAL_V4: [Ipv4Net; 14] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
];

/// The same within `2000::/3`, where the public addresses of IPv6 are: benchmarking and ORCHID, documentation.
const SPECIAL_V6: [Ipv6Net; 3] = [v6(0x2001, 0, 23), v6(0x2001, 0x0db8, 32), v6(0x3fff, 0, 20)];

const PUBLIC_V6: Ipv6Net = v6(0x2000, 0, 3);

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(first: u16, second: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0), prefix)
}

/// An address that may not be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the host leads to an address that is not on the public Internet; where it is meant to be reached, list its network \
     under egress.allow"
)]
pub(crate) struct ForbiddenAddress;

/// The public Internet, and the networks that are allowed besides.
#[derive(Debug, Clone, Default)]
pub(crate) struct AddressRule {
    allowed: Arc<[IpNet]>,
}

impl AddressRule {
    /// With these networks besides the public Internet, each as `10.1.0.0/16` or a single address.
    pub(crate) fn new(allowed: &[String]) -> Result<Self, ServeError> {
        let nets = allowed.iter().map(|text| {
            let single = || text.parse::<IpAddr>().map(IpNet::from);
            text.parse::<IpNet>()
                .or_else(|_| single())
                .map_err(|_| ServeError::Network { text: text.clone() })
        });
        Ok(Self {
            allowed: nets.collect::<Result<_, _>>()?,
        })
    }

    /// Whether an address may be reached.
    pub(crate) fn check(&self, address: IpAddr) -> Result<(), ForbiddenAddress> {
        // What a v6 address stands for is where its packets go: mapped, NAT64, 6to4.
        let meant = embedded(address).unwrap_or(address);
        let listed = |address| self.allowed.iter().any(|net| net.contains(&address));
        if listed(meant) || is_public(meant) && (meant != address || is_public(address)) {
            Ok(())
        } else {
            Err(ForbiddenAddress)
        }
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|net| net.contains(&address)),
        IpAddr::V6(address) => {
            PUBLIC_V6.contains(&address) && !SPECIAL_V6.iter().any(|net| net.contains(&address))
        }
    }
}

/// The IPv4 address that an IPv6 address carries: mapped or compatible (RFC 4291), NAT64 (RFC 6052), 6to4 (RFC 3056).
fn embedded(address: IpAddr) -> Option<IpAddr> {
    let IpAddr::V6(address) = address else {
        return None;
    };
    let [a, b, c, d, e, f, g, h] = address.segments();
    let from = |high: u16, low: u16| {
        let [one, two] = high.to_be_bytes();
        let [three, four] = low.to_be_bytes();
        Some(IpAddr::V4(Ipv4Addr::new(one, two, three, four)))
    };
    match [a, b, c, d, e, f] {
        [0, 0, 0, 0, 0, 0xffff] | [0x64, 0xff9b, 0, 0, 0, 0] => from(g, h),
        [0, 0, 0, 0, 0, 0] if g != 0 || h > 1 => from(g, h),
        [0x2002, ..] => from(b, c),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(rule: &AddressRule, address: &str) -> bool {
        rule.check(address.parse().unwrap()).is_ok()
    }

    #[test]
    fn the_public_internet_may_be_reached() {
        let rule = AddressRule::default();
        for address in [
            "1.1.1.1",
            "93.184.216.34",
            "2606:4700::1111",
            "64:ff9b::101:101",
        ] {
            assert!(allows(&rule, address), "{address}");
        }
    }

    #[test]
    fn what_is_not_public_may_not() {
        let rule = AddressRule::default();
        for address in [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.100.100.200",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
        ] {
            assert!(!allows(&rule, address), "{address}");
        }
    }

    #[test]
    fn a_listed_network_may_be_reached_also_through_a_mapped_address() {
        let rule = AddressRule::new(&["127.0.0.0/8".into(), "fd12::7".into()]).unwrap();
        for address in ["127.0.0.1", "::ffff:127.0.0.1", "fd12::7"] {
            assert!(allows(&rule, address), "{address}");
        }
        assert!(!allows(&rule, "fd12::8"));
        assert!(!allows(&rule, "10.0.0.1"));
    }

    #[test]
    fn a_network_that_is_none_is_refused() {
        assert!(AddressRule::new(&["localhost".into()]).is_err());
    }
}
