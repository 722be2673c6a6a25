use super::*;

const BASE_USDC: &str = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913";

fn at(chain: &str, address: &str) -> (ChainId, Address) {
    let chain = ChainId::parse(chain).unwrap();
    let address = Address::parse(&chain, address).unwrap();
    (chain, address)
}

fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

#[test]
fn every_builtin_row_is_in_the_table() {
    let rows = builtin::EVM.len() + builtin::SOLANA.len();
    let table = AssetTable::builtin();
    assert_eq!(table.len(), rows);
    assert_eq!(table.iter().count(), rows);
}

#[test]
fn every_builtin_evm_token_can_be_signed_for() {
    for asset in AssetTable::builtin().iter() {
        let evm = asset.chain.namespace() == "eip155";
        assert_eq!(asset.eip712.is_some(), evm, "{}", asset.symbol);
        assert!(asset.transfer_method.is_some(), "{}", asset.symbol);
    }
}

#[test]
fn solana_usdc_is_known_on_both_clusters() {
    let table = AssetTable::builtin();
    for (chain, mint) in [
        (
            "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
            "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
        ),
        (
            "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1",
            "4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU",
        ),
    ] {
        let (chain, mint) = at(chain, mint);
        assert_eq!(
            table.price(&chain, &mint, AtomicAmount::from(1_000_000)),
            Ok(Usd::ONE)
        );
    }
}

#[test]
fn attack_010_decimals_lie() {
    let table = AssetTable::builtin();
    let (base, usdc) = at("eip155:8453", BASE_USDC);
    let (mega, megausd) = at("eip155:4326", "0xFAfDdbb3FC7688494971a79cc65DCa3EF82079E7");
    let amount = AtomicAmount::from(1_000_000_000_000_000_000);
    assert_eq!(
        table.price(&base, &usdc, amount),
        Ok(usd("1000000000000")),
        "real USDC counts in 6 decimals, whatever a server claims"
    );
    assert_eq!(table.price(&mega, &megausd, amount), Ok(Usd::ONE));
}

#[test]
fn attack_011_an_amount_for_18_decimals_is_a_fortune_in_6() {
    let (base, usdc) = at("eip155:8453", BASE_USDC);
    let shown_as_one_dollar = AtomicAmount::parse("1000000000000000000").unwrap();
    let price = AssetTable::builtin().price(&base, &usdc, shown_as_one_dollar);
    assert_eq!(
        price,
        Ok(usd("1000000000000")),
        "the screen said one dollar"
    );
    let beyond = AtomicAmount::parse("1000000000000000000000000000").unwrap();
    assert_eq!(
        AssetTable::builtin().price(&base, &usdc, beyond),
        Err(AssetError::Overflow)
    );
}

#[test]
fn attack_012_an_unknown_token_has_no_price() {
    let (base, random) = at("eip155:8453", "0x1111111111111111111111111111111111111111");
    assert_eq!(
        AssetTable::builtin().price(&base, &random, AtomicAmount::ZERO),
        Err(AssetError::Unknown)
    );
    let (_, usdc) = at("eip155:8453", BASE_USDC);
    assert_eq!(
        AssetTable::empty().price(&base, &usdc, AtomicAmount::ZERO),
        Err(AssetError::Unknown)
    );
}

#[test]
fn attack_012_an_address_is_known_on_its_own_chain_only() {
    let (ethereum, usdc_of_base) = at("eip155:1", BASE_USDC);
    assert_eq!(
        AssetTable::builtin().price(&ethereum, &usdc_of_base, AtomicAmount::from(1)),
        Err(AssetError::Unknown)
    );
}

#[test]
fn attack_013_symbol_spoof() {
    let (base, spoof) = at("eip155:8453", "0x2222222222222222222222222222222222222222");
    let named_usdc =
        Asset::new(base.clone(), spoof.clone(), "USDC", 6).with_eip712("USD Coin", "2");
    let table = AssetTable::builtin().with(named_usdc).unwrap();
    assert_eq!(
        table.price(&base, &spoof, AtomicAmount::from(1)),
        Err(AssetError::Unpriced),
        "a symbol lends no price"
    );
    let (_, usdc) = at("eip155:8453", BASE_USDC);
    assert_eq!(
        table.price(&base, &usdc, AtomicAmount::from(1_000_000)),
        Ok(Usd::ONE)
    );
}

#[test]
fn attack_016_a_coin_off_its_peg_takes_the_price_it_is_given() {
    let (hpp, bridged) = at(
        "eip155:190415",
        "0x401eCb1D350407f13ba348573E5630B83638E30D",
    );
    let table = AssetTable::builtin();
    let asset = table.get(&hpp, &bridged).unwrap().clone();
    let dearer = asset.clone().with_price(PriceRule::PerUnit(usd("1.05")));
    let table = table.replacing(dearer).unwrap();
    let unit = AtomicAmount::from(1_000_000);
    assert_eq!(table.price(&hpp, &bridged, unit), Ok(usd("1.05")));
    let table = table
        .replacing(asset.with_price(PriceRule::Unpriced))
        .unwrap();
    assert_eq!(table.price(&hpp, &bridged, unit), Err(AssetError::Unpriced));
}

#[test]
fn a_token_is_not_changed_by_accident() {
    let (base, usdc) = at("eip155:8453", BASE_USDC);
    let worthless = Asset::new(base, usdc, "USDC", 18).with_price(PriceRule::PerUnit(Usd::ZERO));
    assert_eq!(
        AssetTable::builtin().with(worthless).unwrap_err(),
        AssetError::Duplicate
    );
}

#[test]
fn replacing_does_not_count_a_token_twice() {
    let (base, usdc) = at("eip155:8453", BASE_USDC);
    let before = AssetTable::builtin();
    let len = before.len();
    let after = before.replacing(Asset::new(base, usdc, "USDC", 6)).unwrap();
    assert_eq!(after.len(), len);
    assert_eq!(after.iter().count(), len);
}

#[test]
fn an_address_of_another_kind_of_chain_is_refused() {
    let (solana, mint) = at(
        "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
        "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
    );
    let (base, usdc) = at("eip155:8453", BASE_USDC);
    for (chain, address) in [(base, mint), (solana, usdc)] {
        assert_eq!(
            AssetTable::empty()
                .with(Asset::new(chain, address, "X", 6))
                .unwrap_err(),
            AssetError::WrongChain
        );
    }
}

#[test]
fn a_full_table_takes_no_more() {
    let base = ChainId::parse("eip155:8453").unwrap();
    let nth = |n: usize| {
        let address = Address::parse(&base, &format!("0x{n:040x}")).unwrap();
        Asset::new(base.clone(), address, "X", 6)
    };
    let full = (0..MAX_ASSETS).fold(AssetTable::empty(), |table, n| table.with(nth(n)).unwrap());
    assert_eq!(
        full.clone().with(nth(MAX_ASSETS)).unwrap_err(),
        AssetError::Full
    );
    assert!(full.replacing(nth(0)).is_ok(), "changing one needs no room");
}
