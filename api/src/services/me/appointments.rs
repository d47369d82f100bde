use std::collections::HashMap;

use casework::{Work, rules};
use domain::{AppointmentId, ClientId, OfficeId};
use storage::{
    Scope,
    appointments::{self, Appointment},
    confirmations,
};

use super::cases_of;
use crate::{
    failure::Failure,
    views::me::{MyAppointment, MyAppointments, PlaceView},
};

/// Every appointment of the client, the earliest due first.
///
/// # Errors
/// When the database fails.
pub fn appointments(work: &mut Work<'_, '_>, client: ClientId) -> Result<MyAppointments, Failure> {
    let items = all(work, client)?;
    Ok(MyAppointments {
        items: views(work, client, &items)?,
    })
}

/// One appointment of the client.
///
/// # Errors
/// `not_found`, also for what is another client's.
pub fn mine(
    work: &mut Work<'_, '_>,
    client: ClientId,
    id: AppointmentId,
) -> Result<Appointment, Failure> {
    appointments::get(work.tx, work.agency, Scope::default(), id)?
        .filter(|item| item.client_id == client)
        .ok_or_else(|| Failure::not_found("appointment"))
}

pub(super) fn all(work: &mut Work<'_, '_>, client: ClientId) -> Result<Vec<Appointment>, Failure> {
    let mut items = Vec::new();
    for case in cases_of(work, client)? {
        items.extend(appointments::of_case(work.tx, work.agency, case.id)?);
    }
    items.sort_by_key(|item| (item.due_on, item.id));
    Ok(items)
}

pub(super) fn views(
    work: &mut Work<'_, '_>,
    client: ClientId,
    items: &[Appointment],
) -> Result<Vec<MyAppointment>, Failure> {
    let confirmed = confirmations::of_client(work.tx, work.agency, client)?;
    let mut places: HashMap<OfficeId, PlaceView> = HashMap::new();
    let mut views = Vec::with_capacity(items.len());
    for item in items {
        let place = if let Some(place) = places.get(&item.office_id) {
            place.clone()
        } else {
            let place = PlaceView::from(&rules::office(work, item.office_id)?);
            places.insert(item.office_id, place.clone());
            place
        };
        let confirmed = confirmed.iter().find(|one| one.is_of(item));
        let at = confirmed.map(|one| one.confirmed_at);
        views.push(MyAppointment::of(item, at, place));
    }
    Ok(views)
}
