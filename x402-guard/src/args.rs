//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use x402_tower::audit::AuditHead;

use crate::corpus::args::CorpusCommand;
use crate::eval::args::EvalCommand;
use crate::ledger::args::LedgerCommand;
use crate::policy::args::PolicyCommand;
use crate::report::args::ReportArgs;
use crate::screen::args::ScreenArgs;
use crate::serve::args::{HealthArgs, ServeArgs};

const FETCH_NOTES: &str = "\
Policy: --policy, else $X402_POLICY, else policy.toml in the state directory. Without any, a call may cost at most \
0.10 USD and a day at most 1.00 USD, in tokens of the built-in table. Windows (daily_limit_usd, per_endpoint) and the \
refusal of duplicates are kept in the state directory, or on Redis: they hold for every run that uses it.

State directory: --state-dir, else $X402_STATE_DIR, else $XDG_STATE_HOME/x402-guard, else ~/.local/state/x402-guard. \
It is made with mode 0700 and holds audit.jsonl, the record of every decision, and audit.key, its key (unless \
$X402_CHAIN_KEY holds one). A key in a file beside its log is no good against somebody who can read both: they can \
write the log anew. Runs at the same time share the log and take turns at it.

Redirects: GET and HEAD follow up to ten within the same origin, before anything is paid. Any other is the answer.

A PAYMENT-SIGNATURE or X-PAYMENT header given with -H is a payment that somebody else signed: it is sent if the policy \
allows it, and none is signed here.

--json prints one object: status, decision (\"allowed\", \"denied\", \"free\" where no payment was asked for, null without \
an answer), code (of a denial), outcome (\"settled\", \"rejected\", \"unknown\", \"not_sent\" or null), amount_usd, receipt, \
body (or body_base64 where it is not UTF-8; at most 16 MiB) and error (a text or null).

Exit codes:
   0  delivered: paid for and answered below 400, or answered for free
   1  anything else: unreachable, misconfigured, or paid for and answered
      with an error
   2  the command line cannot be right
  10  denied by a control; nothing was paid
  11  the payment may have left, and nobody knows whether it was settled:
      look at the chain before asking again
  12  the seller refused the payment";

const VERIFY_NOTES: &str = "\
The key: --key-file, else $X402_CHAIN_KEY (64 hex digits), else FILE.key, else audit.key beside FILE.

The head: FILE.head, which the writer keeps beside the log, says under the same key how many records there are, so that \
an end that was cut off shows. A log that was taken back to an earlier state together with its head file looks intact, \
unless it is held against a head that was kept elsewhere: see --head. A log without its head file is not called intact, \
unless --head or --no-head-file says that it may do without.

Payments without an outcome, as a crash leaves them and as they are under way, are a warning, not a break: the log is as \
it was written. With --strict they end the check with a code of their own.

--json prints one object. Of an intact log: intact (true), records, events (how many of each type), unknown_events, \
first_time, last_time, writers, head, dangling_intents (each with line, time and decision_id) and unfollowed_intents. Of \
any other: intact (false, or null where it could not be checked), line (the first that is broken, or null), code and \
problem.

Exit codes:
   0  intact
   1  broken, or not checked
   2  the command line cannot be right
   3  intact, but with --strict: payments without an outcome";

/// Pay for what is behind a 402 (x402), inside a policy
#[derive(Parser)]
#[command(
    name = "x402-guard",
    version,
    max_term_width = 80,
    propagate_version = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Fetch a URL, and pay for it if it asks and the policy allows
    Fetch(FetchArgs),
    /// Stand between agents and sellers: pay for agents in any language, or look at what they sign
    Serve(ServeArgs),
    /// Ask whether a service that runs here is ready
    Health(HealthArgs),
    /// Work with a spending policy
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Find out what became of payments
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Work with the record of decisions
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Add up what audit logs say: spend, denials, personal data, open ends, and whether the logs are intact
    Report(ReportArgs),
    /// Make and describe samples to measure the detection of personal data with
    #[command(subcommand)]
    Corpus(CorpusCommand),
    /// Take personal data out of JSON lines, and say what was found where
    Screen(ScreenArgs),
    /// Measure a detector against labelled data
    #[command(subcommand)]
    Eval(EvalCommand),
}

#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// Check that no record of an audit log was edited, removed, moved or put in, and that its end is there
    Verify(VerifyArgs),
}

/// Where money is counted.
// The address is read later by code of our own: clap would quote it in its errors.
#[derive(Args)]
pub(crate) struct BooksArgs {
    /// Where the ledger, the audit log and their keys are kept
    #[arg(
        long,
        value_name = "DIR",
        env = "X402_STATE_DIR",
        hide_env_values = true
    )]
    pub(crate) state_dir: Option<PathBuf>,
    /// A Redis or Valkey server in place of the state directory's ledger. Who pays with it needs X402_FINGERPRINT_KEY, the
    /// same on every machine
    #[arg(
        long,
        value_name = "URL",
        env = "X402_REDIS_URL",
        hide_env_values = true
    )]
    pub(crate) redis: Option<String>,
    /// The ledger's name on that server
    #[arg(long, value_name = "NAME", default_value = "x402-guard")]
    pub(crate) namespace: String,
}

// URL, headers and data are read later by code of our own: clap would quote them in its errors.
#[derive(Args)]
#[command(after_help = FETCH_NOTES)]
pub(crate) struct FetchArgs {
    /// What to fetch, with http:// or https://
    pub(crate) url: String,
    /// The spending policy, a .toml or .json file
    #[arg(long, value_name = "FILE", env = "X402_POLICY", hide_env_values = true)]
    pub(crate) policy: Option<PathBuf>,
    /// The environment variable that holds the private key to pay with, in hexadecimal; needed only if a payment is
    /// asked for
    #[arg(long, value_name = "NAME", default_value = "X402_PRIVATE_KEY")]
    pub(crate) key_env: String,
    #[command(flatten)]
    pub(crate) books: BooksArgs,
    /// Names this request, so that it is paid once, whatever is asked for under another name; sent as Idempotency-Key
    #[arg(long, value_name = "KEY")]
    pub(crate) idempotency_key: Option<String>,
    /// The method; GET unless set, POST with --data
    #[arg(short = 'X', long = "request", value_name = "METHOD")]
    pub(crate) method: Option<String>,
    /// The body: a text, @FILE or @- for standard input, sent as it is, at most 1 MiB. Without a Content-Type it is
    /// application/json if it is JSON, else application/x-www-form-urlencoded
    #[arg(short, long, allow_hyphen_values = true)]
    pub(crate) data: Option<String>,
    /// A header to send, as 'Name: value'; may be repeated
    #[arg(short = 'H', long = "header", value_name = "HEADER")]
    pub(crate) headers: Vec<String>,
    /// How long each exchange may take: the first, each redirect and the paid one
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) timeout: u64,
    /// Print one JSON object in place of the body
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
#[command(after_help = VERIFY_NOTES)]
pub(crate) struct VerifyArgs {
    /// The log
    pub(crate) file: PathBuf,
    /// The file that holds the log's key
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// The head that the log is known to have had, as an earlier check printed it
    #[arg(long, value_name = "SEQ:HMAC")]
    pub(crate) head: Option<AuditHead>,
    /// Check the lines alone, for a log that was kept in another way or copied without its head file
    #[arg(long)]
    pub(crate) no_head_file: bool,
    /// Fail also where payments have no outcome
    #[arg(long)]
    pub(crate) strict: bool,
    /// Print one JSON object in place of the summary
    #[arg(long)]
    pub(crate) json: bool,
}
