//! What a crash left of a line, kept in a file beside the log.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::super::error::AuditError;
use super::super::sink::TornTail;
use crate::private_file::{Reach, create_private, open_plain, sync_folder};

/// A torn end can be at most one line long; several crashes in one place add up in its file.
const MAX_TORN_BYTES: u64 = 1024 * 1024;

/// Keeps torn bytes in their own file, once, however often a crash interrupts this.
pub(super) fn set_aside(log: &Path, offset: u64, torn: &[u8]) -> Result<(), AuditError> {
    let action = "set the torn line aside";
    let path = torn_path(log, offset);
    let mut options = OpenOptions::new();
    options.read(true).append(true);
    let mut file = match open_plain(&path, &options, Reach::Nobody)? {
        Some(file) => file,
        None => create_private(&path, &options).map_err(AuditError::io(action))?,
    };
    if !read_capped(&mut file)?.ends_with(torn) {
        file.write_all(torn).map_err(AuditError::io(action))?;
    }
    file.sync_all().map_err(AuditError::io(action))?;
    sync_folder(&path).map_err(AuditError::io(action))
}

/// What was set aside at the end of the whole lines. A crash may have come between setting it aside and
/// recording that, so its file is asked for also when the log itself is whole.
pub(super) fn kept_at(log: &Path, offset: u64) -> Result<Option<TornTail>, AuditError> {
    let path = torn_path(log, offset);
    let opened = open_plain(&path, OpenOptions::new().read(true), Reach::Nobody)?;
    let Some(mut file) = opened else {
        return Ok(None);
    };
    let bytes = read_capped(&mut file)?;
    Ok(Some(TornTail {
        bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        sha256: Sha256::digest(&bytes).into(),
        kept_in: path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned()),
    }))
}

fn torn_path(log: &Path, offset: u64) -> PathBuf {
    let mut name = log.file_name().map(OsString::from).unwrap_or_default();
    name.push(format!(".torn-{offset}"));
    log.with_file_name(name)
}

fn read_capped(file: &mut File) -> Result<Vec<u8>, AuditError> {
    let action = "read what was set aside";
    let len = file.metadata().map_err(AuditError::io(action))?.len();
    if len > MAX_TORN_BYTES {
        return Err(AuditError::BrokenTail);
    }
    let mut bytes = Vec::new();
    file.take(MAX_TORN_BYTES)
        .read_to_end(&mut bytes)
        .map_err(AuditError::io(action))?;
    Ok(bytes)
}
