//! The control with a memory: decides by what earlier payments left.

use std::sync::Arc;

use super::{PolicyControl, denial};
use crate::denial::{Denial, DenialKind};
use crate::payment::Payment;
use crate::policy::history::{Firsts, Refused};
use crate::policy::kill_switch::KillSwitch;
use crate::policy::limits::AppliedLimits;
use crate::policy::pin::RecipientPins;
use crate::store::Claims;

impl PolicyControl {
    /// Remembers in `claims` what settled payments leave. A store that outlives the process keeps an attacker from
    /// being the first again.
    #[must_use]
    pub fn with_claims(mut self, claims: Arc<dyn Claims>) -> Self {
        self.history.claims = claims;
        self
    }

    /// Stops every payment while `switch` is engaged.
    #[must_use]
    pub fn with_kill_switch(mut self, switch: KillSwitch) -> Self {
        self.kill_switch = switch;
        self
    }

    /// The recipients that payments have pinned.
    #[must_use]
    pub fn pins(&self) -> RecipientPins {
        RecipientPins::new(Arc::clone(&self.history.claims))
    }

    /// Decides by what earlier payments left, then sets money aside. Takes nothing that a denial keeps.
    pub(super) async fn check_history(
        &self,
        payment: &mut Payment,
        limits: AppliedLimits,
    ) -> Result<(), Denial> {
        let firsts = self.history.look(payment).await.map_err(refused)?;
        // Noted first: dropped while the store is asked, its candidacy is still given back.
        if !firsts.is_empty() {
            payment.extensions_mut().insert(firsts);
        }
        let decided = self.stand_and_reserve(payment, &firsts, limits).await;
        if decided.is_err() {
            self.history.withdraw(payment, &firsts).await;
            payment.extensions_mut().remove::<Firsts>();
        }
        decided
    }

    async fn stand_and_reserve(
        &self,
        payment: &mut Payment,
        firsts: &Firsts,
        limits: AppliedLimits,
    ) -> Result<(), Denial> {
        let stood = self.history.stand(payment, firsts).await;
        stood.map_err(refused)?;
        let stranger = self.history.limit(firsts);
        if limits.as_slice().is_empty() && stranger.is_none() {
            return Ok(());
        }
        let price = self.price(payment.terms())?;
        payment.note_set_aside(true);
        let reserved = self.reserve(payment, limits, stranger, price).await;
        payment.note_set_aside(reserved.is_ok());
        reserved
    }
}

pub(super) fn refused(refused: Refused) -> Denial {
    match refused {
        Refused::Broken(violation) => denial(violation),
        Refused::Unanswered(error) => error.denial(DenialKind::PolicyViolation),
    }
}
