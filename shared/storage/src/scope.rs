//! What part of an agency's case data a caller may reach.

use chrono::{DateTime, Utc};
use domain::{AgencyId, OfficeId, StaffId, area::AreaCode, cover};

use crate::schema;

/// Narrows every query on case data. `None` means: not narrowed by this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scope {
    /// Only rows of this office.
    pub office: Option<OfficeId>,
    /// Only rows of the offices of this area.
    pub area: Option<Area>,
    /// Only rows of files that are not frozen, or open at this instant (UTC). `None`: of frozen ones too,
    /// for the work itself and for the client.
    pub unfrozen_at: Option<DateTime<Utc>>,
    /// Only rows assigned to this caseworker, or to those covered for.
    pub caseworker: Option<StaffId>,
    /// Whom the caseworker covers for now.
    pub covered: Covered,
}

/// The offices of an agency in an area, wherever they are by now: one that moves is in or out at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// Whose offices.
    pub agency: AgencyId,
    /// Where.
    pub code: AreaCode,
}

diesel::alias! {
    // Under a name of its own: the query it narrows may be about offices as well.
    pub(crate) const AREA_OFFICES: Alias<AreaOffices> = schema::offices as area_offices;
}

/// The ids of the offices of an [`Area`], as a sub-select.
macro_rules! offices_of {
    ($area:expr) => {{
        use crate::{schema::offices as of, scope::AREA_OFFICES as offices};
        let area: crate::scope::Area = $area;
        let (first, last) = area.code.span();
        offices
            .filter(
                offices
                    .field(of::agency_id)
                    .eq(crate::types::bind(area.agency)),
            )
            .filter(offices.field(of::area_code).between(first, last))
            .select(offices.field(of::id))
    }};
}
pub(crate) use offices_of;

/// The absent colleagues somebody covers for, in the office of whoever covers: an absent colleague's
/// cases elsewhere stay closed, and all of them to somebody who went to another office meanwhile. Of
/// a fixed size, so that a scope stays a plain value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Covered {
    office: Option<OfficeId>,
    absent: [Option<StaffId>; cover::MOST],
}

impl Covered {
    /// These colleagues, covered for by somebody of this office. Nobody covers for more than
    /// [`cover::MOST`]; any beyond are left out.
    pub fn of(office: OfficeId, absent: impl IntoIterator<Item = StaffId>) -> Self {
        let mut places = [None; cover::MOST];
        for (place, id) in places.iter_mut().zip(absent) {
            *place = Some(id);
        }
        Self {
            office: Some(office),
            absent: places,
        }
    }
}

impl Scope {
    /// The office of the covers, and the caseworker with those covered for; `None` if there is nobody
    /// but the caseworker, as in almost every request: that stays a comparison with one value, whose
    /// statement is kept prepared.
    pub(crate) fn with_covered(&self, caseworker: StaffId) -> Option<(OfficeId, Vec<StaffId>)> {
        let Covered { office, absent } = self.covered;
        absent.first().copied().flatten()?;
        let absent = absent.into_iter().flatten();
        Some((office?, std::iter::once(caseworker).chain(absent).collect()))
    }
}

/// Narrows a boxed query on a table with `office_id`, `caseworker_id` and `frozen_from` to a scope. Where
/// the column `caseworker_id` may be null, a last argument `Some` says so.
macro_rules! within {
    ($query:expr, $table:ident, $scope:expr $(, $some:ident)?) => {
        crate::scope::narrowed!(
            $query, $table::office_id, $table::caseworker_id, $table::frozen_from, $scope $(, $some)?
        )
    };
}
pub(crate) use within;

/// [`within!`] for any three columns: the office, the person a row is assigned to, and from when it is
/// frozen. Every read of case data comes through here, so none forgets one of them.
macro_rules! narrowed {
    ($query:expr, $office:expr, $person:expr, $frozen_from:expr, $scope:expr $(, $some:ident)?) => {{
        let mut query = $query;
        if let Some(at) = $scope.unfrozen_at {
            let is_open = $frozen_from.assume_not_null().gt(crate::types::bind(at));
            query = query.filter($frozen_from.is_null().or(is_open));
        }
        if let Some(office) = $scope.office {
            query = query.filter($office.eq(crate::types::bind(office)));
        }
        if let Some(area) = $scope.area {
            query = query.filter($office.eq_any(crate::scope::offices_of!(area)));
        }
        if let Some(caseworker) = $scope.caseworker {
            query = match $scope.with_covered(caseworker) {
                None => query.filter($person.eq(crate::types::bind($($some)?(caseworker)))),
                Some((covered_in, all)) => query
                    .filter($person.eq_any(
                        all.into_iter()
                            .map(|id| crate::types::bind($($some)?(id)))
                            .collect::<Vec<_>>(),
                    ))
                    .filter(
                        $person
                            .eq(crate::types::bind($($some)?(caseworker)))
                            .or($office.eq(crate::types::bind(covered_in))),
                    ),
            };
        }
        query
    }};
}
pub(crate) use narrowed;

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn person(number: u128) -> StaffId {
        StaffId::from_uuid(Uuid::from_u128(number))
    }

    fn office() -> OfficeId {
        OfficeId::from_uuid(Uuid::from_u128(100))
    }

    #[test]
    fn a_scope_without_covers_is_one_person_and_with_them_all() {
        let alone = Scope::default();
        assert_eq!(alone.with_covered(person(1)), None);
        let covering = Scope {
            covered: Covered::of(office(), [person(2), person(3)]),
            ..alone
        };
        assert_eq!(
            covering.with_covered(person(1)),
            Some((office(), vec![person(1), person(2), person(3)]))
        );
    }

    #[test]
    fn more_than_the_most_are_left_out() {
        let covering = Scope {
            covered: Covered::of(office(), (2..99).map(person)),
            ..Scope::default()
        };
        let (_, all) = covering.with_covered(person(1)).unwrap();
        assert_eq!(all.len(), 1 + cover::MOST);
    }
}
