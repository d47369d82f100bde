//! Appointments.

mod label;
mod list;

use casework::Work;
use domain::AppointmentId;
use storage::{
    Scope,
    appointments::{self, Appointment},
};

pub use self::{
    label::{Labelled, label},
    list::{list, of_case},
};
use crate::failure::Failure;

/// One appointment within the caller's reach.
pub fn get(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: AppointmentId,
) -> Result<Appointment, Failure> {
    appointments::get(work.tx, work.agency, scope, id)?
        .ok_or_else(|| Failure::not_found("appointment"))
}
