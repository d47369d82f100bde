//! Whose an answer is, and what it is about.

use chrono::TimeDelta;
use domain::{
    AgencyId, CaseId, Channel, ClientId, IdMint, MessageId, OfficeId, PhoneState,
    reply::{ANSWERS_WITHIN, ReplyDoubt},
};
use storage::{
    Scope, StorageError, Tx, appointments,
    appointments::Appointment,
    attempts, cases,
    clients::{self, Client},
    messages::{self, Message},
    offices, wechat_bindings,
};

use super::{Incoming, Sender};
use crate::work::{Work, WorkError};

/// Messages planned longer before they were handed over do not exist.
const PLANNED_BEFORE: TimeDelta = TimeDelta::days(14);
/// Cases of one client that are looked at.
const CASES: i64 = 100;

/// Where an answer came from.
pub(super) struct Origin {
    /// The one client who has the number or account; none where nobody has, or several.
    pub client: Option<Client>,
    /// Why nothing is done for it without a person.
    pub doubt: Option<ReplyDoubt>,
    /// What the client was sent last by this way: what the answer is about.
    pub message: Option<Message>,
    /// What that message is about.
    pub appointment: Option<Appointment>,
    /// The office whose people read it.
    pub office: Option<OfficeId>,
}

pub(super) fn find(work: &mut Work<'_, '_>, incoming: &Incoming) -> Result<Origin, WorkError> {
    let mut found = candidates(work.tx, work.agency, &incoming.sender)?;
    let message = about(work, incoming, &found)?;
    let office = office(work, message.as_ref(), found.first())?;
    let doubt = doubt(incoming, &found);
    let one = found.pop().filter(|_| found.is_empty());
    let Some(client) = one else {
        // Of whom it is not known, no message or appointment is either: it would show there.
        return Ok(Origin {
            client: None,
            doubt,
            message: None,
            appointment: None,
            office,
        });
    };
    let whole = Scope::default();
    let about = message.as_ref().and_then(|message| message.appointment_id);
    let appointment = match about {
        Some(id) => appointments::get(work.tx, work.agency, whole, id)?,
        None => None,
    };
    Ok(Origin {
        client: Some(client),
        doubt,
        message,
        appointment,
        office,
    })
}

pub(super) fn candidates(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    sender: &Sender,
) -> Result<Vec<Client>, StorageError> {
    match sender {
        Sender::Phone(None) => Ok(Vec::new()),
        Sender::Phone(Some(phone)) => clients::with_phone(tx, agency, phone.as_str()),
        Sender::Wechat { app_id, open_id } => {
            let binding = wechat_bindings::find(tx, agency, app_id, open_id)?;
            let Some(binding) = binding else {
                return Ok(Vec::new());
            };
            let client = clients::get(tx, agency, Scope::default(), binding.client_id)?;
            Ok(client.into_iter().collect())
        }
    }
}

/// A number is shared, or handed on to somebody else by its carrier: it is believed where it is one
/// client's and verified. An account at WeChat was bound by its owner.
fn doubt(incoming: &Incoming, found: &[Client]) -> Option<ReplyDoubt> {
    match (found, &incoming.sender) {
        ([], _) => Some(ReplyDoubt::UnknownSender),
        _ if incoming.is_elsewhere => Some(ReplyDoubt::SharedNumber),
        ([_, _, ..], _) => Some(ReplyDoubt::SharedNumber),
        ([client], Sender::Phone(_)) if client.phone_state != PhoneState::Verified => {
            Some(ReplyDoubt::UnverifiedNumber)
        }
        ([_], Sender::Phone(_) | Sender::Wechat { .. }) => None,
    }
}

/// The message that is answered: the one that is named if it is one of theirs, else the last one that
/// was handed over by this way. A named message of nobody's tells the office at least.
///
/// Who writes at WeChat may have got the reminder by text message: the account is the client's, and
/// the one place there to answer. So where it sent them nothing, what they were sent last by any way.
fn about(
    work: &mut Work<'_, '_>,
    incoming: &Incoming,
    of: &[Client],
) -> Result<Option<Message>, WorkError> {
    if let Some(id) = incoming.message_id {
        let named = messages::get(work.tx, work.agency, id)?;
        let is_theirs = |message: &Message| {
            of.is_empty() || of.iter().any(|one| Some(one.id) == message.client_id)
        };
        if let Some(named) = named.filter(is_theirs) {
            return Ok(Some(named));
        }
    }
    let cases = cases_of(work, of)?;
    if cases.is_empty() {
        return Ok(None);
    }
    let since = work.now - ANSWERS_WITHIN;
    let planned: MessageId = IdMint::new(since - PLANNED_BEFORE, 0).next();
    // The office's own platform is one, by however many accounts it is reached.
    let account = (incoming.channel != Channel::Webhook).then_some(incoming.account.as_str());
    let way = Some((incoming.channel, account));
    let mut last = attempts::last_handed(work.tx, work.agency, &cases, way, planned, since)?;
    if last.is_none() && incoming.channel == Channel::Wechat {
        last = attempts::last_handed(work.tx, work.agency, &cases, None, planned, since)?;
    }
    Ok(match last {
        Some(id) => messages::get(work.tx, work.agency, id)?,
        None => None,
    })
}

fn cases_of(work: &mut Work<'_, '_>, of: &[Client]) -> Result<Vec<CaseId>, WorkError> {
    let mut found = Vec::new();
    for client in of.iter().map(|client| client.id) {
        let client: Option<ClientId> = Some(client);
        let filter = cases::Filter {
            client,
            ..cases::Filter::default()
        };
        let whole = Scope::default();
        let cases = cases::list(work.tx, work.agency, whole, &filter, None, CASES)?;
        found.extend(cases.into_iter().map(|case| case.id));
    }
    Ok(found)
}

/// Whose people read it: those of the message, of the client, or of the agency's first office, which
/// is the one whose platform it came by where there is one office.
fn office(
    work: &mut Work<'_, '_>,
    message: Option<&Message>,
    client: Option<&Client>,
) -> Result<Option<OfficeId>, WorkError> {
    let known = message
        .map(|message| message.office_id)
        .or(client.map(|client| client.office_id));
    if known.is_some() {
        return Ok(known);
    }
    let first = offices::list(work.tx, work.agency, None, None, 1)?;
    Ok(first.first().map(|office| office.id))
}
