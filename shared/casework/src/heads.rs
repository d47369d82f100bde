//! Who looks after an office as a whole.

use domain::{OfficeId, Role, area::AreaCode};
use storage::{
    offices::{self, Office},
    staff::{self, Staff},
};

use crate::work::{Work, WorkError};

/// More offices than an agency has.
const OFFICES: i64 = 1000;

/// The agency's heads whose accounts are not locked.
pub(crate) fn all(work: &mut Work<'_, '_>) -> Result<Vec<Staff>, WorkError> {
    Ok(staff::with_role(work.tx, work.agency, &[Role::Supervisor])?)
}

/// The heads of an office: its own, or those of its area where it has none.
pub(crate) fn of_office<'a>(all: &'a [Staff], office: &Office) -> Vec<&'a Staff> {
    let own: Vec<_> = all
        .iter()
        .filter(|head| head.office_id == Some(office.id))
        .collect();
    if own.is_empty() {
        of_area(all, office)
    } else {
        own
    }
}

/// The heads of the areas that an office lies in.
pub(crate) fn of_area<'a>(all: &'a [Staff], office: &Office) -> Vec<&'a Staff> {
    let Ok(area) = AreaCode::parse(&office.area_code) else {
        return Vec::new();
    };
    all.iter()
        .filter(|head| head.area_code.is_some_and(|whole| area.is_within(whole)))
        .collect()
}

/// The offices that somebody is a head of: of an area, those without a head of their own.
pub(crate) fn offices_of(
    work: &mut Work<'_, '_>,
    person: &Staff,
) -> Result<Vec<OfficeId>, WorkError> {
    if person.role != Role::Supervisor {
        return Ok(Vec::new());
    }
    if person.area_code.is_none() {
        return Ok(person.office_id.into_iter().collect());
    }
    let heads = all(work)?;
    let offices = offices::list(work.tx, work.agency, None, None, OFFICES)?;
    let is_head = |office: &&Office| {
        let mut heads = of_office(&heads, office).into_iter();
        heads.any(|head| head.id == person.id)
    };
    let headed = offices.iter().filter(is_head);
    Ok(headed.map(|office| office.id).collect())
}
