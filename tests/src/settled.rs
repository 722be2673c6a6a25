//! What a chain would have settled: the facilitator without one checks no signature, so this does.

use serde_json::Value;
use x402_tower::assets::{Asset, AssetTable};
use x402_tower::evm::{SignedAuthorization, TransferAuthorization, verify_authorization};
use x402_tower::{Address, AtomicAmount, ChainId};

use crate::interop::{PAY_TO, PAYER, PRICE_ATOMIC, StubFacilitator, USDC_BASE_SEPOLIA};

/// The one authorization that `facilitator` verified once and settled once, which holds on chain: signed by
/// [`PAYER`] under the token's own domain, to [`PAY_TO`], for [`PRICE_ATOMIC`].
///
/// # Panics
///
/// If there were more or fewer calls, or a chain would not settle it.
pub fn settled_once(facilitator: &StubFacilitator) -> SignedAuthorization {
    let verified = payments(facilitator, "/verify");
    let settled = payments(facilitator, "/settle");
    assert_eq!(verified.len(), 1, "one verification");
    assert_eq!(verified, settled, "what was verified was settled, once");
    let payment = settled.first().expect("there is one");
    let signed = authorization(&payment["payload"]);

    let (chain, usdc) = usdc();
    verify_authorization(&usdc, &signed).expect("the payer's own signature");
    let address = |text| Address::parse(&chain, text).expect("a constant address");
    let authorized = &signed.authorization;
    assert_eq!(authorized.from, address(PAYER));
    assert_eq!(authorized.to, address(PAY_TO));
    assert_eq!(authorized.value, AtomicAmount::from(PRICE_ATOMIC));
    signed
}

/// The `paymentPayload` of every call to `path`, in order.
///
/// # Panics
///
/// If a call carried no JSON.
pub fn payments(facilitator: &StubFacilitator, path: &str) -> Vec<Value> {
    let calls = facilitator.calls_to(path);
    calls
        .iter()
        .map(|call| call.request_json()["paymentPayload"].clone())
        .collect()
}

/// The EIP-3009 authorization in the `payload` of a payment of scheme `exact`.
///
/// # Panics
///
/// If it is none.
pub fn authorization(payload: &Value) -> SignedAuthorization {
    let (chain, _) = usdc();
    let text = |value: &Value| value.as_str().map(str::to_owned).expect("a JSON string");
    let field = |name: &str| text(&payload["authorization"][name]);
    let address = |name| Address::parse(&chain, &field(name)).expect("an address");
    let seconds = |name| field(name).parse().expect("Unix seconds");
    let authorization = TransferAuthorization::new(
        address("from"),
        address("to"),
        AtomicAmount::parse(&field("value")).expect("an amount"),
        seconds("validAfter"),
        seconds("validBefore"),
        const_hex::decode_to_array(field("nonce")).expect("32 bytes"),
    );
    let signature = const_hex::decode_to_array(text(&payload["signature"])).expect("65 bytes");
    SignedAuthorization::new(authorization, signature)
}

fn usdc() -> (ChainId, Asset) {
    let chain = ChainId::parse("eip155:84532").expect("Base Sepolia");
    let contract = Address::parse(&chain, USDC_BASE_SEPOLIA).expect("a constant address");
    let table = AssetTable::builtin();
    let usdc = table.get(&chain, &contract).expect("a built-in asset");
    (chain, usdc.clone())
}
