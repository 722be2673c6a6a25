//! The command line of `policy`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use x402_tower::Usd;

const CHECK_NOTES: &str = "\
Exit codes:
   0  the policy can be used
   1  it cannot, or could not be read
   2  the command line cannot be right";

const EXPLAIN_NOTES: &str = "\
Decides as the policy control does, with nothing spent before but what --before says. What is not given comes from \
the policy's own lists, else it is USDC on Base, paid to an address of nobody; what was assumed is marked.

Exit codes:
   0  allowed
   1  the policy or the question cannot be used
   2  the command line cannot be right
  10  denied";

const TEST_NOTES: &str = "\
The cases are kept beside the policy, in policy.cases.toml for policy.toml:

  [[cases]]
  name       = \"the 51st cent of a day is refused\"
  url        = \"https://api.example.com/report\"
  amount_usd = \"0.01\"
  before     = [{ amount_usd = \"0.10\", times = 5, seconds_ago = 60 }]
  expect     = \"deny\"
  code       = \"policy.window\"

url, amount_usd and expect (\"allow\" or \"deny\") are needed. agent, pay_to, network, asset, scheme and lifetime_seconds \
say more, as for explain; code says which denial. before lists payments that were made earlier, each like the case but \
for what it says: url, amount_usd, agent, pay_to, network, asset, times (1) and seconds_ago (0). Every case starts anew.

Exit codes:
   0  every case ended as expected
   1  one did not, or the policy or the cases cannot be used
   2  the command line cannot be right";

#[derive(Subcommand)]
pub(crate) enum PolicyCommand {
    /// Say everything that is wrong with a policy
    Check(CheckArgs),
    /// Print the JSON Schema of policy files
    Schema,
    /// Say which rule decides on a payment, and what is left of every limit
    Explain(ExplainArgs),
    /// Hold a policy against the cases that are kept beside it
    Test(TestArgs),
}

#[derive(Args)]
#[command(after_help = CHECK_NOTES)]
pub(crate) struct CheckArgs {
    /// The policy, a .toml or .json file
    pub(crate) file: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

// URL and names are read later by code of our own: clap would quote them in its errors.
#[derive(Args)]
#[command(after_help = EXPLAIN_NOTES)]
pub(crate) struct ExplainArgs {
    /// The policy, a .toml or .json file
    pub(crate) file: PathBuf,
    /// What would be requested, with http:// or https://
    #[arg(long)]
    pub(crate) url: String,
    /// What it would cost, in dollars
    #[arg(long, value_name = "USD", value_parser = usd)]
    pub(crate) amount_usd: Usd,
    /// Who would spend; the policy's agent unless set
    #[arg(long, value_name = "ID")]
    pub(crate) agent: Option<String>,
    /// Who would get the money
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) pay_to: Option<String>,
    /// The chain, as eip155:8453
    #[arg(long, value_name = "CHAIN")]
    pub(crate) network: Option<String>,
    /// The token contract, as 0x... or eip155:8453/erc20:0x...
    #[arg(long, value_name = "CONTRACT")]
    pub(crate) asset: Option<String>,
    /// The payment scheme
    #[arg(long)]
    pub(crate) scheme: Option<String>,
    /// How long the authorization would stay valid
    #[arg(long, value_name = "SECONDS")]
    pub(crate) lifetime_seconds: Option<u64>,
    /// How many payments like this one were made just before
    #[arg(long, value_name = "COUNT", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub(crate) before: u32,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
#[command(after_help = TEST_NOTES)]
pub(crate) struct TestArgs {
    /// The policy, a .toml or .json file
    pub(crate) file: PathBuf,
    /// The cases, where they are kept elsewhere
    #[arg(long, value_name = "FILE")]
    pub(crate) cases: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

fn usd(text: &str) -> Result<Usd, x402_tower::UsdError> {
    Usd::parse(text)
}
