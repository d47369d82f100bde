//! The Ed25519 keys that access tokens are signed with.
//!
//! A directory of `<kid>.pk8` files (PKCS#8), readable by the service only. The newest signs, all of
//! them verify, so a rotation ends no session. A kid begins with the second it was made, which makes
//! the order of names the order of age.

use std::{
    fmt, fs, io,
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde::Serialize;
use utoipa::ToSchema;

const EXTENSION: &str = "pk8";

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

/// Every key, newest last.
pub struct SigningKeys {
    keys: Vec<Key>,
}

struct Key {
    kid: String,
    /// The public half, base64url.
    x: String,
    sign: EncodingKey,
    verify: DecodingKey,
}

/// One public key as others need it to check our tokens (RFC 8037).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Jwk {
    /// Always `OKP`.
    #[schema(example = "OKP")]
    pub kty: &'static str,
    /// Always `Ed25519`.
    #[schema(example = "Ed25519")]
    pub crv: &'static str,
    /// Always `EdDSA`.
    #[schema(example = "EdDSA")]
    pub alg: &'static str,
    /// Always `sig`.
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    pub usage: &'static str,
    /// Key id, as in the header of a token.
    pub kid: String,
    /// The public key, base64url.
    pub x: String,
}

impl SigningKeys {
    /// A key that dies with the process: sandboxes and tests.
    pub fn ephemeral() -> Result<Self, KeyError> {
        let pkcs8 = generate()?;
        let key = Key::read("ephemeral".to_owned(), &pkcs8).ok_or(KeyError::Generate)?;
        Ok(Self { keys: vec![key] })
    }

    /// The keys in `directory`; makes the directory and a first key where there is none.
    pub fn load_or_create(directory: &Path, now: DateTime<Utc>) -> Result<Self, KeyError> {
        let keys = Self::load(directory)?;
        if !keys.is_empty() {
            return Ok(Self { keys });
        }
        Self::add(directory, now)?;
        Ok(Self {
            keys: Self::load(directory)?,
        })
    }

    /// Makes a new key in `directory`; answers its kid. A running service signs with it after its
    /// next start.
    pub fn add(directory: &Path, now: DateTime<Utc>) -> Result<String, KeyError> {
        let file_error = |path: &Path| {
            let path = path.to_owned();
            move |source| KeyError::File { path, source }
        };
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(file_error(directory))?;
        let pkcs8 = generate()?;
        let public = Ed25519KeyPair::from_pkcs8(&pkcs8)
            .map_err(|_rejected| KeyError::Generate)?
            .public_key()
            .as_ref()
            .to_vec();
        let print: String = URL_SAFE_NO_PAD
            .encode(public)
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(8)
            .collect();
        let kid = format!("{}-{print}", now.format("%Y%m%dT%H%M%SZ"));
        let path = directory.join(format!("{kid}.{EXTENSION}"));
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(file_error(&path))?;
        file.write_all(&pkcs8)
            .and_then(|()| file.sync_all())
            .map_err(file_error(&path))?;
        Ok(kid)
    }

    fn load(directory: &Path) -> Result<Vec<Key>, KeyError> {
        let file_error = |path: &Path, source| KeyError::File {
            path: path.to_owned(),
            source,
        };
        let entries = match fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(file_error(directory, error)),
        };
        let mut keys = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| file_error(directory, error))?.path();
            let Some(kid) = path.file_stem().and_then(|stem| stem.to_str()) else {
                continue;
            };
            if path
                .extension()
                .is_none_or(|extension| extension != EXTENSION)
            {
                continue;
            }
            let pkcs8 = fs::read(&path).map_err(|error| file_error(&path, error))?;
            keys.push(
                Key::read(kid.to_owned(), &pkcs8)
                    .ok_or_else(|| KeyError::Malformed(path.clone()))?,
            );
        }
        keys.sort_by(|one, other| one.kid.cmp(&other.kid));
        Ok(keys)
    }

    /// The key that signs, with its kid.
    pub(super) fn newest(&self) -> Option<(&str, &EncodingKey)> {
        self.keys.last().map(|key| (key.kid.as_str(), &key.sign))
    }

    /// The key that verifies what `kid` signed.
    pub(super) fn find(&self, kid: &str) -> Option<&DecodingKey> {
        self.keys
            .iter()
            .find(|key| key.kid == kid)
            .map(|key| &key.verify)
    }

    /// The public halves.
    pub fn public(&self) -> Vec<Jwk> {
        self.keys
            .iter()
            .map(|key| Jwk {
                kty: "OKP",
                crv: "Ed25519",
                alg: "EdDSA",
                usage: "sig",
                kid: key.kid.clone(),
                x: key.x.clone(),
            })
            .collect()
    }
}

impl Key {
    fn read(kid: String, pkcs8: &[u8]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).ok()?;
        let public = pair.public_key().as_ref();
        Some(Self {
            kid,
            x: URL_SAFE_NO_PAD.encode(public),
            sign: EncodingKey::from_ed_der(pkcs8),
            verify: DecodingKey::from_ed_der(public),
        })
    }
}

fn generate() -> Result<Vec<u8>, KeyError> {
    Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
        .map(|document| document.as_ref().to_vec())
        .map_err(|_unspecified| KeyError::Generate)
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.keys.iter().map(|key| &key.kid))
            .finish()
    }
}
