//! Our EIP-712 digests and recovered payers against authorizations that the official SDKs signed.
//!
//! `vectors/eip712_vectors.json` holds 16 authorizations captured between the TypeScript, Python and Rust SDKs, with the
//! digests and payers that viem computed.

#![allow(clippy::unwrap_used)] // clippy does not see that the functions beside the tests are tests, too

use serde::Deserialize;
use x402_tower::assets::{Asset, AssetTable};
use x402_tower::evm::{
    EvmError, SignedAuthorization, TransferAuthorization, authorization_digest, recover_payer,
    verify_authorization,
};
use x402_tower::{Address, AtomicAmount, ChainId};

const VECTORS: &str = include_str!("../vectors/eip712_vectors.json");

#[derive(Deserialize)]
struct Vector {
    source: String,
    domain: Domain,
    authorization: Authorization,
    digest: String,
    signature: String,
    recovered: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Domain {
    name: String,
    version: String,
    chain_id: u64,
    verifying_contract: String,
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

fn vectors() -> Vec<Vector> {
    let vectors: Vec<Vector> = serde_json::from_str(VECTORS).unwrap();
    assert_eq!(vectors.len(), 16, "all captured authorizations are there");
    vectors
}

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    const_hex::decode_to_array(hex).unwrap()
}

impl Vector {
    fn chain(&self) -> ChainId {
        ChainId::parse(&format!("eip155:{}", self.domain.chain_id)).unwrap()
    }

    fn address(&self, text: &str) -> Address {
        Address::parse(&self.chain(), text).unwrap()
    }

    /// The token as the local table has it; of the captured domain, only chain and contract are used.
    fn asset(&self) -> Asset {
        let contract = self.address(&self.domain.verifying_contract);
        AssetTable::builtin()
            .get(&self.chain(), &contract)
            .unwrap()
            .clone()
    }

    fn signed(&self) -> SignedAuthorization {
        let message = &self.authorization;
        let authorization = TransferAuthorization::new(
            self.address(&message.from),
            self.address(&message.to),
            AtomicAmount::parse(&message.value).unwrap(),
            message.valid_after.parse().unwrap(),
            message.valid_before.parse().unwrap(),
            bytes(&message.nonce),
        );
        SignedAuthorization::new(authorization, bytes(&self.signature))
    }
}

#[test]
fn the_local_table_has_the_domain_that_the_sdks_signed() {
    for vector in vectors() {
        let eip712 = vector.asset().eip712.unwrap();
        assert_eq!(&*eip712.name, vector.domain.name, "{}", vector.source);
        assert_eq!(&*eip712.version, vector.domain.version, "{}", vector.source);
    }
}

#[test]
fn every_digest_equals_viems() {
    for vector in vectors() {
        let digest = authorization_digest(&vector.asset(), &vector.signed().authorization);
        assert_eq!(digest, Ok(bytes(&vector.digest)), "{}", vector.source);
    }
}

#[test]
fn every_payer_is_recovered() {
    for vector in vectors() {
        let payer = recover_payer(&bytes(&vector.digest), &bytes(&vector.signature));
        let viems = vector.address(&vector.recovered);
        assert_eq!(payer, Ok(viems), "{}", vector.source);
    }
}

#[test]
fn every_captured_authorization_is_its_payers() {
    for vector in vectors() {
        let checked = verify_authorization(&vector.asset(), &vector.signed());
        assert_eq!(checked, Ok(()), "{}", vector.source);
    }
}

#[test]
fn a_captured_signature_is_worth_nothing_for_another_amount() {
    for vector in vectors() {
        let mut signed = vector.signed();
        signed.authorization.value = AtomicAmount::from(10_001);
        let checked = verify_authorization(&vector.asset(), &signed);
        assert_eq!(checked, Err(EvmError::WrongSigner), "{}", vector.source);
    }
}
