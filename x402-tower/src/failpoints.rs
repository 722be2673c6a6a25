//! Named points in the flow of a buyer's payment, where a test ends the process (attack 69).
//!
//! Only with the feature `failpoints`, and for tests only: nothing else turns it on. A point does nothing until a test
//! [watches](watch).
//!
//! ```
//! use x402_tower::failpoints::{self, Failpoint};
//!
//! let watching = failpoints::watch(|point| {
//!     if point == Failpoint::Kept {
//!         std::process::abort();
//!     }
//! });
//! assert!(watching);
//! ```

use core::fmt;
use std::sync::OnceLock;

type Watcher = Box<dyn Fn(Failpoint) + Send + Sync>;

static WATCHER: OnceLock<Watcher> = OnceLock::new();

/// Calls `watcher` at every point that this process passes from here on, in the task that passes it. A process has one
/// watcher for good: `false` where there is one already.
pub fn watch(watcher: impl Fn(Failpoint) + Send + Sync + 'static) -> bool {
    WATCHER.set(Box::new(watcher)).is_ok()
}

pub(crate) fn passed(point: Failpoint) {
    if let Some(watcher) = WATCHER.get() {
        watcher(point);
    }
}

/// A point of the flow, named for what has just been done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Failpoint {
    /// The challenge is read, and nothing was found of an earlier attempt.
    Begun,
    /// Money is set aside.
    Reserved,
    /// Every control has agreed: the logical request is claimed, and approvals are there.
    Checked,
    /// The intent is on record.
    Intended,
    /// It is kept that the signer is about to be called.
    Signing,
    /// The signer has answered that it signs nothing, the controls have heard of it, and what is kept has not.
    Declined,
    /// The signer has answered with a signature.
    Signed,
    /// The ledger counts the payment as sent.
    MarkedSent,
    /// The signed payment is kept. Its first byte leaves after this.
    Kept,
    /// The signed payment of an earlier attempt was found.
    Found,
    /// That it is sent again is on record. Its first byte leaves after this.
    Resent,
    /// The response's head is there.
    Answered,
    /// The ledger has heard the outcome.
    Counted,
    /// Every control has: the outcome is on record.
    Concluded,
    /// What is kept has heard of it too. The caller gets the response after this.
    Remembered,
}

impl Failpoint {
    /// Every point, in the order of a payment; a first attempt passes neither [`Found`](Self::Found) nor
    /// [`Resent`](Self::Resent).
    pub const ALL: [Self; 15] = [
        Self::Begun,
        Self::Reserved,
        Self::Checked,
        Self::Intended,
        Self::Signing,
        Self::Declined,
        Self::Signed,
        Self::MarkedSent,
        Self::Kept,
        Self::Found,
        Self::Resent,
        Self::Answered,
        Self::Counted,
        Self::Concluded,
        Self::Remembered,
    ];

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Reserved => "reserved",
            Self::Checked => "checked",
            Self::Intended => "intended",
            Self::Signing => "signing",
            Self::Declined => "declined",
            Self::Signed => "signed",
            Self::MarkedSent => "marked_sent",
            Self::Kept => "kept",
            Self::Found => "found",
            Self::Resent => "resent",
            Self::Answered => "answered",
            Self::Counted => "counted",
            Self::Concluded => "concluded",
            Self::Remembered => "remembered",
        }
    }

    /// The point of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|point| point.as_str() == name)
    }
}

impl fmt::Display for Failpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
