//! A person has a message sent again.

use chrono::{DateTime, Utc};
use domain::{
    CaseStatus, Channel, HopCause, MessageKind, MessageStatus, PhoneState, Refusal, RefusalCode,
    StaffId, delivery, miss,
};
use storage::{
    StorageError, appointments,
    attempts::{self, Try},
    cases, clients,
    messages::{
        self, Message,
        resends::{self, Resend},
    },
};

use crate::{
    needed::{deadline, still_needed},
    work::{Work, WorkError},
};

/// Plans a message that repeats `original`, to be sent now. Whether it still makes sense is decided
/// again when it is sent: by then the number may be gone, or the hours may be quiet.
///
/// # Errors
/// `message_may_arrive`; `case_not_active` and `appointment_closed` when there is nothing left to be told
/// of; `conflict` when it has been repeated already, or when the time of a message to staff is over.
pub fn resend(
    work: &mut Work<'_, '_>,
    original: &Message,
    reason: String,
    by: StaffId,
) -> Result<Message, WorkError> {
    let now = work.now;
    let tries = attempts::tries(work.tx, work.agency, &[original.id])?;
    let outcomes = tries.iter().map(|it| (it.outcome, it.started_at));
    let untold = is_untold(work, original)?;
    delivery::check_resend(original.status, outcomes, untold, now)?;
    let not_after = helps_until(work, original)?;
    let repeated = Message {
        id: work.ids.next(),
        dedupe_key: format!("resend:{}", original.id),
        channel: channel(original, &tries),
        status: MessageStatus::Scheduled,
        planned_for: now,
        not_after,
        shifted_from: None,
        shift_reason: None,
        hop_cause: None,
        next_action_at: Some(now),
        attempt_count: 0,
        fence: 0,
        status_reason: None,
        final_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
        ..original.clone()
    };
    if messages::insert_once(work.tx, std::slice::from_ref(&repeated))? == 0 {
        return Err(repeated_already().into());
    }
    let resend = Resend {
        agency_id: work.agency,
        id: repeated.id,
        original_id: original.id,
        reason,
        requested_by: by,
        requested_at: now,
    };
    match resends::insert(work.tx, &resend) {
        Ok(()) => Ok(repeated),
        Err(StorageError::Duplicate(_)) => Err(repeated_already().into()),
        Err(error) => Err(error.into()),
    }
}

/// Whether it arrived and told the client no date, and the number is the client's alone by now.
fn is_untold(work: &mut Work<'_, '_>, message: &Message) -> Result<bool, WorkError> {
    let (Some(HopCause::NoticeUnproven), Some(client)) = (message.hop_cause, message.client_id)
    else {
        return Ok(false);
    };
    let client = clients::get_many(work.tx, work.agency, &[client])?.pop();
    let Some((phone, state)) = client.and_then(|it| Some((it.phone?, it.phone_state))) else {
        return Ok(false);
    };
    let shared = clients::shared_phones(work.tx, work.agency, &[phone])?;
    let verified = state == PhoneState::Verified;
    Ok(miss::number_doubt(!shared.is_empty(), verified).is_none())
}

fn repeated_already() -> Refusal {
    let detail = "it was sent again already; that message can be";
    Refusal::new(RefusalCode::Conflict, detail)
}

/// Until when it still helps that the client is told; refuses when it does not any more.
fn helps_until(work: &mut Work<'_, '_>, message: &Message) -> Result<DateTime<Utc>, WorkError> {
    let (agency, now) = (work.agency, work.now);
    if message.staff_id.is_some() {
        if now < message.not_after {
            return Ok(message.not_after);
        }
        let detail = "its time is over; the next morning's summary says what waits";
        return Err(Refusal::new(RefusalCode::Conflict, detail).into());
    }
    let (Some(case), Some(_)) = (message.case_id, message.client_id) else {
        return Err(WorkError::not_found("message"));
    };
    let case = cases::standings(work.tx, agency, &[case])?
        .pop()
        .ok_or_else(|| WorkError::corrupt("a message without its case"))?;
    let item = match message.appointment_id {
        Some(item) => appointments::standings(work.tx, agency, &[item])?.pop(),
        None => None,
    };
    let until = deadline(message.kind, item.as_ref(), &case);
    if still_needed(message.kind, item.as_ref(), &case, now).is_ok() && now < until {
        return Ok(until);
    }
    let case_is_why = message.kind == MessageKind::ReportInReminder
        || !matches!(case.status, CaseStatus::Active | CaseStatus::Transferring);
    Err(if case_is_why {
        let detail = "the case no longer needs the message";
        Refusal::new(RefusalCode::CaseNotActive, detail)
    } else {
        let detail = "the appointment no longer needs the message";
        Refusal::new(RefusalCode::AppointmentClosed, detail)
    }
    .into())
}

/// How it is meant to travel: as it did last, or was meant to; a text message where it was left to a
/// person from the start.
fn channel(original: &Message, tries: &[Try]) -> Channel {
    let last = tries.last().map(|it| it.channel);
    last.or(Some(original.channel))
        .filter(|channel| *channel != Channel::CallTask)
        .unwrap_or(Channel::Sms)
}
