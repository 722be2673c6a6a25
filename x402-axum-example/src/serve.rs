//! Facilitator and seller for other clients, until somebody stops them.

use std::io::{self, Write};

use url::{Position, Url};
use x402_tower::{Address, ChainId};

use crate::Failure;
use crate::args::Args;
use crate::metrics::Metrics;
use crate::seller::CATALOG;
use crate::servers::{CHAIN, Servers};

/// The first account of the test chains, whose key everybody knows.
const EVERYBODY: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const EVERYBODYS_KEY: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

/// 1000 USDC, in atomic units.
const GIFT: u64 = 1_000_000_000;

/// Serves until Ctrl-C or SIGTERM.
pub(crate) async fn run(args: &Args) -> Result<(), Failure> {
    let stopped = stop_signal()?;
    let metrics = Metrics::install()?;
    let mut servers = Servers::open(args.facilitator_port, args.port, None).await?;
    let metrics_url = servers.show(&metrics, args.metrics_port).await?;
    let everybody = Address::parse(&ChainId::parse(CHAIN)?, EVERYBODY)?;
    for account in args.fund.iter().chain([&everybody]) {
        servers.fund(account, GIFT)?;
    }
    introduce(&servers, &metrics_url, args)?;
    stopped.await;
    let settled = servers.facilitator.settlements().len();
    servers.close().await?;
    writeln!(io::stdout(), "Stopped after {settled} payments.")?;
    Ok(())
}

fn introduce(servers: &Servers, metrics: &Url, args: &Args) -> io::Result<()> {
    let seller = &servers.seller_url[..Position::BeforePath];
    let facilitator = &servers.facilitator_url[..Position::BeforePath];
    let mut out = io::stdout().lock();
    writeln!(out, "seller       {seller}")?;
    for product in CATALOG {
        let version = product.version.number();
        writeln!(
            out,
            "  GET {:<12} {:>5} USD  x402 v{version}",
            product.path,
            product.price.to_string()
        )?;
    }
    writeln!(out, "facilitator  {facilitator}")?;
    writeln!(out, "metrics      {}", &metrics[..Position::BeforePath])?;
    writeln!(out, "\nLook at a challenge:")?;
    writeln!(out, "  curl -i {seller}/report")?;
    writeln!(out, "\nLook at what the guard has counted:")?;
    writeln!(out, "  curl {metrics}metrics")?;
    writeln!(out, "\nPay with any x402 client (scheme exact, {CHAIN}).")?;
    writeln!(out, "This account has 1000 play USDC; its key is public:")?;
    writeln!(out, "  {EVERYBODY}")?;
    writeln!(out, "  {EVERYBODYS_KEY}")?;
    for account in &args.fund {
        writeln!(out, "This one has as much: {account}")?;
    }
    if args.fund.is_empty() {
        writeln!(out, "Another account gets as much with --fund ADDRESS.")?;
    }
    writeln!(out, "\nCtrl-C stops.")?;
    out.flush()
}

/// Ends when the process is asked to stop. It listens from now on, not from when it is awaited.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends when the process is asked to stop.
#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a signal handler the process ends by the signal itself.
        let _ = tokio::signal::ctrl_c().await;
    })
}
