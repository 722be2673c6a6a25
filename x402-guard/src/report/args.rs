//! The command line of `report`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::report::period::Moment;

const REPORT_NOTES: &str = "\
Every file is checked first, as `audit verify` does it, and the very lines that were checked are added up. Files are put \
in order by their first record. Each is a chain of its own, or goes on where the one before ends (a stream that was \
split). Without a key nothing is called intact. Lines after a break, and of files that could not be checked, are added \
up as well where they can be read; the report says how many they are, and what of the sum stands in checked records.

The key of each file: --key-file, else $X402_CHAIN_KEY (64 hex digits), else FILE.key, else audit.key beside FILE.

A payment counts once, by the last outcome that the log has of it within the period: settled, rejected, unknown, \
not_sent, denied, released (found out later that it never can be settled) or open (no outcome in the period). Spend is \
what the positions buyer and third_party_payer settled; others have a table of their own. Sums are whole micro-dollars \
and whole atomic units.

Agents, origins and recipients are told apart up to 10 000 each, in the order in which they first come; later ones are \
added up as others, and the report says so.

--subject looks for one person or party: the agent, the recipient, the decision, the transaction or an approver of \
exactly that name (hexadecimal in either case), and the text anywhere in URL, origin, reason, error message and note. \
The log holds no payer's address of its own.

--format json prints one object: format (1, counts up when a field changes its meaning), period, agent, integrity \
(intact, broken, unverified or unreadable: the worst of all files), files, records (read, counted, checked, \
outside_period, of_other_agents, skipped by reason), outcomes, settled_in_checked_records_usd_micros, by_day, by_agent, \
by_origin, by_recipient, by_asset, by_position, pii, denials, shadow_denials, warnings, approvals, unknown, dangling, \
subject and notes. Each breakdown has rows and others (how many are added up there, and their sums). Sums in dollars are \
whole micro-dollars (.._usd_micros), atomic amounts are digits in a text. Fields may be added. The same files give the \
same report.

Exit codes:
   0  the report was written, and every file is intact, or was not asked to be
      checked: no key was named or found, or --no-verify
   1  a file cannot be read, is broken, or could not be checked although there
      is a key (the report is written all the same, and says so); or the report
      cannot be written
   2  the command line cannot be right";

#[derive(Args)]
#[command(after_help = REPORT_NOTES)]
pub(crate) struct ReportArgs {
    /// The logs, in any order: the current one and those that were moved away before it
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    pub(crate) audit: Vec<PathBuf>,
    /// Count records from this moment on: a date, from its beginning in UTC, or a time as in RFC 3339
    #[arg(long, value_name = "T")]
    pub(crate) from: Option<Moment>,
    /// Count records before this moment, which itself does not count any more
    #[arg(long, value_name = "T")]
    pub(crate) to: Option<Moment>,
    /// Count the records of this agent alone
    #[arg(long, value_name = "ID")]
    pub(crate) agent: Option<String>,
    /// List every record about this agent, recipient, approver, decision, transaction or text
    #[arg(long, value_name = "ID")]
    pub(crate) subject: Option<String>,
    /// The file that holds the logs' key
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Check the lines alone, for logs that were kept in another way or copied without their head files
    #[arg(long)]
    pub(crate) no_head_file: bool,
    /// Check nothing, and call nothing intact
    #[arg(long, conflicts_with_all = ["key_file", "no_head_file"])]
    pub(crate) no_verify: bool,
    /// What the report is written as
    #[arg(long, value_name = "FORMAT", default_value = "md")]
    pub(crate) format: Format,
    /// Where the report is written; standard output unless set
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Most rows of a table; what is left is added up in one
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(crate) rows: u16,
}

/// What a report is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One object
    Json,
    /// Markdown, for a terminal of 80 columns too
    Md,
    /// One page that needs nothing else
    Html,
}
