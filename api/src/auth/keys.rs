//! The Ed25519 keys that access tokens are signed with, and their turns.
//!
//! They live in a directory that all processes of a site share, never in the database. A kid begins
//! with the second its key was made, so every process works out the same turns without asking
//! another: a new key is [`ANNOUNCED`] among the public ones before it signs, and an old one is kept
//! until the last token it signed has run out. No rotation ends a session.

mod directory;
mod key;
#[cfg(test)]
mod tests;

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use chrono::{DateTime, TimeDelta, Utc};

pub use self::key::Jwk;
pub(super) use self::key::Key;

/// How long a new key is shown before it signs: twice what others may keep our keys for, and many
/// times [`READ_EVERY`].
pub const ANNOUNCED: TimeDelta = TimeDelta::minutes(10);

/// A running process reads the directory this often.
pub const READ_EVERY: TimeDelta = TimeDelta::seconds(60);

/// And, when a token names a kid nobody knows, this often at most: anybody can make up kids.
const READ_FOR_UNKNOWN: TimeDelta = TimeDelta::seconds(5);

/// Why there is no signing key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The directory or a file in it cannot be used.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is not an Ed25519 key in PKCS#8.
    #[error("{}: not an Ed25519 key in PKCS#8", .0.display())]
    Malformed(PathBuf),
    /// No key could be made.
    #[error("no signing key could be made")]
    Generate,
}

/// Every key of the site.
pub struct SigningKeys {
    /// `None`: the key lives in this process alone.
    directory: Option<PathBuf>,
    ring: RwLock<Ring>,
}

struct Ring {
    /// Oldest first.
    keys: Vec<Arc<Key>>,
    read_at: DateTime<Utc>,
}

impl SigningKeys {
    /// A key that dies with the process: sandboxes and tests.
    pub fn ephemeral() -> Result<Self, KeyError> {
        let pkcs8 = key::generate()?;
        let key = Key::read("ephemeral".to_owned(), &pkcs8).ok_or(KeyError::Generate)?;
        Ok(Self {
            directory: None,
            ring: RwLock::new(Ring {
                keys: vec![Arc::new(key)],
                read_at: DateTime::<Utc>::MIN_UTC,
            }),
        })
    }

    /// The keys in `directory`; makes the directory and a first key where there is none.
    pub fn load_or_create(directory: &Path, now: DateTime<Utc>) -> Result<Self, KeyError> {
        let mut keys = directory::load(directory)?;
        if keys.is_empty() {
            directory::add(directory, now)?;
            keys = directory::load(directory)?;
        }
        Ok(Self {
            directory: Some(directory.to_owned()),
            ring: RwLock::new(Ring { keys, read_at: now }),
        })
    }

    /// Makes a new key in `directory` at `now` (UTC) and deletes those whose last token, of `life`,
    /// has run out; answers the new kid. Running processes take it up by themselves.
    pub fn rotate(
        directory: &Path,
        now: DateTime<Utc>,
        life: TimeDelta,
    ) -> Result<String, KeyError> {
        let old = directory::load(directory)?;
        let spent: Vec<&Arc<Key>> = old
            .iter()
            .enumerate()
            .filter(|(at, _)| !is_kept(&old, *at, now, life))
            .map(|(_, key)| key)
            .collect();
        let kid = directory::add(directory, now)?;
        for key in spent {
            directory::remove(directory, &key.kid)?;
        }
        Ok(kid)
    }

    /// Makes a new key in `directory` at `now` (UTC) and deletes all others, for they are in other
    /// hands: the new one signs at once, and no token made before is good any more.
    pub fn replace(directory: &Path, now: DateTime<Utc>) -> Result<String, KeyError> {
        let old = directory::load(directory)?;
        let kid = directory::add(directory, now)?;
        for key in old {
            directory::remove(directory, &key.kid)?;
        }
        Ok(kid)
    }

    /// The key that signs at `now`.
    pub(super) fn signer(&self, now: DateTime<Utc>) -> Option<Arc<Key>> {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        let signs = |at: &usize| signs_from(&ring.keys, *at).is_some_and(|from| from <= now);
        let at = (0..ring.keys.len()).rev().find(signs).unwrap_or(0);
        ring.keys.get(at).cloned()
    }

    /// The key that verifies at `now` what `kid` signed, tokens living for `life`.
    pub(super) fn verifier(
        &self,
        kid: &str,
        now: DateTime<Utc>,
        life: TimeDelta,
    ) -> Option<Arc<Key>> {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        let at = ring.keys.iter().position(|key| key.kid == kid)?;
        ring.keys
            .get(at)
            .filter(|_| is_kept(&ring.keys, at, now, life))
            .cloned()
    }

    /// The public halves at `now`: of the key that signs, of the next, and of those before while
    /// tokens of theirs, of `life`, may still run.
    pub(super) fn public(&self, now: DateTime<Utc>, life: TimeDelta) -> Vec<Jwk> {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        ring.keys
            .iter()
            .enumerate()
            .filter(|(at, _)| is_kept(&ring.keys, *at, now, life))
            .map(|(_, key)| key.public())
            .collect()
    }

    /// Whether the directory should be read again at `now`; `unknown`: somebody named a kid that
    /// is not among the keys.
    pub(super) fn is_due(&self, now: DateTime<Utc>, unknown: bool) -> bool {
        let every = if unknown {
            READ_FOR_UNKNOWN
        } else {
            READ_EVERY
        };
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        self.directory.is_some() && now - ring.read_at >= every
    }

    /// Reads the directory again at `now`; answers whether a key has gone. What cannot be read
    /// changes nothing: the keys at hand go on.
    pub(super) fn read_again(&self, now: DateTime<Utc>) -> bool {
        let Some(directory) = &self.directory else {
            return false;
        };
        let found = directory::load(directory);
        let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        ring.read_at = now;
        match found {
            Ok(keys) if keys.is_empty() => {
                tracing::error!(directory = %directory.display(), "there are no signing keys left");
                false
            }
            Ok(keys) => {
                let has_gone = |old: &Arc<Key>| keys.iter().all(|new| new.kid != old.kid);
                let gone = ring.keys.iter().any(has_gone);
                ring.keys = keys;
                gone
            }
            Err(error) => {
                tracing::error!(%error, "the signing keys could not be read again");
                false
            }
        }
    }
}

/// When the key at `at` begins to sign: the oldest as soon as it is there.
fn signs_from(keys: &[Arc<Key>], at: usize) -> Option<DateTime<Utc>> {
    let key = keys.get(at)?;
    Some(if at == 0 {
        key.made_at
    } else {
        key.made_at + ANNOUNCED
    })
}

/// Whether a token signed by the key at `at` may still run at `now`.
fn is_kept(keys: &[Arc<Key>], at: usize, now: DateTime<Utc>, life: TimeDelta) -> bool {
    // A process reads of its successor a little after that has taken over.
    signs_from(keys, at + 1).is_none_or(|next| now < next + READ_EVERY + life)
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_list()
            .entries(ring.keys.iter().map(|key| &key.kid))
            .finish()
    }
}
