//! One fact per rule.

use super::*;
use crate::store::Quota;

const USDC: &str = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913";
const PAYEE: &str = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";
const OTHER: &str = "0x0000000000000000000000000000000000000bad";

/// An offer that owns what it is made of; everything about it is fine unless a test changes it.
struct Asked {
    url: Url,
    chain: ChainId,
    scheme: String,
    asset: Address,
    pay_to: Address,
    amount: AtomicAmount,
    price: Option<Usd>,
    lifetime: u64,
}

impl Asked {
    fn fine() -> Self {
        let chain = ChainId::parse("eip155:8453").unwrap();
        Self {
            url: url("https://api.ok.com/report?name=Ada"),
            scheme: "exact".to_owned(),
            asset: Address::parse(&chain, USDC).unwrap(),
            pay_to: Address::parse(&chain, PAYEE).unwrap(),
            amount: AtomicAmount::from(10_000),
            price: Some(usd("0.01")),
            lifetime: 300,
            chain,
        }
    }

    fn at(address: &str) -> Self {
        Self {
            url: url(address),
            ..Self::fine()
        }
    }

    fn offer(&self) -> Offer<'_> {
        let (chain, scheme) = (&self.chain, self.scheme.as_str());
        Offer::new(&self.url, chain, scheme, &self.asset, &self.pay_to)
            .with_amount(self.amount)
            .with_price(self.price)
            .with_lifetime_seconds(self.lifetime)
    }

    fn check(&self, rules: &Rules) -> Result<(), Violation> {
        rules.check_offer(&self.offer())
    }

    fn code(&self, rules: &Rules) -> &'static str {
        self.check(rules).map_or_else(|v| v.code(), |()| "allowed")
    }
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

fn applied(rules: &Rules, agent: &str, address: &str) -> Result<AppliedLimits, Violation> {
    let asked = Asked::at(address);
    rules.limits_for(agent, &asked.offer())
}

fn rules(toml: &str) -> Rules {
    let config = PolicyConfig::from_toml(toml, "test").unwrap_or_else(|e| panic!("{e}"));
    Rules::compile(&config).unwrap()
}

#[test]
fn a_policy_that_says_nothing_allows_the_usual_offer() {
    assert_eq!(Asked::fine().code(&rules("")), "allowed");
}

#[test]
fn attack_058_plain_http_is_paid_only_on_this_machine_or_by_choice() {
    let strict = rules("");
    assert_eq!(
        Asked::at("http://api.ok.com/").code(&strict),
        "policy.insecure_url"
    );
    assert_eq!(Asked::at("http://localhost:8402/").code(&strict), "allowed");
    assert_eq!(Asked::at("http://127.0.0.1/").code(&strict), "allowed");
    let loose = rules("allow_insecure_http = true");
    assert_eq!(Asked::at("http://api.ok.com/").code(&loose), "allowed");
}

#[test]
fn only_web_urls_are_paid() {
    for text in [
        "ftp://api.ok.com/",
        "data:text/plain,x",
        "wss://api.ok.com/",
    ] {
        assert_eq!(Asked::at(text).code(&rules("")), "policy.url", "{text}");
    }
}

#[test]
fn attack_054_a_user_name_in_the_url_is_refused() {
    let rules = rules(r#"allowed_origins = ["https://evil.test"]"#);
    let asked = Asked::at("https://api.ok.com@evil.test/");
    assert_eq!(asked.code(&rules), "policy.url");
}

#[test]
fn attack_059_only_listed_origins_are_paid() {
    let rules = rules(r#"allowed_origins = ["https://API.ok.com"]"#);
    assert_eq!(Asked::fine().code(&rules), "allowed");
    for text in [
        "https://pixel.test/",
        "https://api.ok.com:444/",
        "https://api.ok.com.evil.test/",
    ] {
        assert_eq!(Asked::at(text).code(&rules), "policy.origin", "{text}");
    }
}

#[test]
fn a_list_that_is_empty_allows_nothing() {
    for (toml, code) in [
        ("allowed_origins = []", "policy.origin"),
        ("allowed_schemes = []", "policy.scheme"),
        ("allowed_networks = []", "policy.network"),
        ("allowed_assets = []", "policy.asset"),
        ("[recipients]", "policy.recipient"),
        (
            "[recipients]\n\"https://api.ok.com\" = []",
            "policy.recipient",
        ),
    ] {
        assert_eq!(Asked::fine().code(&rules(toml)), code, "{toml}");
    }
}

#[test]
fn attack_035_schemes_are_compared_byte_by_byte() {
    let rules = rules("");
    for scheme in ["Exact", "exact ", "еxact", "upto", ""] {
        let mut asked = Asked::fine();
        asked.scheme = scheme.to_owned();
        assert_eq!(asked.code(&rules), "policy.scheme", "{scheme:?}");
    }
}

#[test]
fn attack_036_only_listed_networks_are_paid_on() {
    let rules = rules(r#"allowed_networks = ["eip155:8453"]"#);
    assert_eq!(Asked::fine().code(&rules), "allowed");
    let mut asked = Asked::fine();
    asked.chain = ChainId::parse("eip155:1").unwrap();
    assert_eq!(asked.code(&rules), "policy.network");
}

#[test]
fn attack_013_assets_are_contracts_on_a_chain() {
    for list in ["eip155:8453/erc20:", "eip155:8453/"] {
        let rules = rules(&format!("allowed_assets = [\"{list}{USDC}\"]"));
        assert_eq!(Asked::fine().code(&rules), "allowed");
        let mut asked = Asked::fine();
        asked.asset = Address::parse(&asked.chain, OTHER).unwrap();
        assert_eq!(asked.code(&rules), "policy.asset");
        let mut asked = Asked::fine();
        asked.chain = ChainId::parse("eip155:1").unwrap();
        assert_eq!(
            asked.code(&rules),
            "policy.asset",
            "same address, other chain"
        );
    }
}

#[test]
fn attack_046_an_origin_is_paid_only_at_its_own_recipients() {
    for listed in [
        PAYEE.to_owned(),
        PAYEE.to_lowercase(),
        format!("eip155:8453/{PAYEE}"),
        format!("eip155:8453:{PAYEE}"),
    ] {
        let rules = rules(&format!(
            "[recipients]\n\"https://api.ok.com\" = [\"{listed}\"]"
        ));
        assert_eq!(Asked::fine().code(&rules), "allowed", "{listed}");
        let mut swapped = Asked::fine();
        swapped.pay_to = Address::parse(&swapped.chain, OTHER).unwrap();
        assert_eq!(swapped.code(&rules), "policy.recipient");
        let unknown = Asked::at("https://other.ok.com/");
        assert_eq!(unknown.code(&rules), "policy.recipient");
    }
}

#[test]
fn a_recipient_with_a_chain_holds_on_that_chain_alone() {
    let rules = rules(&format!(
        "[recipients]\n\"https://api.ok.com\" = [\"eip155:1/{PAYEE}\"]"
    ));
    assert_eq!(Asked::fine().code(&rules), "policy.recipient");
}

#[test]
fn a_plain_recipient_holds_on_chains_of_its_kind_alone() {
    let sol = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v";
    let rules = rules(&format!(
        "[recipients]\n\"https://api.ok.com\" = [\"{sol}\"]"
    ));
    let mut asked = Asked::fine();
    asked.chain = ChainId::parse("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp").unwrap();
    asked.pay_to = Address::parse(&asked.chain, sol).unwrap();
    assert_eq!(asked.code(&rules), "allowed");
    asked.chain = ChainId::parse("other:1").unwrap();
    asked.pay_to = Address::parse(&asked.chain, sol).unwrap();
    assert_eq!(asked.code(&rules), "policy.recipient");
}

#[test]
fn attack_075_an_authorization_does_not_outlive_the_policy() {
    let rules = rules("max_authorization_seconds = 300");
    for (seconds, code) in [
        (300, "allowed"),
        (301, "policy.lifetime"),
        (31_536_000, "policy.lifetime"),
        (u64::MAX, "policy.lifetime"),
    ] {
        let mut asked = Asked::fine();
        asked.lifetime = seconds;
        assert_eq!(asked.code(&rules), code, "{seconds}");
    }
}

#[test]
fn an_offer_without_a_lifetime_never_passes() {
    let asked = Asked::fine();
    let offer = Offer::new(
        &asked.url,
        &asked.chain,
        "exact",
        &asked.asset,
        &asked.pay_to,
    );
    let violation = rules("").check_offer(&offer).unwrap_err();
    assert_eq!(violation.code(), "policy.lifetime");
}

#[test]
fn attack_012_an_asset_without_a_price_is_refused_under_any_dollar_limit() {
    let mut asked = Asked::fine();
    asked.price = None;
    for toml in [
        "max_per_call_usd = 1",
        "daily_limit_usd = 1",
        "[per_endpoint]\n\"https://other.test\" = 1",
    ] {
        assert_eq!(asked.code(&rules(toml)), "policy.unpriced", "{toml}");
    }
    assert_eq!(asked.code(&rules("")), "allowed");
}

#[test]
fn attack_015_the_limit_per_call_is_exact() {
    let rules = rules("max_per_call_usd = 0.3");
    for (micros, code) in [(300_000, "allowed"), (300_001, "policy.per_call")] {
        let mut asked = Asked::fine();
        asked.price = Some(Usd::from_micros(micros));
        assert_eq!(asked.code(&rules), code);
    }
}

#[test]
fn the_first_broken_rule_in_order_is_named() {
    let rules = rules("max_per_call_usd = 0.001\nallowed_networks = []\nallowed_assets = []");
    assert_eq!(Asked::fine().code(&rules), "policy.network");
}

#[test]
fn limits_apply_where_their_scope_matches() {
    let rules = rules(
        "daily_limit_usd = 5\nwindow_seconds = 3600\n[per_endpoint]\n\"https://api.ok.com\" = 2\n\
         \"https://api.ok.com/v1\" = 1\n\"https://other.test\" = 3",
    );
    let count = |text| applied(&rules, "a", text).unwrap().as_slice().len();
    assert_eq!(count("https://api.ok.com/v1/x"), 3);
    assert_eq!(count("https://api.ok.com/v1evil"), 2);
    assert_eq!(count("https://nowhere.test/"), 1);
    let limits = applied(&rules, "a", "https://api.ok.com/").unwrap();
    assert!(
        limits
            .as_slice()
            .iter()
            .all(|l| l.window == Duration::from_secs(3600))
    );
    assert_eq!(limits.as_slice()[0].quota, Quota::Amount(usd("5")));
    assert_eq!(limits.as_slice()[1].quota, Quota::Amount(usd("2")));
}

#[test]
fn attack_055_a_path_that_can_be_misread_is_refused_where_paths_are_limited() {
    let rules = rules("[per_endpoint]\n\"https://api.ok.com/v1\" = 1");
    for text in [
        "https://api.ok.com/v1%2fx",
        "https://api.ok.com/x%5c..%5cv1",
        "https://api.ok.com/v1%00",
        "https://api.ok.com//v1",
    ] {
        assert_eq!(Asked::at(text).code(&rules), "policy.url", "{text}");
        assert_eq!(applied(&rules, "a", text).unwrap_err().code(), "policy.url");
    }
    assert_eq!(Asked::at("https://api.ok.com/v1/x").code(&rules), "allowed");
    assert_eq!(
        Asked::at("https://other.test/v1%2fx").code(&rules),
        "allowed",
        "no path rule can be dodged there"
    );
}

#[test]
fn two_agents_and_two_scopes_are_counted_apart() {
    let rules =
        rules("daily_limit_usd = 5\n[per_endpoint]\n\"https://a.io\" = 1\n\"https://b.io\" = 1");
    let keys = |agent, text| -> Vec<_> {
        let limits = applied(&rules, agent, text).unwrap();
        limits.as_slice().iter().map(|limit| limit.key).collect()
    };
    let (one, two) = (keys("one", "https://a.io/"), keys("two", "https://a.io/"));
    assert!(one.iter().all(|key| !two.contains(key)));
    let other = keys("one", "https://b.io/");
    assert_eq!(one[0], other[0], "the daily limit is one");
    assert_ne!(one[1], other[1]);
}

#[test]
fn a_refusal_by_the_store_names_the_limit() {
    let rules = rules("daily_limit_usd = 5\n[per_endpoint]\n\"https://api.ok.com/v1\" = 1");
    let limits = applied(&rules, "a", "https://api.ok.com/v1?ssn=123").unwrap();
    let left = Quota::Amount(usd("0.25"));
    let daily = limits.violation(0, left, usd("0.5")).unwrap();
    assert_eq!(daily.code(), "policy.window");
    assert!(daily.to_string().contains("0.25 USD are left"));
    let endpoint = limits.violation(1, left, usd("0.5")).unwrap();
    assert_eq!(endpoint.code(), "policy.endpoint_window");
    assert!(
        endpoint
            .to_string()
            .contains("https://api.ok.com/v1 (1.00 USD in 86400 s)")
    );
    assert_eq!(limits.violation(2, left, usd("0.5")), None);
}

#[test]
fn no_message_holds_the_query() {
    let strict =
        rules("allowed_origins = [\"https://ok.com\"]\n[per_endpoint]\n\"https://ok.com/v1\" = 1");
    for text in [
        "https://api.ok.com/a?ssn=SECRET#SECRET",
        "https://ok.com/a%2f?ssn=SECRET",
        "http://api.ok.com/?ssn=SECRET",
        "https://SECRET:SECRET@api.ok.com/?ssn=SECRET",
    ] {
        let violation = Asked::at(text).check(&strict).unwrap_err();
        assert!(
            !format!("{violation} {violation:?}").contains("SECRET"),
            "{violation}"
        );
    }
}

#[test]
fn the_revision_tells_policies_apart_and_not_their_spelling() {
    let one = rules(
        "daily_limit_usd = 5.00\nallowed_origins = [\"https://b.io\", \"https://A.io:443/\"]",
    );
    let same = rules(
        "allowed_origins = [\"https://a.io\", \"https://b.io\"]\ndaily_limit_usd = \"5\"\nwindow_seconds = 86_400",
    );
    let other =
        rules("daily_limit_usd = 5.01\nallowed_origins = [\"https://a.io\", \"https://b.io\"]");
    assert_eq!(one.revision(), same.revision());
    assert_ne!(one.revision(), other.revision());
    let pii = rules("[pii]\naction = \"warn\"");
    assert_ne!(
        pii.revision(),
        rules("").revision(),
        "other controls' settings count too"
    );
}
