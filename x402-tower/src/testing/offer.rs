//! Challenges of either version, right or wrong.

use http::{Response, StatusCode};
use serde_json::{Map, Value, json};

use super::{SELLER, ScriptedBody, USDC_BASE};
use crate::wire::Version;
use crate::wire::header::PAYMENT_REQUIRED;

/// One entry of `accepts`: every field can be set, also to what no honest server would write.
#[derive(Debug, Clone)]
pub struct Offer {
    scheme: String,
    network: String,
    amount: String,
    asset: String,
    pay_to: String,
    max_timeout_seconds: u64,
    resource: Option<String>,
    description: String,
    extra: Map<String, Value>,
    fields: Map<String, Value>,
}

impl Offer {
    /// `amount` atomic units of USDC on Base mainnet (10 000 is one cent) to [`SELLER`], valid for 60 seconds.
    #[must_use]
    pub fn usdc(amount: u64) -> Self {
        let mut extra = Map::new();
        extra.insert("name".into(), "USD Coin".into());
        extra.insert("version".into(), "2".into());
        Self {
            scheme: "exact".into(),
            network: "eip155:8453".into(),
            amount: amount.to_string(),
            asset: USDC_BASE.into(),
            pay_to: SELLER.into(),
            max_timeout_seconds: 60,
            resource: None,
            description: String::new(),
            extra,
            fields: Map::new(),
        }
    }

    /// The payment scheme.
    #[must_use]
    pub fn scheme(mut self, scheme: &str) -> Self {
        self.scheme = scheme.into();
        self
    }

    /// The network. `eip155:8453` and `eip155:84532` become their v1 names in a v1 challenge; anything else is written
    /// as it stands.
    #[must_use]
    pub fn network(mut self, network: &str) -> Self {
        self.network = network.into();
        self
    }

    /// The amount as text.
    #[must_use]
    pub fn amount(mut self, amount: &str) -> Self {
        self.amount = amount.into();
        self
    }

    /// The token.
    #[must_use]
    pub fn asset(mut self, asset: &str) -> Self {
        self.asset = asset.into();
        self
    }

    /// The recipient.
    #[must_use]
    pub fn pay_to(mut self, pay_to: &str) -> Self {
        self.pay_to = pay_to.into();
        self
    }

    /// How long the authorization may be valid, in seconds.
    #[must_use]
    pub fn max_timeout_seconds(mut self, seconds: u64) -> Self {
        self.max_timeout_seconds = seconds;
        self
    }

    /// v1: the URL that this entry says is paid for, where it is not the challenge's.
    #[must_use]
    pub fn resource(mut self, url: &str) -> Self {
        self.resource = Some(url.into());
        self
    }

    /// v1: the description.
    #[must_use]
    pub fn description(mut self, text: &str) -> Self {
        self.description = text.into();
        self
    }

    /// A member of `extra`.
    #[must_use]
    pub fn extra(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(key.into(), value.into());
        self
    }

    /// A field beside, or in place of, those of the version's schema.
    #[must_use]
    pub fn field(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(key.into(), value.into());
        self
    }

    fn to_json(&self, version: Version, url: &str) -> Value {
        let mut entry = match version {
            Version::V1 => json!({
                "scheme": self.scheme,
                "network": v1_name(&self.network),
                "maxAmountRequired": self.amount,
                "resource": self.resource.as_deref().unwrap_or(url),
                "description": self.description,
                "mimeType": "application/json",
            }),
            Version::V2 => json!({
                "scheme": self.scheme,
                "network": self.network,
                "amount": self.amount,
            }),
        };
        if let Value::Object(entry) = &mut entry {
            entry.insert("payTo".into(), self.pay_to.clone().into());
            entry.insert("asset".into(), self.asset.clone().into());
            entry.insert("maxTimeoutSeconds".into(), self.max_timeout_seconds.into());
            entry.insert("extra".into(), self.extra.clone().into());
            entry.extend(self.fields.clone());
        }
        entry
    }
}

fn v1_name(network: &str) -> &str {
    match network {
        "eip155:8453" => "base",
        "eip155:84532" => "base-sepolia",
        other => other,
    }
}

/// A 402 of either version.
#[derive(Debug, Clone)]
pub struct ScriptedChallenge {
    version: Version,
    url: String,
    description: String,
    error: String,
    offers: Vec<Offer>,
    fields: Map<String, Value>,
}

impl ScriptedChallenge {
    /// A v1 challenge, which travels in the body.
    pub fn v1(url: &str, offers: impl IntoIterator<Item = Offer>) -> Self {
        Self::new(Version::V1, url, offers)
    }

    /// A v2 challenge, which travels in the `PAYMENT-REQUIRED` header.
    pub fn v2(url: &str, offers: impl IntoIterator<Item = Offer>) -> Self {
        Self::new(Version::V2, url, offers)
    }

    /// A challenge of `version` for `url`.
    pub fn new(version: Version, url: &str, offers: impl IntoIterator<Item = Offer>) -> Self {
        Self {
            version,
            url: url.into(),
            description: "a report".into(),
            error: "payment required".into(),
            offers: offers.into_iter().collect(),
            fields: Map::new(),
        }
    }

    /// v2: the description of the resource.
    #[must_use]
    pub fn description(mut self, text: &str) -> Self {
        self.description = text.into();
        self
    }

    /// The `error` text.
    #[must_use]
    pub fn error(mut self, text: &str) -> Self {
        self.error = text.into();
        self
    }

    /// A field beside, or in place of, those of the version's schema.
    #[must_use]
    pub fn field(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(key.into(), value.into());
        self
    }

    /// The challenge as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let accepts: Vec<_> = self
            .offers
            .iter()
            .map(|offer| offer.to_json(self.version, &self.url))
            .collect();
        let mut root = json!({
            "x402Version": self.version.number(),
            "error": self.error,
            "accepts": accepts,
        });
        if let Value::Object(root) = &mut root {
            if self.version == Version::V2 {
                let resource = json!({ "url": self.url, "description": self.description });
                root.insert("resource".into(), resource);
            }
            root.extend(self.fields.clone());
        }
        root
    }

    /// The 402 that carries it: v1 in the body, v2 in the header.
    #[must_use]
    pub fn to_response(&self) -> Response<ScriptedBody> {
        let json = self.to_json().to_string();
        let (body, header) = match self.version {
            Version::V1 => (json, None),
            Version::V2 => ("{}".to_owned(), Some(super::response::header_value(&json))),
        };
        let mut response = Response::new(ScriptedBody::whole(body));
        *response.status_mut() = StatusCode::PAYMENT_REQUIRED;
        if let Some(value) = header {
            response.headers_mut().insert(PAYMENT_REQUIRED, value);
        }
        response
    }
}
