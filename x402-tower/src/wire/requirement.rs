//! One way to pay: an entry of `accepts`.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;

use super::json::{Document, Limits, NodeId, Value};
use super::object::{Fields, Members};
use super::{MAX_BODY_BYTES, Version, WireError, object};
use crate::address::Address;
use crate::money::AtomicAmount;
use crate::network::{ChainId, NetworkError};

/// Every field of a requirement, in either version.
const FIELDS: &[&str; 12] = &[
    "scheme",
    "network",
    "amount",
    "maxAmountRequired",
    "asset",
    "payTo",
    "maxTimeoutSeconds",
    "extra",
    "resource",
    "description",
    "mimeType",
    "outputSchema",
];

/// Fields that only v1 has.
const V1_FIELDS: &[&str] = &[
    "maxAmountRequired",
    "resource",
    "description",
    "mimeType",
    "outputSchema",
];

/// Members of `extra` that decide how a payment is signed or settled.
pub(super) const EXTRA_FIELDS: &[&str] = &[
    "name",
    "version",
    "assetTransferMethod",
    "paymentFlow",
    "feePayer",
    "facilitatorAddress",
    "memo",
];

/// One entry of `accepts`, or the `accepted` of a v2 payment. Immutable; edits of the message do not change it.
///
/// An unknown network or scheme leaves a requirement that nobody can pay; anything structurally wrong is an error
/// of the whole message, because a reader that skips broken entries and one that does not would see different offers.
#[derive(Clone)]
pub struct Requirement {
    document: Document,
    node: NodeId,
    index: usize,
    version: Version,
    scheme: String,
    chain: Result<ChainId, NetworkError>,
    amount: AtomicAmount,
    asset: Result<Address, WireError>,
    pay_to: Result<Address, WireError>,
    max_timeout_seconds: u64,
    resource: Option<String>,
    raw: Bytes,
}

impl Requirement {
    /// Parses one requirement that stands alone.
    ///
    /// # Errors
    ///
    /// [`WireError`] for anything that the version's schema does not allow.
    pub fn parse(version: Version, json: Bytes) -> Result<Self, WireError> {
        let document = Document::parse(json, Limits::bytes(MAX_BODY_BYTES))?;
        Self::read(&document, document.root(), version, 0)
    }

    pub(super) fn read(
        document: &Document,
        value: Value<'_>,
        version: Version,
        index: usize,
    ) -> Result<Self, WireError> {
        let entry = object::object(value, "accepts[]")?;
        let value = &Members::of(entry, FIELDS)?;
        let others: &'static [&'static str] = match version {
            Version::V1 => &["amount"],
            Version::V2 => V1_FIELDS,
        };
        if let Some(field) = others.iter().find(|field| value.field(field).is_some()) {
            return Err(WireError::OtherVersion { field, version });
        }
        if let Some(extra) = object::optional_object(value, "extra")? {
            object::refuse_aliases(extra, EXTRA_FIELDS)?;
        }
        let (amount, resource) = match version {
            Version::V1 => {
                object::optional_string(value, "description")?;
                object::optional_string(value, "mimeType")?;
                let resource = object::required_string(value, "resource")?;
                (
                    object::amount(value, "maxAmountRequired")?,
                    Some(resource.into_owned()),
                )
            }
            Version::V2 => (object::amount(value, "amount")?, None),
        };
        let chain = version.chain(&object::required_string(value, "network")?);
        let address = |field: &'static str| {
            let text = object::required_string(value, field)?;
            Ok::<_, WireError>(match &chain {
                Ok(chain) => Address::parse(chain, &text)
                    .map_err(|source| WireError::Address { field, source }),
                Err(error) => Err(WireError::from(*error)),
            })
        };
        let (asset, pay_to) = (address("asset")?, address("payTo")?);
        Ok(Self {
            document: document.clone(),
            node: entry.id(),
            index,
            version,
            scheme: object::required_string(value, "scheme")?.into_owned(),
            chain,
            amount,
            asset,
            pay_to,
            max_timeout_seconds: seconds(value, "maxTimeoutSeconds")?,
            resource,
            raw: document.slice(entry),
        })
    }

    /// The position in `accepts` as received; 0 where there is no list.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// The protocol version of the message.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The payment scheme, exactly as written: `exact`, `upto` (attack 35).
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The network exactly as written: CAIP-2 in v2, a name in v1.
    #[must_use]
    pub fn network_name(&self) -> Cow<'_, str> {
        self.text("network")
    }

    /// The chain, or why the network is none that money may move on.
    ///
    /// # Errors
    ///
    /// [`NetworkError`]; the requirement cannot be paid then.
    pub fn chain(&self) -> Result<&ChainId, NetworkError> {
        self.chain.as_ref().map_err(|error| *error)
    }

    /// The price in atomic units of the asset: v2 `amount`, v1 `maxAmountRequired`. For `upto` a maximum.
    #[must_use]
    pub fn amount(&self) -> AtomicAmount {
        self.amount
    }

    /// The asset exactly as written: a token contract, or a currency code on non-chain networks.
    #[must_use]
    pub fn asset(&self) -> Cow<'_, str> {
        self.text("asset")
    }

    /// The recipient exactly as written.
    #[must_use]
    pub fn pay_to(&self) -> Cow<'_, str> {
        self.text("payTo")
    }

    /// How long the authorization may stay valid, in seconds.
    #[must_use]
    pub fn max_timeout_seconds(&self) -> u64 {
        self.max_timeout_seconds
    }

    /// v1: the URL that the seller says is paid for; `None` in v2, where the challenge carries it.
    #[must_use]
    pub fn resource(&self) -> Option<&str> {
        self.resource.as_deref()
    }

    /// The exact source bytes of this entry: what a v2 payment must repeat as `accepted`.
    #[must_use]
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// The asset as an address of the requirement's chain.
    ///
    /// # Errors
    ///
    /// [`WireError::Address`] if it is none, [`WireError::Network`] if the chain itself is unknown.
    pub fn asset_address(&self) -> Result<Address, WireError> {
        self.asset.clone()
    }

    /// The recipient as an address of the requirement's chain.
    ///
    /// # Errors
    ///
    /// [`WireError::Address`] if it is none, [`WireError::Network`] if the chain itself is unknown.
    pub fn pay_to_address(&self) -> Result<Address, WireError> {
        self.pay_to.clone()
    }

    /// A string member of `extra`: `name`, `version`, `assetTransferMethod`, `feePayer`, … .
    ///
    /// All of them are the seller's unauthenticated word (attacks 10, 13, 14).
    #[must_use]
    pub fn extra(&self, key: &str) -> Option<String> {
        let value = self.value()?.get("extra")?.get(key)?.as_str()?;
        Some(value.into_owned())
    }

    /// Whether `extra` has a member of this name, of any type.
    #[must_use]
    pub fn has_extra(&self, key: &str) -> bool {
        self.value()
            .and_then(|value| value.get("extra"))
            .is_some_and(|extra| extra.get(key).is_some())
    }

    pub(super) fn node(&self) -> NodeId {
        self.node
    }

    pub(super) fn value(&self) -> Option<Value<'_>> {
        self.document.value(self.node)
    }

    /// A string that [`read`](Self::read) found to be there.
    fn text(&self, key: &str) -> Cow<'_, str> {
        self.value()
            .and_then(|value| value.get(key)?.as_str())
            .unwrap_or_default()
    }
}

impl fmt::Debug for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `resource` and `extra` are free text.
        f.debug_struct("Requirement")
            .field("index", &self.index)
            .field("version", &self.version)
            .field("chain", &self.chain)
            .field("amount", &self.amount)
            .field("max_timeout_seconds", &self.max_timeout_seconds)
            .finish_non_exhaustive()
    }
}

fn seconds<'a>(object: impl Fields<'a>, field: &'static str) -> Result<u64, WireError> {
    let value = object.field(field).ok_or(WireError::Missing { field })?;
    value.as_u64().ok_or(WireError::Type {
        field,
        wanted: "a whole number of seconds",
    })
}
