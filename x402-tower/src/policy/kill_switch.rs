//! One switch that stops every payment.

use core::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// Somebody in this process has engaged it.
const BY_HAND: u8 = 1;
/// The policy in force says `kill_switch = true`.
const BY_POLICY: u8 = 2;

/// Stops every payment at once; clones are the same switch.
///
/// It is looked at when a challenge is screened, when a payment is checked, again before the signer is called, and last
/// when the payment is about to leave: engaged while an approval is waited for, it stops that payment too (attacks 85
/// and 105). What has left cannot be called back.
///
/// A person and the policy file engage it separately, and payments flow only when neither does: reloading a file that
/// does not say `kill_switch = true` releases nothing that a person has engaged.
///
/// ```
/// use x402_tower::policy::{KillSwitch, PolicyConfig, PolicyControl, Rules};
///
/// let switch = KillSwitch::new();
/// let rules = Rules::compile(&PolicyConfig::new())?;
/// let control = PolicyControl::new(rules).with_kill_switch(switch.clone());
///
/// switch.engage(); // from now on the control denies with `policy.kill_switch`
/// assert!(switch.is_engaged());
/// switch.release();
/// assert!(!switch.is_engaged());
/// # Ok::<(), x402_tower::policy::PolicyError>(())
/// ```
#[derive(Clone, Default)]
pub struct KillSwitch(Arc<AtomicU8>);

impl KillSwitch {
    /// A switch that stops nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops every payment from now on.
    pub fn engage(&self) {
        self.0.fetch_or(BY_HAND, Ordering::SeqCst);
    }

    /// Takes [`engage`](Self::engage) back. What the policy says stays in force.
    pub fn release(&self) {
        self.0.fetch_and(!BY_HAND, Ordering::SeqCst);
    }

    /// Does what the policy in force says of `kill_switch`.
    ///
    /// Whoever replaces a policy while payments are on their way calls this with the new one's word, so that it also
    /// reaches payments that began under the old one.
    pub fn follow_policy(&self, kill_switch: bool) {
        if kill_switch {
            self.0.fetch_or(BY_POLICY, Ordering::SeqCst);
        } else {
            self.0.fetch_and(!BY_POLICY, Ordering::SeqCst);
        }
    }

    /// Whether payments are stopped, by a person or by the policy.
    #[must_use]
    pub fn is_engaged(&self) -> bool {
        self.0.load(Ordering::SeqCst) != 0
    }
}

impl fmt::Debug for KillSwitch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KillSwitch")
            .field("engaged", &self.is_engaged())
            .finish()
    }
}
