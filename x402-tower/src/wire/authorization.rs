//! What a payer signed.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use super::json::{Kind, Value};
use super::object::{Fields, Members};
use super::text::Walk;
use super::{WireError, object};
use crate::address::Address;
use crate::money::AtomicAmount;
use crate::network::ChainId;

/// Members of `payload` by which the official schemes are told apart.
const KINDS: &[&str] = &["authorization", "permit2Authorization", "transaction"];

/// All members of `payload` that are read here.
const FIELDS: &[&str; 4] = &[
    "signature",
    "authorization",
    "permit2Authorization",
    "transaction",
];

/// What is read of `payload`.
type Payload<'a> = Members<'a, 4>;

/// The signed part of a payment, decoded as far as its scheme is known.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Authorization {
    /// EIP-3009 `TransferWithAuthorization`, used by `exact` on EVM chains.
    #[non_exhaustive]
    Eip3009 {
        /// The payer.
        from: Address,
        /// The recipient.
        to: Address,
        /// Atomic units of the token.
        value: AtomicAmount,
        /// Not valid before this time, in seconds since 1970.
        valid_after: u64,
        /// Not valid from this time on, in seconds since 1970.
        valid_before: u64,
        /// Unique per payer and token.
        nonce: [u8; 32],
        /// Over the EIP-712 digest of all of the above.
        signature: SignatureBytes,
    },
    /// Permit2 `PermitWitnessTransferFrom`, used by `exact` and `upto` on EVM chains.
    #[non_exhaustive]
    Permit2 {
        /// The payer.
        from: Address,
        /// The recipient (`witness.to`).
        to: Address,
        /// The token (`permitted.token`).
        token: Address,
        /// The most that may move, in atomic units (`permitted.amount`).
        amount: AtomicAmount,
        /// Unique per payer, over all tokens and spenders; 256 bits, big-endian.
        nonce: [u8; 32],
        /// Not valid after this time, in seconds since 1970.
        deadline: u64,
        /// The contract that may move the token.
        spender: Address,
        /// Not valid before this time, in seconds since 1970 (`witness.validAfter`).
        valid_after: u64,
        /// `upto`: the only facilitator that may settle (`witness.facilitator`).
        facilitator: Option<Address>,
        /// Over the EIP-712 digest of all of the above.
        signature: SignatureBytes,
    },
    /// A partially signed Solana transaction.
    #[non_exhaustive]
    Svm {
        /// The decoded transaction.
        transaction: SignatureBytes,
    },
    /// A scheme or chain that is not known here; nothing about it can be checked.
    Opaque,
}

/// What kind of authorization was signed. It decides where its chain remembers that it was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AuthorizationKind {
    /// EIP-3009: the token remembers payer and nonce.
    Eip3009,
    /// Permit2: the Permit2 contract remembers payer and nonce, over all tokens.
    Permit2,
    /// A Solana transaction.
    Svm,
    /// A scheme or chain that is not known here.
    Opaque,
}

impl AuthorizationKind {
    /// The stable name: `eip3009`, `permit2`, `svm`, `opaque`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eip3009 => "eip3009",
            Self::Permit2 => "permit2",
            Self::Svm => "svm",
            Self::Opaque => "opaque",
        }
    }

    /// The kind of that name, or `None` for a name that this version does not know.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Eip3009, Self::Permit2, Self::Svm, Self::Opaque]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

impl Authorization {
    /// What kind it is.
    #[must_use]
    pub const fn kind(&self) -> AuthorizationKind {
        match self {
            Self::Eip3009 { .. } => AuthorizationKind::Eip3009,
            Self::Permit2 { .. } => AuthorizationKind::Permit2,
            Self::Svm { .. } => AuthorizationKind::Svm,
            Self::Opaque => AuthorizationKind::Opaque,
        }
    }

    /// Reads `payload` for a payment on `chain`; an unknown chain is opaque.
    pub(super) fn read(
        payload: Value<'_>,
        scheme: &str,
        chain: Option<&ChainId>,
    ) -> Result<Self, WireError> {
        let payload = &Members::of(payload, FIELDS)?;
        if KINDS
            .iter()
            .filter(|kind| payload.field(kind).is_some())
            .count()
            > 1
        {
            return Err(WireError::AmbiguousPayload);
        }
        match chain.map(|chain| (chain, chain.namespace())) {
            Some((chain, "eip155")) => evm(payload, scheme, chain),
            Some((_, "solana")) if payload.field("transaction").is_some() => {
                let field = "transaction";
                let text = object::required_string(payload, field)?;
                let bytes = STANDARD
                    .decode(text.as_bytes())
                    .map_err(|_| WireError::Base64)?;
                Ok(Self::Svm {
                    transaction: SignatureBytes(bytes.into()),
                })
            }
            _ => Ok(Self::Opaque),
        }
    }
}

fn evm(payload: &Payload<'_>, scheme: &str, chain: &ChainId) -> Result<Authorization, WireError> {
    if payload.field("permit2Authorization").is_some() {
        return permit2(payload, chain);
    }
    // Only `exact` defines `authorization` as EIP-3009; other schemes put other structures under the same name.
    if scheme == "exact" && payload.field("authorization").is_some() {
        return eip3009(payload, chain);
    }
    Ok(Authorization::Opaque)
}

fn eip3009(payload: &Payload<'_>, chain: &ChainId) -> Result<Authorization, WireError> {
    const FIELDS: &[&str; 6] = &["from", "to", "value", "validAfter", "validBefore", "nonce"];
    let signed = object::required_object(payload, "authorization")?;
    let signed = &Members::of(signed, FIELDS)?;
    Ok(Authorization::Eip3009 {
        from: address(signed, "from", chain)?,
        to: address(signed, "to", chain)?,
        value: object::amount(signed, "value")?,
        valid_after: object::time(signed, "validAfter")?,
        valid_before: object::time(signed, "validBefore")?,
        nonce: nonce32(signed)?,
        signature: signature(payload)?,
    })
}

fn permit2(payload: &Payload<'_>, chain: &ChainId) -> Result<Authorization, WireError> {
    const FIELDS: &[&str; 6] = &[
        "from",
        "permitted",
        "spender",
        "nonce",
        "deadline",
        "witness",
    ];
    let signed = object::required_object(payload, "permit2Authorization")?;
    let signed = &Members::of(signed, FIELDS)?;
    let permitted = object::required_object(signed, "permitted")?;
    let permitted = &Members::of(permitted, &["token", "amount"])?;
    let witness = object::required_object(signed, "witness")?;
    let witness = &Members::of(witness, &["to", "validAfter", "facilitator"])?;
    let facilitator = object::present(witness, "facilitator")
        .map(|_| address(witness, "facilitator", chain))
        .transpose()?;
    Ok(Authorization::Permit2 {
        from: address(signed, "from", chain)?,
        to: address(witness, "to", chain)?,
        token: address(permitted, "token", chain)?,
        amount: object::amount(permitted, "amount")?,
        nonce: nonce256(signed)?,
        deadline: object::time(signed, "deadline")?,
        spender: address(signed, "spender", chain)?,
        valid_after: object::time(witness, "validAfter")?,
        facilitator,
        signature: signature(payload)?,
    })
}

fn address<'a>(
    object: impl Fields<'a>,
    field: &'static str,
    chain: &ChainId,
) -> Result<Address, WireError> {
    let text = object::required_string(object, field)?;
    Address::parse(chain, &text).map_err(|source| WireError::Address { field, source })
}

fn nonce32<'a>(object: impl Fields<'a>) -> Result<[u8; 32], WireError> {
    let field = "nonce";
    let text = object::required_string(object, field)?;
    // `decode` would accept a second prefix.
    let digits = text.strip_prefix("0x").filter(|digits| digits.len() == 64);
    let digits = digits.ok_or(WireError::Hex { field })?;
    let mut nonce = [0; 32];
    const_hex::decode_to_slice(digits, &mut nonce).map_err(|_| WireError::Hex { field })?;
    Ok(nonce)
}

/// Decimal or hexadecimal: the Permit2 documents of x402 show both.
fn nonce256<'a>(object: impl Fields<'a>) -> Result<[u8; 32], WireError> {
    let field = "nonce";
    let text = object::required_string(object, field)?;
    let Some(digits) = text.strip_prefix("0x") else {
        return object::amount(object, field).map(AtomicAmount::to_be_bytes);
    };
    if !(1..=64).contains(&digits.len()) {
        return Err(WireError::Hex { field });
    }
    let mut nonce = [0; 32];
    const_hex::decode_to_slice(format!("{digits:0>64}"), &mut nonce)
        .map_err(|_| WireError::Hex { field })?;
    Ok(nonce)
}

/// 65 bytes for a plain key, longer for contract wallets (ERC-1271, ERC-6492).
fn signature(payload: &Payload<'_>) -> Result<SignatureBytes, WireError> {
    let field = "signature";
    let text = object::required_string(payload, field)?;
    let digits = text.strip_prefix("0x").ok_or(WireError::Hex { field })?;
    // `decode` would accept a second prefix.
    if digits.is_empty() || !are_hex(digits) {
        return Err(WireError::Hex { field });
    }
    let bytes = const_hex::decode(digits).map_err(|_| WireError::Hex { field })?;
    Ok(SignatureBytes(bytes.into()))
}

/// Visits what was signed: nothing of it may change, and what its scheme defines is no free text.
pub(super) fn walk_payload(walk: &mut Walk<'_>, payload: Value<'_>) {
    walk.member("payload", |walk| walk_signed(walk, payload));
}

fn walk_signed(walk: &mut Walk<'_>, value: Value<'_>) {
    if value.kind() != Kind::Object {
        if !value.as_str().is_some_and(|text| is_hex(&text)) {
            walk.leaves(value, false);
        }
        return;
    }
    for (key, member) in value.entries() {
        let defined = matches!(
            key.as_ref(),
            "value"
                | "amount"
                | "nonce"
                | "deadline"
                | "validAfter"
                | "validBefore"
                | "transaction"
        );
        if defined && is_alphanumeric(member) {
            continue;
        }
        walk.key(&key, member, false);
        walk.member(&key, |walk| walk_signed(walk, member));
    }
}

/// Digits, hexadecimal or base64, as a string or as a number.
fn is_alphanumeric(value: Value<'_>) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    value
        .as_text()
        .is_some_and(|text| text.bytes().fold(true, |all, byte| all & allowed(byte)))
}

fn is_hex(text: &str) -> bool {
    text.strip_prefix("0x").is_some_and(are_hex)
}

/// Looks at every byte, without leaving early, so that the compiler can look at many at a time.
fn are_hex(digits: &str) -> bool {
    let digits = digits.bytes();
    digits.fold(true, |all, digit| all & digit.is_ascii_hexdigit())
}

/// Bytes that move money: a signature, or a signed transaction. `Debug` shows only their length.
#[derive(Clone, PartialEq, Eq)]
pub struct SignatureBytes(Bytes);

impl SignatureBytes {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SignatureBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignatureBytes({} bytes)", self.0.len())
    }
}
