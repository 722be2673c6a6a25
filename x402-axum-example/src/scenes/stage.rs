//! Where the scenes are played, and the two that they are made of: a purchase and a refusal.

use std::io::{self, Write};

use url::{Position, Url};
use x402_tower::wire::Version;
use x402_tower::{Denial, Outcome, PaymentRecord};

use super::asked::{Asked, shortened};
use super::checks::Checks;
use crate::Failure;
use crate::agent::{Agent, Answer, Left};
use crate::facilitator::Settlement;
use crate::seller::{SELLER, Tap};
use crate::servers::Servers;
use crate::timeline::{Timeline, Tone};

/// What the agent is given to spend: one USDC, in atomic units.
pub(super) const FUNDS: u64 = 1_000_000;

/// Everything a scene needs.
#[derive(Debug)]
pub(super) struct Stage<'a, W> {
    pub(super) servers: Servers,
    pub(super) agent: Agent,
    /// A client without a guard.
    pub(super) http: reqwest::Client,
    pub(super) tap: Tap,
    pub(super) timeline: &'a mut Timeline<W>,
    pub(super) checks: Checks,
    /// The scene that is played.
    pub(super) number: usize,
}

/// What must not change when nothing is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) settled: usize,
    pub(super) signatures: usize,
    pub(super) left: Left,
}

impl<'a, W: Write> Stage<'a, W> {
    pub(super) async fn set(timeline: &'a mut Timeline<W>) -> Result<Self, Failure> {
        let tap = Tap::default();
        let servers = Servers::open(0, 0, Some(tap.clone())).await?;
        let agent = Agent::new(&servers.seller_url)?;
        servers.fund(&agent.address, FUNDS)?;
        Ok(Self {
            servers,
            agent,
            http: reqwest::Client::builder().no_proxy().build()?,
            tap,
            timeline,
            checks: Checks::default(),
            number: 0,
        })
    }

    pub(super) fn introduce(&mut self) -> io::Result<()> {
        let (timeline, servers) = (&mut *self.timeline, &self.servers);
        let bare = |url: &Url| url[..Position::BeforePath].to_owned();
        timeline.title("An agent with a budget and a seller, on this machine only")?;
        timeline.line("seller", &format!("{} (axum)", bare(&servers.seller_url)))?;
        let facilitator = bare(&servers.facilitator_url);
        timeline.line(
            "settled by",
            &format!("{facilitator} (checks every signature)"),
        )?;
        timeline.line(
            "agent",
            &format!("{} (1 play USDC)", self.agent.address.as_str()),
        )?;
        timeline.gap()?;
        timeline.title("The agent's policy")?;
        for line in self.agent.policy.lines() {
            timeline.verbatim(line)?;
        }
        Ok(())
    }

    /// Begins the next scene.
    pub(super) fn scene(&mut self, title: &str) -> io::Result<()> {
        self.number = self.number.saturating_add(1);
        let number = self.number;
        self.checks.enter(format!("scene {number}"));
        self.timeline.gap()?;
        self.timeline.title(&format!("{number}. {title}"))
    }

    /// Notes what broke a scene off. The next one is played all the same.
    pub(super) fn ended(&mut self, done: Result<(), Failure>) {
        if let Err(error) = done {
            self.checks.differs(&format!("it broke off: {error}"));
        }
    }

    pub(super) fn url(&self, target: &str) -> Result<Url, Failure> {
        Ok(self.servers.seller_url.join(target)?)
    }

    pub(super) async fn counted(&self) -> Result<Counted, Failure> {
        Ok(Counted {
            settled: self.servers.facilitator.settlements().len(),
            signatures: self.agent.signatures(),
            left: self.agent.budget.left().await?,
        })
    }

    /// The agent asks for `target`, and it should be bought.
    pub(super) async fn buys(&mut self, target: &str, version: Version) -> Result<(), Failure> {
        let url = self.url(target)?;
        let asked = self.ask(target, &url).await?;
        self.buys_as_asked(&url, &asked, version).await
    }

    /// The agent asks for `url`, and it should be bought for what was asked.
    pub(super) async fn buys_as_asked(
        &mut self,
        url: &Url,
        asked: &Asked,
        version: Version,
    ) -> Result<(), Failure> {
        let before = self.counted().await?;
        let answer = self.agent.get(url).await?;
        let after = self.counted().await?;
        match &answer {
            Answer::Paid {
                record,
                status,
                body,
            } => {
                self.checks.same("status", &status.as_u16(), &200);
                self.checks
                    .holds("a report came", body.contains("\"report\""));
                self.paid(record, version, asked)?;
            }
            other => self.unexpected(other, "a purchase")?,
        }
        let one_more = Counted {
            settled: before.settled.saturating_add(1),
            signatures: before.signatures.saturating_add(1),
            left: Left {
                left: before.left.left.saturating_sub(asked.price),
                ..before.left
            },
        };
        self.checks
            .same("settlements, signatures, budget", &after, &one_more);
        self.left(after.left)
    }

    /// The agent asks for `target`, and its guard should stop it with `code` before anything is signed.
    pub(super) async fn is_stopped(&mut self, target: &str, code: &str) -> Result<(), Failure> {
        let url = self.url(target)?;
        self.ask(target, &url).await?;
        let before = self.counted().await?;
        let answer = self.agent.get(&url).await?;
        let after = self.counted().await?;
        match &answer {
            Answer::Stopped(denial) => {
                self.checks.same("code", &denial.code(), &code);
                self.stopped(denial)?;
            }
            other => self.unexpected(other, "a refusal")?,
        }
        self.checks
            .same("settlements, signatures, budget", &after, &before);
        self.left(after.left)
    }

    /// Shows what is asked, by the agent and then by the seller.
    pub(super) async fn ask(&mut self, target: &str, url: &Url) -> Result<Asked, Failure> {
        self.timeline.line("agent", &format!("GET {target}"))?;
        let asked = Asked::at(&self.http, url).await?;
        self.timeline
            .line("seller", &format!("402, {}", asked.shown()))?;
        Ok(asked)
    }

    /// Shows a payment, and holds it against what the facilitator has on its books.
    fn paid(
        &mut self,
        record: &PaymentRecord,
        version: Version,
        asked: &Asked,
    ) -> Result<(), Failure> {
        let Outcome::Settled(receipt) = record.outcome() else {
            self.checks
                .same("outcome", &record.outcome().as_str(), &"settled");
            return Ok(());
        };
        let price = record.terms().price;
        self.checks.same("price", &price, &Some(asked.price));
        let booked = self.servers.facilitator.settlements();
        match booked.last() {
            Some(settlement) => self.booked(settlement, record, version),
            None => self.checks.differs("the facilitator settled nothing"),
        }
        let transaction = shortened(receipt.transaction());
        self.timeline.toned_line(
            "decision",
            Tone::Good,
            &format!("PAID {} USD, settled as {transaction}", asked.price),
        )?;
        Ok(())
    }

    fn booked(&mut self, settlement: &Settlement, record: &PaymentRecord, version: Version) {
        let spoken = settlement.version.number();
        self.checks.same("version", &spoken, &version.number());
        self.checks
            .same("payer", &settlement.from, &self.agent.address);
        self.checks
            .same("payee", &settlement.to, &record.terms().pay_to);
        let seller = settlement.to.as_str().eq_ignore_ascii_case(SELLER);
        self.checks.holds("the seller was paid", seller);
        self.checks
            .same("amount", &settlement.amount, &record.terms().amount);
        let receipt = match record.outcome() {
            Outcome::Settled(receipt) => receipt.transaction(),
            _ => "",
        };
        self.checks
            .same("transaction", &settlement.transaction.as_str(), &receipt);
    }

    /// Shows a refusal.
    pub(super) fn stopped(&mut self, denial: &Denial) -> io::Result<()> {
        let code = format!("STOPPED before signing: {}", denial.code());
        self.timeline.toned_line("decision", Tone::Stopped, &code)?;
        self.timeline.line("reason", denial.detail())
    }

    pub(super) fn unexpected(&mut self, answer: &Answer, expected: &str) -> io::Result<()> {
        let found = match answer {
            Answer::Paid { record, .. } => format!("paid, {}", record.outcome().as_str()),
            Answer::Free(status) => format!("{status}, nothing paid"),
            Answer::Stopped(denial) => format!("stopped, {denial}"),
        };
        self.checks
            .differs(&format!("{found}, instead of {expected}"));
        self.timeline.toned_line("decision", Tone::Bad, &found)
    }

    pub(super) fn left(&mut self, Left { left, limit }: Left) -> Result<(), Failure> {
        let text = format!("{left} of {limit} USD today");
        Ok(self.timeline.line("left", &text)?)
    }
}
