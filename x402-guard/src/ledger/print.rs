//! What `--json` prints.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use x402_tower::store::Entry;

use crate::ledger::list::List;
use crate::shown::time;

/// Prints one object on a line.
pub(super) fn json(out: &mut impl Write, object: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, object)?;
    writeln!(out)
}

#[derive(Debug, Serialize)]
pub(super) struct Listing {
    payments: Vec<Payment>,
    totals: BTreeMap<&'static str, Total>,
    not_listed: u64,
}

#[derive(Debug, Serialize)]
struct Total {
    payments: u64,
    usd: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Payment {
    id: String,
    state: &'static str,
    usd: String,
    reserved_at: String,
    agent: Option<String>,
    origin: Option<String>,
    scheme: Option<String>,
    chain: Option<String>,
    asset: Option<String>,
    pay_to: Option<String>,
    amount: Option<String>,
    payer: Option<String>,
    kind: Option<&'static str>,
    nonce: Option<String>,
    valid_before: Option<String>,
}

impl Listing {
    pub(super) fn of(list: &List) -> Self {
        let totals = list.totals.iter().map(|(state, (payments, usd))| {
            let total = Total {
                payments: *payments,
                usd: usd.to_string(),
            };
            (*state, total)
        });
        Self {
            payments: list.payments.iter().map(Payment::of).collect(),
            totals: totals.collect(),
            not_listed: list.not_listed,
        }
    }
}

impl Payment {
    pub(super) fn of(entry: &Entry) -> Self {
        let sent = entry.sent.as_ref();
        let hex = |nonce: &[u8; 32]| nonce.iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            id: entry.id.to_string(),
            state: entry.state.as_str(),
            usd: entry.counted.to_string(),
            reserved_at: time(entry.reserved_at.as_millis()),
            agent: sent.map(|sent| sent.agent.as_str().to_owned()),
            origin: sent.map(|sent| sent.origin.clone()),
            scheme: sent.map(|sent| sent.scheme.clone()),
            chain: sent.map(|sent| sent.chain.to_string()),
            asset: sent.and_then(|sent| Some(sent.asset.as_ref()?.to_string())),
            pay_to: sent.map(|sent| sent.pay_to.to_string()),
            amount: sent.map(|sent| sent.amount.to_string()),
            payer: sent.and_then(|sent| Some(sent.payer.as_ref()?.to_string())),
            kind: sent.map(|sent| sent.kind.as_str()),
            nonce: sent.and_then(|sent| sent.nonce.as_ref().map(hex)),
            valid_before: sent.map(|sent| time(sent.valid_before.as_millis())),
        }
    }
}
