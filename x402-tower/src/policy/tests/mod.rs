//! What a policy file may ask for, beyond one rule at a time.

mod approvals;
mod denied;
mod deny_list;
mod limits;
mod lookalikes;
mod seed;
mod settings;

use url::Url;

use super::*;
use crate::address::Address;
use crate::money::{AtomicAmount, Usd};
use crate::network::ChainId;

const USDC: &str = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913";
const PAYEE: &str = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";
const OTHER: &str = "0x0000000000000000000000000000000000000bad";

/// An offer that owns what it is made of: a cent in USDC on Base, unless a test changes it.
struct Asked {
    url: Url,
    chain: ChainId,
    scheme: &'static str,
    asset: Address,
    pay_to: Address,
    amount: AtomicAmount,
    price: Option<Usd>,
}

impl Asked {
    fn at(url: &str) -> Self {
        let chain = ChainId::parse("eip155:8453").unwrap();
        Self {
            url: Url::parse(url).unwrap(),
            scheme: "exact",
            asset: Address::parse(&chain, USDC).unwrap(),
            pay_to: Address::parse(&chain, PAYEE).unwrap(),
            amount: AtomicAmount::from(10_000),
            price: Some(Usd::from_micros(10_000)),
            chain,
        }
    }

    fn fine() -> Self {
        Self::at("https://api.ok.com/report?name=Ada")
    }

    fn paying(pay_to: &str) -> Self {
        let mut asked = Self::fine();
        asked.pay_to = Address::parse(&asked.chain, pay_to).unwrap();
        asked
    }

    fn on(mut self, chain: &str) -> Self {
        self.chain = ChainId::parse(chain).unwrap();
        self
    }

    fn offer(&self) -> Offer<'_> {
        Offer::new(
            &self.url,
            &self.chain,
            self.scheme,
            &self.asset,
            &self.pay_to,
        )
        .with_amount(self.amount)
        .with_price(self.price)
        .with_lifetime_seconds(300)
    }

    fn code(&self, rules: &Rules) -> &'static str {
        let checked = rules.check_offer(&self.offer());
        checked.map_or_else(|violation| violation.code(), |()| "allowed")
    }

    fn limits(&self, rules: &Rules, agent: &str) -> AppliedLimits {
        rules.limits_for(agent, &self.offer()).unwrap()
    }
}

fn toml(text: &str) -> Result<PolicyConfig, PolicyError> {
    PolicyConfig::from_toml(text, "policy.toml")
}

fn rules(text: &str) -> Rules {
    let config = toml(text).unwrap_or_else(|error| panic!("{error}"));
    Rules::compile(&config).unwrap()
}

/// Code, path and line of the only problem.
fn one(text: &str) -> (&'static str, String, Option<usize>) {
    let error = toml(text).expect_err("this policy is wrong");
    assert_eq!(error.problems().len(), 1, "{error}");
    let problem = &error.problems()[0];
    (problem.code(), problem.path().to_owned(), problem.line())
}
