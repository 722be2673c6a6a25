//! The command line.

use clap::Parser;
use x402_tower::{Address, ChainId};

use crate::servers::CHAIN;

/// A facilitator, a seller and a guarded agent in one program.
///
/// Without options it plays eight scenes and exits with 0 if every one of them went as it should: the agent buys over
/// x402 v2 and v1, personal data stays out of the payment, and the guard stops what the policy does not allow. Nothing
/// leaves this machine, and the money is play money.
#[derive(Debug, Parser)]
#[command(name = "x402-axum-example", version)]
pub(crate) struct Args {
    /// Keep facilitator and seller running for curl and other x402 clients, until Ctrl-C
    #[arg(long)]
    pub(crate) serve: bool,

    /// The seller's port on 127.0.0.1; 0 takes a free one
    #[arg(long, requires = "serve", default_value_t = 4021)]
    pub(crate) port: u16,

    /// The facilitator's port on 127.0.0.1; 0 takes a free one
    #[arg(long, requires = "serve", default_value_t = 4020)]
    pub(crate) facilitator_port: u16,

    /// The port of /metrics on 127.0.0.1; 0 takes a free one
    #[arg(long, requires = "serve", default_value_t = 4022)]
    pub(crate) metrics_port: u16,

    /// Give this account 1000 play USDC as well; may be repeated
    #[arg(long, requires = "serve", value_name = "ADDRESS", value_parser = account)]
    pub(crate) fund: Vec<Address>,
}

fn account(text: &str) -> Result<Address, String> {
    let chain = ChainId::parse(CHAIN).map_err(|error| error.to_string())?;
    Address::parse(&chain, text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn ports_belong_to_serving() {
        assert!(Args::try_parse_from(["x", "--port", "1"]).is_err());
        let args = Args::try_parse_from(["x", "--serve", "--port", "1"]).unwrap();
        assert_eq!((args.port, args.facilitator_port), (1, 4020));
    }

    #[test]
    fn only_accounts_can_be_funded() {
        assert!(Args::try_parse_from(["x", "--serve", "--fund", "0x12"]).is_err());
        let account = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
        let args = Args::try_parse_from(["x", "--serve", "--fund", account]).unwrap();
        assert_eq!(args.fund.len(), 1);
    }
}
