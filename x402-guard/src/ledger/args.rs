//! The command line of `ledger`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use x402_tower::evm::BlockTag;
use x402_tower::store::Resolution;

use crate::args::BooksArgs;

const WHICH: &str = "\
The ledger: ledger.sqlite in the state directory (--state-dir, else $X402_STATE_DIR, else $XDG_STATE_HOME/x402-guard, \
else ~/.local/state/x402-guard), or a Redis or Valkey server, named by --redis or $X402_REDIS_URL. A URL with a password \
belongs into the environment: command lines are seen by others and kept in histories.";

const SHOW_NOTES: &str = "\
States: sent (under way, or cut short by a crash), unknown (nobody knows whether it was settled), settled. What was \
released, or never left, is not listed. All of sent, unknown and settled count in their windows.

--json prints one object: payments (each with id, state, usd, reserved_at, agent, origin, scheme, chain, asset, pay_to, \
amount, payer, kind, nonce and valid_before), totals (by state: payments and usd) and not_listed.

Exit codes:
   0  printed
   1  the ledger cannot be read
   2  the command line cannot be right";

const UNKNOWN_NOTES: &str = "\
--json prints the same object as of show.

Exit codes:
   0  no payment is open
   1  the ledger cannot be read
   2  the command line cannot be right
   3  payments are open";

const RESOLVE_NOTES: &str = "\
It is put on record in the audit log before the ledger is changed, with the reason and without personal data in it; what \
cannot be put on record is not resolved. The log is the one that the policy names (--policy, else $X402_POLICY, else \
policy.toml in the state directory), else audit.jsonl in the state directory.

A released payment counts no longer, and the request that it was for may be paid anew.

Exit codes:
   0  resolved
   1  not resolved: it is not on the books or not open, or the ledger or the log failed
   2  the command line cannot be right
  10  refused: it could still be settled, so releasing it could pay twice";

const RECONCILE_NOTES: &str = "\
Every payment on a chain with an endpoint is looked up: authorizationState of the token for EIP-3009, nonceBitmap of the \
Permit2 contract for Permit2. What was used is settled. What was not, is released when its end has passed, on the chain \
and here with a minute to spare. Everything else stays as it is. Each is on record first, as for resolve.

Endpoints: --rpc, else $X402_RPC, which takes several with blanks between them and is the place for URLs that hold a \
key. Several endpoints of one chain have to say the same.

Exit codes:
   0  nothing is left open
   1  something failed; what was found out before is resolved
   2  the command line cannot be right
   3  payments are left open";

const ACCEPT_NOTES: &str = "\
For a ledger that is refused because ledger.sqlite.mark beside it is gone or damaged, or because it is an older copy or \
another ledger than the mark knows. Whatever was spent since is not counted then, and what was paid may be paid again: \
compare it with the audit log ('x402-guard report'), and lower the limits of the policy by what is missing. Stop the \
service before. Where the ledger is as it was left, nothing is changed.

It is put on record in the audit log before, with the reason; the log is found as for resolve. A ledger in Redis has no \
mark.

Exit codes:
   0  the ledger can be used
   1  it cannot, or the log failed
   2  the command line cannot be right";

/// The notes of a command, after what is common to all of them.
fn with_ledger(notes: &str) -> String {
    format!("{WHICH}\n\n{notes}")
}

#[derive(Subcommand)]
pub(crate) enum LedgerCommand {
    /// List the payments on the books
    Show(ListArgs),
    /// List the payments of which nobody knows what became, oldest first, and what to do about each
    Unknown(UnknownArgs),
    /// Say what became of a payment
    Resolve(ResolveArgs),
    /// Ask chains what became of open payments, once
    Reconcile(ReconcileArgs),
    /// Use a ledger file of which nobody can tell whether it is an older copy
    Accept(AcceptArgs),
}

#[derive(Args)]
pub(crate) struct LedgerArgs {
    #[command(flatten)]
    pub(crate) books: BooksArgs,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
#[command(after_help = with_ledger(SHOW_NOTES))]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) ledger: LedgerArgs,
}

#[derive(Args)]
#[command(after_help = with_ledger(UNKNOWN_NOTES))]
pub(crate) struct UnknownArgs {
    #[command(flatten)]
    pub(crate) ledger: LedgerArgs,
}

#[derive(Args)]
#[command(after_help = with_ledger(RESOLVE_NOTES))]
pub(crate) struct ResolveArgs {
    /// The payment: its whole id, or the first 8 digits or more where only one begins so
    pub(crate) id: String,
    /// What became of it
    #[arg(long = "as", value_name = "STATE")]
    pub(crate) resolution: Became,
    /// How that was found out, for the record
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) why: String,
    /// Release it although it could still be settled. Whoever holds the signature can then take the money and be paid
    /// once more, and no limit has counted the first
    #[arg(long)]
    pub(crate) force: bool,
    /// The spending policy, where it names an audit log
    #[arg(long, value_name = "FILE", env = "X402_POLICY", hide_env_values = true)]
    pub(crate) policy: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) ledger: LedgerArgs,
}

#[derive(Args)]
#[command(after_help = with_ledger(RECONCILE_NOTES))]
pub(crate) struct ReconcileArgs {
    /// A node to ask about payments on a chain, as eip155:8453=https://host/path; may be repeated
    #[arg(
        long,
        value_name = "CHAIN=URL",
        env = "X402_RPC",
        hide_env_values = true,
        value_delimiter = ' '
    )]
    pub(crate) rpc: Vec<String>,
    /// The block to look at: how sure it is, against how far behind it is
    #[arg(long, value_name = "TAG", default_value = "finalized")]
    pub(crate) block: Block,
    /// The spending policy, where it names an audit log
    #[arg(long, value_name = "FILE", env = "X402_POLICY", hide_env_values = true)]
    pub(crate) policy: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) ledger: LedgerArgs,
}

#[derive(Args)]
#[command(after_help = ACCEPT_NOTES)]
pub(crate) struct AcceptArgs {
    /// Why it may be used, for the record
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) why: String,
    /// The claims of the seller's position, seller.sqlite, in place of the ledger
    #[arg(long)]
    pub(crate) seller: bool,
    /// Where the ledger, the audit log and their keys are kept
    #[arg(
        long,
        value_name = "DIR",
        env = "X402_STATE_DIR",
        hide_env_values = true
    )]
    pub(crate) state_dir: Option<PathBuf>,
    /// The spending policy, where it names an audit log
    #[arg(long, value_name = "FILE", env = "X402_POLICY", hide_env_values = true)]
    pub(crate) policy: Option<PathBuf>,
}

/// What may have become of a payment.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Became {
    /// It was settled: it stays counted
    Settled,
    /// It was not, and cannot be any more: it counts no longer
    Released,
}

impl From<Became> for Resolution {
    fn from(became: Became) -> Self {
        match became {
            Became::Settled => Self::Settled,
            Became::Released => Self::Released,
        }
    }
}

/// The blocks that can be looked at.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Block {
    /// The newest that can never be undone
    Finalized,
    /// The newest that is unlikely to be undone
    Safe,
    /// The newest
    Latest,
}

impl From<Block> for BlockTag {
    fn from(block: Block) -> Self {
        match block {
            Block::Finalized => Self::Finalized,
            Block::Safe => Self::Safe,
            Block::Latest => Self::Latest,
        }
    }
}
