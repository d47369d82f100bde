//! A client says that they know of an appointment.

use chrono::{DateTime, Utc};
use domain::{AppointmentStatus as S, ClientId, Refusal, RefusalCode};
use storage::{
    appointments::{Appointment, Standing},
    confirmations::{self, Confirmation},
};

use crate::{
    notice,
    work::{Work, WorkError},
};

/// Whether an appointment can still be kept at `now` (UTC). The grace days may be over before the
/// worker says so.
pub fn can_be_kept(item: &Standing, now: DateTime<Utc>) -> bool {
    matches!(item.status, S::Scheduled | S::Open | S::Overdue) && now < item.grace_ends_at
}

/// Notes that the client knows of an appointment while it can still be kept, which proves notice of it
/// like a contact does. Doing so again changes nothing.
///
/// # Errors
/// `appointment_closed` when it cannot be kept any more.
pub fn confirm(
    work: &mut Work<'_, '_>,
    client: ClientId,
    item: &Appointment,
) -> Result<(), WorkError> {
    let standing = Standing::from(item);
    if !can_be_kept(&standing, work.now) {
        let detail = "this date is over: there is nothing to confirm";
        return Err(Refusal::new(RefusalCode::AppointmentClosed, detail).into());
    }
    let confirmation = Confirmation {
        agency_id: work.agency,
        appointment_id: item.id,
        client_id: client,
        due_on: item.due_on,
        confirmed_at: work.now,
    };
    confirmations::put(work.tx, &confirmation)?;
    notice::prove(work, &[standing])
}
