//! Opening files that must be plain, ours, and out of the reach of other users.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Why a file that must be plain and private cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrivateFileError {
    /// The system refused.
    #[error("cannot {action}: {source}; check that the folder is there and writable")]
    Io {
        /// What was tried, as in "read the key file".
        action: &'static str,
        /// The system's answer.
        source: io::Error,
    },
    /// A symbolic link, a directory or a device where a plain file must be.
    #[error(
        "{path} is not a plain file; name the file itself, not a link to it",
        path = .path.display()
    )]
    NotAFile {
        /// What was named.
        path: PathBuf,
    },
    /// Other users of the machine could read or change it.
    #[error(
        "{path} has mode {mode:03o}, so that other users can reach it; run chmod 600 on it",
        path = .path.display()
    )]
    NotPrivate {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
}

impl PrivateFileError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "private_file.io",
            Self::NotAFile { .. } => "private_file.not_a_file",
            Self::NotPrivate { .. } => "private_file.not_private",
        }
    }

    /// For `map_err`: the system refused while trying to `action`.
    pub(crate) fn io(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, source }
    }
}

/// What users other than the owner may do with a file.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reach {
    /// Nothing: keys, and bytes that nobody has redacted.
    Nobody,
    /// Read it at most: a log, which holds no secret.
    ReadOnly,
    /// Anything: a log that is only read, and vouches for itself.
    Anything,
}

/// Opens a file that is there; `None` if it is not. Never follows a link in the last step of the path.
///
/// The standard library cannot ask the system for that, so the file that was opened is compared with
/// the one that the path names without following links.
pub(crate) fn open_plain(
    path: &Path,
    options: &OpenOptions,
    reach: Reach,
) -> Result<Option<File>, PrivateFileError> {
    let named = match fs::symlink_metadata(path) {
        Ok(named) => named,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(PrivateFileError::io("look at the file")(source));
        }
    };
    let not_a_file = || PrivateFileError::NotAFile {
        path: path.to_owned(),
    };
    if !named.is_file() {
        return Err(not_a_file());
    }
    let file = options
        .open(path)
        .map_err(PrivateFileError::io("open the file"))?;
    let opened = file
        .metadata()
        .map_err(PrivateFileError::io("look at the file"))?;
    if !opened.is_file() || !same_file(&named, &opened) {
        return Err(not_a_file());
    }
    check_mode(path, &opened, reach)?;
    Ok(Some(file))
}

/// Makes a file that was not there, with mode 0600; follows no link.
pub(crate) fn create_private(path: &Path, options: &OpenOptions) -> io::Result<File> {
    let mut options = options.clone();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.create_new(true).open(path)
}

/// Makes a name that was just given in a folder last through a power cut.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Whether a name still leads to an open file.
pub(crate) fn is_linked(opened: &Metadata) -> bool {
    #[cfg(unix)]
    return std::os::unix::fs::MetadataExt::nlink(opened) > 0;
    #[cfg(not(unix))]
    return opened.is_file();
}

/// Whether both describe one file.
#[cfg(unix)]
pub(crate) fn same_file(named: &Metadata, opened: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (named.dev(), named.ino()) == (opened.dev(), opened.ino())
}

#[cfg(not(unix))]
pub(crate) fn same_file(named: &Metadata, opened: &Metadata) -> bool {
    named.file_type() == opened.file_type()
}

/// Whether other users cannot do more with a file than they may.
#[cfg(unix)]
pub(crate) fn check_mode(
    path: &Path,
    opened: &Metadata,
    reach: Reach,
) -> Result<(), PrivateFileError> {
    let mode = std::os::unix::fs::MetadataExt::mode(opened) & 0o777;
    let forbidden = match reach {
        Reach::Nobody => 0o077,
        Reach::ReadOnly => 0o022,
        Reach::Anything => 0,
    };
    if mode & forbidden == 0 {
        Ok(())
    } else {
        Err(PrivateFileError::NotPrivate {
            path: path.to_owned(),
            mode,
        })
    }
}

#[cfg(not(unix))]
pub(crate) fn check_mode(_: &Path, _: &Metadata, _: Reach) -> Result<(), PrivateFileError> {
    Ok(())
}
