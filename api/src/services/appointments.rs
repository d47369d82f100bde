//! Appointments.

mod label;
mod list;

use casework::{Work, notice::Evidence};
use domain::{AppointmentId, NoticeProof};
use storage::{
    Scope,
    appointments::{self, Appointment},
};

pub use self::{
    label::{Labelled, label},
    list::{list, of_case},
};
use crate::{
    failure::Failure,
    views::{appointments::AppointmentDetailView, notice},
};

/// One appointment within the caller's reach, with what shows that the client was told of it.
///
/// # Errors
/// `not_found`.
pub fn show(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: AppointmentId,
) -> Result<AppointmentDetailView, Failure> {
    let item = get(work, scope, id)?;
    // Of those ahead nothing is on file mostly, and asking would cost as much as the appointment itself.
    let (notice, unproven_because) = if item.notice_proof == NoticeProof::NotDue {
        (None, Vec::new())
    } else {
        let evidence = Evidence::of(work, item.client_id, std::slice::from_ref(&item))?;
        notice::shown(&item, &evidence)
    };
    Ok(AppointmentDetailView {
        appointment: item.into(),
        notice,
        unproven_because,
    })
}

/// One appointment within the caller's reach.
pub fn get(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: AppointmentId,
) -> Result<Appointment, Failure> {
    appointments::get(work.tx, work.agency, scope, id)?
        .ok_or_else(|| Failure::not_found("appointment"))
}
