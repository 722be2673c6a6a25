//! What is never paid.

use super::*;

#[test]
fn deny_wins_over_allow() {
    let asset = format!("eip155:8453/{USDC}");
    for (allow, deny, code) in [
        (
            "allowed_origins = [\"https://api.ok.com\"]",
            "denied_origins = [\"https://API.ok.com:443\"]",
            "policy.denied_origin",
        ),
        (
            "allowed_schemes = [\"exact\"]",
            "denied_schemes = [\"exact\"]",
            "policy.denied_scheme",
        ),
        (
            "allowed_networks = [\"eip155:8453\"]",
            "denied_networks = [\"eip155:8453\"]",
            "policy.denied_network",
        ),
        (
            &format!("allowed_assets = [\"{asset}\"]"),
            &format!("denied_assets = [\"{}\"]", asset.to_lowercase()),
            "policy.denied_asset",
        ),
    ] {
        assert_eq!(
            Asked::fine().code(&rules(allow)),
            "allowed",
            "without the denial: {allow}"
        );
        assert_eq!(
            Asked::fine().code(&rules(&format!("{deny}\n{allow}"))),
            code
        );
        assert_eq!(
            Asked::fine().code(&rules(&format!("{allow}\n{deny}"))),
            code,
            "in any order"
        );
    }
}

#[test]
fn what_is_not_named_is_not_denied() {
    let strict = rules(&format!(
        "denied_origins = [\"https://ok.com\"]\ndenied_networks = [\"eip155:1\"]\n\
         denied_assets = [\"eip155:8453/{OTHER}\"]\ndenied_recipients = [\"{OTHER}\"]\ndenied_schemes = [\"upto\"]"
    ));
    assert_eq!(Asked::fine().code(&strict), "allowed");
}

#[test]
fn attack_064_a_denied_recipient_is_never_paid_whoever_asks() {
    let allow = format!("[recipients]\n\"https://api.ok.com\" = [\"{PAYEE}\"]");
    assert_eq!(
        Asked::fine().code(&rules(&allow)),
        "allowed",
        "the attack, without the list"
    );
    for listed in [
        PAYEE.to_owned(),
        PAYEE.to_lowercase(),
        format!("eip155:8453/{PAYEE}"),
        format!("eip155:8453:{PAYEE}"),
    ] {
        let rules = rules(&format!("denied_recipients = [\"{listed}\"]\n{allow}"));
        assert_eq!(
            Asked::fine().code(&rules),
            "policy.denied_recipient",
            "{listed}"
        );
    }
}

#[test]
fn a_denied_recipient_with_a_chain_is_denied_there_alone() {
    let here = rules(&format!("denied_recipients = [\"eip155:1/{PAYEE}\"]"));
    assert_eq!(Asked::fine().code(&here), "allowed");
    let everywhere = rules(&format!("denied_recipients = [\"{PAYEE}\"]"));
    for chain in ["eip155:1", "eip155:8453"] {
        assert_eq!(
            Asked::fine().on(chain).code(&everywhere),
            "policy.denied_recipient"
        );
    }
}

#[test]
fn attack_052_nobody_is_paid_where_money_is_lost() {
    let open = rules("");
    for address in [
        "0x0000000000000000000000000000000000000000",
        "0x0000000000000000000000000000000000000001",
        "0x000000000000000000000000000000000000dEaD",
        "0xdEAD000000000000000042069420694206942069",
        "0xdeaddeaddeaddeaddeaddeaddeaddeaddeaddead",
        "0xffffffffffffffffffffffffffffffffffffffff",
        USDC,
    ] {
        assert_eq!(
            Asked::paying(address).code(&open),
            "policy.unpayable_recipient",
            "{address}"
        );
    }
    assert_eq!(Asked::paying(OTHER).code(&open), "allowed");
    let listed = rules(&format!(
        "[recipients]\n\"https://api.ok.com\" = [\"{USDC}\"]"
    ));
    assert_eq!(
        Asked::paying(USDC).code(&listed),
        "policy.unpayable_recipient",
        "also where it is listed"
    );
}

#[test]
fn attack_052_burning_on_solana_too() {
    let mut asked = Asked::fine().on("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp");
    asked.asset =
        Address::parse(&asked.chain, "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v").unwrap();
    for burnt in [
        "11111111111111111111111111111111",
        "1nc1nerator11111111111111111111111111111111",
    ] {
        asked.pay_to = Address::parse(&asked.chain, burnt).unwrap();
        assert_eq!(
            asked.code(&rules("")),
            "policy.unpayable_recipient",
            "{burnt}"
        );
    }
}

#[test]
fn attack_009_nothing_is_signed_for_nothing() {
    let mut probe = Asked::fine();
    probe.amount = AtomicAmount::ZERO;
    for price in [Some(Usd::ZERO), None] {
        probe.price = price;
        assert_eq!(probe.code(&rules("")), "policy.zero_amount");
        assert_eq!(
            probe.code(&rules("allow_zero_amount = true")),
            "allowed",
            "the attack, where it is allowed"
        );
    }
    probe.scheme = "upto";
    assert_eq!(
        probe.code(&rules("allowed_schemes = [\"exact\", \"upto\"]")),
        "policy.zero_amount"
    );
}

#[test]
fn attack_053_an_allowlist_is_compared_in_punycode() {
    let rules = rules("allowed_origins = [\"https://api.ok.com\", \"https://bücher.example\"]");
    assert_eq!(
        Asked::at("https://xn--bcher-kva.example/").code(&rules),
        "allowed"
    );
    // Cyrillic о, and a transposition.
    for text in [
        "https://api.оk.com/",
        "https://api.ko.com/",
        "https://аpi.ok.com/",
    ] {
        assert_eq!(Asked::at(text).code(&rules), "policy.origin", "{text}");
        assert_eq!(
            Asked::at(text).code(&super::rules("")),
            "allowed",
            "the attack, without the list"
        );
    }
}

#[test]
fn attack_058_only_encrypted_origins_are_paid_also_after_a_downgrade() {
    let downgraded = Asked::at("http://api.ok.com/report");
    assert_eq!(
        downgraded.code(&rules("allowed_origins = [\"https://api.ok.com\"]")),
        "policy.insecure_url"
    );
    assert_eq!(
        downgraded.code(&rules("allow_insecure_http = true")),
        "allowed",
        "the attack, where it is allowed"
    );
    // Encryption off is no way around a list of encrypted origins.
    let listed = rules("allow_insecure_http = true\nallowed_origins = [\"https://api.ok.com\"]");
    assert_eq!(downgraded.code(&listed), "policy.origin");
}

#[test]
fn lists_of_what_is_denied_are_checked() {
    for (text, code, path) in [
        (
            "denied_origins = [\"api.ok.com\"]",
            "scope.not_http",
            "denied_origins[0]",
        ),
        (
            "denied_origins = [\"https://api.ok.com/v1\"]",
            "config.path",
            "denied_origins[0]",
        ),
        (
            "denied_recipients = [\"alice\"]",
            "config.recipient",
            "denied_recipients[0]",
        ),
        (
            "denied_assets = [\"USDC\"]",
            "config.asset",
            "denied_assets[0]",
        ),
        (
            "denied_networks = [\"base\"]",
            "config.network",
            "denied_networks[0]",
        ),
        (
            "denied_schemes = [\"Exact\"]",
            "config.scheme",
            "denied_schemes[0]",
        ),
        (
            "denied_schemes = \"exact\"",
            "config.kind",
            "denied_schemes",
        ),
        (
            "denied_networks = [\"eip155:1\", \"eip155:1\"]",
            "config.duplicate",
            "denied_networks[1]",
        ),
    ] {
        assert_eq!(one(text), (code, path.to_owned(), Some(1)), "{text}");
    }
    assert!(
        toml("denied_origins = [\"http://a.io\"]").is_ok(),
        "denying plain http needs no leave"
    );
}
