//! Counting: who has approved, who still can, and when it is settled either way.

use core::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};

use super::Shortfall;
use crate::unwind::caught;

/// One approver who is asked: its place in the configuration, and what it will say.
pub(super) type Asking<'a> = (usize, BoxFuture<'a, bool>);

/// How the approvers have voted so far.
#[derive(Debug)]
pub(super) struct Ballot {
    threshold: usize,
    /// The places of those who approved, each at most once.
    approved: Vec<usize>,
    /// How many have been asked and have not answered.
    open: usize,
}

impl Ballot {
    pub(super) fn new(threshold: usize) -> Self {
        Self {
            threshold,
            approved: Vec::new(),
            open: 0,
        }
    }

    /// Counts an approval, once for each place.
    pub(super) fn approve(&mut self, place: usize) {
        if !self.approved.contains(&place) {
            self.approved.push(place);
        }
    }

    pub(super) fn has_approved(&self, place: usize) -> bool {
        self.approved.contains(&place)
    }

    pub(super) fn approvals(&self) -> usize {
        self.approved.len()
    }

    pub(super) fn is_won(&self) -> bool {
        self.approved.len() >= self.threshold
    }

    /// Whether `more` approvals would be enough.
    pub(super) fn can_be_won_with(&self, more: usize) -> bool {
        self.approved.len().saturating_add(more) >= self.threshold
    }

    /// Asks everybody at once and waits until the outcome is certain, at most for `wait`.
    ///
    /// The questions that are still open then are dropped. One that panics is no approval, like one that fails: it takes
    /// nobody else's vote along.
    pub(super) async fn ask(
        &mut self,
        asked: Vec<Asking<'_>>,
        wait: Duration,
    ) -> Result<(), Shortfall> {
        self.open = asked.len();
        let verdict = tokio::time::timeout(wait, self.count(asked)).await;
        match verdict {
            Ok(()) if self.is_won() => Ok(()),
            Ok(()) => Err(Shortfall::Refused),
            Err(_) => Err(Shortfall::TimedOut),
        }
    }

    async fn count(&mut self, asked: Vec<Asking<'_>>) {
        let mut answers: FuturesUnordered<_> = asked
            .into_iter()
            .map(|(place, answer)| async move { (place, caught(answer).await == Some(true)) })
            .collect();
        while !self.is_won() && self.can_be_won_with(self.open) {
            let Some((place, approved)) = answers.next().await else {
                return;
            };
            self.open = self.open.saturating_sub(1);
            if approved {
                self.approve(place);
            }
        }
        // A denial tells how many approvals came: those that are here already have come.
        while let Some(Some((place, approved))) = answers.next().now_or_never()
            && !self.is_won()
        {
            if approved {
                self.approve(place);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(approved: bool) -> BoxFuture<'static, bool> {
        core::future::ready(approved).boxed()
    }

    fn hangs() -> BoxFuture<'static, bool> {
        core::future::pending().boxed()
    }

    async fn ask(
        threshold: usize,
        answers: Vec<BoxFuture<'static, bool>>,
    ) -> Result<usize, Shortfall> {
        let mut ballot = Ballot::new(threshold);
        let asked = answers.into_iter().enumerate().collect();
        ballot.ask(asked, Duration::from_secs(30)).await?;
        Ok(ballot.approvals())
    }

    #[allow(clippy::disallowed_methods)] // tokio's paused clock is the one that the wait runs on
    async fn waited(
        threshold: usize,
        answers: Vec<BoxFuture<'static, bool>>,
    ) -> (Result<usize, Shortfall>, u64) {
        let start = tokio::time::Instant::now();
        let result = ask(threshold, answers).await;
        (result, start.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn one_who_hangs_does_not_sink_two_of_three() {
        let votes = vec![hangs(), says(true), says(true)];
        assert_eq!(waited(2, votes).await, (Ok(2), 0), "nobody is waited for");
    }

    #[tokio::test(start_paused = true)]
    async fn two_who_refuse_end_two_of_three_at_once() {
        let votes = vec![says(false), hangs(), says(false)];
        assert_eq!(waited(2, votes).await, (Err(Shortfall::Refused), 0));
    }

    #[tokio::test(start_paused = true)]
    async fn attack_104_silence_is_no_approval() {
        let votes = vec![says(true), hangs(), hangs()];
        assert_eq!(waited(2, votes).await, (Err(Shortfall::TimedOut), 30));
    }

    #[tokio::test(start_paused = true)]
    async fn attack_144_one_who_panics_is_no_approval_and_takes_nobody_along() {
        let panics = || async { panic!("an approver panics") }.boxed();
        assert_eq!(ask(2, vec![panics(), says(true), says(true)]).await, Ok(2));
        assert_eq!(
            ask(2, vec![panics(), says(true)]).await,
            Err(Shortfall::Refused)
        );
    }

    #[tokio::test]
    async fn attack_098_one_place_counts_once() {
        let mut ballot = Ballot::new(2);
        ballot.approve(0);
        ballot.approve(0);
        assert!(!ballot.is_won());
    }
}
