//! Facilitator and seller on the loopback.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;
use x402_tower::assets::{Asset, AssetTable};
use x402_tower::{Address, AtomicAmount, ChainId, GuardConfig, SystemClock, X402GuardLayer};

use crate::Failure;
use crate::facilitator::{self, Facilitator};
use crate::metrics::Metrics;
use crate::seller::{self, FacilitatorClient, Tap};

/// Base Sepolia.
pub(crate) const CHAIN: &str = "eip155:84532";
/// The same in x402 v1.
pub(crate) const V1_NETWORK: &str = "base-sepolia";
/// USDC on Base Sepolia.
const TOKEN: &str = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

/// How long open connections may take to end.
const CLOSING: Duration = Duration::from_secs(3);

/// Facilitator and seller, until they are closed.
#[derive(Debug)]
pub(crate) struct Servers {
    /// The facilitator's state.
    pub(crate) facilitator: Facilitator,
    /// Where the facilitator is.
    pub(crate) facilitator_url: Url,
    /// Where the seller is.
    pub(crate) seller_url: Url,
    /// What is paid in.
    pub(crate) token: Asset,
    stop: watch::Sender<bool>,
    running: Vec<JoinHandle<std::io::Result<()>>>,
}

impl Servers {
    /// Starts both; port 0 takes a free one. `tap` captures what the seller is sent.
    pub(crate) async fn open(
        facilitator_port: u16,
        seller_port: u16,
        tap: Option<Tap>,
    ) -> Result<Self, Failure> {
        let assets = AssetTable::builtin();
        let chain = ChainId::parse(CHAIN)?;
        let token = assets
            .get(&chain, &Address::parse(&chain, TOKEN)?)
            .ok_or("USDC on Base Sepolia is not in the asset table")?
            .clone();
        let facilitator =
            Facilitator::new(assets, Arc::new(SystemClock::new())).with_v1_network(V1_NETWORK)?;
        let (facilitator_at, facilitator_url) = listen(facilitator_port).await?;
        let (seller_at, seller_url) = listen(seller_port).await?;

        let http = reqwest::Client::builder().no_proxy().build()?;
        let clearing = FacilitatorClient::new(http, &facilitator_url)?;
        // Like most sellers, this one does nothing about personal data: what the agent's guard keeps back shows.
        let guard = GuardConfig::seller()
            .public_origin(seller_url.clone())
            .without_pii()
            .build()?;
        let seller =
            seller::router(&seller_url, &token, &clearing).layer(X402GuardLayer::new(guard));
        let seller = match tap {
            Some(tap) => seller.layer(from_fn_with_state(tap, seller::listen)),
            None => seller,
        };

        let (stop, stopped) = watch::channel(false);
        let running = vec![
            serve(
                facilitator_at,
                facilitator::router(facilitator.clone()),
                stopped.clone(),
            ),
            serve(seller_at, seller, stopped),
        ];
        Ok(Self {
            facilitator,
            facilitator_url,
            seller_url,
            token,
            stop,
            running,
        })
    }

    /// Shows `metrics` on a port of its own, which a seller can keep to itself; answers where.
    pub(crate) async fn show(&mut self, metrics: &Metrics, port: u16) -> Result<Url, Failure> {
        let (at, url) = listen(port).await?;
        let stopped = self.stop.subscribe();
        self.running
            .push(serve(at, metrics.router(), stopped.clone()));
        self.running.push(metrics.keep_up(stopped));
        Ok(url)
    }

    /// Gives `holder` play money, in atomic units.
    pub(crate) fn fund(&self, holder: &Address, amount: u64) -> Result<(), Failure> {
        Ok(self
            .facilitator
            .fund(&self.token, holder, AtomicAmount::from(amount))?)
    }

    /// Takes no new connections, and waits a moment for open ones.
    pub(crate) async fn close(self) -> Result<(), Failure> {
        self.stop.send_replace(true);
        for mut server in self.running {
            match tokio::time::timeout(CLOSING, &mut server).await {
                Ok(ended) => ended??,
                Err(_) => server.abort(),
            }
        }
        Ok(())
    }
}

async fn listen(port: u16) -> Result<(TcpListener, Url), Failure> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .await
        .map_err(|error| {
            format!("127.0.0.1:{port} cannot be used ({error}); choose another port")
        })?;
    let url = Url::parse(&format!("http://{}/", listener.local_addr()?))?;
    Ok((listener, url))
}

fn serve(
    listener: TcpListener,
    service: Router,
    mut stopped: watch::Receiver<bool>,
) -> JoinHandle<std::io::Result<()>> {
    tokio::spawn(async move {
        axum::serve(listener, service)
            .with_graceful_shutdown(async move {
                // An error says that nobody is left to ask for the end.
                let _ = stopped.wait_for(|stop| *stop).await;
            })
            .await
    })
}
