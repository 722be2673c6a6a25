//! Who has to approve what.

use core::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::webhook::WebhookTransport;
use super::{Approver, MpaError};
use crate::money::Usd;

/// Most approvers: all of them are asked at once.
const MAX_APPROVERS: usize = 64;
/// Bounds of the wait; reservations of the policy control live for 900 seconds.
const TIMEOUT_SECS: (u64, u64) = (1, 600);
/// Bounds of a countersigned request's life.
const LIFE_SECS: (u64, u64) = (1, 86_400);
/// Bounds of the cumulative window: as long as the policy's own.
const WINDOW_SECS: (u64, u64) = (1, 366 * 86_400);
/// Most payments that may wait for approvals at once, unless configured otherwise.
const MAX_PENDING: usize = 64;

/// Who has to approve which payments: n approvers of m, from an amount on.
///
/// ```
/// use std::time::Duration;
/// use x402_tower::Usd;
/// use x402_tower::mpa::{ApprovalSecret, Approver, MpaConfig, MpaControl};
///
/// let secret = |text: &str| ApprovalSecret::new(text);
/// let config = MpaConfig::new(2)
///     .with_min_amount(Usd::parse("1.00")?)
///     .with_cumulative(Usd::parse("5.00")?, Duration::from_secs(86_400))
///     .with_approver(Approver::hmac("alice", secret("3f8a1c5de27b49601122334455667788")?))
///     .with_approver(Approver::hmac("bob", secret("9be04d1726c85fa37788990011223344")?));
/// let control = MpaControl::new(config)?;
///
/// // Two approvals of one approver can never be had.
/// let alone = MpaConfig::new(2).with_approver(Approver::hmac("alice", secret("3f8a1c5de27b49601122334455667788")?));
/// let error = MpaControl::new(alone).unwrap_err();
/// assert_eq!(error.code(), "mpa.threshold_out_of_reach");
/// assert!(error.to_string().contains("2 approvals are needed, but there is only 1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct MpaConfig {
    pub(super) threshold: usize,
    pub(super) approvers: Vec<Approver>,
    pub(super) min_amount: Option<Usd>,
    pub(super) cumulative: Option<(Usd, Duration)>,
    pub(super) timeout: Duration,
    pub(super) life: Duration,
    pub(super) max_pending: usize,
    pub(super) private_hosts: Vec<String>,
    pub(super) transport: Option<Arc<dyn WebhookTransport>>,
}

impl MpaConfig {
    /// `threshold` approvals for every payment, waited for at most 30 seconds.
    #[must_use]
    pub fn new(threshold: usize) -> Self {
        Self {
            threshold,
            approvers: Vec::new(),
            min_amount: None,
            cumulative: None,
            timeout: Duration::from_secs(30),
            life: Duration::from_secs(900),
            max_pending: MAX_PENDING,
            private_hosts: Vec::new(),
            transport: None,
        }
    }

    /// Adds an approver.
    #[must_use]
    pub fn with_approver(mut self, approver: Approver) -> Self {
        self.approvers.push(approver);
        self
    }

    /// Only payments of at least this need approvals, and those that nobody can price. All do where neither this nor
    /// [`with_cumulative`](Self::with_cumulative) is set.
    #[must_use]
    pub fn with_min_amount(mut self, least: Usd) -> Self {
        self.min_amount = Some(least);
        self
    }

    /// A payment needs approvals, too, if with it what the agent pays to one recipient within `window` reaches `sum`,
    /// however small it is itself (attack 18). It stays so until enough has rolled out of the window.
    #[must_use]
    pub fn with_cumulative(mut self, sum: Usd, window: Duration) -> Self {
        self.cumulative = Some((sum, window));
        self
    }

    /// How long all approvers together are waited for: 30 seconds unless set, at most 600.
    ///
    /// The wait is never longer than half of the time that the offer's authorization can live, so that what was approved
    /// can still be settled.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long a request for countersignatures is good: 15 minutes unless set, at most a day.
    #[must_use]
    pub fn with_request_life(mut self, life: Duration) -> Self {
        self.life = life;
        self
    }

    /// How many payments may wait for approvals at once, so that nobody can flood the approvers: 64 unless set
    /// (attack 102). More are denied.
    #[must_use]
    pub fn with_max_pending(mut self, most: usize) -> Self {
        self.max_pending = most;
        self
    }

    /// Lets webhooks of `host` go to loopback and private addresses: the host as it stands in the URL.
    #[must_use]
    pub fn with_private_host(mut self, host: &str) -> Self {
        self.private_hosts.push(host.to_owned());
        self
    }

    /// Calls webhooks with this. With the feature `webhook` there is one unless set.
    #[must_use]
    pub fn with_webhook_transport(mut self, transport: impl WebhookTransport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// What calls the webhooks, where there are any.
    pub(super) fn webhooks(&self) -> Result<Option<Arc<dyn WebhookTransport>>, MpaError> {
        if self.transport.is_some() || !self.approvers.iter().any(Approver::is_webhook) {
            return Ok(self.transport.clone());
        }
        self.own_transport().map(Some)
    }

    #[cfg(feature = "webhook")]
    fn own_transport(&self) -> Result<Arc<dyn WebhookTransport>, MpaError> {
        Ok(Arc::new(super::HttpWebhooks::new(
            self.private_hosts.clone(),
        )?))
    }

    #[cfg(not(feature = "webhook"))]
    fn own_transport(&self) -> Result<Arc<dyn WebhookTransport>, MpaError> {
        Err(MpaError::NoTransport)
    }

    /// Refuses what cannot be right.
    pub(super) fn check(&self) -> Result<(), MpaError> {
        let approvers = self.approvers.len();
        if approvers == 0 {
            return Err(MpaError::NoApprovers);
        }
        if approvers > MAX_APPROVERS {
            return Err(MpaError::TooManyApprovers {
                approvers,
                most: MAX_APPROVERS,
            });
        }
        if self.threshold == 0 {
            return Err(MpaError::ThresholdZero);
        }
        if self.threshold > approvers {
            return Err(MpaError::ThresholdOutOfReach {
                threshold: self.threshold,
                approvers,
            });
        }
        within("timeout_seconds", self.timeout, TIMEOUT_SECS)?;
        within("request_life_seconds", self.life, LIFE_SECS)?;
        if let Some((_, window)) = self.cumulative {
            within("cumulative_window_seconds", window, WINDOW_SECS)?;
        }
        for (place, approver) in (1..).zip(&self.approvers) {
            approver.check(place, &self.private_hosts)?;
        }
        self.check_distinct()
    }

    /// Nobody votes twice: not by two ids, not by one id in two spellings, not by one key (attack 98).
    fn check_distinct(&self) -> Result<(), MpaError> {
        for (index, one) in self.approvers.iter().enumerate() {
            for other in self.approvers.iter().skip(index.saturating_add(1)) {
                if one.id().eq_ignore_ascii_case(other.id()) {
                    return Err(MpaError::DuplicateApprover {
                        id: one.id().to_owned(),
                    });
                }
                if one.is_one_with(other) {
                    return Err(MpaError::SharedKey {
                        one: one.id().to_owned(),
                        other: other.id().to_owned(),
                    });
                }
            }
        }
        Ok(())
    }
}

fn within(
    setting: &'static str,
    value: Duration,
    (least, most): (u64, u64),
) -> Result<(), MpaError> {
    if (Duration::from_secs(least)..=Duration::from_secs(most)).contains(&value) {
        return Ok(());
    }
    Err(MpaError::OutOfRange {
        setting,
        least,
        most,
    })
}

impl fmt::Debug for MpaConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MpaConfig")
            .field("threshold", &self.threshold)
            .field("approvers", &self.approvers)
            .field("min_amount", &self.min_amount)
            .field("cumulative", &self.cumulative)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
