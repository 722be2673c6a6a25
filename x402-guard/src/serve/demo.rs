//! A market of one's own: a seller, play money and a key that nobody else has.

use std::io::{self, Write as _};
use std::net::SocketAddr;

use url::{Position, Url};
use x402_axum_example::Market;
use x402_tower::evm::LocalEvmSigner;
use x402_tower::{Address, ChainId};

use crate::serve::error::ServeError;
use crate::serve::settings::{ModeFile, Settings};

/// Base Sepolia, whose play money the example's facilitator keeps.
const CHAIN: &str = "eip155:84532";
/// A thousand play USDC, in atomic units.
const GIFT: u64 = 1_000_000_000;

/// The market, and who buys there.
#[derive(Debug)]
pub(crate) struct Demo {
    market: Market,
    token: String,
}

impl Demo {
    /// Opens the market, and gives the service an agent and a key for it.
    pub(crate) async fn open() -> Result<(Self, LocalEvmSigner), ServeError> {
        let failed = |error: &dyn core::fmt::Display| ServeError::Demo(error.to_string());
        let market = Market::open().await.map_err(|error| failed(&error))?;
        let signer =
            LocalEvmSigner::from_hex(&random_hex(&failed)?).map_err(|error| failed(&error))?;
        let chain = ChainId::parse(CHAIN).map_err(|error| failed(&error))?;
        let account = signer.address().to_string();
        let account = Address::parse(&chain, &account).map_err(|error| failed(&error))?;
        market
            .fund(&account, GIFT)
            .map_err(|error| failed(&error))?;
        let token: String = random_hex(&failed)?.chars().take(32).collect();
        Ok((Self { market, token }, signer))
    }

    /// Adds the agent, and lets it reach the market, which is on this machine.
    pub(crate) fn adjust(&self, settings: &mut Settings) -> Result<(), ServeError> {
        settings.agent_token = Some(self.token.clone());
        settings.agent_mode = ModeFile::Pay;
        settings.rule = crate::serve::egress::AddressRule::new(&["127.0.0.1".into()])?;
        Ok(())
    }

    /// Where the seller is.
    fn seller(&self) -> &Url {
        self.market.seller()
    }

    /// Says what to try.
    pub(crate) fn introduce(&self, listen: SocketAddr, admin: SocketAddr) -> io::Result<()> {
        let host = &self.seller()[Position::BeforeHost..Position::AfterPort];
        let token = &self.token;
        let mut out = io::stdout().lock();
        writeln!(
            out,
            "A seller, a facilitator and play money are on this machine; the key is thrown away."
        )?;
        writeln!(out, "\nThe agent's token, and a report for sale:")?;
        writeln!(out, "  export X402_TOKEN={token}")?;
        writeln!(out, "  export SELLER=http://{host}")?;
        writeln!(out, "  export GUARD=http://{listen}/http/{host}")?;
        for (path, price) in self.market.catalog() {
            writeln!(out, "    {path:<12} {price:>5} USD")?;
        }
        writeln!(
            out,
            "\nBuy; be refused what costs too much; see what is left:"
        )?;
        writeln!(
            out,
            "  curl -H \"X-X402-Agent-Token: $X402_TOKEN\" $GUARD/report"
        )?;
        writeln!(
            out,
            "  curl -H \"X-X402-Agent-Token: $X402_TOKEN\" $GUARD/premium"
        )?;
        writeln!(
            out,
            "  curl -H \"X-X402-Agent-Token: $X402_TOKEN\" http://{listen}/v1/budget"
        )?;
        writeln!(
            out,
            "\nFor operators: http://{admin}/metrics, /ready, /version. Ctrl-C stops."
        )?;
        out.flush()
    }

    /// Closes the market.
    pub(crate) async fn close(self) {
        // Nothing is lost with play money.
        let _closed = self.market.close().await;
    }
}

fn random_hex(
    failed: &impl Fn(&dyn core::fmt::Display) -> ServeError,
) -> Result<String, ServeError> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| failed(&error))?;
    Ok(const_hex::encode(bytes))
}
