//! Keys of 32 bytes in files of 64 hexadecimal digits that only their owner can reach.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::private_file::{PrivateFileError, Reach, create_private, open_plain, sync_folder};

/// More than a key file ever holds: 64 digits and a line break.
const MAX_KEY_FILE_BYTES: u64 = 256;

/// The text of a key file; `None` where there is none. A link, and a file that others can reach, are refused.
pub(crate) fn read(path: &Path) -> Result<Option<Zeroizing<String>>, PrivateFileError> {
    let Some(file) = open_plain(path, fs::OpenOptions::new().read(true), Reach::Nobody)? else {
        return Ok(None);
    };
    // Room for the whole file at once, so that no reallocation leaves a copy of the key behind.
    let mut text = Zeroizing::new(String::with_capacity(512));
    file.take(MAX_KEY_FILE_BYTES)
        .read_to_string(&mut text)
        .map_err(PrivateFileError::io("read the key file"))?;
    Ok(Some(text))
}

/// The text of a key file that has to be there.
pub(crate) fn read_existing(path: &Path) -> Result<Zeroizing<String>, PrivateFileError> {
    read(path)?
        .ok_or_else(|| PrivateFileError::io("open the key file")(io::ErrorKind::NotFound.into()))
}

/// Puts a key into a new file, which appears at once and whole with mode 0600; `false` where somebody was first.
pub(crate) fn publish(path: &Path, key: &[u8; 32]) -> Result<bool, PrivateFileError> {
    match write_beside_and_link(path, key) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(PrivateFileError::io("create the key file")(error)),
    }
}

fn write_beside_and_link(path: &Path, key: &[u8; 32]) -> io::Result<()> {
    let draft = draft_beside(path)?;
    let written = write_new(&draft, key).and_then(|()| fs::hard_link(&draft, path));
    let removed = match fs::remove_file(&draft) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    };
    written.and(removed).and_then(|()| sync_folder(path))
}

fn write_new(path: &Path, key: &[u8; 32]) -> io::Result<()> {
    let mut file = create_private(path, fs::OpenOptions::new().write(true))?;
    let mut text = Zeroizing::new([0; 65]);
    let (digits, end) = text.split_at_mut(64);
    const_hex::encode_to_slice(key, digits).map_err(|_| io::ErrorKind::InvalidData)?;
    end.fill(b'\n');
    file.write_all(text.as_slice())?;
    file.sync_all()
}

fn draft_beside(path: &Path) -> io::Result<PathBuf> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let mut name = path
        .file_name()
        .map(OsString::from)
        .ok_or(io::ErrorKind::InvalidInput)?;
    name.push(format!(".{}.new", const_hex::encode(random)));
    Ok(path.with_file_name(name))
}
