//! Attacks 10 to 15: what a token is worth, and which token it is, is ours to know.

use std::sync::Arc;

use tower::ServiceExt;
use tower_layer::Layer;
use x402_tower::evm::LocalEvmSigner;
use x402_tower::testing::{Offer, ScriptedChallenge, ScriptedSeller, USDC_BASE};
use x402_tower::{Usd, X402GuardLayer};

use crate::ground::{BOTH, Ground, URL, assert_offers_denied, cent, denial, get, outcome, policy};

const STRANGER_TOKEN: &str = "0x00000000000000000000000000000000000000aa";

#[tokio::test]
async fn attack_010_decimals_lie() {
    // By 18 decimals it would be a millionth of a cent; by the token's own 6 it is ten thousand dollars.
    let lie = Offer::usdc(10_000_000_000).extra("decimals", 18);
    assert_offers_denied(&policy(), &[lie], "policy.per_call").await;
    let lie = Offer::usdc(10_000_000_000).extra("decimals", "18");
    assert_offers_denied(&policy(), &[lie], "policy.per_call").await;
}

#[tokio::test]
async fn attack_010_decimals_lie_downwards_changes_nothing() {
    let ground = Ground::new();
    let lie = cent().extra("decimals", 2);
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, [lie]))
        .settle();
    assert_eq!(outcome(&ground.buy(&seller, URL).await), Some("settled"));
    assert_eq!(ground.spent_micros().await, 10_000);
}

#[tokio::test]
async fn attack_011_an_amount_for_18_decimals() {
    let dollar = Offer::usdc(0).amount("1000000000000000000");
    assert_offers_denied(&policy(), &[dollar], "policy.per_call").await;
}

#[tokio::test]
async fn attack_012_unknown_asset() {
    let unknown = cent().asset(STRANGER_TOKEN);
    assert_offers_denied(&policy(), &[unknown], "policy.unpriced").await;
}

#[tokio::test]
async fn attack_012_a_known_address_on_another_chain() {
    let moved = cent().network("eip155:84532");
    assert_offers_denied(&policy(), &[moved], "policy.unpriced").await;
}

#[tokio::test]
async fn attack_013_symbol_spoof() {
    let spoof = cent()
        .asset(STRANGER_TOKEN)
        .extra("name", "USD Coin")
        .extra("version", "2")
        .extra("symbol", "USDC")
        .extra("currency", "USD");
    assert_offers_denied(&policy(), &[spoof], "policy.unpriced").await;
}

#[tokio::test]
async fn attack_013_a_symbol_in_place_of_a_contract() {
    for symbol in ["USDC", "usdc", "", "USD"] {
        assert_offers_denied(&policy(), &[cent().asset(symbol)], "wire.address").await;
    }
}

#[tokio::test]
async fn attack_013_an_asset_that_is_priced_but_not_allowed() {
    let policy = policy().with_allowed_assets([format!("eip155:8453/erc20:{USDC_BASE}")]);
    let other = cent()
        .network("eip155:84532")
        .asset("0x036CbD53842c5426634e7929541eC2318f3dCF7e");
    assert_offers_denied(&policy, &[other], "policy.asset").await;
}

#[tokio::test]
async fn attack_014_the_domain_is_the_local_tables() {
    for version in BOTH {
        let ground = Ground::new();
        let altered = cent().extra("name", "Other Coin").extra("version", "7");
        let seller = ScriptedSeller::new()
            .challenge(&ScriptedChallenge::new(version, URL, [altered]))
            .settle();
        assert_eq!(outcome(&ground.buy(&seller, URL).await), Some("settled"));
        let domain = ground.signer.calls()[0].domain.clone().unwrap();
        assert_eq!(
            (domain.name.as_str(), domain.version.as_str()),
            ("USD Coin", "2")
        );
        assert_eq!(domain.chain_id, 8453);
        assert_eq!(domain.verifying_contract, USDC_BASE.to_ascii_lowercase());
    }
}

#[tokio::test]
async fn attack_014_the_evm_signer_refuses_a_foreign_domain() {
    let key = "07".repeat(32);
    for (name, version) in [
        ("Other Coin", "2"),
        ("USD Coin", "3"),
        ("usd coin", "2"),
        ("", ""),
    ] {
        let ground = Ground::new();
        let altered = cent().extra("name", name).extra("version", version);
        let seller = ScriptedSeller::new()
            .challenge(&ScriptedChallenge::v2(URL, [altered]))
            .settle();
        let config = ground.builder().build().unwrap();
        let signer = Arc::new(LocalEvmSigner::from_hex(&key).unwrap());
        let layer = X402GuardLayer::new(config).with_signer(signer).unwrap();
        let answer = layer.layer(seller.clone()).oneshot(get(URL)).await.unwrap();
        assert_eq!(
            denial(&answer),
            Some("signer.foreign_domain"),
            "{name} {version}"
        );
        assert_eq!(seller.paid_requests(), 0);
        assert_eq!(ground.spent_micros().await, 0, "given back");
        assert_eq!(
            ground.events(),
            ["PAYMENT_INTENT", "PAYMENT_ERROR signer.foreign_domain"]
        );
    }
}

#[tokio::test]
async fn attack_015_a_limit_is_met_exactly() {
    // 0.1 + 0.1 + 0.1 is 0.3, not 0.30000000000000004.
    let tenth = Usd::parse("0.1").unwrap();
    let policy = policy()
        .with_max_per_call(tenth)
        .with_daily_limit(Usd::parse("0.3").unwrap());
    let ground = Ground::with_policy(policy.clone());
    for n in 0..3 {
        let url = format!("https://api.example.com/{n}");
        let seller = ScriptedSeller::new()
            .challenge(&ScriptedChallenge::v2(&url, [Offer::usdc(100_000)]))
            .settle();
        assert_eq!(
            outcome(&ground.buy(&seller, &url).await),
            Some("settled"),
            "{n}"
        );
    }
    let seller = ScriptedSeller::new().challenge(&ScriptedChallenge::v2(URL, [Offer::usdc(1)]));
    assert_eq!(
        denial(&ground.buy(&seller, URL).await),
        Some("policy.window")
    );
    assert_eq!(ground.signer.count(), 3);
    assert_eq!(ground.spent_micros().await, 300_000);
    // One atomic unit over the limit per call.
    let ground = Ground::with_policy(policy);
    let over = ScriptedSeller::new().challenge(&ScriptedChallenge::v2(URL, [Offer::usdc(100_001)]));
    let answer = ground.buy(&over, URL).await;
    assert_eq!(denial(&answer), Some("policy.per_call"));
    assert_eq!(ground.signer.count(), 0);
}
