use casework::{Work, confirm as rule};
use domain::{AppointmentId, ClientId};

use super::{appointments, mine};
use crate::{failure::Failure, views::me::MyAppointment};

/// Notes that the client knows of an appointment of theirs.
///
/// # Errors
/// `not_found`; `appointment_closed` when it cannot be kept any more.
pub fn confirm(
    work: &mut Work<'_, '_>,
    client: ClientId,
    id: AppointmentId,
) -> Result<MyAppointment, Failure> {
    let item = mine(work, client, id)?;
    rule::confirm(work, client, &item)?;
    appointments::views(work, client, std::slice::from_ref(&item))?
        .into_iter()
        .next()
        .ok_or_else(|| Failure::not_found("appointment"))
}
