//! `ledger show` and `ledger unknown`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use x402_tower::store::{Entry, EntryQuery, SentPayment};
use x402_tower::{Clock, SystemClock, UnixMillis, Usd};

use crate::exit::Exit;
use crate::ledger::args::{ListArgs, UnknownArgs};
use crate::ledger::books::Books;
use crate::ledger::error::LedgerError;
use crate::ledger::print::{Listing, json};
use crate::ledger::table;
use crate::shown::{Foreign, time};

/// Most payments that are listed at once.
const MOST_LISTED: usize = 10_000;

pub(super) async fn show(args: &ListArgs, out: &mut impl Write) -> Result<Exit, LedgerError> {
    let books = Books::open(&args.ledger.books).await?;
    let list = List::of(&books, EntryQuery::all()).await?;
    if args.ledger.json {
        json(out, &Listing::of(&list))?;
    } else {
        table::print(&list, out)?;
    }
    Ok(Exit::Done)
}

pub(super) async fn unknown(args: &UnknownArgs, out: &mut impl Write) -> Result<Exit, LedgerError> {
    let now = SystemClock::new().now().ok_or(LedgerError::NoClock)?;
    let books = Books::open(&args.ledger.books).await?;
    let list = List::of(&books, EntryQuery::open()).await?;
    if args.ledger.json {
        json(out, &Listing::of(&list))?;
    } else {
        what_to_do(&list, now, out)?;
    }
    Ok(if list.payments.is_empty() {
        Exit::Done
    } else {
        Exit::Unfinished
    })
}

/// Payments, oldest first, and what all of them add up to.
#[derive(Debug, Default)]
pub(super) struct List {
    pub(super) payments: Vec<Entry>,
    pub(super) not_listed: u64,
    /// How many payments of each state, and how much.
    pub(super) totals: BTreeMap<&'static str, (u64, Usd)>,
}

impl List {
    async fn of(books: &Books, query: EntryQuery) -> Result<Self, LedgerError> {
        let mut list = Self::default();
        books.each(query, |entry| list.add(entry)).await?;
        list.payments.sort_by_key(age);
        list.cut();
        Ok(list)
    }

    fn add(&mut self, entry: Entry) {
        let (count, sum) = self.totals.entry(entry.state.as_str()).or_default();
        *count = count.saturating_add(1);
        *sum = sum
            .checked_add(entry.counted)
            .unwrap_or(Usd::from_micros(u64::MAX));
        self.payments.push(entry);
        if self.payments.len() >= 2 * MOST_LISTED {
            self.payments.sort_by_key(age);
            self.cut();
        }
    }

    /// Keeps the oldest.
    fn cut(&mut self) {
        let over = self.payments.len().saturating_sub(MOST_LISTED);
        self.payments.truncate(MOST_LISTED);
        let over = u64::try_from(over).unwrap_or(u64::MAX);
        self.not_listed = self.not_listed.saturating_add(over);
    }

    /// How many digits of an id tell it from every other that is listed.
    pub(super) fn id_digits(&self) -> usize {
        let mut ids: Vec<String> = self
            .payments
            .iter()
            .map(|entry| entry.id.to_string())
            .collect();
        ids.sort_unstable();
        let neighbours = ids.iter().zip(ids.iter().skip(1));
        let shared = neighbours.map(|(one, next)| {
            let same = one.bytes().zip(next.bytes()).take_while(|(a, b)| a == b);
            same.count().saturating_add(1)
        });
        shared.max().unwrap_or(0).max(8)
    }
}

fn age(entry: &Entry) -> (UnixMillis, x402_tower::PaymentId) {
    (entry.reserved_at, entry.id)
}

/// Prints each open payment and what can be done about it.
fn what_to_do(list: &List, now: UnixMillis, out: &mut impl Write) -> io::Result<()> {
    if list.payments.is_empty() {
        return writeln!(out, "no payment is open");
    }
    let digits = list.id_digits();
    for entry in &list.payments {
        let id = entry.id.to_string();
        let id = id.get(..digits).unwrap_or(&id);
        writeln!(out, "{id}  {}  {} USD", entry.state.as_str(), entry.counted)?;
        if let Some(sent) = &entry.sent {
            about(entry, sent, now, id, out)?;
        }
        writeln!(out)?;
    }
    let (count, sum) = list.totals.values().fold((0u64, 0u64), |(count, sum), of| {
        (
            count.saturating_add(of.0),
            sum.saturating_add(of.1.micros()),
        )
    });
    writeln!(out, "open: {count}, {} USD", Usd::from_micros(sum))?;
    if list.not_listed > 0 {
        writeln!(out, "{} of them are not listed", list.not_listed)?;
    }
    Ok(())
}

fn about(
    entry: &Entry,
    sent: &SentPayment,
    now: UnixMillis,
    id: &str,
    out: &mut impl Write,
) -> io::Result<()> {
    let until = sent.valid_before;
    writeln!(out, "  sent      {}", time(entry.reserved_at.as_millis()))?;
    writeln!(out, "  for       {}", Foreign(&sent.origin))?;
    writeln!(out, "  to        {} on {}", sent.pay_to, sent.chain)?;
    if let (Some(payer), Some(nonce)) = (&sent.payer, &sent.nonce) {
        writeln!(out, "  payer     {payer}")?;
        let hex: String = nonce.iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(out, "  nonce     {hex}")?;
    }
    let over = if until <= now {
        ", which has passed"
    } else {
        ""
    };
    writeln!(out, "  settles   until {}{over}", time(until.as_millis()))?;
    let chain = &sent.chain;
    writeln!(
        out,
        "  ask       x402-guard ledger reconcile --rpc {chain}=URL"
    )?;
    writeln!(out, "  or look it up, and say what became of it:")?;
    let states = if until <= now {
        "settled|released"
    } else {
        "settled"
    };
    writeln!(
        out,
        "            x402-guard ledger resolve {id} --as {states} --why TEXT"
    )
}
