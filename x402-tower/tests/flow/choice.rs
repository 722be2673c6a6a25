//! Which offer is chosen, and under whose names it is signed.

use x402_tower::AtomicAmount;
use x402_tower::testing::{Offer, ScriptedChallenge, ScriptedSeller, USDC_BASE};

use crate::ground::{Buyer, URL, VERSIONS, denial, outcome};

async fn chosen(offers: Vec<Offer>) -> Vec<(usize, AtomicAmount)> {
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, offers))
        .settle();
    let buyer = Buyer::new();
    buyer.get(&seller).await.unwrap();
    let calls = buyer.signer.calls();
    calls
        .iter()
        .map(|call| (call.index, call.terms.amount))
        .collect()
}

#[tokio::test]
async fn attack_038_what_is_signed_is_the_offer_that_was_checked() {
    let bait = Offer::usdc(1).scheme("barter");
    let switch = Offer::usdc(5_000_000);
    assert_eq!(chosen(vec![bait, switch]).await, [(1, 5_000_000.into())]);
}

#[tokio::test]
async fn attack_039_the_order_of_offers_steers_nothing() {
    let (dear, cheap) = (Offer::usdc(50_000), Offer::usdc(10_000));
    for (offers, index) in [
        (vec![dear.clone(), cheap.clone()], 1),
        (vec![cheap, dear], 0),
    ] {
        assert_eq!(chosen(offers).await, [(index, 10_000.into())]);
    }
}

#[tokio::test]
async fn an_offer_without_a_price_is_never_the_cheapest() {
    let unpriced = Offer::usdc(1).asset("0x00000000000000000000000000000000000000aa");
    assert_eq!(
        chosen(vec![unpriced, Offer::usdc(10_000)]).await,
        [(1, 10_000.into())]
    );
}

#[tokio::test]
async fn attack_014_the_domain_comes_from_the_local_table() {
    for version in VERSIONS {
        let lie = Offer::usdc(10_000)
            .extra("name", "Evil Coin")
            .extra("version", "9")
            .extra("chainId", 1);
        let seller = ScriptedSeller::new()
            .challenge(&ScriptedChallenge::new(version, URL, [lie]))
            .settle();
        let buyer = Buyer::new();
        buyer.get(&seller).await.unwrap();
        let domain = buyer.signer.calls().remove(0).domain.unwrap();
        assert_eq!(
            (domain.name.as_str(), domain.version.as_str()),
            ("USD Coin", "2")
        );
        assert!(domain.verifying_contract.eq_ignore_ascii_case(USDC_BASE));
    }
}

#[tokio::test]
async fn attack_037_the_domain_is_of_the_network_that_was_checked() {
    for (network, usdc, id) in [
        ("eip155:8453", USDC_BASE, 8453),
        (
            "eip155:84532",
            "0x036CbD53842c5426634e7929541eC2318f3dCF7e",
            84532,
        ),
    ] {
        let offer = Offer::usdc(10_000).network(network).asset(usdc);
        let seller = ScriptedSeller::new()
            .challenge(&ScriptedChallenge::v2(URL, [offer]))
            .settle();
        let buyer = Buyer::new();
        buyer.get(&seller).await.unwrap();
        let call = buyer.signer.calls().remove(0);
        assert_eq!(call.terms.chain.as_str(), network);
        assert_eq!(call.domain.unwrap().chain_id, id);
    }
}

#[tokio::test]
async fn the_authorization_lives_no_longer_than_the_offer_says() {
    let offer = Offer::usdc(10_000).max_timeout_seconds(17);
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, [offer]))
        .settle();
    let buyer = Buyer::new();
    let response = buyer.get(&seller).await.unwrap();
    assert_eq!(outcome(&response), Some("settled"));
    assert_eq!(
        buyer.signer.calls()[0].valid_before,
        crate::ground::NOW + 17
    );
}

#[tokio::test]
async fn offers_that_the_signer_cannot_pay_are_refused() {
    let offer = Offer::usdc(10_000)
        .network("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp")
        .asset("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v")
        .pay_to("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v");
    let seller = ScriptedSeller::new().challenge(&ScriptedChallenge::v2(URL, [offer]));
    let response = Buyer::new().get(&seller).await.unwrap();
    assert_eq!(denial(&response), Some("challenge.nothing_payable"));
}
