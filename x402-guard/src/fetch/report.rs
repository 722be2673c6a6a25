//! What happened: the JSON object, the text for people, the exit code.

use core::error::Error;
use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use x402_tower::policy::Violation;
use x402_tower::{Denial, Outcome, PaymentRecord, Receipt, Usd};
use x402_tower_reqwest::reqwest::{Response, StatusCode};
use x402_tower_reqwest::{X402Error, payment_record};

use crate::exit::Exit;
use crate::fetch::error::DeliveryError;
use crate::shown::{Causes, Foreign, note};

/// What `--json` prints.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    status: Option<u16>,
    decision: Option<&'static str>,
    code: Option<&'static str>,
    outcome: Option<&'static str>,
    amount_usd: Option<String>,
    receipt: Option<ReceiptReport>,
    body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_base64: Option<String>,
    error: Option<String>,
}

#[derive(Debug, Serialize)]
struct ReceiptReport {
    transaction: String,
    network: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    payer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<String>,
}

impl ReceiptReport {
    fn of(receipt: &Receipt) -> Self {
        Self {
            transaction: receipt.transaction().to_owned(),
            network: receipt.network_name().to_owned(),
            payer: receipt.payer().map(str::to_owned),
            amount: receipt.amount().map(|amount| amount.to_string()),
        }
    }
}

impl Report {
    /// What went wrong, for people.
    pub(crate) fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    pub(crate) fn fail(&mut self, error: String) {
        self.error = Some(error);
    }

    pub(crate) fn print(&self, out: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        writeln!(out)?;
        out.flush()
    }

    /// Takes in that no answer came.
    pub(crate) fn unanswered(&mut self, error: &X402Error) -> Exit {
        if let Some(denial) = error.denial() {
            self.denied(denial);
            return Exit::Denied;
        }
        if let (X402Error::OutcomeUnknown { source, .. }, Some(record)) =
            (error, error.payment_record())
        {
            self.paid(record);
            self.fail(format!(
                "{} may have left, and no answer came: {}; {}",
                payment(record),
                Causes(source.as_ref()),
                look_first(record),
            ));
            return Exit::OutcomeUnknown;
        }
        self.fail(format!(
            "{}; nothing was paid: check the URL and the network, and try again",
            Causes(error)
        ));
        Exit::Failed
    }

    /// Takes in an answer, except for its body.
    pub(crate) fn answered(&mut self, response: &Response) -> Exit {
        let status = response.status();
        self.status = Some(status.as_u16());
        let Some(record) = payment_record(response) else {
            self.decision = Some("free");
            note_free(status);
            return Exit::Done;
        };
        self.paid(record);
        match record.outcome() {
            Outcome::Settled(receipt) => self.settled(record, receipt, status),
            Outcome::Rejected(refusal) => {
                let reason = refusal.reason.as_deref().unwrap_or("no reason given");
                self.fail(format!(
                    "the seller refused {} with HTTP {} ({reason}); the signed payment can still be settled for up to \
                     {} s, and its money counts as spent; ask again, and the same payment is sent again",
                    payment(record),
                    status.as_u16(),
                    record.terms().lifetime_seconds,
                ));
                Exit::SellerRefused
            }
            Outcome::Unknown(why) => {
                self.fail(format!(
                    "{} was sent and answered with HTTP {}, but nobody knows whether it was settled ({}); {}",
                    payment(record),
                    status.as_u16(),
                    why.as_str(),
                    look_first(record),
                ));
                Exit::OutcomeUnknown
            }
            Outcome::SettledEarlier(_) => {
                self.fail(format!(
                    "{} had settled before: the seller says that it was used; take up with the seller what it did not \
                     deliver",
                    payment(record)
                ));
                Exit::SellerRefused
            }
            _ => {
                self.fail(format!("{} was not sent", payment(record)));
                Exit::Failed
            }
        }
    }

    /// Takes in the answer's body.
    pub(crate) fn keep(&mut self, body: Vec<u8>) {
        match String::from_utf8(body) {
            Ok(text) => self.body = Some(text),
            Err(error) => self.body_base64 = Some(STANDARD.encode(error.as_bytes())),
        }
    }

    /// Takes in that the body did not arrive whole. What is known of the money matters more.
    pub(crate) fn undelivered(&mut self, exit: Exit, error: &DeliveryError) -> Exit {
        match &mut self.error {
            Some(said) => *said = format!("{said}; {error}"),
            None => self.fail(error.to_string()),
        }
        if exit == Exit::Done {
            Exit::Failed
        } else {
            exit
        }
    }

    fn denied(&mut self, denial: &Denial) {
        self.decision = Some("denied");
        self.code = Some(denial.code());
        self.outcome = Some("not_sent");
        self.amount_usd = asked(denial).map(|price| price.to_string());
        self.fail(format!(
            "denied ({}): {}; nothing was paid",
            denial.code(),
            denial.detail()
        ));
    }

    fn paid(&mut self, record: &PaymentRecord) {
        self.decision = Some("allowed");
        self.outcome = Some(record.outcome().as_str());
        self.amount_usd = record.terms().price.map(|price| price.to_string());
    }

    fn settled(&mut self, record: &PaymentRecord, receipt: &Receipt, status: StatusCode) -> Exit {
        self.receipt = Some(ReceiptReport::of(receipt));
        let settled = format!(
            "{} was settled, transaction {}",
            payment(record),
            Foreign(receipt.transaction())
        );
        if status.is_client_error() || status.is_server_error() {
            self.fail(format!(
                "{settled}, but the answer is HTTP {}; take it up with the seller",
                status.as_u16()
            ));
            return Exit::Failed;
        }
        note(settled);
        Exit::Done
    }
}

/// What was asked for, where the denial tells.
fn asked(denial: &Denial) -> Option<Usd> {
    match denial.source()?.downcast_ref::<Violation>()? {
        Violation::PerCall { price, .. }
        | Violation::Window { price, .. }
        | Violation::EndpointWindow { price, .. } => Some(*price),
        _ => None,
    }
}

/// Which payment, for people.
fn payment(record: &PaymentRecord) -> String {
    let terms = record.terms();
    let amount = match &terms.price {
        Some(price) => format!("{price} USD"),
        None => format!("{} atomic units", terms.amount),
    };
    format!(
        "the payment of {amount} to {} on {}",
        terms.pay_to, terms.chain
    )
}

fn look_first(record: &PaymentRecord) -> String {
    format!(
        "ask again within {} s of its signature, and the same payment {} is sent again: it cannot be paid twice",
        record.terms().lifetime_seconds,
        record.id(),
    )
}

/// Says on standard error what the body alone may not show.
fn note_free(status: StatusCode) {
    let code = status.as_u16();
    if status == StatusCode::PAYMENT_REQUIRED {
        note("HTTP 402 without an x402 challenge; nothing was paid");
    } else if status.is_redirection() {
        note(format_args!("HTTP {code}; this redirect is not followed"));
    } else if status.is_client_error() || status.is_server_error() {
        note(format_args!("HTTP {code}"));
    }
}
