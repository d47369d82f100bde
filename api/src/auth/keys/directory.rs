//! The directory of `<kid>.pk8` files, readable by the service only.

use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::Path,
    sync::Arc,
};

use chrono::{DateTime, Utc};

use super::{
    KeyError,
    key::{self, Key},
};

const EXTENSION: &str = "pk8";

fn failed(path: &Path) -> impl Fn(io::Error) -> KeyError {
    let path = path.to_owned();
    move |source| KeyError::File {
        path: path.clone(),
        source,
    }
}

/// Every key, oldest first. No directory is no keys.
pub(super) fn load(directory: &Path) -> Result<Vec<Arc<Key>>, KeyError> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(directory)(error)),
    };
    let mut keys = Vec::new();
    for entry in entries {
        let path = entry.map_err(failed(directory))?.path();
        let Some(kid) = path.file_stem().and_then(|stem| stem.to_str()) else {
            continue;
        };
        if path.extension().is_none_or(|found| found != EXTENSION) {
            continue;
        }
        let pkcs8 = match fs::read(&path) {
            Ok(pkcs8) => pkcs8,
            // Taken away since it was listed: no reason to keep those that are left from being read.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(failed(&path)(error)),
        };
        let key =
            Key::read(kid.to_owned(), &pkcs8).ok_or_else(|| KeyError::Malformed(path.clone()))?;
        keys.push(Arc::new(key));
    }
    keys.sort_by(|one, other| (one.made_at, &one.kid).cmp(&(other.made_at, &other.kid)));
    Ok(keys)
}

/// Makes a key at `now` (UTC), and the directory where there is none; answers its kid. A reader
/// never sees half a key: the file gets its name when it is whole.
pub(super) fn add(directory: &Path, now: DateTime<Utc>) -> Result<String, KeyError> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(failed(directory))?;
    let pkcs8 = key::generate()?;
    let kid = key::name(&pkcs8, now)?;
    let (half, whole) = (
        directory.join(format!("{kid}.new")),
        directory.join(format!("{kid}.{EXTENSION}")),
    );
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&half)
        .map_err(failed(&half))?;
    file.write_all(&pkcs8)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&half, &whole))
        .map_err(failed(&whole))?;
    Ok(kid)
}

/// Deletes a key's file.
pub(super) fn remove(directory: &Path, kid: &str) -> Result<(), KeyError> {
    let path = directory.join(format!("{kid}.{EXTENSION}"));
    fs::remove_file(&path).map_err(failed(&path))
}
