//! What people answer to messages: kept, and acted on where it is plain and certain who it is.
//!
//! A machine acts on one word of one person whose number or account is known to be theirs; everything
//! else is a task. Nothing is ever answered by a machine: who answers a wrong number learns nothing.

mod act;
mod sender;
mod show;

use chrono::{DateTime, Utc};
use domain::{
    AgencyId, Channel, MessageId, ReplyId,
    audit::AuditOutcome,
    contact::Phone,
    reply::{self, ReplyEffect, ReplyMeaning},
};
use storage::{StorageError, Tx, replies};

use crate::{
    record,
    work::{Actor, Work, WorkError},
};

/// Who answered.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "numbers and openids never reach a log"
)]
pub enum Sender {
    /// Somebody with this number; none where it is no mainland mobile.
    Phone(Option<Phone>),
    /// Somebody with this account at WeChat.
    Wechat {
        /// The office's account that was written to: its AppID.
        app_id: String,
        /// The person's id with it.
        open_id: String,
    },
}

/// An answer as it came.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct Incoming {
    /// The way it came.
    pub channel: Channel,
    /// By which account.
    pub account: String,
    /// Who sent it.
    pub sender: Sender,
    /// Whether another agency knows the sender too: then people look.
    pub is_elsewhere: bool,
    /// What it says.
    pub text: String,
    /// The message it answers, where the platform says so.
    pub message_id: Option<MessageId>,
    /// The same in every repetition; no other answer by this account has it.
    pub key: String,
    /// When it was sent, if that was said (UTC).
    pub sent_at: Option<DateTime<Utc>>,
}

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// It is kept, and did this.
    Kept {
        /// Its id.
        id: ReplyId,
        /// What it means.
        meaning: ReplyMeaning,
        /// What it did.
        effect: ReplyEffect,
    },
    /// It is kept since an earlier time.
    Repeated,
    /// The agency has no office, so nobody who could read it. It is not kept.
    NoOffice,
}

/// Whether an agency knows whose an answer is.
///
/// # Errors
/// When the database fails.
pub fn is_known(tx: &mut Tx<'_>, agency: AgencyId, sender: &Sender) -> Result<bool, StorageError> {
    Ok(!sender::candidates(tx, agency, sender)?.is_empty())
}

/// Keeps an answer, once, and does what it says where that is plain and certain; otherwise it is a task
/// of the client's caseworker, or of the supervisors where it is not certain whose it is. What it
/// changed stands in the trail as the client's act; the answer itself is for the caller to enter.
///
/// # Errors
/// When the database fails.
pub fn receive(work: &mut Work<'_, '_>, incoming: &Incoming) -> Result<Received, WorkError> {
    let (account, key) = (incoming.account.as_str(), incoming.key.as_str());
    if replies::is_known(work.tx, work.agency, account, key)? {
        return Ok(Received::Repeated);
    }
    let from = sender::find(work, incoming)?;
    let Some(office) = from.office else {
        return Ok(Received::NoOffice);
    };
    let meaning = reply::understand(&incoming.text).meaning;
    let (effect, doubt) = act::act(work, incoming.channel, &from, meaning)?;
    let task_id = match effect {
        ReplyEffect::Confirmed | ReplyEffect::Resumed => None,
        ReplyEffect::Stopped | ReplyEffect::Task => {
            Some(show::to_a_person(work, &from, office, meaning, effect)?)
        }
    };
    let id = work.ids.next();
    let kept = replies::Reply {
        agency_id: work.agency,
        id,
        client_id: from.client.as_ref().map(|client| client.id),
        message_id: from.message.as_ref().map(|message| message.id),
        task_id,
        channel: incoming.channel,
        account: incoming.account.clone(),
        text: reply::kept(&incoming.text),
        meaning,
        effect,
        doubt,
        sent_at: incoming.sent_at,
        received_at: work.now,
    };
    replies::insert(work.tx, &kept, key)?;
    Ok(Received::Kept {
        id,
        meaning,
        effect,
    })
}

/// Enters what an answer changed as an act of the client.
fn note(
    work: &mut Work<'_, '_>,
    client: domain::ClientId,
    (kind, id): (&str, String),
    effect: ReplyEffect,
) -> Result<(), WorkError> {
    let caller = std::mem::replace(&mut work.actor, Actor::client(client));
    let (done, why) = (AuditOutcome::Done, Some(effect.as_str()));
    record::audit(work, "receive_reply", kind, Some(id), done, why)?;
    work.actor = caller;
    Ok(())
}
