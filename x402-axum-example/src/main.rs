//! A facilitator on the loopback, until Ctrl-C.

mod facilitator;

use std::io::Write;
use std::sync::Arc;

use x402_tower::assets::AssetTable;
use x402_tower::{Address, AtomicAmount, ChainId, SystemClock};

use facilitator::{Facilitator, Received, Settlement, router};

const LISTEN: &str = "127.0.0.1:4020";
/// USDC on Base Sepolia.
const TOKEN: &str = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";
/// The first account of the test chains, whose key everybody knows.
const BUYER: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let chain = ChainId::parse("eip155:84532")?;
    let buyer = Address::parse(&chain, BUYER)?;
    let assets = AssetTable::builtin();
    let usdc = assets
        .get(&chain, &Address::parse(&chain, TOKEN)?)
        .ok_or("USDC on Base Sepolia is not in the asset table")?
        .clone();
    let facilitator =
        Facilitator::new(assets, Arc::new(SystemClock::new())).with_v1_network("base-sepolia")?;
    facilitator.fund(&usdc, &buyer, AtomicAmount::from(10_000_000))?;

    let listener = tokio::net::TcpListener::bind(LISTEN).await?;
    let mut out = std::io::stdout();
    writeln!(out, "facilitator on http://{LISTEN}, Ctrl-C stops it")?;
    axum::serve(listener, router(facilitator.clone()))
        .with_graceful_shutdown(async {
            // Without a signal handler the process ends by the signal itself.
            let _ = tokio::signal::ctrl_c().await;
        })
        .await?;

    for Received { path, body } in facilitator.log().bodies() {
        writeln!(out, "received {path}: {} bytes", body.len())?;
    }
    for settlement in facilitator.settlements() {
        let Settlement {
            transaction,
            at,
            version,
            chain,
            asset,
            from,
            to,
            amount,
        } = settlement;
        writeln!(
            out,
            "{} {version:?} {amount} of {asset} on {chain}: {from} to {to}, {transaction}",
            at.as_secs()
        )?;
    }
    writeln!(out, "{buyer} has {}", facilitator.balance(&usdc, &buyer))?;
    Ok(())
}
