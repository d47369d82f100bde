//! The signature and the encryption of a callback, which WeChat and WeCom share.

use std::fmt;

use aws_lc_rs::{
    cipher::{AES_256, DecryptingKey, DecryptionContext, UnboundCipherKey},
    constant_time::verify_slices_are_equal,
    digest::{Context, SHA1_FOR_LEGACY_USE_ONLY},
    iv::FixedLength,
};
use base64::{
    Engine as _, alphabet,
    engine::{GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use secrecy::{ExposeSecret as _, SecretString, zeroize::Zeroizing};

use super::{CallbackError, SignedQuery};
use crate::digests::hex;

/// An EncodingAESKey is 43 characters: 32 bytes and two bits to spare, which the console sets as it
/// likes.
const AES_KEY: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);
/// Random bytes in front of a message.
const RANDOM: usize = 16;
/// The padding fills up to a multiple of this, which is two blocks of AES.
const PADDED_TO: usize = 32;

/// Text that is no EncodingAESKey. Does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an EncodingAESKey: expected 43 characters of base64")]
pub struct NotAKey;

/// What the console of the account was given for its callback. Shows nothing.
#[derive(Clone)]
pub struct CallbackKeys {
    token: SecretString,
    /// The present one first.
    keys: Vec<Zeroizing<[u8; 32]>>,
    account: String,
}

impl CallbackKeys {
    /// `account` is the AppID (with WeCom the CorpID). While the key is being replaced, `previous` opens
    /// what the present one does not.
    ///
    /// # Errors
    /// [`NotAKey`].
    pub fn new(
        token: SecretString,
        key: &SecretString,
        previous: Option<&SecretString>,
        account: String,
    ) -> Result<Self, NotAKey> {
        let keys = std::iter::once(key).chain(previous).map(parse);
        Ok(Self {
            token,
            keys: keys.collect::<Result<_, _>>()?,
            account,
        })
    }

    /// The account whose callback it is.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// Checks the signature over the query and what it covers besides. Compared in constant time.
    pub(super) fn check(
        &self,
        query: SignedQuery<'_>,
        covered: Option<&str>,
    ) -> Result<(), CallbackError> {
        let mut parts = vec![self.token.expose_secret(), query.timestamp, query.nonce];
        parts.extend(covered);
        parts.sort_unstable();
        let mut context = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
        for part in parts {
            context.update(part.as_bytes());
        }
        let expected = hex(context.finish());
        verify_slices_are_equal(expected.as_bytes(), query.signature.as_bytes())
            .or(Err(CallbackError::Signature))
    }

    /// Decrypts a message whose signature was checked.
    pub(super) fn decrypt(&self, encrypted: &str) -> Result<Vec<u8>, CallbackError> {
        let encrypted = STANDARD.decode(encrypted);
        let encrypted = encrypted.or(Err(CallbackError::Encryption))?;
        let mut last = CallbackError::Encryption;
        for key in &self.keys {
            match decrypt(key, encrypted.clone(), &self.account) {
                Ok(message) => return Ok(message),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

fn parse(key: &SecretString) -> Result<Zeroizing<[u8; 32]>, NotAKey> {
    let text = Zeroizing::new(format!("{}=", key.expose_secret()));
    let bytes = Zeroizing::new(AES_KEY.decode(text.as_bytes()).or(Err(NotAKey))?);
    let bytes = <[u8; 32]>::try_from(bytes.as_slice());
    Ok(Zeroizing::new(bytes.or(Err(NotAKey))?))
}

/// AES-256-CBC, the IV being the first half of the key: 16 random bytes, the length in four bytes (big
/// endian), the message, the account, and a padding of 1 to 32 bytes that libraries of AES refuse.
fn decrypt(key: &[u8; 32], mut bytes: Vec<u8>, account: &str) -> Result<Vec<u8>, CallbackError> {
    const BROKEN: CallbackError = CallbackError::Encryption;
    let (iv, _) = key.split_first_chunk::<16>().ok_or(BROKEN)?;
    let cipher = UnboundCipherKey::new(&AES_256, key).and_then(DecryptingKey::cbc);
    let context = DecryptionContext::Iv128(FixedLength::from(*iv));
    let plain = cipher.and_then(|cipher| cipher.decrypt(&mut bytes, context).map(|it| &*it));
    let plain = unpadded(plain.or(Err(BROKEN))?).ok_or(BROKEN)?;
    let (_, rest) = plain.split_first_chunk::<RANDOM>().ok_or(BROKEN)?;
    let (length, rest) = rest.split_first_chunk::<4>().ok_or(BROKEN)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).or(Err(BROKEN))?;
    let (message, meant_for) = rest.split_at_checked(length).ok_or(BROKEN)?;
    if meant_for != account.as_bytes() {
        return Err(CallbackError::OtherAccount);
    }
    Ok(message.to_vec())
}

fn unpadded(plain: &[u8]) -> Option<&[u8]> {
    let length = usize::from(*plain.last()?);
    if !(1..=PADDED_TO).contains(&length) {
        return None;
    }
    let (kept, padding) = plain.split_at_checked(plain.len().checked_sub(length)?)?;
    let whole = padding.iter().all(|byte| usize::from(*byte) == length);
    whole.then_some(kept)
}

impl fmt::Debug for CallbackKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallbackKeys")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}
