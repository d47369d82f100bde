use casework::Work;
use domain::{AppointmentStatus as S, ClientId};
use storage::staff;

use super::{appointments, client, place};
use crate::{failure::Failure, views::me::MeView};

/// The client's own page.
///
/// # Errors
/// When the database fails.
pub fn show(work: &mut Work<'_, '_>, id: ClientId) -> Result<MeView, Failure> {
    let me = client(work, id)?;
    let contact = match me.caseworker_id {
        Some(caseworker) => staff::get(work.tx, work.agency, caseworker)?,
        None => None,
    };
    let mut items = appointments::all(work, id)?;
    items.retain(|item| matches!(item.status, S::Scheduled | S::Open | S::Overdue));
    items.truncate(1);
    let next = appointments::views(work, id, &items)?.into_iter().next();
    let place = place(work, &me)?;
    Ok(MeView::of(
        &me,
        place,
        contact.map(|person| person.display_name),
        next,
    ))
}
