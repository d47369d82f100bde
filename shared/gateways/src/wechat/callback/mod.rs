//! What WeChat posts to us: events about messages and subscriptions.
//!
//! The body holds the message encrypted, and the query a signature over it (`msg_signature`). The other
//! `signature` covers no body: it is believed only for the check of the URL, which changes nothing
//! (WeChat, "消息加解密说明").

mod credits;
mod crypt;
mod element;
mod event;
mod read;
mod reports;

pub use self::{
    credits::{NotedChange, spent_key},
    crypt::{CallbackKeys, NotAKey},
    event::{Answered, Event, Finished, Form, Notice},
    reports::Told,
};

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use crate::push::Item;

/// How far the platform's clock may be from ours, either way. It repeats what we did not answer for
/// some fifteen seconds; what is older is a replay.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// What signs a call, from its query.
#[derive(Clone, Copy)]
pub struct SignedQuery<'a> {
    /// `timestamp`, in seconds since 1970 (UTC).
    pub timestamp: &'a str,
    /// `nonce`.
    pub nonce: &'a str,
    /// `msg_signature` of a message, `signature` of a check of the URL.
    pub signature: &'a str,
}

/// Shows nothing: whoever has them can call in the next minutes.
impl fmt::Debug for SignedQuery<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedQuery(..)")
    }
}

/// A message that was believed.
#[derive(Debug)]
pub struct Opened {
    /// What it says.
    pub notice: Notice,
    /// The message itself, decrypted, to be kept and read again by [`notice_of`]; of a picture or a
    /// place no more than that it came.
    pub item: Item,
}

/// Reads a message that was kept.
///
/// # Errors
/// [`CallbackError::Malformed`].
pub fn notice_of(message: &str) -> Result<Notice, CallbackError> {
    event::read(&read::document(message.as_bytes())?)
}

/// Why a call is not believed, or not understood. Repeats nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// The time is none, or too far from ours.
    #[error("the timestamp is missing or out of the window")]
    Time,
    /// Signed with another token, or changed on its way.
    #[error("the signature does not match")]
    Signature,
    /// Not encrypted with a key of ours.
    #[error("the message does not decrypt")]
    Encryption,
    /// Meant for another account.
    #[error("the message is for another account")]
    OtherAccount,
    /// Neither the XML nor the JSON that the platform writes.
    #[error("the body is no message")]
    Malformed,
}

impl CallbackKeys {
    /// Checks the platform's check of the URL, received at `now` (real time, UTC). Who passes is
    /// answered the `echostr` as it came.
    ///
    /// # Errors
    /// [`CallbackError::Time`], [`CallbackError::Signature`].
    pub fn check_url(
        &self,
        query: SignedQuery<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), CallbackError> {
        check_time(query.timestamp, now)?;
        self.check(query, None)
    }

    /// Reads a message received at `now` (real time, UTC).
    ///
    /// # Errors
    /// [`CallbackError`].
    pub fn open(
        &self,
        query: SignedQuery<'_>,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Opened, CallbackError> {
        check_time(query.timestamp, now)?;
        let envelope = read::document(body)?;
        let encrypted = envelope
            .text_of("Encrypt")
            .ok_or(CallbackError::Malformed)?;
        self.check(query, Some(encrypted))?;
        let message = self.decrypt(encrypted)?;
        let body = String::from_utf8(message).or(Err(CallbackError::Malformed))?;
        let message = read::document(body.as_bytes())?;
        let notice = event::read(&message)?;
        Ok(Opened {
            item: Item {
                identity: event::identity(&message, &notice),
                body: event::kept(&notice, body),
            },
            notice,
        })
    }
}

fn check_time(timestamp: &str, now: DateTime<Utc>) -> Result<(), CallbackError> {
    let seconds = timestamp.parse().ok();
    let at = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let at = at.ok_or(CallbackError::Time)?;
    if (now - at).abs() > TOLERANCE {
        return Err(CallbackError::Time);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
