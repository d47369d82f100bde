//! Reading messages.

use casework::Work;
use domain::{MessageId, MessageStatus, page::ListScope};
use storage::{
    Scope,
    messages::{self, Filter, Message},
};

use super::trail;
use crate::{
    extract::page::{self, Page},
    failure::Failure,
    problem::Problem,
    problem_code::ProblemCode,
    services::filters::Filters,
    views::messages::{ListMessages, MessageView, Recipient},
};

/// One message that the caller may see, with its texts.
pub fn get(work: &mut Work<'_, '_>, scope: Scope, id: MessageId) -> Result<MessageView, Failure> {
    let message = find(work, scope, id)?;
    let trail = trail(work, std::slice::from_ref(&message), true)?;
    Ok(MessageView::new(message, &trail))
}

/// A message about a case the caller may see, or to staff.
pub(super) fn find(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: MessageId,
) -> Result<Message, Failure> {
    if let Some(message) = messages::get_seen(work.tx, work.agency, scope, id)? {
        return Ok(message);
    }
    messages::get_to_staff(work.tx, work.agency, scope, id)?
        .ok_or_else(|| Failure::not_found("message"))
}

/// A page of messages that the caller may see, in the order they were planned, without their texts.
pub fn list(
    work: &mut Work<'_, '_>,
    scope: Scope,
    asked: &ListMessages,
) -> Result<Page<MessageView>, Failure> {
    let recipient = asked.recipient.unwrap_or_default();
    let to_staff = recipient == Recipient::Staff;
    if to_staff && (asked.case_id.is_some() || asked.appointment_id.is_some()) {
        let detail = "messages to staff are about no case and no appointment";
        let problem = Problem::at(ProblemCode::InvalidQuery, "/recipient", detail);
        return Err(problem.into());
    }
    let filters = Filters::default()
        .with("recipient", to_staff.then_some(recipient.as_str()))
        .with("case_id", asked.case_id)
        .with("appointment_id", asked.appointment_id)
        .with("status", asked.status)
        .with("dead_letters", asked.dead_letters.filter(|&only| only))
        .with("office_id", asked.office_id)
        .with("gateway", asked.gateway.as_deref())
        .with("planned_from", asked.planned_from)
        .with("planned_before", asked.planned_before);
    let filters = filters.pairs();
    let list = ListScope {
        list: "list_messages",
        filters: &filters,
    };
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref(), &list)?;
    let after = after.map(|cursor| MessageId::from_uuid(cursor.id));
    let filter = Filter {
        case: asked.case_id,
        appointment: asked.appointment_id,
        statuses: states(asked)?,
        office: asked.office_id,
        gateway: asked.gateway.clone(),
        planned_from: asked.planned_from,
        planned_before: asked.planned_before,
    };
    let rows_of = if to_staff {
        messages::list_to_staff
    } else {
        messages::list
    };
    let rows = rows_of(
        work.tx,
        work.agency,
        scope,
        &filter,
        after,
        limit.rows_to_fetch(),
    )?;
    let trail = trail(work, &rows, false)?;
    let key = |message: &Message| (Vec::new(), message.id.uuid());
    Ok(Page::cut(rows, limit, &list, key, |message| {
        MessageView::new(message, &trail)
    }))
}

/// The states that a list is narrowed to; none: any.
fn states(asked: &ListMessages) -> Result<Vec<MessageStatus>, Problem> {
    match (asked.status, asked.dead_letters) {
        (Some(_), Some(true)) => {
            let detail = "dead letters are those in two states: ask for either";
            Err(Problem::at(
                ProblemCode::InvalidQuery,
                "/dead_letters",
                detail,
            ))
        }
        (status, None | Some(false)) => Ok(status.into_iter().collect()),
        (None, Some(true)) => {
            let mut states = vec![MessageStatus::TechnicalFailure, MessageStatus::Expired];
            if asked.recipient == Some(Recipient::Staff) {
                states.push(MessageStatus::UndeliveredPermanent);
            }
            Ok(states)
        }
    }
}
