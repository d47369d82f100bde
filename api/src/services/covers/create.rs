use casework::{Work, rules};
use chrono::Days;
use domain::{Refusal, RefusalCode, Role, StaffId, cover, local_time::start_of_day};
use storage::{
    covers::{self, Cover, Seen},
    staff::{self, Staff},
};

use super::seen_by;
use crate::{auth::Caller, failure::Failure, services::offices, views::covers::CreateCover};

/// Lets somebody cover for an absent colleague of the same office. A head does so for the own office
/// or area, an administrator for any office.
///
/// # Errors
/// `invalid_value` at the person or date at fault: whether somebody exists elsewhere is not told;
/// `conflict` when the person covers for as many as can be already.
pub fn create(
    work: &mut Work<'_, '_>,
    caller: &Caller,
    asked: &CreateCover,
) -> Result<Cover, Failure> {
    let absent = within_reach(work, caller, asked.absent_id)?
        .filter(|person| matches!(person.role, Role::Caseworker | Role::Supervisor));
    let Some((absent, office_id)) = absent.and_then(|person| {
        let office = person.office_id?;
        Some((person, office))
    }) else {
        return Err(invalid("/absent_id", "not a caseworker or supervisor of the office").into());
    };
    let fits = within_reach(work, caller, asked.covering_id)?.is_some_and(|person| {
        person.active && person.role == Role::Caseworker && person.office_id == Some(office_id)
    });
    if !fits || asked.covering_id == absent.id {
        let detail = "not another active caseworker of the absent colleague's office";
        return Err(invalid("/covering_id", detail).into());
    }
    let office = rules::office(work, office_id)?;
    let (today, zone) = (rules::today(work, &office)?, rules::zone(&office)?);
    cover::check_days(asked.starts_on, asked.ends_on, today)?;
    let day_after = asked
        .ends_on
        .checked_add_days(Days::new(1))
        .ok_or_else(|| invalid("/ends_on", "beyond the calendar"))?;
    let cover = Cover {
        agency_id: work.agency,
        id: work.ids.next(),
        office_id,
        absent_id: absent.id,
        covering_id: asked.covering_id,
        starts_on: asked.starts_on,
        ends_on: asked.ends_on,
        starts_at: start_of_day(asked.starts_on, zone),
        ends_at: start_of_day(day_after, zone),
        made_by: caller.staff,
        made_at: work.now,
        ended_by: None,
        ended_at: None,
    };
    refuse_too_many(work, &cover)?;
    covers::insert(work.tx, &cover)?;
    Ok(cover)
}

/// A colleague for whom the caller may arrange covers.
fn within_reach(
    work: &mut Work<'_, '_>,
    caller: &Caller,
    id: StaffId,
) -> Result<Option<Staff>, Failure> {
    let Some(person) = staff::get(work.tx, work.agency, id)? else {
        return Ok(None);
    };
    let reached = match (seen_by(caller), person.office_id) {
        (Seen::All, _) => true,
        (Seen::OfOffice(own), office) => office == Some(own),
        (Seen::InArea(area), Some(office)) => offices::is_in(work, office, area.code)?,
        (Seen::InArea(_), None) | (Seen::Of(_), _) => false,
    };
    Ok(reached.then_some(person))
}

fn refuse_too_many(work: &mut Work<'_, '_>, cover: &Cover) -> Result<(), Failure> {
    let (covering, from, until) = (cover.covering_id, cover.starts_at, cover.ends_at);
    let others = covers::covered_by(work.tx, work.agency, covering, from, until)?;
    if others.len() < cover::MOST || others.contains(&cover.absent_id) {
        return Ok(());
    }
    let detail = format!("nobody covers for more than {} colleagues", cover::MOST);
    Err(Refusal::at(RefusalCode::Conflict, "/covering_id", detail).into())
}

fn invalid(pointer: &str, detail: &str) -> Refusal {
    Refusal::at(RefusalCode::InvalidValue, pointer, detail)
}
