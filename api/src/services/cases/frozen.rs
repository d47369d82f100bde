//! Frozen files: found by their number, and opened for a reason.

use casework::{Work, rules};
use chrono::Days;
use domain::{
    CaseId, Refusal, RefusalCode, StaffId, freezing::LONGEST_OPENING_DAYS,
    local_time::start_of_day, page::ListScope,
};
use storage::{
    Scope,
    cases::{self, Case, File},
    file_openings::{self, FileOpening},
};

use super::get;
use crate::{
    extract::page::{self, Page},
    failure::Failure,
    services::{filters::Filters, text},
    views::frozen_cases::{FrozenCaseItem, ListFrozenCases, OpenFrozenCase},
};

/// A page of the frozen files within the caller's reach, open or not.
pub fn list(
    work: &mut Work<'_, '_>,
    scope: Scope,
    asked: &ListFrozenCases,
) -> Result<Page<FrozenCaseItem>, Failure> {
    let document_no = asked.document_no.as_deref().map(str::trim);
    let filters = Filters::default().with("document_no", document_no);
    let filters = filters.pairs();
    let list = ListScope {
        list: "list_frozen_cases",
        filters: &filters,
    };
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref(), &list)?;
    let rows = cases::list_frozen(
        work.tx,
        work.agency,
        scope,
        document_no,
        after.map(|cursor| CaseId::from_uuid(cursor.id)),
        limit.rows_to_fetch(),
    )?;
    let key = |case: &Case| (Vec::new(), case.id.uuid());
    Ok(Page::cut(rows, limit, &list, key, FrozenCaseItem::from))
}

/// Lets a frozen file be read, by all who reached it before, to the end of a day.
///
/// # Errors
/// `not_found`; `conflict` where the file is not frozen; `invalid_value` at the field.
pub fn open(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: CaseId,
    asked: &OpenFrozenCase,
    by: StaffId,
) -> Result<FileOpening, Failure> {
    let document_no = text::line(&asked.document_no, "/document_no", 80)?;
    let closed_too = Scope {
        unfrozen_at: None,
        ..scope
    };
    let case = get(work, closed_too, id)?;
    if case.frozen_from.is_none() {
        let detail = "the file is not frozen: it can be read as it is";
        return Err(Refusal::new(RefusalCode::Conflict, detail).into());
    }
    let office = rules::office(work, case.office_id)?;
    let (today, zone) = (rules::today(work, &office)?, rules::zone(&office)?);
    let days = (asked.ends_on - today).num_days();
    let day_after = asked.ends_on.checked_add_days(Days::new(1));
    let Some(day_after) = day_after.filter(|_| (0..LONGEST_OPENING_DAYS).contains(&days)) else {
        let detail = format!("a day from today, {today}, on; {LONGEST_OPENING_DAYS} days at most");
        return Err(Refusal::at(RefusalCode::InvalidValue, "/ends_on", detail).into());
    };
    let opening = FileOpening {
        agency_id: work.agency,
        id: work.ids.next(),
        case_id: case.id,
        client_id: case.client_id,
        reason_code: asked.reason_code,
        document_no,
        opened_by: by,
        opened_at: work.now,
        closes_at: start_of_day(day_after, zone),
    };
    file_openings::insert(work.tx, &opening)?;
    let file = File {
        case: case.id,
        client: case.client_id,
    };
    cases::open_until(work.tx, work.agency, file, opening.closes_at)?;
    Ok(opening)
}
