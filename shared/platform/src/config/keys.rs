//! The key files of `[sealing]`.

use std::{fmt, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{SecretBox, zeroize::Zeroizing};

use super::{ConfigError, SealingConfig, secret_file};

/// A 32-byte key; wiped from memory when dropped, never shown.
pub type Key = SecretBox<[u8; 32]>;

/// One sealing key with the id that is stored beside what it sealed.
pub struct SealingKey {
    /// 1–16 of `A–Z a–z 0–9 _ -`.
    pub id: String,
    /// The key.
    pub key: Key,
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey({})", self.id)
    }
}

impl SealingConfig {
    /// The sealing keys, newest first; at least one.
    ///
    /// # Errors
    /// No file set or readable, no key in it, a line that is no `id:key`, an id given twice.
    pub fn sealing_keys(&self) -> Result<Vec<SealingKey>, ConfigError> {
        let name = "sealing.keys_file";
        let text = read(name, self.keys_file.as_deref())?;
        let mut keys: Vec<SealingKey> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let refuse =
                |why: &str| ConfigError::Refused(format!("{name}, line {}: {why}", index + 1));
            let (id, key) = line.split_once(':').ok_or_else(|| refuse("not `id:key`"))?;
            if !is_id(id) {
                return Err(refuse("the id is not 1 to 16 letters, digits, `_` or `-`"));
            }
            if keys.iter().any(|known| known.id == id) {
                return Err(refuse("the id was given before"));
            }
            let key =
                parse(key).ok_or_else(|| refuse("the key is not 32 bytes in base64 or hex"))?;
            keys.push(SealingKey {
                id: id.to_owned(),
                key,
            });
        }
        if keys.is_empty() {
            return Err(ConfigError::Refused(format!("{name} holds no key")));
        }
        Ok(keys)
    }

    /// The key of the look-up index.
    ///
    /// # Errors
    /// No file set or readable, or no key in it.
    pub fn index_key(&self) -> Result<Key, ConfigError> {
        let name = "sealing.index_key_file";
        let text = read(name, self.index_key_file.as_deref())?;
        parse(text.trim()).ok_or_else(|| {
            ConfigError::Refused(format!("{name} does not hold 32 bytes in base64 or hex"))
        })
    }
}

fn read(name: &str, path: Option<&Path>) -> Result<Zeroizing<String>, ConfigError> {
    let path = path.ok_or_else(|| ConfigError::Refused(format!("{name} is not set")))?;
    secret_file::read(name, path).map(Zeroizing::new)
}

fn is_id(id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=16).contains(&id.len()) && id.bytes().all(allowed)
}

fn parse(text: &str) -> Option<Key> {
    let bytes = Zeroizing::new(if text.len() == 64 {
        hex(text)?
    } else {
        STANDARD.decode(text).ok()?
    });
    let key: [u8; 32] = bytes.as_slice().try_into().ok()?;
    Some(SecretBox::new(Box::new(key)))
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|digit| {
            digit
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        })
        .collect();
    Some(
        digits?
            .as_chunks::<2>()
            .0
            .iter()
            .map(|[high, low]| high << 4 | low)
            .collect(),
    )
}
