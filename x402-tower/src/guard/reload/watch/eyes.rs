//! What the system reports of a file.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use notify::event::{AccessKind, AccessMode, Event, EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use parking_lot::Mutex;

/// The system's reports of what happens around the file.
pub(super) struct Eyes {
    file: PathBuf,
    watcher: Option<RecommendedWatcher>,
    /// The folders that are watched.
    folders: BTreeSet<PathBuf>,
    /// The names by which a write to the file is told from one to its neighbours.
    names: Arc<Mutex<Vec<OsString>>>,
}

impl Eyes {
    pub(super) fn new(file: &Path, wake: Option<SyncSender<()>>) -> Self {
        let names = Arc::new(Mutex::new(Vec::new()));
        let watcher = wake.and_then(|wake| {
            let names = Arc::clone(&names);
            let report = move |event: notify::Result<Event>| {
                if event.map_or(true, |event| concerns(&event, &names.lock())) {
                    // Full means that a look is due anyway.
                    let _ = wake.try_send(());
                }
            };
            notify::recommended_watcher(report)
                .inspect_err(|error| {
                    tracing::warn!("the system reports no changes of files ({error}); the policy file is looked at from time to time");
                })
                .ok()
        });
        Self {
            file: file.to_owned(),
            watcher,
            folders: BTreeSet::new(),
            names,
        }
    }

    /// Watches the folders of the file and of what it links to, both as they are now: either may be swapped.
    pub(super) fn open(&mut self) {
        let Some(watcher) = &mut self.watcher else {
            return;
        };
        let target = self.file.canonicalize().ok();
        let files = [Some(self.file.as_path()), target.as_deref()];
        let files = files.into_iter().flatten();
        *self.names.lock() = files
            .clone()
            .filter_map(|file| Some(file.file_name()?.to_owned()))
            .collect();
        for folder in std::mem::take(&mut self.folders) {
            // Gone already, where the folder is.
            let _ = watcher.unwatch(&folder);
        }
        for folder in files.map(folder_of) {
            if self.folders.contains(&folder) {
                continue;
            }
            match watcher.watch(&folder, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    self.folders.insert(folder);
                }
                Err(error) => {
                    tracing::warn!(folder = %folder.display(), "a folder is not watched ({error}); the policy file is looked at from time to time");
                }
            }
        }
    }
}

fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Whether something happened that may have changed the file: any file or link that comes, goes or is renamed, but only
/// our own that is written. An audit log beside it is written all the time.
fn concerns(event: &Event, names: &[OsString]) -> bool {
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write))
        | EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Metadata(_)) => {
            event.paths.is_empty()
                || event.paths.iter().any(|path| {
                    path.file_name()
                        .is_some_and(|name| names.iter().any(|own| own == name))
                })
        }
        EventKind::Access(_) => false,
        _ => true,
    }
}
