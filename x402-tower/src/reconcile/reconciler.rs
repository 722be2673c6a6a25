//! The step that looks at open payments.

use core::convert::Infallible;
use core::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use parking_lot::Mutex;
use tokio::time::MissedTickBehavior;

use super::report::Looked;
use super::resolving::Ground;
use super::{
    OperatorVerdict, OracleError, ReconcileError, ReconcileReport, Settlement, SettlementOracle,
};
use crate::audit::AuditLog;
use crate::clock::{Clock, UnixMillis};
use crate::payment::PaymentId;
use crate::step::Step;
use crate::store::{
    Entry, EntryQuery, EntryState, Ledger, Resolution, SentPayment, SignedPayments,
};

/// Clocks of chain, facilitator and guard differ, and a transaction takes its time to be seen.
const DEFAULT_SKEW: Duration = Duration::from_secs(60);
const DEFAULT_DEADLINE: Duration = Duration::from_secs(30);
const DEFAULT_LOOKUPS: usize = 256;
const DEFAULT_CONCURRENCY: usize = 8;
/// Open payments are listed in pages of so many.
const PAGE: usize = 256;
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);

/// Settles or releases payments of which nobody knew what became of them.
///
/// Clones share their place in the list of open payments. It needs a tokio runtime with its timer enabled.
#[derive(Clone)]
pub struct Reconciler {
    pub(super) ledger: Arc<dyn Ledger>,
    pub(super) signed_payments: Option<Arc<dyn SignedPayments>>,
    pub(super) audit: Option<Arc<AuditLog>>,
    clock: Arc<dyn Clock>,
    oracles: Vec<Arc<dyn SettlementOracle>>,
    skew: Duration,
    deadline: Duration,
    lookups: usize,
    concurrency: usize,
    /// Where the next run goes on.
    place: Arc<Mutex<Option<PaymentId>>>,
}

impl Reconciler {
    /// Reconciles what `ledger` has open. Without an oracle it changes nothing by itself.
    #[must_use]
    pub fn new(ledger: Arc<dyn Ledger>, clock: Arc<dyn Clock>) -> Self {
        Self {
            ledger,
            signed_payments: None,
            audit: None,
            clock,
            oracles: Vec::new(),
            skew: DEFAULT_SKEW,
            deadline: DEFAULT_DEADLINE,
            lookups: DEFAULT_LOOKUPS,
            concurrency: DEFAULT_CONCURRENCY,
            place: Arc::default(),
        }
    }

    /// Asks `oracle` about the payments that it [answers for](SettlementOracle::answers_for). Of several that do, the one
    /// that was named first is asked.
    #[must_use]
    pub fn with_oracle(mut self, oracle: Arc<dyn SettlementOracle>) -> Self {
        self.oracles.push(oracle);
        self
    }

    /// Forgets the signed payment of what is released, so that its request may be paid anew.
    #[must_use]
    pub fn with_signed_payments(mut self, payments: Arc<dyn SignedPayments>) -> Self {
        self.signed_payments = Some(payments);
        self
    }

    /// Puts every resolution on record before it is made.
    #[must_use]
    pub fn with_audit(mut self, log: Arc<AuditLog>) -> Self {
        self.audit = Some(log);
        self
    }

    /// How long after its `validBefore` a payment is taken for over, in the ledger's time; 60 seconds by default.
    #[must_use]
    pub fn skew(mut self, skew: Duration) -> Self {
        self.skew = skew;
        self
    }

    /// How long an oracle may take over one payment; 30 seconds by default.
    #[must_use]
    pub fn oracle_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// At most how many payments one run asks oracles about, 256 by default, and how many at once, 8 by default. The next
    /// run goes on where this one ended.
    #[must_use]
    pub fn lookups(mut self, in_all: usize, at_once: usize) -> Self {
        self.lookups = in_all.max(1);
        self.concurrency = at_once.max(1);
        self
    }

    /// Looks at open payments once.
    ///
    /// # Errors
    ///
    /// [`ReconcileError::NoClock`], and [`ReconcileError::Store`] where the open payments cannot be listed. What fails for
    /// one payment is counted and logged, and does not end the run.
    pub async fn run_once(&self) -> Result<ReconcileReport, ReconcileError> {
        let now = self.clock.now().ok_or(ReconcileError::NoClock)?;
        let mut report = ReconcileReport::default();
        let worth_asking = self.list(now, &mut report).await?;
        let mut waiting = worth_asking.into_iter();
        let mut under_way = FuturesUnordered::new();
        loop {
            let free = self.concurrency.saturating_sub(under_way.len());
            under_way.extend(
                waiting
                    .by_ref()
                    .take(free)
                    .map(|(entry, oracle)| Step::wait(self.look(entry, oracle, now))),
            );
            let Some(ended) = under_way.next().await else {
                break;
            };
            report.add(ended);
        }
        report.count();
        Ok(report)
    }

    /// Looks at open payments now and then again after every `interval`, a second at least. It never ends: spawn it, and
    /// abort or drop it at any time. A run that fails is logged.
    pub async fn run_every(self, interval: Duration) -> Infallible {
        let mut ticks = tokio::time::interval(interval.max(SHORTEST_INTERVAL));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match self.run_once().await {
                Ok(report) => {
                    let ReconcileReport {
                        looked,
                        settled,
                        released,
                        failed,
                        ..
                    } = report;
                    tracing::debug!(
                        looked,
                        settled,
                        released,
                        failed,
                        "open payments reconciled"
                    );
                }
                Err(error) => {
                    tracing::error!(code = error.code(), "open payments could not be reconciled");
                }
            }
        }
    }

    /// Settles or releases one open payment by what an operator found out, and answers with what it was.
    ///
    /// # Errors
    ///
    /// [`ReconcileError::NotOpen`]; [`ReconcileError::MaySettle`] for a release before the payment's end and the
    /// [skew](Self::skew) have passed, unless the verdict [says otherwise](OperatorVerdict::although_it_may_settle); and
    /// where the clock, the log or the ledger fails. Nothing was changed then.
    pub async fn resolve(
        &self,
        id: PaymentId,
        verdict: &OperatorVerdict,
    ) -> Result<Entry, ReconcileError> {
        let now = self.clock.now().ok_or(ReconcileError::NoClock)?;
        let entry = self.ledger.entry(id).await?;
        let entry = entry.filter(|entry| entry.state.is_open());
        let entry = entry.ok_or(ReconcileError::NotOpen)?;
        let sent = entry.sent.as_ref().ok_or(ReconcileError::NotOpen)?;
        let resolution = verdict.resolution();
        if resolution == Resolution::Released && !verdict.is_forced() && !self.is_over(sent, now) {
            let until = sent.valid_before.saturating_add(self.skew);
            return Err(ReconcileError::MaySettle { until });
        }
        self.resolve_entry(&entry, sent, resolution, Ground::Operator(verdict), now)
            .await?;
        Ok(entry)
    }

    /// Whether a payment can no longer be settled, whatever its chain's clock says within the skew.
    pub(super) fn is_over(&self, sent: &SentPayment, now: UnixMillis) -> bool {
        sent.valid_before.saturating_add(self.skew) <= now
    }

    /// The open payments that somebody can be asked about now, from where the last run ended; the others are left.
    async fn list(
        &self,
        now: UnixMillis,
        report: &mut ReconcileReport,
    ) -> Result<Vec<(Entry, Arc<dyn SettlementOracle>)>, ReconcileError> {
        let start = *self.place.lock();
        let mut worth_asking = Vec::new();
        let mut after = start;
        let mut from_the_beginning = start.is_none();
        loop {
            let query = EntryQuery {
                after,
                ..EntryQuery::open().limit(PAGE)
            };
            let page = self.ledger.entries(&query).await?;
            let is_empty = page.is_empty();
            for entry in page {
                let looked_at_already =
                    from_the_beginning && start.is_some_and(|start| entry.id > start);
                if looked_at_already {
                    return Ok(worth_asking);
                }
                after = Some(entry.id);
                match self.oracle_for(&entry, now) {
                    Some(oracle) => worth_asking.push((entry, oracle)),
                    None => report.add(Looked::Left),
                }
                if worth_asking.len() >= self.lookups {
                    *self.place.lock() = after;
                    return Ok(worth_asking);
                }
            }
            if is_empty && from_the_beginning {
                *self.place.lock() = None;
                return Ok(worth_asking);
            }
            if is_empty {
                from_the_beginning = true;
                after = None;
            }
        }
    }

    /// Who is to be asked about a payment. What was just sent is not looked up: whoever sent it still waits for its answer.
    fn oracle_for(&self, entry: &Entry, now: UnixMillis) -> Option<Arc<dyn SettlementOracle>> {
        let sent = entry.sent.as_ref()?;
        if entry.state == EntryState::Sent && !self.is_over(sent, now) {
            return None;
        }
        let mut oracles = self.oracles.iter();
        oracles.find(|oracle| oracle.answers_for(sent)).cloned()
    }

    async fn look(
        &self,
        entry: Entry,
        oracle: Arc<dyn SettlementOracle>,
        now: UnixMillis,
    ) -> Looked {
        let Some(sent) = &entry.sent else {
            return Looked::Left;
        };
        let asked = tokio::time::timeout(self.deadline, oracle.settlement(sent)).await;
        let resolution = match asked.unwrap_or(Err(OracleError::TimedOut)) {
            Ok(Settlement::Used) => Resolution::Settled,
            Ok(Settlement::Unused) if self.is_over(sent, now) => Resolution::Released,
            Ok(Settlement::Unused | Settlement::NotKnown) => return Looked::Left,
            Err(error) => {
                tracing::warn!(payment = %entry.id, code = error.code(), "an open payment could not be looked up");
                return Looked::Failed(error.code());
            }
        };
        let resolved = self
            .resolve_entry(&entry, sent, resolution, Ground::Oracle, now)
            .await;
        match (resolved, resolution) {
            (Ok(()), Resolution::Settled) => Looked::Settled,
            (Ok(()), Resolution::Released) => Looked::Released,
            // Somebody else was quicker.
            (Err(ReconcileError::NotOpen), _) => Looked::Left,
            (Err(error), _) => {
                tracing::error!(payment = %entry.id, code = error.code(), "an open payment could not be resolved");
                Looked::Failed(error.code())
            }
        }
    }
}

impl fmt::Debug for Reconciler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reconciler")
            .field("ledger", &self.ledger)
            .field("oracles", &self.oracles)
            .field("skew", &self.skew)
            .finish_non_exhaustive()
    }
}
