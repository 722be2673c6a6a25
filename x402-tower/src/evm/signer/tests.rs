use alloy_primitives::{Address as EvmAddress, ChainId as EvmChainId, Signature};

use super::*;
use crate::assets::{AssetTable, PriceRule};
use crate::evm::verify_authorization;
use crate::money::Usd;
use crate::network::ChainId;

/// The first two accounts of the test chains; everybody knows their keys.
const KEY: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const OTHER_KEY: &str = "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
const ACCOUNT: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

fn chain() -> ChainId {
    ChainId::parse("eip155:84532").unwrap()
}

fn evm(text: &str) -> Address {
    Address::parse(&chain(), text).unwrap()
}

fn usdc() -> Asset {
    AssetTable::builtin()
        .get(&chain(), &evm("0x036CbD53842c5426634e7929541eC2318f3dCF7e"))
        .unwrap()
        .clone()
}

fn seller() -> Address {
    evm("0x209693Bc6afc0C5328bA36FaF03C514EF312287C")
}

async fn signed(asset: &Asset) -> SignedAuthorization {
    LocalEvmSigner::from_hex(KEY)
        .unwrap()
        .sign_authorization(
            asset,
            &seller(),
            AtomicAmount::from(10_000),
            5,
            1_800_000_000,
        )
        .await
        .unwrap()
}

#[test]
fn a_key_is_read_with_and_without_its_prefix() {
    let with = LocalEvmSigner::from_hex(KEY).unwrap();
    let without = LocalEvmSigner::from_hex(KEY.trim_start_matches("0x")).unwrap();
    assert_eq!(with.address(), &evm(ACCOUNT));
    assert_eq!(without.address(), &evm(ACCOUNT));
}

#[test]
fn a_text_that_is_no_key_is_refused_and_not_quoted() {
    let over_the_order = "f".repeat(64);
    for text in [
        "",
        "0x",
        "hunter2",
        &KEY[..64],
        &over_the_order,
        &"0".repeat(64),
    ] {
        let error = LocalEvmSigner::from_hex(text).unwrap_err();
        assert_eq!(error, EvmError::KeyInvalid, "{text}");
        assert!(text.len() < 4 || !error.to_string().contains(text));
    }
}

#[test]
fn a_variable_that_holds_no_key_is_told_from_one_that_is_not_set() {
    let error = |name| LocalEvmSigner::from_env_key(name).unwrap_err();
    assert_eq!(error("X402_TOWER_TEST_NO_SUCH_KEY"), EvmError::KeyMissing);
    assert_eq!(error("PATH"), EvmError::KeyInvalid);
}

#[test]
fn debug_shows_no_key() {
    let shown = format!("{:?}", LocalEvmSigner::from_hex(KEY).unwrap());
    assert!(!shown.to_lowercase().contains(&KEY[2..18]), "{shown}");
    assert!(shown.contains("(secret)"), "{shown}");
}

#[tokio::test]
async fn debug_of_a_signed_authorization_shows_no_signature() {
    let signed = signed(&usdc()).await;
    let shown = format!("{signed:?}");
    assert!(
        !shown.contains(&format!("{:?}", signed.signature)),
        "{shown}"
    );
    assert!(shown.contains("(secret)"), "{shown}");
}

#[tokio::test]
async fn what_is_signed_is_what_was_asked_for() {
    let signed = signed(&usdc()).await;
    let authorization = &signed.authorization;
    assert_eq!(authorization.from, evm(ACCOUNT));
    assert_eq!(authorization.to, seller());
    assert_eq!(authorization.value, AtomicAmount::from(10_000));
    assert_eq!(
        (authorization.valid_after, authorization.valid_before),
        (5, 1_800_000_000)
    );
    assert_eq!(verify_authorization(&usdc(), &signed), Ok(()));
}

#[tokio::test]
async fn every_authorization_has_a_nonce_of_its_own() {
    let (one, two) = (signed(&usdc()).await, signed(&usdc()).await);
    assert_ne!(one.authorization.nonce, two.authorization.nonce);
}

#[tokio::test]
async fn the_signature_covers_every_field() {
    let original = signed(&usdc()).await;
    let changes: [fn(&mut TransferAuthorization); 6] = [
        |a| a.from = evm("0x70997970C51812dc3A010C7d01b50e0d17dc79C8"),
        |a| a.to = a.from.clone(),
        |a| a.value = AtomicAmount::from(10_001),
        |a| a.valid_after = 4,
        |a| a.valid_before = 1_800_000_001,
        |a| a.nonce[31] ^= 1,
    ];
    for (field, change) in changes.into_iter().enumerate() {
        let mut changed = original.clone();
        change(&mut changed.authorization);
        assert_eq!(
            verify_authorization(&usdc(), &changed),
            Err(EvmError::WrongSigner),
            "field {field}"
        );
    }
}

#[tokio::test]
async fn attack_014_the_signature_is_for_one_domain_only() {
    let original = signed(&usdc()).await;
    let base = ChainId::parse("eip155:8453").unwrap();
    let moved = |chain, address| Asset::new(chain, address, "USDC", 6).with_eip712("USDC", "2");
    for other in [
        usdc().with_eip712("USD Coin", "2"),
        usdc().with_eip712("USDC", "1"),
        moved(base, usdc().address),
        moved(chain(), seller()),
    ] {
        assert_eq!(
            verify_authorization(&other, &original),
            Err(EvmError::WrongSigner),
            "{other:?}"
        );
    }
}

#[tokio::test]
async fn a_token_that_cannot_settle_it_is_not_signed_for() {
    let signer = LocalEvmSigner::from_hex(KEY).unwrap();
    let bare =
        Asset::new(chain(), usdc().address, "USDC", 6).with_price(PriceRule::PerUnit(Usd::ONE));
    let permit2 = usdc().with_transfer_method(TransferMethod::Permit2);
    let nameless = bare.clone().with_transfer_method(TransferMethod::Eip3009);
    let solana = ChainId::parse("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp").unwrap();
    let mint = Address::parse(&solana, "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v").unwrap();
    let foreign = Asset::new(solana, mint, "USDC", 6)
        .with_eip712("USDC", "2")
        .with_transfer_method(TransferMethod::Eip3009);
    for (asset, error) in [
        (bare, EvmError::NotEip3009),
        (permit2, EvmError::NotEip3009),
        (nameless, EvmError::NoDomain),
        (foreign, EvmError::NotEvm),
    ] {
        let result = signer
            .sign_authorization(&asset, &seller(), AtomicAmount::from(1), 0, 1)
            .await;
        assert_eq!(result.unwrap_err(), error, "{asset:?}");
    }
}

#[tokio::test]
async fn an_empty_window_is_not_signed() {
    let signer = LocalEvmSigner::from_hex(KEY).unwrap();
    let result = signer
        .sign_authorization(&usdc(), &seller(), AtomicAmount::from(1), 7, 7)
        .await;
    assert_eq!(result.unwrap_err(), EvmError::Window);
}

#[tokio::test]
async fn the_second_spelling_of_a_signature_is_refused() {
    let mut signed = signed(&usdc()).await;
    let parsed = Signature::from_raw_array(&signed.signature).unwrap();
    let order = alloy_primitives::U256::from_str_radix(
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
        16,
    )
    .unwrap();
    signed.signature = Signature::new(parsed.r(), order - parsed.s(), !parsed.v()).as_bytes();
    assert_eq!(verify_authorization(&usdc(), &signed), Err(EvmError::HighS));
}

#[tokio::test]
async fn a_recovery_byte_that_contracts_refuse_is_refused() {
    let mut signed = signed(&usdc()).await;
    signed.signature[64] -= 27;
    assert_eq!(
        verify_authorization(&usdc(), &signed),
        Err(EvmError::Signature)
    );
}

#[test]
fn bytes_that_are_no_signature_recover_to_nobody() {
    let mut zeros = [0u8; 65];
    zeros[64] = 27;
    assert_eq!(recover_payer(&[1; 32], &zeros), Err(EvmError::Signature));
}

/// A key service that is wired to the wrong key, or down.
struct Service {
    claims: EvmAddress,
    key: Option<PrivateKeySigner>,
}

impl Signer for Service {
    fn sign_hash<'a, 'h, 'f>(
        &'a self,
        hash: &'h B256,
    ) -> core::pin::Pin<Box<dyn Future<Output = alloy_signer::Result<Signature>> + Send + 'f>>
    where
        'a: 'f,
        'h: 'f,
        Self: 'f,
    {
        Box::pin(async move {
            match &self.key {
                Some(key) => key.sign_hash(hash).await,
                None => Err(alloy_signer::Error::message("secret detail")),
            }
        })
    }

    fn address(&self) -> EvmAddress {
        self.claims
    }

    fn chain_id(&self) -> Option<EvmChainId> {
        None
    }

    fn set_chain_id(&mut self, _: Option<EvmChainId>) {}
}

#[tokio::test]
async fn a_key_service_is_not_taken_at_its_word() {
    let claims = PrivateKeySigner::from_slice(&const_hex::decode(KEY).unwrap())
        .unwrap()
        .address();
    let other = PrivateKeySigner::from_slice(&const_hex::decode(OTHER_KEY).unwrap()).unwrap();
    for (key, error) in [
        (Some(other), EvmError::WrongSigner),
        (None, EvmError::Signer),
    ] {
        let signer = LocalEvmSigner::new(Service { claims, key }).unwrap();
        let result = signer
            .sign_authorization(&usdc(), &seller(), AtomicAmount::from(1), 0, 1)
            .await;
        assert_eq!(result.unwrap_err(), error);
    }
}
