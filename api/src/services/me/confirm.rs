use casework::Work;
use domain::{AppointmentId, AppointmentStatus as S, ClientId, Refusal, RefusalCode};
use storage::{
    appointments as stored,
    confirmations::{self, Confirmation},
};

use super::{appointments, mine};
use crate::{failure::Failure, views::me::MyAppointment};

/// Notes that the client knows of an appointment while it can still be kept, which proves notice of it
/// like a contact does. Doing so again changes nothing.
///
/// # Errors
/// `not_found`; `appointment_closed` when it cannot be kept any more.
pub fn confirm(
    work: &mut Work<'_, '_>,
    client: ClientId,
    id: AppointmentId,
) -> Result<MyAppointment, Failure> {
    let item = mine(work, client, id)?;
    // The grace days may be over before the worker says so.
    let can_be_kept =
        matches!(item.status, S::Scheduled | S::Open | S::Overdue) && work.now < item.grace_ends_at;
    if !can_be_kept {
        let detail = "this date is over: there is nothing to confirm";
        return Err(Refusal::new(RefusalCode::AppointmentClosed, detail).into());
    }
    let confirmation = Confirmation {
        agency_id: work.agency,
        appointment_id: id,
        client_id: client,
        due_on: item.due_on,
        confirmed_at: work.now,
    };
    confirmations::put(work.tx, &confirmation)?;
    stored::mark_notice_proven(work.tx, work.agency, &[id], work.now)?;
    appointments::views(work, client, std::slice::from_ref(&item))?
        .into_iter()
        .next()
        .ok_or_else(|| Failure::not_found("appointment"))
}
