//! Gathering the approvals of one payment.

use core::time::Duration;
use std::sync::Arc;

use futures_util::FutureExt;

use super::approver::Asked;
use super::ballot::{Asking, Ballot};
use super::countersignature::Countersigning;
use super::webhook::{AnswerFault, Webhook, read, shown_texts};
use super::{ApprovalRequest, Approver, MpaControl, NotApproved, Shortfall};
use crate::payment::{ApprovalSignatures, Payment};

/// Approvals that were enough.
pub(super) struct Gathered {
    /// What was approved.
    pub(super) request: ApprovalRequest,
    /// Whether a countersignature was counted, which uses the request up.
    pub(super) countersigned: bool,
    /// Who approved, in the order of the configuration.
    pub(super) approvers: Vec<Arc<str>>,
}

/// What all approvers of one payment are asked about.
struct Round<'a> {
    payment: &'a Payment,
    request: ApprovalRequest,
    texts: Vec<(String, String)>,
}

impl MpaControl {
    /// Counts the signatures that came along, asks everybody else who can be asked, and says how it ended as soon as
    /// that is certain.
    pub(super) async fn gather(&self, payment: &Payment) -> Result<Gathered, NotApproved> {
        let mut ballot = Ballot::new(self.config.threshold);
        let request = self.count_brought(payment, &mut ballot);
        let round = Round {
            payment,
            request,
            texts: shown_texts(payment),
        };
        let verdict = self.vote(&round, &mut ballot).await;
        match verdict {
            Ok(()) => Ok(Gathered {
                countersigned: self
                    .countersigners(payment)
                    .any(|(place, _)| ballot.has_approved(place)),
                approvers: self.names(&ballot),
                request: round.request,
            }),
            Err(shortfall) => Err(self.not_approved(round, &ballot, shortfall)),
        }
    }

    async fn vote(&self, round: &Round<'_>, ballot: &mut Ballot) -> Result<(), Shortfall> {
        if ballot.is_won() {
            return Ok(());
        }
        let asked = self.questions(round, ballot);
        if !ballot.can_be_won_with(asked.len()) {
            // Nobody is bothered with what cannot be approved yet.
            let unsigned = self.unsigned(round.payment, ballot);
            return Err(
                if ballot.can_be_won_with(asked.len().saturating_add(unsigned)) {
                    Shortfall::SignaturesMissing
                } else {
                    Shortfall::Refused
                },
            );
        }
        let lifetime = Duration::from_secs(round.payment.terms().lifetime_seconds);
        let wait = self.config.timeout.min(lifetime / 2);
        match ballot.ask(asked, wait).await {
            Err(Shortfall::Refused)
                if ballot.can_be_won_with(self.unsigned(round.payment, ballot)) =>
            {
                Err(Shortfall::SignaturesMissing)
            }
            verdict => verdict,
        }
    }

    /// How many countersignatures could still be brought from elsewhere.
    fn unsigned(&self, payment: &Payment, ballot: &Ballot) -> usize {
        self.countersigners(payment)
            .filter(|(place, means)| means.signer.is_none() && !ballot.has_approved(*place))
            .count()
    }

    /// Those who may approve this payment at all: everybody but whoever started it (attack 99).
    fn eligible<'a>(&'a self, payment: &'a Payment) -> impl Iterator<Item = (usize, &'a Approver)> {
        let agent = payment.exchange().agent();
        self.approvers()
            .filter(move |(_, approver)| !approver.is_initiator(agent))
    }

    fn countersigners<'a>(
        &'a self,
        payment: &'a Payment,
    ) -> impl Iterator<Item = (usize, &'a Countersigning)> {
        self.eligible(payment)
            .filter_map(|(place, approver)| match approver.asked()? {
                Asked::Countersignature(means) => Some((place, means)),
                Asked::Webhook(_) => None,
            })
    }

    /// Counts the countersignatures that the caller brought. The request that they are for goes on where at least one of
    /// them holds; otherwise a new one begins.
    fn count_brought(&self, payment: &Payment, ballot: &mut Ballot) -> ApprovalRequest {
        let now = payment.exchange().now();
        let latest = now.saturating_add(self.config.life).as_secs();
        if let Some(brought) = payment.exchange().approval_signatures()
            // Not over, and no longer good than any request that was made here (defect P9).
            && now < brought.expires()
            && brought.expires_secs() <= latest
        {
            let (id, expires) = (brought.request_id(), brought.expires_secs());
            let request = ApprovalRequest::new(payment, id, expires);
            self.count_valid(payment, brought, &request, ballot);
            if ballot.approvals() > 0 {
                return request;
            }
        }
        ApprovalRequest::new(payment, payment.id(), latest)
    }

    fn count_valid(
        &self,
        payment: &Payment,
        brought: &ApprovalSignatures,
        request: &ApprovalRequest,
        ballot: &mut Ballot,
    ) {
        for (place, approver) in self.eligible(payment) {
            let Some(Asked::Countersignature(means)) = approver.asked() else {
                continue;
            };
            let Some(signature) = brought.signature_of(approver.id()) else {
                continue;
            };
            if means.key.verifies(request.payload(), signature) {
                ballot.approve(place);
            } else {
                tracing::warn!(
                    approver = approver.id(),
                    code = "mpa.signature",
                    "a countersignature does not hold for this payment"
                );
            }
        }
    }

    /// One question for each approver who can be asked here and has not approved yet.
    fn questions<'a>(&'a self, round: &'a Round<'a>, ballot: &Ballot) -> Vec<Asking<'a>> {
        self.eligible(round.payment)
            .filter(|(place, _)| !ballot.has_approved(*place))
            .filter_map(|(place, approver)| {
                let answer = match approver.asked()? {
                    Asked::Webhook(webhook) => self.call(approver, webhook, round).boxed(),
                    Asked::Countersignature(means) => {
                        let signer = means.signer.as_ref()?;
                        async move {
                            let signature = signer.countersign(&round.request).await;
                            let payload = round.request.payload();
                            signature.is_some_and(|hex| means.key.verifies(payload, &hex))
                        }
                        .boxed()
                    }
                };
                Some((place, answer))
            })
            .collect()
    }

    async fn call(&self, approver: &Approver, webhook: &Webhook, round: &Round<'_>) -> bool {
        let answer = self.answer(approver, webhook, round).await;
        answer.unwrap_or_else(|fault| {
            tracing::warn!(
                approver = approver.id(),
                code = fault.code(),
                "an approver's webhook gave no valid answer: {fault}"
            );
            false
        })
    }

    async fn answer(
        &self,
        approver: &Approver,
        webhook: &Webhook,
        round: &Round<'_>,
    ) -> Result<bool, AnswerFault> {
        let now = round.payment.exchange().now().as_secs();
        let (request, threshold) = (&round.request, self.config.threshold);
        let question = webhook.question(approver.id(), request, threshold, &round.texts, now);
        let (Some(question), Some(transport)) = (question, &self.transport) else {
            return Err(AnswerFault::Unasked);
        };
        let response = transport.post(question).await;
        read(webhook, request, &response.map_err(AnswerFault::Transport)?)
    }

    fn names(&self, ballot: &Ballot) -> Vec<Arc<str>> {
        self.approvers()
            .filter(|(place, _)| ballot.has_approved(*place))
            .map(|(_, approver)| approver.shared_id())
            .collect()
    }

    fn not_approved(&self, round: Round<'_>, ballot: &Ballot, shortfall: Shortfall) -> NotApproved {
        let signable = matches!(
            shortfall,
            Shortfall::SignaturesMissing | Shortfall::TimedOut
        ) && self.unsigned(round.payment, ballot) > 0;
        NotApproved {
            shortfall,
            approvals: ballot.approvals(),
            threshold: self.config.threshold,
            request: signable.then_some(round.request),
        }
    }
}
