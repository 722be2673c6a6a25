//! What a seller asks for, read from the wire as anybody could.

use std::time::Duration;

use reqwest::StatusCode;
use url::Url;
use x402_tower::assets::AssetTable;
use x402_tower::{Address, Challenge, Terms, Usd};

use crate::seller::{ATTACKER, SELLER};
use crate::{Failure, bounded};

/// How long the seller may take to answer.
pub(super) const DEADLINE: Duration = Duration::from_secs(20);

/// A seller's offer.
#[derive(Debug)]
pub(super) struct Asked {
    /// What it costs, by the local asset table.
    pub(super) price: Usd,
    /// Who would be paid.
    pub(super) pay_to: Address,
    /// The URL that the challenge names.
    pub(super) resource: String,
}

impl Asked {
    /// Requests `url` without paying.
    pub(super) async fn at(http: &reqwest::Client, url: &Url) -> Result<Self, Failure> {
        let response = http.get(url.clone()).timeout(DEADLINE).send().await?;
        if response.status() != StatusCode::PAYMENT_REQUIRED {
            return Err(format!("a 402 was expected, and {} came", response.status()).into());
        }
        let challenge = match Challenge::from_headers(response.headers())? {
            Some(challenge) => challenge,
            None => Challenge::from_body(bounded::read(response).await?)?,
        };
        let requirement = challenge.requirements().first().ok_or("an empty offer")?;
        let terms = Terms::of(requirement, &AssetTable::builtin())?;
        let resource = challenge
            .resource_url()
            .map(std::borrow::Cow::into_owned)
            .or_else(|| requirement.resource().map(str::to_owned))
            .ok_or("the challenge names no resource")?;
        Ok(Self {
            price: terms.price.ok_or("nobody has priced the asset")?,
            pay_to: terms.pay_to,
            resource,
        })
    }

    /// For people to read.
    pub(super) fn shown(&self) -> String {
        let is = |account: &str| self.pay_to.as_str().eq_ignore_ascii_case(account);
        let whose = match () {
            () if is(SELLER) => "the seller",
            () if is(ATTACKER) => "not the seller",
            () => "somebody unknown",
        };
        let account = shortened(self.pay_to.as_str());
        format!("{} USD to {account} ({whose})", self.price)
    }
}

/// The beginning and the end of an address or a transaction.
pub(super) fn shortened(hex: &str) -> String {
    let length = hex.chars().count();
    let head: String = hex.chars().take(6).collect();
    let tail: String = hex.chars().skip(length.saturating_sub(4)).collect();
    format!("{head}...{tail}")
}
