//! The agent's policy file, which its guard watches.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::watch;
use x402_tower::guard::{PolicyReloader, PolicyWatch, ReloadStatus, WatchOptions};
use x402_tower::policy::{PolicyConfig, Rules};

use crate::Failure;

/// How long the file has to stay the same before it is read.
const QUIET: Duration = Duration::from_millis(20);
/// How often it is looked at where the system reports nothing.
const POLL_EVERY: Duration = Duration::from_millis(250);
/// How long the guard may take to notice.
const DEADLINE: Duration = Duration::from_secs(10);

/// A policy file, and what becomes of what is saved in it.
#[derive(Debug)]
pub(crate) struct PolicyFile {
    path: PathBuf,
    text: String,
    reports: watch::Receiver<ReloadStatus>,
    _watch: PolicyWatch,
}

impl PolicyFile {
    /// The file at `path`, which holds `text` and which `reloader` is to watch.
    pub(super) fn watched(
        path: PathBuf,
        text: String,
        reloader: &PolicyReloader,
    ) -> Result<Self, Failure> {
        let (report, reports) = watch::channel(reloader.status());
        reloader.on_reload(move |status| {
            report.send_replace(status.clone());
        });
        let options = WatchOptions::new()
            .with_quiet(QUIET)
            .with_poll_every(POLL_EVERY);
        Ok(Self {
            path,
            text,
            reports,
            _watch: reloader.watch(options)?,
        })
    }

    /// The policy that the agent began with.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Which policy is in force.
    pub(crate) fn status(&self) -> ReloadStatus {
        self.reports.borrow().clone()
    }

    /// Saves another policy, as an editor would, and waits until the guard says what it makes of it.
    pub(super) async fn save(&mut self, text: &str) -> Result<ReloadStatus, Failure> {
        self.reports.mark_unchanged();
        let beside = self.path.with_extension("new");
        fs::write(&beside, text)?;
        // Renamed, so that nobody can read half of it.
        fs::rename(&beside, &self.path)?;
        tokio::time::timeout(DEADLINE, self.reports.changed())
            .await
            .map_err(|_| "the guard did not notice that its policy file changed")??;
        Ok(self.status())
    }

    /// The rules that the file holds now.
    pub(super) fn rules(&self) -> Result<Rules, Failure> {
        Ok(Rules::compile(&PolicyConfig::load(&self.path)?)?)
    }
}
