//! Another policy, while the process runs.

mod error;
mod status;
#[cfg(feature = "watch")]
mod watch;

use core::fmt;
use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;

pub use error::ReloadError;
pub use status::{FailedReload, ReloadStatus};
#[cfg(feature = "watch")]
pub use watch::{PolicyWatch, WatchError, WatchOptions};

use super::GuardConfigBuilder;
use crate::clock::UnixMillis;
use crate::policy::{PolicyConfig, Rules};
use crate::service::{Live, Shared, Swapped};
use crate::telemetry;

/// Loads policies into a guard that runs: read, checked as a whole, and put in force at once, or not at all.
///
/// - Every layer, payer and client that was built from the same [`GuardConfig`](super::GuardConfig) follows.
/// - A payment keeps the controls that it began with; none is decided by two policies.
/// - What was counted and claimed stays so, because ledger, claims and keys stay the same, and limits are told apart by
///   what they count and not by the policy that sets them.
/// - What is wrong with a policy is an error, in the log and in [`status`](Self::status), and the policy before it stays
///   in force. So it does where the file is gone, or says nothing.
/// - What was set in code stays, and wins over the file as it did when the guard was built.
/// - `[audit]` cannot change while the process runs; a policy that changes it is refused.
///
/// ```
/// use x402_tower::guard::GuardConfig;
/// use x402_tower::policy::PolicyConfig;
///
/// let policy = |text| PolicyConfig::from_toml(text, "policy.toml");
/// let config = GuardConfig::buyer().policy(policy("max_per_call_usd = 0.10")?).build()?;
/// let reloader = config.reloader();
/// let before = reloader.status().revision;
///
/// reloader.replace(&policy("max_per_call_usd = 0.20")?)?;
/// assert_ne!(reloader.status().revision, before);
/// assert_eq!(config.context().policy_revision(), Some(&*reloader.status().revision));
///
/// assert_eq!(reloader.reload().unwrap_err().code(), "reload.no_file");
/// assert_eq!(reloader.status().last_error.unwrap().code, "reload.no_file");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct PolicyReloader(Arc<Inner>);

type Hook = Arc<dyn Fn(&ReloadStatus) + Send + Sync>;

struct Inner {
    live: Arc<Swapped>,
    /// Held from reading to swapping, so that what is loaded last holds last.
    recipe: Mutex<GuardConfigBuilder>,
    status: Mutex<ReloadStatus>,
    hooks: Mutex<Vec<Hook>>,
}

impl PolicyReloader {
    pub(super) fn new(recipe: GuardConfigBuilder, shared: Arc<Shared>) -> Self {
        let file = recipe.file();
        let status = ReloadStatus::new(revision(&shared), recipe.now(), file.as_deref());
        Self(Arc::new(Inner {
            live: Arc::new(Swapped::new(shared)),
            recipe: Mutex::new(recipe),
            status: Mutex::new(status),
            hooks: Mutex::default(),
        }))
    }

    pub(super) fn live(&self) -> Live {
        Live::Swapped(Arc::clone(&self.0.live))
    }

    /// Reads the policy file again and puts it in force. Blocks while it reads.
    ///
    /// # Errors
    ///
    /// [`ReloadError`]; the policy before it stays in force.
    pub fn reload(&self) -> Result<(), ReloadError> {
        self.load(|file| {
            let policy = PolicyConfig::load(file.ok_or(ReloadError::NoFile)?)?;
            // Without this, an editor that empties a file before it writes would lift every limit (attack 84).
            let blank = Rules::compile(&PolicyConfig::new())?;
            if Rules::compile(&policy)?.revision() == blank.revision() {
                return Err(ReloadError::Blank);
            }
            Ok(policy)
        })
    }

    /// Puts `policy` in force.
    ///
    /// # Errors
    ///
    /// [`ReloadError::Config`]; the policy before it stays in force.
    pub fn replace(&self, policy: &PolicyConfig) -> Result<(), ReloadError> {
        self.load(|_| Ok(policy.clone()))
    }

    /// Puts in force what `read` makes, as from a file with settings of one's own put over it. Why it could not be read is
    /// counted, logged and kept in the [`status`](Self::status) like any other refusal.
    ///
    /// # Errors
    ///
    /// What `read` says, or [`ReloadError::Config`]; the policy before it stays in force.
    pub fn replace_with(
        &self,
        read: impl FnOnce() -> Result<PolicyConfig, ReloadError>,
    ) -> Result<(), ReloadError> {
        self.load(|_| read())
    }

    /// Which policy is in force, and how the last attempt to load another one ended.
    #[must_use]
    pub fn status(&self) -> ReloadStatus {
        self.0.status.lock().clone()
    }

    /// Tells `hook` how each later attempt ended, on the thread that made it.
    pub fn on_reload(&self, hook: impl Fn(&ReloadStatus) + Send + Sync + 'static) {
        self.0.hooks.lock().push(Arc::new(hook));
    }

    fn load(
        &self,
        read: impl FnOnce(Option<&Path>) -> Result<PolicyConfig, ReloadError>,
    ) -> Result<(), ReloadError> {
        let (done, status) = {
            let mut recipe = self.0.recipe.lock();
            let file = recipe.file();
            let loaded = read(file.as_deref())
                .and_then(|policy| Ok((recipe.assemble(&policy)?, policy)))
                .map(|(shared, policy)| {
                    self.0.live.store(Arc::clone(&shared));
                    recipe.follow(&policy);
                    shared
                });
            self.conclude(loaded, recipe.now())
        };
        let hooks = self.0.hooks.lock().clone();
        for hook in hooks {
            hook(&status);
        }
        done
    }

    /// Tells what is in force now, or why nothing was loaded.
    fn conclude(
        &self,
        loaded: Result<Arc<Shared>, ReloadError>,
        at: Option<UnixMillis>,
    ) -> (Result<(), ReloadError>, ReloadStatus) {
        let mut status = self.0.status.lock();
        let done = loaded.map(|shared| {
            let unchanged = *status.revision == *revision(&shared);
            telemetry::reloaded(if unchanged { "unchanged" } else { "applied" });
            status.loaded(revision(&shared), at);
        });
        match &done {
            Ok(()) => {
                tracing::info!(revision = %status.revision, "a policy was loaded and is in force");
            }
            Err(error) => {
                telemetry::reloaded("refused");
                status.refused(error, at);
                tracing::error!(
                    code = error.code(),
                    revision = %status.revision,
                    "a policy was not loaded, the one before it stays in force: {error}"
                );
            }
        }
        (done, status.clone())
    }
}

fn revision(shared: &Shared) -> &str {
    shared.context.policy_revision().unwrap_or_default()
}

impl fmt::Debug for PolicyReloader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyReloader")
            .field("live", &*self.0.live.load())
            .field("status", &*self.0.status.lock())
            .finish_non_exhaustive()
    }
}
