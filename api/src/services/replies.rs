//! What people answer to messages.

use casework::{
    Work,
    replies::{self, Incoming, Received, Sender},
};
use domain::{Channel, ReplyId};
use gateways::reply::{NotAReply, ParsedReply};

use crate::{failure::Failure, problem::Problem, problem_code::ProblemCode};

/// What replies of the office's own platform are kept under, whatever its accounts are called.
const ACCOUNT: &str = "webhook";

/// A reply of the office's own platform, whose signature was checked.
pub fn incoming(reply: ParsedReply) -> Incoming {
    Incoming {
        channel: Channel::Webhook,
        account: ACCOUNT.to_owned(),
        sender: Sender::Phone(reply.sender),
        // The platform belongs to this agency.
        is_elsewhere: false,
        text: reply.text,
        message_id: reply.message_id,
        key: reply.provider_reply_id,
        sent_at: reply.sent_at,
    }
}

/// Keeps a reply and does what it says; answers its id, if it is kept now, and a code of what became of
/// it.
pub fn receive(
    work: &mut Work<'_, '_>,
    incoming: &Incoming,
) -> Result<(Option<ReplyId>, String), Failure> {
    Ok(match replies::receive(work, incoming)? {
        Received::Kept { id, effect, .. } => (Some(id), effect.to_string()),
        Received::Repeated => (None, "repeated".to_owned()),
        Received::NoOffice => (None, "no_office".to_owned()),
    })
}

/// The problem of a body that is no reply.
pub fn unreadable(error: NotAReply) -> Problem {
    Problem::new(ProblemCode::MalformedJson, error.to_string())
}
