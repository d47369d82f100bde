//! When a failed delivery makes a person phone.

use domain::{HopCause, MessageStatus, delivery};
use storage::{
    Scope, appointments, cases,
    messages::{self, Message},
};

use crate::{
    needed, notify, rules,
    work::{Work, WorkError},
};

/// Messages of a case that are looked at for failures in a row.
const RECENT: i64 = 500;

/// Why a person has to phone now, if so.
pub(super) fn hop(
    work: &mut Work<'_, '_>,
    message: &Message,
    status: MessageStatus,
) -> Result<Option<HopCause>, WorkError> {
    if !notify::is_followed_up(message.kind) {
        return Ok(None);
    }
    Ok(match status {
        MessageStatus::UndeliveredPermanent => Some(HopCause::PermanentFailure),
        MessageStatus::UndeliveredTemporary if still_helps(work, message)? => {
            Some(HopCause::TemporaryFailure)
        }
        MessageStatus::UndeliveredTemporary if too_many_failures(work, message)? => {
            Some(HopCause::TriesSpent)
        }
        _ => None,
    })
}

/// Whether this failure is one too many since the client was last reached, by the case's rules.
fn too_many_failures(work: &mut Work<'_, '_>, message: &Message) -> Result<bool, WorkError> {
    let Some(case_id) = message.case_id else {
        return Ok(false);
    };
    let Some(case) = storage::cases::get(work.tx, work.agency, Scope::default(), case_id)? else {
        return Ok(false);
    };
    let pack = rules::pack(work, &case.rule_pack, case.rule_pack_version)?;
    let filter = messages::Filter {
        case: Some(case_id),
        ..messages::Filter::default()
    };
    let all = messages::list(
        work.tx,
        work.agency,
        Scope::default(),
        &filter,
        None,
        RECENT,
    )?;
    let others = all
        .iter()
        .rev()
        .filter(|other| other.id != message.id)
        .take_while(|other| other.status != MessageStatus::Delivered)
        .filter(|other| delivery::is_failed_delivery(other.status))
        .count();
    let limit = usize::try_from(pack.delivery_failures_before_call).unwrap_or(usize::MAX);
    Ok(others + 1 >= limit)
}

/// Whether it is not shown yet that the client was told, and there is time left to phone.
fn still_helps(work: &mut Work<'_, '_>, message: &Message) -> Result<bool, WorkError> {
    let (agency, now) = (work.agency, work.now);
    let items: Vec<_> = message.appointment_id.into_iter().collect();
    let items = appointments::standings(work.tx, agency, &items)?;
    let cases: Vec<_> = message.case_id.into_iter().collect();
    let cases = cases::standings(work.tx, agency, &cases)?;
    Ok(needed::helps(message, items.first(), cases.first(), now))
}
