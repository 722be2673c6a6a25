//! The bodies of `/verify` and `/settle`, v1 and v2, read into one shape.
//!
//! Unknown members are ignored, as the official facilitators do; a member that stands twice is refused.

use serde::Deserialize;
use serde::de::IgnoredAny;
use x402_tower::evm::{SignedAuthorization, TransferAuthorization};
use x402_tower::wire::Version;
use x402_tower::{Address, AtomicAmount, ChainId};

use super::reason::{Reason, Refusal};

/// A request to verify or settle an `exact` payment by EIP-3009.
#[derive(Debug, Clone)]
pub(super) struct ExactRequest {
    pub(super) version: Version,
    /// The network as the request spells it, for the answer.
    pub(super) network: String,
    /// The payer as the request spells it, for the answer.
    pub(super) payer: String,
    pub(super) chain: ChainId,
    pub(super) asset: Address,
    pub(super) pay_to: Address,
    pub(super) amount: AtomicAmount,
    /// What the seller says of the token's EIP-712 domain: compared, never used.
    pub(super) claimed_domain: Option<(String, String)>,
    pub(super) signed: SignedAuthorization,
}

impl ExactRequest {
    pub(super) fn refused(self, reason: Reason) -> Refusal {
        Refusal {
            reason,
            network: self.network,
            payer: Some(self.payer),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Versioned {
    x402_version: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body<P, R> {
    payment_payload: P,
    payment_requirements: R,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PayloadV1 {
    x402_version: u64,
    scheme: String,
    network: String,
    payload: ExactPayload,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PayloadV2 {
    x402_version: u64,
    accepted: Accepted,
    payload: ExactPayload,
}

#[derive(Deserialize)]
struct Accepted {
    scheme: String,
    network: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequirementsV1 {
    scheme: String,
    network: String,
    max_amount_required: String,
    asset: String,
    pay_to: String,
    extra: Option<Extra>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequirementsV2 {
    scheme: String,
    network: String,
    amount: String,
    asset: String,
    pay_to: String,
    extra: Option<Extra>,
}

#[derive(Deserialize)]
struct Extra {
    name: Option<String>,
    version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExactPayload {
    signature: Option<String>,
    authorization: Option<Authorization>,
    permit2_authorization: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Authorization {
    from: String,
    to: String,
    value: String,
    valid_after: String,
    valid_before: String,
    nonce: String,
}

/// The parts that v1 and v2 have in common.
struct Parts {
    version: Version,
    versions_agree: bool,
    schemes: [String; 2],
    networks: [String; 2],
    amount: String,
    asset: String,
    pay_to: String,
    extra: Option<Extra>,
    payload: ExactPayload,
}

/// Reads a body. `v1_chain` maps the v1 network names that are served here.
pub(super) fn read(
    body: &[u8],
    v1_chain: impl Fn(&str) -> Option<ChainId>,
) -> Result<ExactRequest, Refusal> {
    let parts = parts(body).map_err(Refusal::unread)?;
    let [network, _] = parts.networks.clone();
    let payer = parts
        .payload
        .authorization
        .as_ref()
        .map(|authorization| authorization.from.clone());
    exact(parts, v1_chain).map_err(|reason| Refusal {
        reason,
        network,
        payer,
    })
}

fn parts(body: &[u8]) -> Result<Parts, Reason> {
    let versioned: Versioned = serde_json::from_slice(body).map_err(|_| Reason::InvalidPayload)?;
    match versioned.x402_version {
        1 => {
            let body: Body<PayloadV1, RequirementsV1> =
                serde_json::from_slice(body).map_err(|_| Reason::InvalidPayload)?;
            let (payload, required) = (body.payment_payload, body.payment_requirements);
            Ok(Parts {
                version: Version::V1,
                versions_agree: payload.x402_version == 1,
                schemes: [payload.scheme, required.scheme],
                networks: [payload.network, required.network],
                amount: required.max_amount_required,
                asset: required.asset,
                pay_to: required.pay_to,
                extra: required.extra,
                payload: payload.payload,
            })
        }
        2 => {
            let body: Body<PayloadV2, RequirementsV2> =
                serde_json::from_slice(body).map_err(|_| Reason::InvalidPayload)?;
            let (payload, required) = (body.payment_payload, body.payment_requirements);
            Ok(Parts {
                version: Version::V2,
                versions_agree: payload.x402_version == 2,
                schemes: [payload.accepted.scheme, required.scheme],
                networks: [payload.accepted.network, required.network],
                amount: required.amount,
                asset: required.asset,
                pay_to: required.pay_to,
                extra: required.extra,
                payload: payload.payload,
            })
        }
        _ => Err(Reason::InvalidVersion),
    }
}

fn exact(parts: Parts, v1_chain: impl Fn(&str) -> Option<ChainId>) -> Result<ExactRequest, Reason> {
    if !parts.versions_agree {
        return Err(Reason::InvalidVersion);
    }
    if parts.schemes.iter().any(|scheme| scheme != "exact") {
        return Err(Reason::Scheme);
    }
    let [network, required] = parts.networks;
    if network != required {
        return Err(Reason::Network);
    }
    let chain = match parts.version {
        Version::V1 => v1_chain(&network),
        _ => ChainId::parse(&network).ok(),
    }
    .ok_or(Reason::Network)?;
    let wanted = |text: &str| Address::parse(&chain, text).map_err(|_| Reason::InvalidRequirements);
    let (asset, pay_to) = (wanted(&parts.asset)?, wanted(&parts.pay_to)?);
    let amount = AtomicAmount::parse(&parts.amount).map_err(|_| Reason::InvalidRequirements)?;
    if parts.payload.permit2_authorization.is_some() {
        return Err(Reason::UnsupportedPayload);
    }
    let message = parts.payload.authorization.ok_or(Reason::InvalidPayload)?;
    let signature = parts.payload.signature.ok_or(Reason::InvalidPayload)?;
    let claimed_domain = parts
        .extra
        .and_then(|extra| Some((extra.name?, extra.version?)));
    Ok(ExactRequest {
        version: parts.version,
        signed: signed(&chain, &message, &signature)?,
        payer: message.from,
        network,
        chain,
        asset,
        pay_to,
        amount,
        claimed_domain,
    })
}

fn signed(
    chain: &ChainId,
    message: &Authorization,
    signature: &str,
) -> Result<SignedAuthorization, Reason> {
    let account = |text: &str| Address::parse(chain, text).map_err(|_| Reason::InvalidPayload);
    let authorization = TransferAuthorization::new(
        account(&message.from)?,
        account(&message.to)?,
        AtomicAmount::parse(&message.value).map_err(|_| Reason::InvalidPayload)?,
        seconds(&message.valid_after)?,
        seconds(&message.valid_before)?,
        const_hex::decode_to_array(&message.nonce).map_err(|_| Reason::InvalidPayload)?,
    );
    let signature = const_hex::decode_to_array(signature).map_err(|_| Reason::Signature)?;
    Ok(SignedAuthorization::new(authorization, signature))
}

fn seconds(text: &str) -> Result<u64, Reason> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Reason::InvalidPayload);
    }
    text.parse().map_err(|_| Reason::InvalidPayload)
}
