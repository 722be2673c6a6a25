use super::assert_marked;
use crate::pii::EntityType::IpAddress;

#[test]
fn finds_ipv4_addresses() {
    assert_marked(
        IpAddress,
        &[
            "«8.8.8.8»",
            "from «203.0.113.7».",
            "«192.168.1.1»:8080",
            "«10.0.0.0»/8",
            "ip=«8.8.4.4»&x=1",
            "ip:«8.8.4.4»",
            "\"«8.8.4.4»\"",
            "«10.0.0.1»-«10.0.0.5»",
            "…«8.8.8.8»",
        ],
    );
}

#[test]
fn finds_ipv6_addresses() {
    assert_marked(
        IpAddress,
        &[
            "«2001:db8::1»",
            "«2001:0db8:85a3:0000:0000:8a2e:0370:7334»",
            "«2001:DB8::A»",
            "«fe80::1»%eth0",
            "[«2001:db8::1»]:443",
            "«2001:db8::»/32",
            "«::ffff:8.8.8.8»",
            "«::ffff:808:808»",
            "«64:ff9b::8.8.8.8»",
            "«fd12:3456:789a::1».",
            "ip:«2001:db8::1»",
            "node:«fe80::1»",
            "«2001:db8::1»: unreachable",
        ],
    );
}

#[test]
fn leaves_addresses_of_nobody() {
    assert_marked(
        IpAddress,
        &[
            "127.0.0.1",
            "127.8.9.10",
            "0.0.0.0",
            "255.255.255.255",
            "::1",
            "::",
            "[::1]:80",
            "::ffff:127.0.0.1",
            "0:0:0:0:0:0:0:1",
        ],
    );
}

#[test]
fn leaves_what_only_looks_like_an_address() {
    assert_marked(
        IpAddress,
        &[
            "1.2.3",
            "1.2.3.4.5",
            "v1.2.3.4",
            "version 1.2.3.4",
            "\"version\":\"1.2.3.4\"",
            "256.1.1.1",
            "1.2.3.256",
            "1.2.3.4a",
            "a1.2.3.4",
            "1..2.3.4",
            "Chrome/120.0.6099.129",
            "12:34:56",
            "std::vec",
            "face::cafe",
            "a::b",
            "2001:db8::1::2",
            "2001:db8::12345",
            "2001:db8:1",
        ],
    );
}
